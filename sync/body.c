#include "sync/body.h"

#include <assert.h>
#include <string.h>

#include "sync/cbor.h"
#include "sync/limits.h"

#define OPENING_VERSION 1
#define OPENING_ITEMS 6

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

void opening_encode(struct buf *out, const struct opening *o)
{
    cbor_put_array(out, OPENING_ITEMS);
    cbor_put_uint(out, OPENING_VERSION);
    cbor_put_fixed(out, o->sign.b, SIGN_PUBLIC_LEN);
    cbor_put_fixed(out, o->run.b, INCARNATION_LEN);
    cbor_put_fixed(out, o->meeting.b, BOX_PUBLIC_LEN);
    cbor_put_fixed(out, o->box.b, BOX_PUBLIC_LEN);
    if (!o->continues) {
        cbor_put_null(out);
        return;
    }
    assert(o->old.dot >= 1 && o->old.dot < LIMIT_DOT);
    cbor_put_array(out, 3);
    cbor_put_fixed(out, o->old.chain.b, ID_LEN);
    cbor_put_uint(out, o->old.dot);
    cbor_put_fixed(out, o->old.hash.b, HASH_LEN);
}

enum err opening_decode(struct opening *o, struct span bytes)
{
    *o = (struct opening){0};
    struct opening got = {0};
    struct reader r = reader_of(bytes);
    cbor_items(&r, OPENING_ITEMS);
    bool in_shape = cbor_uint(&r, OPENING_VERSION) == OPENING_VERSION;
    cbor_fixed(&r, got.sign.b, SIGN_PUBLIC_LEN);
    cbor_fixed(&r, got.run.b, INCARNATION_LEN);
    cbor_fixed(&r, got.meeting.b, BOX_PUBLIC_LEN);
    cbor_fixed(&r, got.box.b, BOX_PUBLIC_LEN);
    got.continues = cbor_peek(&r) != CBOR_NULL;
    if (got.continues) {
        cbor_items(&r, 3);
        cbor_fixed(&r, got.old.chain.b, ID_LEN);
        got.old.dot = cbor_uint(&r, LIMIT_DOT - 1);
        cbor_fixed(&r, got.old.hash.b, HASH_LEN);
        in_shape = got.old.dot >= 1 && in_shape;
    } else {
        cbor_null(&r);
    }
    if (!in_shape || !reader_done(&r)) {
        return ERR_INPUT;
    }
    *o = got;
    return OK;
}
