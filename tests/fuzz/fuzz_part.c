/* The plaintext of a section's part, by an insider who seals what he likes: bare, and padded as it is when opened. */
#include "crypto/seal.h"
#include "sync/part.h"
#include "tests/fuzz/recode.h"

static const struct part_base base = {.first_dot = 5, .last_dot = 9, .time = 1763800000};

static void check(const struct part *p, struct span bytes, size_t filling)
{
    struct buf again = {0};
    if (part_encode(&again, p, &base) != OK || !buf_extend(&again, filling)) {
        abort();
    }
    recode_check(&again, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span bytes = span_of(data, len);
    struct arena a = {0};
    struct part p;
    if (part_decode_bare(&p, &a, bytes, &base) == OK) {
        check(&p, bytes, 0);
    }
    struct buf padded = {0};
    buf_put_span(&padded, bytes);
    (void)buf_extend(&padded, seal_padded_len(len) - len);
    if (part_decode(&p, &a, span_buf(&padded), &base) == OK) {
        struct buf bare = {0};
        if (part_encode(&bare, &p, &base) != OK || bare.len > padded.len) {
            abort();
        }
        check(&p, span_buf(&padded), padded.len - bare.len);
        buf_free(&bare);
    }
    buf_free(&padded);
    arena_free(&a);
    return 0;
}
