/* A record's header, as the message of a commit from outside. */
#include "sync/header.h"
#include "tests/fuzz/recode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span text = span_of(data, len);
    struct arena a = {0};
    struct header h;
    if (header_decode(&h, &a, text) == OK) {
        struct buf again = {0};
        header_encode(&again, &h);
        recode_check(&again, text);
    }
    arena_free(&a);
    return 0;
}
