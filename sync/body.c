#include "sync/body.h"

#include <assert.h>
#include <string.h>

#include "sync/cbor.h"
#include "sync/limits.h"

static int compare_keys(const struct key_id *a, const struct key_id *b)
{
    return memcmp(a->b, b->b, ID_LEN);
}

/* Ascending after a flagged first part, whose key no other part has. */
static bool parts_in_order(const struct body *b)
{
    size_t rest = b->forbund_first ? 1 : 0;
    for (size_t i = rest; i < b->part_count; i++) {
        if ((i > rest && compare_keys(&b->parts[i - 1].key, &b->parts[i].key) >= 0) ||
            (rest == 1 && compare_keys(&b->parts[0].key, &b->parts[i].key) == 0)) {
            return false;
        }
    }
    return true;
}

void body_encode(struct buf *out, const struct body *b)
{
    assert(b->part_count >= 1 && b->part_count <= LIMIT_PARTS && parts_in_order(b));
    buf_put(out, b->salt, SEAL_SALT_LEN);
    buf_put_u8(out, b->forbund_first ? 1 : 0);
    for (size_t i = 0; i < b->part_count; i++) {
        const struct body_part *part = &b->parts[i];
        assert(part->sealed.len <= LIMIT_BODY);
        buf_put(out, part->key.b, ID_LEN);
        buf_put_u32be(out, (uint32_t)part->sealed.len);
        buf_put_span(out, part->sealed);
    }
}

static struct body_part take_part(struct reader *r)
{
    struct body_part part;
    reader_copy(r, part.key.b, ID_LEN);
    uint32_t len = reader_u32be(r);
    part.sealed = reader_take(r, len);
    return part;
}

/* Steps over all parts, so that the array has its size at once. At most one more than the limit. */
static size_t count_parts(struct reader ahead)
{
    size_t count = 0;
    while (!ahead.failed && ahead.left > 0 && count <= LIMIT_PARTS) {
        (void)take_part(&ahead);
        count++;
    }
    return ahead.failed ? 0 : count;
}

enum err body_decode(struct body *b, struct arena *a, struct span bytes)
{
    *b = (struct body){0};
    if (bytes.len > LIMIT_BODY) {
        return ERR_LIMIT;
    }
    struct body got = {0};
    struct reader r = reader_of(bytes);
    reader_copy(&r, got.salt, SEAL_SALT_LEN);
    uint8_t flag = reader_u8(&r);
    got.forbund_first = flag == 1;
    got.part_count = count_parts(r);
    if (flag > 1 || got.part_count == 0) {
        return ERR_INPUT;
    }
    if (got.part_count > LIMIT_PARTS) {
        return ERR_LIMIT;
    }
    struct body_part *parts = arena_array(a, got.part_count, sizeof *parts);
    if (!parts) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < got.part_count; i++) {
        parts[i] = take_part(&r);
    }
    got.parts = parts;
    if (!reader_done(&r) || !parts_in_order(&got)) {
        return ERR_INPUT;
    }
    *b = got;
    return OK;
}
