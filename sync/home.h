/* A home folder: making it, opening it, and what it remembers of itself. Inside sync (app uses sync/site.h).
 *
 * device.key is written last when a home is made: a folder without it is not a home, whatever a crash left there. */
#ifndef SYNC_HOME_H
#define SYNC_HOME_H

#include "sync/core.h"

#define HOME_SENT "sent" /* in meta, struct dot: up to there some place to meet has this device's transactions */
/* user_version of replica.db. Raised with each change of durable.sql or derived.sql, or of what is projected how; what
 * durable.sql needs to be brought there is a step in sync/home_version.c. */
#define HOME_VERSION 7

MUST_CHECK enum err home_allocate(struct site **out, const struct site_options *o);
/* Fresh keys, incarnation, replica and log in s->dir, inside nothing but an absent or empty folder. *made: something is
 * there that home_unmake must take away on failure. */
MUST_CHECK enum err home_make(struct site *s, bool *made);
/* Writes device.key: from now on it is a home. */
MUST_CHECK enum err home_finish(struct site *s, const struct site_options *o);
void home_unmake(struct site *s);
/* A new incarnation: this device writes a chain of its own from now on, which names the old one's head. For a home that
 * was put back from a copy, or may have been (restore). Inside a transaction of s->db, with nothing in the journal. The
 * file is written at once; if the transaction is then given up, a new chain was begun for nothing, which does no harm. */
MUST_CHECK enum err home_new_run(struct site *s);
/* Follows what another process may have done: inside a transaction, before anything is written. ERR_CHANGED: the home was
 * exchanged. */
MUST_CHECK enum err home_follow(struct site *s);
MUST_CHECK enum err home_open(struct site *s, const struct site_options *o);
/* Does the file incarnation still say what this handle was opened with? If another process has begun a new chain in this
 * home, the handle follows. ERR_CHANGED: it does not; ERR_STORAGE: it cannot be read. */
MUST_CHECK enum err home_check_incarnation(struct site *s);
/* What wrote the replica. ERR_STORAGE: a newer samplan; nothing has been changed. *older: home_migrate is to be run. */
MUST_CHECK enum err home_check_version(bool *older, struct site *s);
/* Brings a replica that an older samplan wrote, or one with another table of types, to this one's shape, in one
 * transaction: durable tables step by step, the derived ones anew from the log and the journal. */
MUST_CHECK enum err home_migrate(struct site *s);
/* Inside a transaction: says who wrote it. */
MUST_CHECK enum err home_put_version(struct site *s);
/* Fills s->self from the replica. */
MUST_CHECK enum err home_load_self(struct site *s);
void home_sizes(uint64_t *log_bytes, uint64_t *replica_bytes, const struct site *s);

MUST_CHECK enum err home_put_blob(struct site *s, const char *name, const void *ptr, size_t len);
MUST_CHECK enum err home_put_text(struct site *s, const char *name, const char *text);
/* Leaves out as it is and tells by *found if there is none of that length. */
MUST_CHECK enum err home_get_blob(bool *found, struct site *s, const char *name, void *out, size_t len);

struct uuid home_new_id(const struct site *s);
/* A name as it may stand in a record: clean text, not blank, one line, at most LIMIT_NAME bytes. */
MUST_CHECK enum err home_clean_name(const char **out, struct arena *a, struct site *s, const char *typed);
bool home_is_kind(const char *kind);
bool home_is_role(const char *role);
/* A path in the home: "HOME/name", freed by the caller. */
MUST_CHECK enum err home_path(struct buf *out, const struct site *s, const char *name);
/* For a backup put back: as home_make, but with the device that s has, and without stores; another run of it. */
MUST_CHECK enum err home_make_new_run(struct site *s, bool *made);
/* The tables of sync/durable.sql, in a new, empty database. */
MUST_CHECK enum err home_create_durable(struct db *db);
/* The tables of a new, empty s->db. */
MUST_CHECK enum err home_create_tables(struct site *s);
/* Opens the log, where that has not been done. */
MUST_CHECK enum err home_open_log(struct site *s);
/* Empties everything derived and makes its tables again. */
MUST_CHECK enum err home_renew_derived(struct site *s);

#endif
