#include "sync/db_core.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/device.h"
#include "sync/vault_page.h"

#define CLAIM_MS 20
#define PAGE_TRIES 5
#define LOCK_PAGE (0x40000000 / VAULT_PAGE + 1) /* SQLite never writes it ("Database File Format") */

/* ---- every page ---- */

/* Not seldom another process writes the page at the same time: then it opens when it is looked at again. */
static int look_at_page(sqlite3_file *f, sqlite3_int64 number)
{
    uint8_t page[VAULT_PAGE];
    int code = SQLITE_OK;
    for (int i = 0; i < PAGE_TRIES; i++) {
        code = f->pMethods->xRead(f, page, VAULT_PAGE, (number - 1) * VAULT_PAGE);
        if (code == SQLITE_OK) {
            break;
        }
        (void)sqlite3_sleep(CLAIM_MS);
    }
    device_wipe(page, sizeof page);
    return code;
}

static int look_at_head(const struct db *db)
{
    int code = SQLITE_OK;
    for (int i = 0; i < PAGE_TRIES; i++) {
        code = sqlite3_file_control(db->sqlite, "main", VAULT_CONTROL_CHECK, NULL);
        if (code == SQLITE_OK) {
            break;
        }
        (void)sqlite3_sleep(CLAIM_MS);
    }
    return code;
}

/* What a line of integrity_check comes to: where SQLite could not look, it gives its code in words, and goes on. */
static int code_of(const char *line)
{
    static const char words[] = "error code";
    const char *at = strstr(line, words);
    const int code = at ? (int)strtol(at + sizeof words - 1 + strspn(at + sizeof words - 1, " ="), NULL, 10) : 0;
    const bool unseen = (code & 0xff) == SQLITE_NOMEM || ((code & 0xff) == SQLITE_IOERR && code != SQLITE_IOERR_DATA);
    return unseen ? code : SQLITE_CORRUPT;
}

static enum err look_at_structure(struct db *db)
{
    int code = SQLITE_OK;
    /* SQLite 3.40 takes values for NULL in a table without rowid whose key is not its first columns */
    struct db_row *q = db_use(db, "SELECT integrity_check FROM pragma_integrity_check(1000000000)"
                                  " WHERE integrity_check <> 'ok' AND integrity_check NOT LIKE 'NULL value in %'");
    while ((code == SQLITE_OK || code == SQLITE_CORRUPT) && db_next(q)) {
        const char *line = db_col_text(q, 0);
        code = line ? code_of(line) : SQLITE_NOMEM;
    }
    enum err e = db_end(q);
    return e == OK && code != SQLITE_OK ? db_fail(db, code) : e;
}

enum err db_check(struct db *db)
{
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0;
    int code = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, &f);
    if (code == SQLITE_OK) { /* a page that a checkpoint left torn is whole in the WAL, and is copied again */
        code = sqlite3_wal_checkpoint_v2(db->sqlite, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        code = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED ? SQLITE_OK : code;
    }
    if (code == SQLITE_OK) {
        code = look_at_head(db);
    }
    if (code == SQLITE_OK) {
        code = f->pMethods->xFileSize(f, &size);
    }
    for (sqlite3_int64 n = 1; code == SQLITE_OK && n <= (size + VAULT_PAGE - 1) / VAULT_PAGE; n++) {
        code = n == LOCK_PAGE ? SQLITE_OK : look_at_page(f, n);
    }
    if (code != SQLITE_OK) {
        return db_fail(db, code);
    }
    return look_at_structure(db);
}

/* ---- one file in another's place ---- */

enum err db_claim(struct db *db)
{
    sqlite3_file *f = NULL;
    int code = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, &f);
    if (code == SQLITE_OK) {
        code = f->pMethods->xLock(f, SQLITE_LOCK_SHARED);
    }
    for (int waited = 0; code == SQLITE_OK;) {
        code = f->pMethods->xLock(f, SQLITE_LOCK_EXCLUSIVE);
        if ((code & 0xff) != SQLITE_BUSY || waited >= DB_BUSY_MS) {
            break;
        }
        code = f->pMethods->xUnlock(f, SQLITE_LOCK_SHARED); /* others may come and go meanwhile */
        waited += sqlite3_sleep(CLAIM_MS);
    }
    if ((code & 0xff) == SQLITE_BUSY) {
        (void)f->pMethods->xUnlock(f, SQLITE_LOCK_SHARED);
        return why_set(db->why, ERR_BUSY, WHY("another process has the home open; end it, and try again"), "%s", "");
    }
    return code == SQLITE_OK ? OK : db_fail(db, code);
}

enum err db_settle(struct db *db)
{
    return db_script(db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

void db_abandon(struct db *db)
{
    if (db && db->sqlite) {
        (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    db_close(db);
}

/* SQLite's code of the last step, and whose it is. */
static int copy_rows(sqlite3_stmt *from, sqlite3_stmt *to, bool *to_failed)
{
    int code = SQLITE_OK;
    *to_failed = false;
    while ((code = sqlite3_step(from)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(from); i++) {
            (void)sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
        }
        code = sqlite3_step(to);
        if (code != SQLITE_DONE) {
            *to_failed = true;
            return code;
        }
        (void)sqlite3_reset(to);
    }
    return code;
}

static int prepare_read(sqlite3_stmt **out, struct db *from, const char *table, bool backward)
{
    struct buf sql = {0};
    buf_printf(&sql, "SELECT * FROM main.%s%s", table, backward ? " ORDER BY 1 DESC" : "");
    int code = buf_text(&sql) ? sqlite3_prepare_v2(from->sqlite, buf_text(&sql), -1, out, NULL) : SQLITE_NOMEM;
    buf_free(&sql);
    return code;
}

static int prepare_insert(sqlite3_stmt **out, struct db *to, const char *table, int columns)
{
    struct buf sql = {0};
    buf_printf(&sql, "INSERT OR IGNORE INTO main.%s VALUES(?", table);
    for (int i = 1; i < columns; i++) {
        buf_printf(&sql, ", ?");
    }
    buf_printf(&sql, ")");
    int code = buf_text(&sql) ? sqlite3_prepare_v2(to->sqlite, buf_text(&sql), -1, out, NULL) : SQLITE_NOMEM;
    buf_free(&sql);
    return code;
}

enum err db_salvage(bool *whole, struct db *to, struct db *from, const char *table, bool backward)
{
    sqlite3_stmt *reading = NULL;
    sqlite3_stmt *writing = NULL;
    bool to_failed = false;
    int code = prepare_read(&reading, from, table, backward);
    if (code == SQLITE_ERROR) { /* a home of before there was such a table */
        *whole = true;
        return OK;
    }
    if (code == SQLITE_OK) {
        code = prepare_insert(&writing, to, table, sqlite3_column_count(reading));
        to_failed = code != SQLITE_OK;
    }
    if (code == SQLITE_OK) {
        code = copy_rows(reading, writing, &to_failed);
    }
    *whole = code == SQLITE_DONE;
    enum err e = *whole ? OK : db_fail(to_failed ? to : from, code);
    (void)sqlite3_finalize(reading);
    (void)sqlite3_finalize(writing);
    return e == ERR_DAMAGED && !to_failed ? OK : e;
}
