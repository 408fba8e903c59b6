/* A blob from outside, taken as a record's body and as what opens a chain. */
#include "sync/body.h"
#include "sync/opening.h"
#include "tests/fuzz/recode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span bytes = span_of(data, len);
    struct buf again = {0};
    struct arena a = {0};
    struct body b;
    if (body_decode(&b, &a, bytes) == OK) {
        body_encode(&again, &b);
        recode_check(&again, bytes);
    }
    arena_free(&a);
    struct opening o;
    if (opening_decode(&o, bytes) == OK) {
        opening_encode(&again, &o);
        recode_check(&again, bytes);
    }
    return 0;
}
