/* What app has worked out from the content and keeps, so that it need not be worked out again: rows of bytes that sync does
 * not look into, each with the ids of what it rests on and the days for which it holds.
 *
 * Derived data like the rest of the replica: rebuild empties it, whoever misses it works it out again, and nobody may
 * keep here what cannot be made anew. What has been written since a row was kept is told by view_touched. */
#ifndef SYNC_MEMO_H
#define SYNC_MEMO_H

#include "sync/site.h"

struct memo_row {
    struct uuid key;
    int32_t from; /* days (numbers of app's own) for which it holds, both included; from > to: it is spoiled */
    int32_t to;
    struct span rests_on; /* ids, one after the other */
    struct span value;
};

/* The id number i, from 0, of what the row rests on; false: there are not so many. Pure. */
bool memo_rests_on(struct uuid *out, const struct memo_row *row, size_t i);

/* The calls that write stand between memo_begin and memo_commit, which take the write lock: what is read there is of one
 * moment. *got: false, and nothing else was done, if another process is writing now (with wait: for as long as a save
 * waits), or this handle has a save under way. */
MUST_CHECK enum err memo_begin(bool *got, struct site *s, bool wait);
MUST_CHECK enum err memo_commit(struct site *s);
void memo_cancel(struct site *s); /* no-op after memo_commit */

/* kind: a name of app's own for rows of one sort. What is read lives in the arena. */
MUST_CHECK enum err memo_get(bool *found, struct memo_row *out, struct arena *a, struct site *s, const char *kind,
                             const struct uuid *key);
/* Takes the place of a row with that key. */
MUST_CHECK enum err memo_put(struct site *s, const char *kind, const struct memo_row *row);
MUST_CHECK enum err memo_drop(struct site *s, const char *kind, const struct uuid *key);
MUST_CHECK enum err memo_drop_all(struct site *s, const char *kind);
/* The row holds on no day from now on; where there is none, an empty one is made. */
MUST_CHECK enum err memo_spoil(struct site *s, const char *kind, const struct uuid *key);
/* The same, but where there is no row, none is made. */
MUST_CHECK enum err memo_spoil_kept(struct site *s, const char *kind, const struct uuid *key);
/* Spoils every row that rests on one of those ids, which are sorted; count 0: on anything. */
MUST_CHECK enum err memo_spoil_resting_on(struct site *s, const char *kind, const struct uuid *ids, size_t count);
/* Appends the keys (struct uuid) of at most max rows that do not hold on that day. */
MUST_CHECK enum err memo_due(struct buf *out, struct site *s, const char *kind, int32_t day, size_t max);
/* Every row that has a value, by key; fn returns OK to go on. What it is given lives until it returns. */
MUST_CHECK enum err memo_each(struct site *s, const char *kind, enum err (*fn)(void *ctx, const struct memo_row *row),
                              void *ctx);

#endif
