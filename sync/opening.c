#include "sync/opening.h"

#include <assert.h>

#include "sync/cbor.h"
#include "sync/limits.h"

#define OPENING_VERSION 1
#define OPENING_ITEMS 7

void opening_encode(struct buf *out, const struct opening *o)
{
    cbor_put_array(out, OPENING_ITEMS);
    cbor_put_uint(out, OPENING_VERSION);
    cbor_put_fixed(out, o->sign.b, SIGN_PUBLIC_LEN);
    cbor_put_fixed(out, o->run.b, INCARNATION_LEN);
    cbor_put_fixed(out, o->meeting.b, BOX_PUBLIC_LEN);
    cbor_put_fixed(out, o->box.b, BOX_PUBLIC_LEN);
    assert(o->certified.n >= 1 && o->certified.n < LIMIT_DOT);
    cbor_put_array(out, 2);
    cbor_put_fixed(out, o->certified.chain.b, ID_LEN);
    cbor_put_uint(out, o->certified.n);
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
    cbor_items(&r, 2);
    cbor_fixed(&r, got.certified.chain.b, ID_LEN);
    got.certified.n = cbor_uint(&r, LIMIT_DOT - 1);
    in_shape = got.certified.n >= 1 && in_shape;
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
