/* Inside sync/view*.c: what every view reads from a row. */
#ifndef SYNC_VIEW_ROW_H
#define SYNC_VIEW_ROW_H

#include "sync/core.h"
#include "sync/view.h"

/* Who wrote it: columns of a query that joins tx t and chain c. */
#define VIEW_AUTHOR_COLUMNS                                                                                            \
    "c.chain, t.n, t.clock_ms, c.sign,"                                                                                \
    " (SELECT member FROM certification x WHERE x.sign = c.sign LIMIT 1),"                                             \
    " (SELECT party FROM certification x WHERE x.sign = c.sign LIMIT 1),"                                              \
    " (SELECT name FROM certification x WHERE x.sign = c.sign LIMIT 1),"                                               \
    " (SELECT p.name FROM certification x JOIN party p ON p.uuid = x.party WHERE x.sign = c.sign LIMIT 1)"
#define VIEW_AUTHOR_COUNT 8

/* A column's text in the arena; NULL for null. */
char *view_text(struct arena *a, const struct db_row *q, int at);
/* A column's id; nil for null. */
void view_id(struct db_row *q, int at, struct uuid *out);
/* VIEW_AUTHOR_COLUMNS from column at. */
void view_author(struct view_author *out, struct arena *a, struct db_row *q, int at);

#endif
