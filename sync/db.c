#include "sync/db.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "sync/db_core.h"

enum err db_fail(struct db *db, int code)
{
    const char *said = sqlite3_errmsg(db->sqlite);
    if (code == SQLITE_IOERR_DATA) {
        code = SQLITE_CORRUPT; /* a page that does not open */
    } else if (code == SQLITE_IOERR_NOMEM) {
        code = SQLITE_NOMEM;
    }
    db->broken = db->broken || (code & 0xff) == SQLITE_IOERR;
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return ERR_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return why_set(db->why, ERR_BUSY, WHY("another process is writing; nothing was saved, try again"), "%s", said);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return why_set(db->why, ERR_DAMAGED, WHY("the replica is damaged; restore a backup or rebuild it"), "%s", said);
    case SQLITE_FULL:
        return why_set(db->why, ERR_STORAGE, WHY("the disk is full; nothing was saved"), "%s", said);
    case SQLITE_READONLY:
        return why_set(db->why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", said);
    default:
        return why_set(db->why, ERR_STORAGE, WHY("the replica could not be read or written"), "%s", said);
    }
}

enum err db_script(struct db *db, const char *sql)
{
    int code = db->broken ? SQLITE_IOERR : sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : db_fail(db, code);
}

/* secure_delete, so that each page of the file is written: sync/vault.h. The size of the write-ahead log is what SQLite
 * lets it grow to between two checkpoints anyhow: what a large meeting needed beyond that is given back. */
static enum err connect(struct db *db, const char *path)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, &db->sqlite, flags, vault_name(db->vault));
    if (code != SQLITE_OK) {
        return db->sqlite ? db_fail(db, code) : ERR_MEMORY;
    }
    (void)sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
    return db_script(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                         "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON; PRAGMA cache_size=-65536;"
                         "PRAGMA trusted_schema=OFF; PRAGMA journal_size_limit=4194304;");
}

/* SQLite's counts of its own memory, which nobody reads, cost a lock at each allocation: a twentieth of catching up. Has no
 * effect in a program that has used SQLite before. */
static void leave_memory_uncounted(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err begin_open(struct db **out, struct why *w, const char *path, const uint8_t key[PAGE_KEY_LEN],
                           bool create)
{
    static once_flag once = ONCE_FLAG_INIT;
    struct db *db = calloc(1, sizeof *db);
    *out = db;
    if (!db) {
        return ERR_MEMORY;
    }
    call_once(&once, leave_memory_uncounted);
    db->why = w;
    enum err e = vault_new(&db->vault, key, NULL);
    if (e == ERR_STORAGE) {
        e = why_set(w, e, WHY("the replica could not be read or written"), "%s", path);
    }
    if (e == OK) {
        e = vault_prepare(db->vault, w, path, create);
    }
    return e == OK ? connect(db, path) : e;
}

enum err db_open(struct db **out, struct why *w, const char *path, const uint8_t key[PAGE_KEY_LEN], bool create)
{
    enum err e = begin_open(out, w, path, key, create);
    if (e != OK) {
        db_close(*out);
        *out = NULL;
    }
    return e;
}

enum err db_open_damaged(struct db **out, struct why *w, const char *path, const uint8_t key[PAGE_KEY_LEN])
{
    enum err e = begin_open(out, w, path, key, false);
    if (e != OK && (e != ERR_DAMAGED || !(*out)->sqlite)) {
        db_close(*out);
        *out = NULL;
    }
    return e;
}

void db_set_patience(struct db *db, unsigned wait_ms)
{
    (void)sqlite3_busy_timeout(db->sqlite, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);
}

void db_close(struct db *db)
{
    if (!db) {
        return;
    }
    for (size_t i = 0; i < DB_SLOTS; i++) {
        for (struct db_row *q = db->slots[i]; q;) {
            struct db_row *next = q->next;
            (void)sqlite3_finalize(q->stmt);
            free(q);
            q = next;
        }
    }
    (void)sqlite3_close(db->sqlite);
    vault_free(db->vault);
    free(db);
}

/* Is the file still the one of that name? Another process may have put a new one in its place. */
static enum err stay(struct db *db)
{
    int moved = 0;
    if (sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved) {
        return OK;
    }
    db_rollback(db);
    return why_set(db->why, ERR_BUSY, WHY("the replica was made anew meanwhile; nothing was saved, try again"), "%s",
                   "");
}

enum err db_begin(struct db *db)
{
    enum err e = db_run(db_use(db, "BEGIN IMMEDIATE"));
    return e == OK ? stay(db) : e;
}

enum err db_begin_now(bool *got, struct db *db)
{
    (void)sqlite3_busy_timeout(db->sqlite, 0);
    int code = sqlite3_exec(db->sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    (void)sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
    *got = code == SQLITE_OK;
    if ((code & 0xff) == SQLITE_BUSY) {
        return OK;
    }
    return *got ? stay(db) : db_fail(db, code);
}

enum err db_read_begin(struct db *db)
{
    return db_script(db, "BEGIN");
}

enum err db_commit(struct db *db)
{
    return db_run(db_use(db, "COMMIT"));
}

bool db_in_transaction(const struct db *db)
{
    return sqlite3_get_autocommit(db->sqlite) == 0;
}

void db_rollback(struct db *db)
{
    if (db && db_in_transaction(db)) {
        (void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    }
}

static struct db_row *spare_row(struct db *db)
{
    db->spare = (struct db_row){.db = db, .err = ERR_MEMORY};
    return &db->spare;
}

struct db_row *db_use(struct db *db, const char *sql)
{
    size_t slot = ((uintptr_t)sql >> 3) % DB_SLOTS;
    for (struct db_row *q = db->slots[slot]; q; q = q->next) {
        if (q->sql == sql && !q->busy) {
            q->busy = true;
            q->err = OK;
            return q;
        }
    }
    struct db_row *q = calloc(1, sizeof *q);
    if (!q) {
        return spare_row(db);
    }
    q->db = db;
    q->sql = sql;
    q->busy = true;
    int code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
    if (code != SQLITE_OK) {
        q->err = db_fail(db, code);
    }
    q->next = db->slots[slot];
    db->slots[slot] = q;
    return q;
}

static void bound(struct db_row *q, int code)
{
    if (code != SQLITE_OK && q->err == OK) {
        assert(code != SQLITE_RANGE);
        q->err = db_fail(q->db, code);
    }
}

void db_int(struct db_row *q, int at, int64_t v)
{
    if (q->err == OK) {
        bound(q, sqlite3_bind_int64(q->stmt, at, v));
    }
}

void db_blob(struct db_row *q, int at, const void *ptr, size_t len)
{
    if (q->err == OK) {
        bound(q, sqlite3_bind_blob64(q->stmt, at, len ? ptr : "", len, SQLITE_STATIC));
    }
}

void db_span_text(struct db_row *q, int at, struct span text)
{
    if (q->err == OK) {
        const char *ptr = text.len ? (const char *)text.ptr : "";
        bound(q, sqlite3_bind_text64(q->stmt, at, ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
    }
}

void db_text(struct db_row *q, int at, const char *text)
{
    if (text) {
        db_span_text(q, at, span_str(text));
    } else {
        db_null(q, at);
    }
}

void db_null(struct db_row *q, int at)
{
    if (q->err == OK) {
        bound(q, sqlite3_bind_null(q->stmt, at));
    }
}

bool db_next(struct db_row *q)
{
    if (q->err != OK) {
        return false;
    }
    int code = q->db->broken ? SQLITE_IOERR : sqlite3_step(q->stmt);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code != SQLITE_DONE) {
        q->err = db_fail(q->db, code);
    }
    return false;
}

int64_t db_col_int(const struct db_row *q, int at)
{
    return sqlite3_column_int64(q->stmt, at);
}

bool db_col_is_null(const struct db_row *q, int at)
{
    return sqlite3_column_type(q->stmt, at) == SQLITE_NULL;
}

struct span db_col_blob(const struct db_row *q, int at)
{
    const void *ptr = sqlite3_column_blob(q->stmt, at);
    return span_of(ptr, (size_t)sqlite3_column_bytes(q->stmt, at));
}

const char *db_col_text(const struct db_row *q, int at)
{
    return (const char *)sqlite3_column_text(q->stmt, at);
}

void db_col_copy(struct db_row *q, int at, void *out, size_t len)
{
    struct span s = db_col_blob(q, at);
    if (s.len == len && len > 0) {
        memcpy(out, s.ptr, len);
        return;
    }
    memset(out, 0, len);
    if (q->err == OK) {
        q->err = why_set(q->db->why, ERR_DAMAGED, WHY("the replica is damaged; restore a backup or rebuild it"),
                         "a value has %zu bytes, not %zu", s.len, len);
    }
}

enum err db_end(struct db_row *q)
{
    enum err e = q->err;
    if (q->stmt) {
        (void)sqlite3_reset(q->stmt);
        (void)sqlite3_clear_bindings(q->stmt);
    }
    q->busy = q->stmt == NULL; /* one that could not be prepared is not offered again */
    return e;
}

enum err db_run(struct db_row *q)
{
    while (db_next(q)) {
    }
    return db_end(q);
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes(db->sqlite);
}

enum err db_get_int(int64_t *out, struct db_row *q, int64_t fallback)
{
    *out = fallback;
    if (db_next(q)) {
        *out = db_col_int(q, 0);
    }
    return db_end(q);
}
