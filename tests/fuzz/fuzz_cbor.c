/* Any bytes as one item of the subset, written anew head by head (arrays have no end mark). */
#include "sync/cbor.h"
#include "tests/fuzz/recode.h"

static void copy_integer(struct buf *again, struct reader *r)
{
    struct reader before = *r;
    int64_t v = cbor_int(r, INT64_MIN, INT64_MAX);
    if (!r->failed) {
        cbor_put_int(again, v);
        return;
    }
    *r = before; /* past int64_t: an unsigned one, or a negative one that can only be stepped over */
    if (cbor_peek(r) == CBOR_UINT) {
        cbor_put_uint(again, cbor_uint(r, UINT64_MAX));
    } else {
        buf_put_span(again, cbor_skip(r, 9));
    }
}

static void copy_one(struct buf *again, struct reader *r)
{
    switch (cbor_peek(r)) {
    case CBOR_UINT:
    case CBOR_NINT:
        copy_integer(again, r);
        break;
    case CBOR_BYTES:
        cbor_put_bytes(again, cbor_bytes(r, SIZE_MAX));
        break;
    case CBOR_TEXT:
        cbor_put_text(again, cbor_text(r, SIZE_MAX));
        break;
    case CBOR_ARRAY:
        cbor_put_array(again, cbor_array(r, SIZE_MAX));
        break;
    case CBOR_NULL:
        cbor_null(r);
        cbor_put_null(again);
        break;
    case CBOR_NONE:
        abort(); /* skipped what cannot be read */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct reader whole = reader_of(span_of(data, len));
    struct span item = cbor_skip(&whole, SIZE_MAX);
    if (whole.failed) {
        return 0;
    }
    struct buf again = {0};
    struct reader r = reader_of(item);
    while (!r.failed && r.left > 0) {
        copy_one(&again, &r);
    }
    if (r.failed) {
        abort();
    }
    recode_check(&again, item);
    return 0;
}
