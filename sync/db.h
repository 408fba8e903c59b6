/* The one door to SQLite: statements that are prepared once and used again, transactions, and errors as enum err with
 * the story in the caller's struct why. Knows no table. One thread.
 *
 *     struct db_row *q = db_use(db, "SELECT last FROM record WHERE chain = ?");
 *     db_int(q, 1, chain);
 *     while (db_next(q)) { … db_col_int(q, 0) … }
 *     e = db_end(q);                       // the error of any step, and gives the statement back
 *
 * The SQL text must be constant and outlive the handle: statements are remembered by its address. */
#ifndef SYNC_DB_H
#define SYNC_DB_H

#include "crypto/page.h"
#include "sync/why.h"

struct db;
struct db_row;

/* A database sealed under key (sync/vault.h), made if create and nothing is there; one that is there and is not sealed
 * becomes so first. synchronous=FULL, WAL, foreign keys, temporary storage in memory; waits 30 s for a lock. w is
 * borrowed for the life of the handle, key for the call. Once the disk has failed the handle, all fails. ERR_STORAGE (cannot open), ERR_DAMAGED (here and in all that follows:
 * something in the file is not what was written there), ERR_BUSY, ERR_MEMORY. */
MUST_CHECK enum err db_open(struct db **out, struct why *w, const char *path, const uint8_t key[PAGE_KEY_LEN],
                            bool create);
void db_close(struct db *db);
/* Waits so long for a lock from now on. */
void db_set_patience(struct db *db, unsigned wait_ms);
/* Several statements without parameters; text need not be constant. */
MUST_CHECK enum err db_script(struct db *db, const char *sql);

/* BEGIN IMMEDIATE: takes the write lock. ERR_BUSY also where another process has put another file in this one's place. */
MUST_CHECK enum err db_begin(struct db *db);
/* The same if nobody else has it now; *got tells. Never waits. */
MUST_CHECK enum err db_begin_now(bool *got, struct db *db);
MUST_CHECK enum err db_read_begin(struct db *db); /* a stable view for several reads */
MUST_CHECK enum err db_commit(struct db *db);
void db_rollback(struct db *db); /* no-op outside a transaction; NULL is allowed */
bool db_in_transaction(const struct db *db);

/* Never NULL: a failure to prepare is kept in the row and told by db_end. */
struct db_row *db_use(struct db *db, const char *sql);
void db_int(struct db_row *q, int at, int64_t v);
void db_blob(struct db_row *q, int at, const void *ptr, size_t len); /* borrowed until db_end */
void db_text(struct db_row *q, int at, const char *text);            /* borrowed until db_end; NULL binds null */
void db_span_text(struct db_row *q, int at, struct span text);
void db_null(struct db_row *q, int at);
bool db_next(struct db_row *q);
int64_t db_col_int(const struct db_row *q, int at);
bool db_col_is_null(const struct db_row *q, int at);
struct span db_col_blob(const struct db_row *q, int at); /* borrowed until the next db_next or db_end */
const char *db_col_text(const struct db_row *q, int at); /* the same; NULL for null */
/* Copies a blob that must have exactly len bytes; otherwise the row fails (damaged). */
void db_col_copy(struct db_row *q, int at, void *out, size_t len);
/* Bindings stay valid no longer; the statement may be used again. */
MUST_CHECK enum err db_end(struct db_row *q);
/* For statements without results. */
MUST_CHECK enum err db_run(struct db_row *q);
int64_t db_last_id(const struct db *db);
int64_t db_changes(const struct db *db);
/* One integer, or fallback if there is no row. */
MUST_CHECK enum err db_get_int(int64_t *out, struct db_row *q, int64_t fallback);

/* Reads each page of the file, the unused ones too, and has SQLite look at how they hang together. ERR_DAMAGED. */
MUST_CHECK enum err db_check(struct db *db);

/* ---- one file in another's place (sync/rescue.c) ---- */

/* As db_open without create, but for a database of which perhaps nothing can be read: *out may be set with ERR_DAMAGED
 * too. */
MUST_CHECK enum err db_open_damaged(struct db **out, struct why *w, const char *path, const uint8_t key[PAGE_KEY_LEN]);
/* Waits until no other handle has the file open, and lets none open it until this one is closed. ERR_BUSY. */
MUST_CHECK enum err db_claim(struct db *db);
/* All of it into the one file. Not in a transaction. */
MUST_CHECK enum err db_settle(struct db *db);
/* Closes it and leaves its files as they are, under whatever names. */
void db_abandon(struct db *db);
/* Copies rows of a table into the one of that name in to, which has the same columns, up to the first that cannot be
 * read; rows that are there already stay. backward: from the end. *whole: none was left out. */
MUST_CHECK enum err db_salvage(bool *whole, struct db *to, struct db *from, const char *table, bool backward);

#endif
