/* Which column of a table means which field: by its heading, or as a mapping file says.
 *
 * A mapping file is UTF-8 text, a line each; what it does not name is taken by its heading as ever:
 *   # a remark
 *   Kolumn = type.field            also person.number, plan.id, and key: what a row is known again by
 *   Kolumn = type.field, "Volym: " the text is put in front of the cell's
 *   Kolumn = -                     left out
 *   Kolumn[Ja] = pågår             where the cell says Ja, pågår is meant
 * A column whose name holds '=', '[' or '#' is written in quotation marks. Two columns may share one field that holds
 * text: their cells are put together in the order of the columns, a line each (in a set: as further members). */
#ifndef APP_OPS_IMPORT_MAP_H
#define APP_OPS_IMPORT_MAP_H

#include "app/ops/csv.h"
#include "app/ops/ops.h"

enum import_kind { IMPORT_GUESS, IMPORT_PARTICIPANTS, IMPORT_ACTIVITIES, IMPORT_INSATSER };

enum import_to { IMPORT_TO_FIELD, IMPORT_TO_NUMBER, IMPORT_TO_PLAN, IMPORT_TO_KEY };

/* "In this column, from means to". */
struct import_swap {
    const char *column; /* folded */
    const char *from;   /* folded */
    const char *to;
};

struct import_column {
    size_t index;      /* of the cell */
    const char *title; /* as the file has it */
    const char *folded;
    enum import_to to;
    const struct schema_type *type; /* TO_FIELD */
    const struct schema_field *field;
    const char *prefix; /* "" */
};

struct import_map {
    enum import_kind kind;
    size_t cell_count; /* in each row */
    size_t count;
    struct import_column *columns; /* in the order of the file */
    size_t swap_count;
    struct import_swap *swaps;
    const char *const *not_used; /* titles; NULL-terminated */
};

struct import_map_wish {
    enum import_kind kind; /* GUESS: by what the columns are */
    const struct csv_row *header;
    struct span file; /* of the mapping; empty: none */
};
/* In the arena of o; header is borrowed. ERR_INPUT: a line of the mapping that cannot be read (the story has its
 * number), a column that is not in the table, a field that there is not, or a table without what its rows are known
 * by. */
MUST_CHECK enum err import_map_make(struct import_map *out, struct ops *o, const struct import_map_wish *wish);
/* What is meant by a cell: itself, or what a swap says. */
const char *import_map_meant(const struct import_map *map, struct arena *a, const struct import_column *column,
                             const char *cell);
/* "participants", "activities", "insatser"; GUESS for any other word. */
enum import_kind import_map_kind(const char *word);
const char *import_map_word(enum import_kind kind);

#endif
