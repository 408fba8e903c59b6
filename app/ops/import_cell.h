/* One cell of a table: from what stands there to a value as it is kept, or why not. */
#ifndef APP_OPS_IMPORT_CELL_H
#define APP_OPS_IMPORT_CELL_H

#include "app/ops/import_index.h"
#include "app/ops/import_map.h"

/* Why a cell, or a whole row, is refused. Texts are translated, and in the arena or constant. */
struct import_problem {
    const struct import_column *column; /* NULL: the row */
    const char *value;                  /* as it stands in the cell, cut; "" */
    const char *reason;
    const char *expected; /* "" */
};

/* What the columns of a row say of one field. */
struct import_value {
    const struct import_column *column; /* the last of them */
    const char *value;                  /* a set: the members with ';' between them */
    bool new_function;                  /* the name of a function that is not there yet */
};

/* The text of a cell without the spaces at its ends; "" says nothing. In the arena. */
const char *import_cell_text(struct arena *a, const char *cell);
/* ERR_INPUT: refused, problem says why; ERR_MEMORY. text is what is meant (import_map_meant), not "". */
MUST_CHECK enum err import_cell_take(struct import_value *out, struct import_problem *problem, struct ops *o,
                                     const struct import_index *ix, const struct import_column *column,
                                     const char *text);
/* A text that is shown in a story, at most 80 bytes, whole characters. */
const char *import_cell_cut(struct arena *a, const char *text);

#endif
