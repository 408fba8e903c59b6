/* Reading a mapping file (app/ops/import_map.h says what it looks like). */
#ifndef APP_OPS_IMPORT_MAP_FILE_H
#define APP_OPS_IMPORT_MAP_FILE_H

#include "app/ops/import_map.h"

struct import_map_line {
    const char *column; /* folded */
    const char *target; /* "type.field", "key", "-" … as written */
    const char *prefix; /* "" */
};
struct import_map_file {
    size_t count;
    struct import_map_line *lines;
    size_t swap_count;
    struct import_swap *swaps;
};
/* In the arena. ERR_INPUT: a line that cannot be read, or that names a column which header lacks, or names one again;
 * the story has its number. */
MUST_CHECK enum err import_map_file_read(struct import_map_file *out, struct ops *o, const struct csv_row *header,
                                         struct span text);
/* NULL: the file does not name that column. */
const struct import_map_line *import_map_file_find(const struct import_map_file *file, const char *folded);

#endif
