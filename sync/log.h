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
 * ERR_NOT_FOUND; ERR_INPUT: an object of another kind, or damaged; ERR_STORAGE: it cannot be told. */
MUST_CHECK enum err log_read(struct buf *out, struct log *log, enum log_kind kind, const struct oid *id, size_t max);
MUST_CHECK enum err log_put(struct oid *id, struct log *log, enum log_kind kind, struct span content);
/* Writes what was put since the last flush; adds the pack's size to *bytes (may be NULL). */
MUST_CHECK enum err log_flush(struct log *log, uint64_t *bytes);
/* Forgets what was put and not flushed. */
void log_forget(struct log *log);
/* Copies exactly these objects as one pack. */
MUST_CHECK enum err log_copy(struct log *to, struct log *from, const struct oid *ids, size_t count, uint64_t *bytes);

/* The branch's commit. ERR_NOT_FOUND; ERR_INPUT: its file is damaged; ERR_STORAGE: it cannot be read now. */
MUST_CHECK enum err log_tip(struct oid *out, struct log *log, const struct chain_id *chain);
/* Takes away a branch's file that log_tip cannot read, so that log_move can make it anew. */
void log_drop_damaged(struct log *log, const struct chain_id *chain);
/* Moves a branch from old (NULL: there must be none) to new; ERR_BUSY if it stands elsewhere. */
MUST_CHECK enum err log_move(struct log *log, const struct chain_id *chain, const struct oid *old,
                             const struct oid *new);

/* Removes a branch, if it is there. */
MUST_CHECK enum err log_drop(struct log *log, const struct chain_id *chain);

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
bool log_has(struct log *log, const struct oid *id);

/* ---- packs that come and go by other ways than a folder ---- */

/* Objects of another log that this one may read without having them: other is the path of its objects folder, as seen
 * from this one's. Takes effect when this log is opened next. */
MUST_CHECK enum err log_borrow(struct log *log, const char *other);
/* Gives exactly these objects as one pack, piece by piece, to put; its error ends it. */
MUST_CHECK enum err log_pack(struct log *from, const struct oid *ids, size_t count,
                             enum err (*put)(void *ctx, struct span piece), void *ctx);

/* Takes in a pack from outside, piece by piece. What it says of itself is believed of nothing: no single object is
 * larger than LOG_OBJECT_MAX, and none is there before the end has come and the pack's own sum is right. */
struct log_index;
#define LOG_OBJECT_MAX ((size_t)256 << 20) /* bytes asked for at once; a record's largest object is a sixteenth */
MUST_CHECK enum err log_index_begin(struct log_index **out, struct log *to);
/* ERR_INPUT: damaged; ERR_STORAGE. */
MUST_CHECK enum err log_index_feed(struct log_index *x, struct span piece);
MUST_CHECK enum err log_index_end(struct log_index *x);
void log_index_free(struct log_index *x); /* NULL allowed */

#define LOG_PACK_NAME 40
/* Writes all that the branches and these commits reach into one new pack (fsynced), and reads every object of it again.
 * The packs there were are left; when this has succeeded all but name are superfluous. keep_on may be NULL; false from
 * it gives it up: ERR_BUSY. ERR_STORAGE: something is missing or damaged; nothing was written that is used. */
MUST_CHECK enum err log_gather(char name[LOG_PACK_NAME + 1], struct log *log, const struct oid *commits, size_t count,
                               bool (*keep_on)(void *ctx, uint64_t done, uint64_t total), void *ctx);
struct log_pack_file {
    char name[LOG_PACK_NAME + 1];
    uint64_t bytes;
};
/* The same of all objects of these packs, reached or not. */
MUST_CHECK enum err log_join(char name[LOG_PACK_NAME + 1], struct log *log, const struct log_pack_file *packs,
                             size_t count);
/* Sees packs that have come or gone. */
void log_refresh(struct log *log);

#endif
