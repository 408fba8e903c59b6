/* Tables in: participants, activities and insatser from CSV (design: cli, "import").
 *
 * One transaction a row. A row with a cell that is refused is refused whole, and the others stand. An empty cell says
 * nothing; it does not unset. Safe to run twice: app/ops/import_row.h says how a row is known again, and only what
 * differs is set. Memory is the file, what rows are matched with, and lists of IMPORT_LISTED_MAX. */
#ifndef APP_OPS_IMPORT_H
#define APP_OPS_IMPORT_H

#include "app/ops/import_row.h"

#define IMPORT_ROWS_MAX ((size_t)200000)
#define IMPORT_LISTED_MAX ((size_t)10000) /* refused cells, and rows, that the result tells of; counts are of all */

struct import_options {
    enum import_kind kind; /* GUESS: by the columns */
    struct span map;       /* a mapping file; empty: none */
    bool dry_run;          /* nothing is saved, and what would be is listed */
    bool all_or_nothing;   /* every row is tried first; one that is refused is an error, and nothing is saved */
    bool leave_cells;      /* a refused cell is left out, and the rest of its row is taken */
};
struct import_refused {
    size_t line;
    const char *column; /* NULL: the row as a whole */
    const char *value;
    enum err code;
    const char *reason; /* in the chosen language */
    const char *expected;
};
/* What a row did, or would do. Listed in a dry run only. */
struct import_done {
    size_t line;
    enum import_action action;
    const char *id; /* NULL for a plan that is not made yet */
    const char *label;
    size_t change_count;
    struct import_change *changes;
};
struct import_result {
    enum import_kind kind;
    size_t rows;
    size_t counts[IMPORT_REFUSED + 1]; /* of rows, by enum import_action */
    size_t refused_cells;
    size_t refused_count;
    struct import_refused *refused;
    size_t done_count;
    struct import_done *done;
    const char *const *not_used; /* titles of columns; NULL-terminated */
};
/* In the arena of o. ERR_INPUT: not UTF-8, not a table with a heading, a mapping that does not fit, or (all_or_nothing)
 * a row that is refused. ERR_LIMIT: too many rows. ERR_STORAGE, ERR_BUSY, ERR_MEMORY: stopped there; the story says
 * how much was saved. */
MUST_CHECK enum err import_run(struct import_result *out, struct ops *o, struct span file,
                               const struct import_options *options);

#endif
