/* The law of every decoder of sync: what it accepts re-encodes to the same bytes. */
#ifndef TESTS_FUZZ_RECODE_H
#define TESTS_FUZZ_RECODE_H

#include <stdlib.h>

#include "crypto/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Aborts unless again, which is freed, holds exactly bytes. */
static inline void recode_check(struct buf *again, struct span bytes)
{
    if (again->failed || !span_equal(span_buf(again), bytes)) {
        abort();
    }
    buf_free(again);
}

#endif
