/* The plaintext of a section's part, by an insider who seals what he likes: bare, and as what a stream unpacks to. */
#include "crypto/seal.h"
#include "sync/limits.h"
#include "sync/part.h"
#include "sync/squeeze.h"
#include "tests/fuzz/recode.h"

static const struct part_base base = {.first_dot = 5, .last_dot = 9, .time = 1763800000};

static void check_part(struct span bytes)
{
    struct arena a = {0};
    struct buf again = {0};
    struct part p;
    if (part_decode(&p, &a, bytes, &base) == OK) {
        if (part_encode(&again, &p, &base) != OK) {
            abort();
        }
        recode_check(&again, bytes);
    }
    arena_free(&a);
}

/* What a stream gives can be packed again, and gives the same. */
static void check_stream(struct span padded)
{
    struct buf plain = {0}, packed = {0}, again = {0};
    if (squeeze_unpack(&plain, padded) == OK) {
        if (plain.len > LIMIT_PART || squeeze_pack(&packed, span_buf(&plain)) != OK ||
            !buf_extend(&packed, seal_padded_len(packed.len) - packed.len + 1)) {
            abort();
        }
        if (squeeze_unpack(&again, span_of(packed.ptr, packed.len - 1)) != OK) {
            abort();
        }
        check_part(span_buf(&plain));
        recode_check(&again, span_buf(&plain));
        buf_free(&packed);
    } else if (plain.len > 0) {
        abort();
    }
    buf_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span bytes = span_of(data, len);
    struct buf padded = {0};
    check_part(bytes);
    buf_put_span(&padded, bytes);
    (void)buf_extend(&padded, seal_padded_len(len) - len + 1); /* len may be the padded length already */
    check_stream(span_of(padded.ptr, padded.len - 1));
    buf_free(&padded);
    return 0;
}
