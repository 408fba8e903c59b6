/* Drafts: what a person has half written on this device, sealed at rest with the replica. They never travel, and no
 * rebuild drops them; erasing a plan does not reach them, for sync does not know what they are about. */
#ifndef SYNC_DRAFT_H
#define SYNC_DRAFT_H

#include "sync/arena.h"
#include "sync/site.h"

#define DRAFT_MAX ((size_t)64 << 10) /* bytes of one */
#define DRAFT_COUNT_MAX 200          /* drafts */
#define DRAFT_NAME_MAX 100           /* bytes of a name: A-Za-z0-9._:- */

struct draft_row {
    const char *name;
    int64_t saved_ms;
};
struct draft_list {
    size_t count;
    const struct draft_row *rows; /* newest first; in the arena */
};
MUST_CHECK enum err draft_list(struct draft_list *out, struct arena *a, struct site *s);
/* Durable when it returns OK. ERR_INPUT: not a name; ERR_LIMIT: too large, or too many; ERR_BUSY. */
MUST_CHECK enum err draft_put(struct site *s, const char *name, struct span body);
/* Appends the body to out. ERR_NOT_FOUND. */
MUST_CHECK enum err draft_get(struct buf *out, int64_t *saved_ms, struct site *s, const char *name);
/* Its page is freed with what it held (secure_delete). One that is not there: OK. */
MUST_CHECK enum err draft_drop(struct site *s, const char *name);

#endif
