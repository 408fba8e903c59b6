/* How far somebody has read: a place in this replica's own order of arrival, under a name of app's own. It never travels,
 * and outlives a rebuild, which makes the order anew: what had not been read is then known one by one.
 *
 * No clock takes part: what arrives late, whoever's clock it bears, and what becomes readable late, comes after. */
#ifndef SYNC_BOOKMARK_H
#define SYNC_BOOKMARK_H

#include "sync/site.h"

/* *found is false where there is none of that name. */
MUST_CHECK enum err bookmark_get(bool *found, int64_t *place, struct site *s, const char *name);
/* Everything up to that place (view_touched tells of places) has been read. Never moves back. Waits for a process that is
 * writing, as a save does. ERR_BUSY, ERR_STORAGE: it stays where it was. */
MUST_CHECK enum err bookmark_move(struct site *s, const char *name, int64_t place);

/* For sync/rebuild.c alone: gathers what has not been read, before; and marks it so, after. Inside its transaction. */
MUST_CHECK enum err bookmark_gather(struct buf *unread, struct site *s);
MUST_CHECK enum err bookmark_restore(struct site *s, const struct buf *unread);

#endif
