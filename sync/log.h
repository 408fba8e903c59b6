/* A log: a bare git repository that holds chains. The one door to libgit2. Used for a home's own log.git and for the
 * repository of a folder that sites meet in. Knows objects, packs and refs; of records it knows only the chain's name.
 *
 * Objects put with log_put are held in memory until log_flush writes them as one pack (fsynced), so that a record costs
 * no loose files. Branches are refs/heads/<32 hex>. One thread. */
#ifndef SYNC_LOG_H
#define SYNC_LOG_H

#include "sync/arena.h"
#include "sync/commit.h"
#include "sync/why.h"

struct log;
enum log_kind { LOG_COMMIT, LOG_TREE, LOG_BLOB };

/* Makes a bare repository at path, which must not exist or be empty. w is borrowed for the handle's life. */
MUST_CHECK enum err log_create(struct log **out, struct why *w, const char *path);
/* ERR_NOT_FOUND: nothing there; ERR_INPUT: not a bare repository; ERR_STORAGE. */
MUST_CHECK enum err log_open(struct log **out, struct why *w, const char *path);
void log_close(struct log *log);

/* Appends an object's content, its SHA-1 checked. The size is looked at before anything is read: ERR_LIMIT over max.
 * ERR_NOT_FOUND; ERR_INPUT: an object of another kind, or damaged. */
MUST_CHECK enum err log_read(struct buf *out, struct log *log, enum log_kind kind, const struct oid *id, size_t max);
MUST_CHECK enum err log_put(struct oid *id, struct log *log, enum log_kind kind, struct span content);
/* Writes what was put since the last flush; adds the pack's size to *bytes (may be NULL). */
MUST_CHECK enum err log_flush(struct log *log, uint64_t *bytes);
/* Forgets what was put and not flushed. */
void log_forget(struct log *log);
/* Copies exactly these objects as one pack. */
MUST_CHECK enum err log_copy(struct log *to, struct log *from, const struct oid *ids, size_t count, uint64_t *bytes);

/* The branch's commit. ERR_NOT_FOUND; ERR_INPUT: its file is damaged. */
MUST_CHECK enum err log_tip(struct oid *out, struct log *log, const struct chain_id *chain);
/* Takes away a branch's file that log_tip cannot read, so that log_move can make it anew. */
void log_drop_damaged(struct log *log, const struct chain_id *chain);
/* Moves a branch from old (NULL: there must be none) to new; ERR_BUSY if it stands elsewhere. */
MUST_CHECK enum err log_move(struct log *log, const struct chain_id *chain, const struct oid *old,
                             const struct oid *new);

struct log_branch {
    struct chain_id chain;
    struct oid tip;
};
struct log_branches {
    size_t count;
    struct log_branch *list; /* sorted by chain */
    size_t strange;          /* refs that are not a chain's branch */
};
/* ERR_LIMIT: more than max. */
MUST_CHECK enum err log_branches(struct log_branches *out, struct arena *a, struct log *log, size_t max);

const char *log_path(const struct log *log);

#endif
