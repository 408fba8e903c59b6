/* A spreadsheet and its mapping file, tried and not taken: a byte for what the table is about, the mapping up to the
 * first zero byte, and after it the table. */
#include <string.h>

#include "app/ops/import.h"
#include "tests/fuzz/stage.h"

#define LEN_MAX_TRIED ((size_t)16 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct arena a = {0};
    const uint8_t *zero = len > 1 && len <= LEN_MAX_TRIED ? memchr(data + 1, 0, len - 1) : NULL;
    if (zero) {
        const struct span map = span_of(data + 1, (size_t)(zero - data) - 1);
        const struct span table = span_of(zero + 1, len - map.len - 2);
        const struct import_options options = {
            .kind = (enum import_kind)(data[0] % (IMPORT_INSATSER + 1)), .map = map, .dry_run = true};
        struct import_result result;
        (void)!import_run(&result, stage_ops(&a), table, &options);
    }
    arena_free(&a);
    return 0;
}
