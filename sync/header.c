#include "sync/header.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "sync/limits.h"
#include "sync/scan.h"

static int compare_chains(const struct chain_id *a, const struct chain_id *b)
{
    return memcmp(a->b, b->b, ID_LEN);
}

static bool same_hash(const struct hash *a, const struct hash *b)
{
    return memcmp(a->b, b->b, HASH_LEN) == 0;
}

/* Sorted, unique, never the own chain. */
static bool seen_in_order(const struct header *h)
{
    for (size_t i = 0; i < h->seen_count; i++) {
        if (compare_chains(&h->seen[i].chain, &h->chain) == 0 || h->seen[i].dot < 1 ||
            (i > 0 && compare_chains(&h->seen[i - 1].chain, &h->seen[i].chain) >= 0)) {
            return false;
        }
    }
    return true;
}

/* What the grammar cannot say: a chain's first record, and only that, opens it, and has no other record before it. */
static bool in_shape(const struct header *h)
{
    bool opens_right = h->has_opens == (h->first == 1) && (!h->has_opens || same_hash(&h->prev, &h->opens));
    return h->first >= 1 && h->first <= h->last && h->time >= 0 && opens_right && seen_in_order(h);
}

static bool in_limits(const struct header *h)
{
    if (h->last >= LIMIT_DOT || h->last - h->first >= LIMIT_TXS || h->time >= LIMIT_TIME ||
        h->seen_count > LIMIT_SEEN) {
        return false;
    }
    for (size_t i = 0; i < h->seen_count; i++) {
        if (h->seen[i].dot >= LIMIT_DOT) {
            return false;
        }
    }
    return true;
}

static void put_hash_line(struct buf *out, const char *key, const struct hash *hash)
{
    buf_put_str(out, key);
    buf_put_hex(out, span_of(hash->b, HASH_LEN));
    buf_put_u8(out, '\n');
}

void header_encode(struct buf *out, const struct header *h)
{
    assert(in_shape(h) && in_limits(h));
    buf_put_str(out, "samplan 1\nkind ");
    buf_put_str(out, h->kind == HEADER_READS ? "reads" : "plans");
    buf_put_str(out, "\nforbund ");
    buf_put_hex(out, span_of(h->forbund.b, ID_LEN));
    buf_put_str(out, "\nchain ");
    buf_put_hex(out, span_of(h->chain.b, ID_LEN));
    buf_printf(out, "\ndots %" PRIu64 "-%" PRIu64 "\ntime %" PRId64, h->first, h->last, h->time);
    put_hash_line(out, "\nprev ", &h->prev);
    for (size_t i = 0; i < h->seen_count; i++) {
        buf_put_str(out, "seen ");
        buf_put_hex(out, span_of(h->seen[i].chain.b, ID_LEN));
        buf_printf(out, " %" PRIu64, h->seen[i].dot);
        put_hash_line(out, " ", &h->seen[i].hash);
    }
    put_hash_line(out, "body ", &h->body);
    if (h->has_keys) {
        put_hash_line(out, "keys ", &h->keys);
    }
    if (h->has_opens) {
        put_hash_line(out, "opens ", &h->opens);
    }
}

static void scan_hash_line(struct reader *r, const char *key, struct hash *hash)
{
    scan_literal(r, key);
    scan_hex(r, hash->b, HASH_LEN);
    scan_literal(r, "\n");
}

static void scan_first_lines(struct reader *r, struct header *h)
{
    scan_literal(r, "samplan 1\nkind ");
    h->kind = scan_ahead(r, "reads") ? HEADER_READS : HEADER_PLANS;
    scan_literal(r, h->kind == HEADER_READS ? "reads" : "plans");
    scan_literal(r, "\nforbund ");
    scan_hex(r, h->forbund.b, ID_LEN);
    scan_literal(r, "\nchain ");
    scan_hex(r, h->chain.b, ID_LEN);
    scan_literal(r, "\ndots ");
    h->first = scan_number(r);
    scan_literal(r, "-");
    h->last = scan_number(r);
    scan_literal(r, "\ntime ");
    uint64_t time = scan_number(r);
    h->time = time < (uint64_t)LIMIT_TIME ? (int64_t)time : LIMIT_TIME; /* in_limits refuses it */
    scan_hash_line(r, "\nprev ", &h->prev);
}

/* How many seen lines follow, at most one more than the limit. Reads ahead, so that the array has its size at once. */
static size_t count_seen(struct reader ahead)
{
    size_t count = 0;
    while (count <= LIMIT_SEEN && scan_ahead(&ahead, "seen ")) {
        const uint8_t *end = memchr(ahead.ptr, '\n', ahead.left);
        if (!end) {
            break;
        }
        (void)reader_take(&ahead, (size_t)(end - ahead.ptr) + 1);
        count++;
    }
    return count;
}

static void scan_seen(struct reader *r, struct seen *seen, size_t count)
{
    for (size_t i = 0; i < count && !r->failed; i++) {
        scan_literal(r, "seen ");
        scan_hex(r, seen[i].chain.b, ID_LEN);
        scan_literal(r, " ");
        seen[i].dot = scan_number(r);
        scan_hash_line(r, " ", &seen[i].hash);
    }
}

static void scan_last_lines(struct reader *r, struct header *h)
{
    scan_hash_line(r, "body ", &h->body);
    h->has_keys = scan_ahead(r, "keys ");
    if (h->has_keys) {
        scan_hash_line(r, "keys ", &h->keys);
    }
    h->has_opens = scan_ahead(r, "opens ");
    if (h->has_opens) {
        scan_hash_line(r, "opens ", &h->opens);
    }
}

enum err header_decode(struct header *h, struct arena *a, struct span text)
{
    *h = (struct header){0};
    if (text.len > LIMIT_COMMIT) {
        return ERR_LIMIT;
    }
    struct header got = {0};
    struct reader r = reader_of(text);
    scan_first_lines(&r, &got);
    got.seen_count = count_seen(r);
    if (got.seen_count > LIMIT_SEEN) {
        return ERR_LIMIT;
    }
    if (got.seen_count > 0) {
        struct seen *seen = arena_array(a, got.seen_count, sizeof *seen);
        if (!seen) {
            return ERR_MEMORY;
        }
        scan_seen(&r, seen, got.seen_count);
        got.seen = seen;
    }
    scan_last_lines(&r, &got);
    if (!reader_done(&r) || !in_shape(&got)) {
        return ERR_INPUT;
    }
    if (!in_limits(&got)) {
        return ERR_LIMIT;
    }
    *h = got;
    return OK;
}

bool header_is_newer(struct span text)
{
    static const char start[] = "samplan ";
    struct reader r = reader_of(text);
    scan_literal(&r, start);
    const uint64_t version = scan_number(&r);
    scan_literal(&r, "\n");
    return !r.failed && version > 1;
}
