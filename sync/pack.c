#include "sync/pack.h"

#include <assert.h>
#include <mbedtls/md.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SUM_LEN 20
#define SAMPLE 1024u
#define PIECE ((size_t)64 << 10) /* bytes handed on at once: a system call each, where they go to a file */

struct pack {
    struct pack_sink sink;
    mbedtls_md_context_t sum;
    z_stream z;
    uint32_t left; /* objects to come */
    size_t len;
    uint8_t piece[PIECE];
};

static enum err flush(struct pack *p)
{
    const size_t len = p->len;
    p->len = 0;
    return len > 0 ? p->sink.put(p->sink.ctx, span_of(p->piece, len)) : OK;
}

/* What has been written behind piece + len. mbed TLS fails only where a hash has not been set up. */
static enum err grown(struct pack *p, size_t by)
{
    const int failed = mbedtls_md_update(&p->sum, p->piece + p->len, by);
    assert(!failed);
    (void)failed;
    p->len += by;
    return p->len == PIECE ? flush(p) : OK;
}

static enum err put(struct pack *p, const uint8_t *bytes, size_t len)
{
    enum err e = OK;
    while (e == OK && len > 0) {
        const size_t room = PIECE - p->len, some = len < room ? len : room;
        memcpy(p->piece + p->len, bytes, some);
        e = grown(p, some);
        bytes += some;
        len -= some;
    }
    return e;
}

enum err pack_begin(struct pack **out, struct pack_sink sink, uint32_t count)
{
    const uint8_t header[] = {
        'P',           'A', 'C', 'K', 0, 0, 0, 2, (uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8),
        (uint8_t)count};
    struct pack *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p) {
        return ERR_MEMORY;
    }
    p->sink = sink;
    p->left = count;
    mbedtls_md_init(&p->sum);
    const mbedtls_md_info_t *sha1 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
    bool made = sha1 && mbedtls_md_setup(&p->sum, sha1, 0) == 0 && mbedtls_md_starts(&p->sum) == 0;
    made = made && deflateInit(&p->z, Z_DEFAULT_COMPRESSION) == Z_OK;
    enum err e = made ? put(p, header, sizeof header) : ERR_MEMORY;
    if (e != OK) {
        pack_free(p);
        return e;
    }
    *out = p;
    return OK;
}

/* Kind and length: four bits of the length, then seven at a time, the lowest first; the top bit says that more come. */
static enum err put_object_header(struct pack *p, enum pack_kind kind, size_t len)
{
    uint8_t bytes[1 + sizeof len * 8 / 7 + 1];
    size_t count = 0;
    bytes[count] = (uint8_t)((unsigned)kind << 4 | (len & 15));
    for (len >>= 4; len > 0; len >>= 7) {
        bytes[count++] |= 0x80;
        bytes[count] = (uint8_t)(len & 0x7f);
    }
    return put(p, bytes, count + 1);
}

static enum err deflate_all(struct pack *p)
{
    enum err e = OK;
    int code = Z_OK;
    while (e == OK && code != Z_STREAM_END) {
        const size_t room = PIECE - p->len;
        p->z.next_out = p->piece + p->len;
        p->z.avail_out = (uInt)room;
        code = deflate(&p->z, Z_FINISH);
        assert(code == Z_STREAM_END || p->z.avail_out == 0); /* it ends, or wants more room */
        e = grown(p, room - p->z.avail_out);
    }
    return e;
}

static void begin_deflating(struct pack *p, int level, struct span content)
{
    int set = deflateReset(&p->z);
    set = set == Z_OK ? deflateParams(&p->z, level, Z_DEFAULT_STRATEGY) : set;
    assert(set == Z_OK); /* of a stream that is set up, when nothing has gone in */
    (void)set;
    p->z.next_in = (z_const Bytef *)content.ptr;
    p->z.avail_in = (uInt)content.len;
}

/* Deflating takes forty times as long as storing, and of sealed parts gives back a hundredth; of envelopes, in which key
 * ids come again and again, a tenth to a fifth. The beginning tells which it is. What is no blob is no ciphertext. */
static bool gets_shorter(struct pack *p, enum pack_kind kind, struct span content)
{
    uint8_t scratch[SAMPLE - SAMPLE / 64];
    if (kind != PACK_BLOB || content.len <= SAMPLE) {
        return true;
    }
    begin_deflating(p, Z_DEFAULT_COMPRESSION, span_of(content.ptr, SAMPLE));
    p->z.next_out = scratch;
    p->z.avail_out = sizeof scratch;
    return deflate(&p->z, Z_FINISH) == Z_STREAM_END;
}

enum err pack_object(struct pack *p, enum pack_kind kind, struct span content)
{
    assert(p->left > 0 && content.len <= PACK_OBJECT_MAX);
    p->left--;
    const int level = gets_shorter(p, kind, content) ? Z_DEFAULT_COMPRESSION : Z_NO_COMPRESSION;
    enum err e = put_object_header(p, kind, content.len);
    begin_deflating(p, level, content);
    return e == OK ? deflate_all(p) : e;
}

enum err pack_end(struct pack *p)
{
    uint8_t sum[SUM_LEN];
    assert(p->left == 0);
    const int failed = mbedtls_md_finish(&p->sum, sum);
    assert(!failed);
    (void)failed;
    enum err e = p->len + SUM_LEN > PIECE ? flush(p) : OK;
    memcpy(p->piece + p->len, sum, SUM_LEN);
    p->len += SUM_LEN;
    return e == OK ? flush(p) : e;
}

void pack_free(struct pack *p)
{
    if (p) {
        (void)deflateEnd(&p->z);
        mbedtls_md_free(&p->sum);
        free(p);
    }
}
