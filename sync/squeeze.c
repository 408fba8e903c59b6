#include "sync/squeeze.h"

#include "crypto/device.h"
#include "crypto/seal.h"
#include "sync/limits.h"
#include "sync/squeeze_dict.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <zlib.h>

#define RAW (-MAX_WBITS) /* any window; no header and no sum, for the sealing has its own */
/* Room for the dictionary and as much again. With more of both, each part takes ten times as long, and gets no shorter. */
#define PACK_WINDOW 13
#define PACK_MEMORY 6
_Static_assert(sizeof squeeze_dict <= (1u << PACK_WINDOW) / 2 + 1024,
               "the dictionary is seen from all of a short part");

/* zlib keeps pieces of the plaintext, and a part may hold keys: each of its allocations knows its length, to be wiped. */
union room {
    size_t len;
    max_align_t align;
};

static voidpf take(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    const size_t len = sizeof(union room) + (size_t)items * size; /* both are of zlib, and small */
    union room *r = malloc(len);
    if (!r) {
        return Z_NULL;
    }
    r->len = len;
    return r + 1;
}

static void give_back(voidpf opaque, voidpf ptr)
{
    (void)opaque;
    union room *r = (union room *)ptr - 1;
    device_wipe(r, r->len);
    free(r);
}

static z_stream stream_over(struct span in)
{
    assert(in.len <= LIMIT_BODY); /* and so fits zlib's lengths */
    return (z_stream){.zalloc = take, .zfree = give_back, .next_in = (z_const Bytef *)in.ptr, .avail_in = (uInt)in.len};
}

static enum err deflate_all(struct buf *out, z_stream *z)
{
    if (deflateSetDictionary(z, squeeze_dict, sizeof squeeze_dict) != Z_OK) {
        return ERR_MEMORY;
    }
    const size_t start = out->len, room = deflateBound(z, z->avail_in);
    uint8_t *at = buf_extend(out, room);
    if (!at) {
        return ERR_MEMORY;
    }
    z->next_out = at;
    z->avail_out = (uInt)room;
    const int end = deflate(z, Z_FINISH);
    assert(end == Z_STREAM_END); /* with as much room as it has asked for */
    (void)end;
    buf_cut(out, start + z->total_out);
    return OK;
}

enum err squeeze_pack(struct buf *out, struct span plain)
{
    assert(plain.len <= LIMIT_PART);
    z_stream z = stream_over(plain);
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -PACK_WINDOW, PACK_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        return ERR_MEMORY;
    }
    enum err e = deflate_all(out, &z);
    (void)deflateEnd(&z);
    return e;
}

/* Some more output, at most to a byte over the limit. *code: zlib's. */
static enum err inflate_some(int *code, struct buf *out, z_stream *z, size_t room)
{
    const size_t left = (size_t)LIMIT_PART + 1 - z->total_out, before = z->total_out, start = out->len;
    room = room < left ? room : left;
    uint8_t *at = room > 0 ? buf_extend(out, room) : NULL;
    if (!at) {
        return room > 0 ? ERR_MEMORY : ERR_LIMIT;
    }
    z->next_out = at;
    z->avail_out = (uInt)room;
    *code = inflate(z, Z_NO_FLUSH);
    buf_cut(out, start + (z->total_out - before));
    return *code == Z_MEM_ERROR ? ERR_MEMORY : *code == Z_DATA_ERROR ? ERR_INPUT : OK;
}

static enum err inflate_all(struct buf *out, z_stream *z)
{
    int code = inflateSetDictionary(z, squeeze_dict, sizeof squeeze_dict);
    enum err e = code == Z_OK ? OK : ERR_MEMORY;
    for (size_t room = 64 + 4 * (size_t)z->avail_in; e == OK && code != Z_STREAM_END; room *= 2) {
        e = inflate_some(&code, out, z, room);
        if (e == OK && code != Z_STREAM_END && z->avail_out > 0) {
            e = ERR_INPUT; /* it ends before it has ended */
        }
    }
    return e == OK && z->total_out > LIMIT_PART ? ERR_LIMIT : e;
}

static bool is_filling(const z_stream *z, size_t padded)
{
    uint8_t any = 0;
    for (size_t i = 0; i < z->avail_in; i++) {
        any |= z->next_in[i];
    }
    return any == 0 && seal_padded_len(padded - z->avail_in) == padded;
}

enum err squeeze_unpack(struct buf *out, struct span padded)
{
    if (padded.len > LIMIT_BODY) {
        return ERR_LIMIT;
    }
    const size_t start = out->len;
    z_stream z = stream_over(padded);
    if (inflateInit2(&z, RAW) != Z_OK) {
        return ERR_MEMORY;
    }
    enum err e = inflate_all(out, &z);
    if (e == OK && !is_filling(&z, padded.len)) {
        e = ERR_INPUT;
    }
    (void)inflateEnd(&z);
    if (e != OK) {
        buf_cut(out, start);
    }
    return e;
}
