/* Inside sync/view*.c: what every view reads from a row. */
#ifndef SYNC_VIEW_ROW_H
#define SYNC_VIEW_ROW_H

#include "sync/core.h"
#include "sync/view.h"

/* Who wrote op o: columns, and the joins that they need. */
#define VIEW_AUTHOR_COLUMNS                                                                                            \
    "c.chain, r.first + o.tx_place AS n, o.clock_ms, c.sign, w.member, w.party, w.name, w.party_name"
#define VIEW_AUTHOR_JOIN                                                                                               \
    " JOIN record r ON r.seq = o.tx_record JOIN chain c ON c.id = r.chain LEFT JOIN signer w ON w.chain = c.id"
#define VIEW_AUTHOR_COUNT 8

/* A column's text in the arena; NULL for null. */
char *view_text(struct arena *a, const struct db_row *q, int at);
/* A column's id; nil for null. */
void view_id(struct db_row *q, int at, struct uuid *out);
/* VIEW_AUTHOR_COLUMNS from column at. */
void view_author(struct view_author *out, struct arena *a, struct db_row *q, int at);

#endif
