#include "sync/vault_make.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/device.h"
#include "sync/posix.h"
#include "sync/vault_head.h"

#define WAIT_MS 30000

/* A plain database on its way to be a sealed one. */
struct sealing {
    struct why *why;
    const char *path;
    sqlite3 *plain;
    struct page_key *key; /* of the new file */
    uint8_t salt[PAGE_SALT_LEN];
    struct buf temp; /* path of the new file, until it gets its name */
};

/* How the file begins; *len is less where there is not so much of it. */
static int read_start(uint8_t out[PAGE_SALT_LEN], size_t *len, sqlite3_vfs *vfs, const char *name, sqlite3_file *f)
{
    sqlite3_int64 size = 0;
    int code = vfs->xOpen(vfs, name, f, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, NULL);
    code = code == SQLITE_OK ? f->pMethods->xFileSize(f, &size) : code;
    *len = size < PAGE_SALT_LEN ? (size_t)size : PAGE_SALT_LEN;
    code = code == SQLITE_OK ? f->pMethods->xRead(f, out, (int)*len, 0) : code;
    if (f->pMethods) {
        (void)f->pMethods->xClose(f);
    }
    return code;
}

/* Opened in SQLite's own way: closing any descriptor of a file drops every lock that the process has on it (POSIX), and
 * another connection here may have some. SQLite knows of those, and closes when they are gone. Without them the next
 * process to close would take itself for the last, and take the write-ahead log away. */
enum err vault_make_look(enum vault_found *out, const char *path)
{
    uint8_t start[PAGE_SALT_LEN] = {0};
    size_t len = 0;
    *out = VAULT_NOTHING;
    enum posix_kind there;
    enum err e = posix_look(&there, path);
    if (e != OK || there == POSIX_NOTHING) {
        return e;
    }
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    const size_t path_len = strlen(path);
    char *name = calloc(1, path_len + 2); /* SQLite reads on after the first zero */
    sqlite3_file *f = vfs ? calloc(1, (size_t)vfs->szOsFile) : NULL;
    if (name && f) {
        memcpy(name, path, path_len);
        int code = read_start(start, &len, vfs, name, f);
        e = code == SQLITE_OK ? OK : (code & 0xff) == SQLITE_NOMEM ? ERR_MEMORY : ERR_STORAGE;
        *out = vault_page_is_plain(start, len) ? VAULT_PLAIN : VAULT_SEALED;
    } else {
        e = ERR_MEMORY;
    }
    free(f);
    free(name);
    return e;
}

enum err vault_make_new(const char *path, const struct page_key *parent)
{
    uint8_t file[2 * VAULT_PAGE];
    uint8_t salt[PAGE_SALT_LEN];
    struct page_key *key = NULL;
    device_random(salt, sizeof salt);
    enum err e = page_key_derive(&key, parent, salt);
    if (e == OK) {
        vault_head_first(file, key, salt);
        vault_page_first(file + VAULT_PAGE);
        vault_page_seal(file + VAULT_PAGE, key, 1, file + VAULT_PAGE);
        e = posix_write_file(path, span_of(file, sizeof file));
    }
    page_key_free(key);
    return e;
}

/* ---- from a plain one ---- */

static enum err fail(struct sealing *s, int code)
{
    const char *said = sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_OK:
        return OK;
    case SQLITE_NOMEM:
        return ERR_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return why_set(s->why, ERR_BUSY, WHY("another process is writing; nothing was saved, try again"), "%s", said);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return why_set(s->why, ERR_DAMAGED, WHY("the replica is damaged; restore a backup or rebuild it"), "%s", said);
    case SQLITE_FULL:
        return why_set(s->why, ERR_STORAGE, WHY("the disk is full; nothing was saved"), "%s", said);
    default:
        return why_set(s->why, ERR_STORAGE, WHY("the replica could not be read or written"), "%s", said);
    }
}

static enum err run(struct sealing *s, const char *sql)
{
    return fail(s, sqlite3_exec(s->plain, sql, NULL, NULL, NULL));
}

/* Leaves WAL mode: everything is in the one file then. SQLite refuses, without an error, while others have it open. */
static enum err leave_wal(struct sealing *s)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(s->plain, "PRAGMA journal_mode = DELETE", -1, &q, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(q);
    }
    if (code == SQLITE_ROW) {
        code = strcmp((const char *)sqlite3_column_text(q, 0), "delete") == 0 ? SQLITE_OK : SQLITE_BUSY;
    }
    (void)sqlite3_finalize(q);
    return fail(s, code);
}

/* Opens it, and lays it out with room for nonce and tag in each page. */
static enum err make_room(struct sealing *s, const char *base)
{
    int reserved = PAGE_EXTRA; /* becomes what it is now */
    int code = sqlite3_open_v2(s->path, &s->plain, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, base);
    enum err e = fail(s, code);
    if (e == OK) {
        (void)sqlite3_busy_timeout(s->plain, WAIT_MS);
        e = run(s, "PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; SELECT 1 FROM sqlite_schema");
    }
    if (e == OK) {
        e = leave_wal(s);
    }
    if (e == OK) {
        e = run(s, "PRAGMA page_size = 4096"); /* before the next: it would undo it */
    }
    if (e == OK) {
        e = fail(s, sqlite3_file_control(s->plain, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved));
    }
    if (e == OK && reserved != PAGE_EXTRA) {
        e = run(s, "VACUUM");
    }
    return e;
}

/* Page number of the plain database, sealed. Through SQLite's own handle: to open and close the file would let go of
 * the lock on it (POSIX). */
static enum err seal_page(uint8_t page[VAULT_PAGE], struct sealing *s, uint64_t number)
{
    sqlite3_file *f = NULL;
    int code = sqlite3_file_control(s->plain, "main", SQLITE_FCNTL_FILE_POINTER, &f);
    if (code == SQLITE_OK) {
        code = f->pMethods->xRead(f, page, VAULT_PAGE, (sqlite3_int64)(number - 1) * VAULT_PAGE);
    }
    if (code == SQLITE_OK && number == 1) {
        code = vault_page_is_plain(page, VAULT_PAGE) && vault_page_fits(page) ? SQLITE_OK : SQLITE_CORRUPT;
        page[18] = 2; /* to be written and read in WAL mode */
        page[19] = 2;
    }
    if (code == SQLITE_OK) {
        vault_page_seal(page, s->key, number, page);
    }
    return fail(s, code);
}

static enum err count_pages(uint64_t *out, struct sealing *s)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(s->plain, "PRAGMA page_count", -1, &q, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(q);
    }
    *out = code == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
    (void)sqlite3_finalize(q);
    return fail(s, code == SQLITE_ROW ? SQLITE_OK : code);
}

static enum err write_pages(struct sealing *s, FILE *out)
{
    uint8_t page[VAULT_PAGE];
    uint64_t pages = 0;
    enum err e = count_pages(&pages, s);
    vault_head_first(page, s->key, s->salt);
    for (uint64_t number = 0; e == OK && number <= pages; number++) {
        e = number > 0 ? seal_page(page, s, number) : OK;
        if (e == OK && fwrite(page, 1, sizeof page, out) != sizeof page) {
            e = fail(s, SQLITE_FULL);
        }
    }
    if (e == OK && (fflush(out) != 0 || fsync(fileno(out)) != 0)) {
        e = fail(s, SQLITE_IOERR);
    }
    return e;
}

static enum err write_sealed(struct sealing *s)
{
    const char *temp = (const char *)s->temp.ptr;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!out) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return fail(s, SQLITE_CANTOPEN);
    }
    enum err e = write_pages(s, out);
    if (fclose(out) != 0 && e == OK) {
        e = fail(s, SQLITE_IOERR);
    }
    return e;
}

/* Gives the new file the old one's name, durably. */
static enum err put_in_place(struct sealing *s)
{
    if (rename((const char *)s->temp.ptr, s->path) != 0) {
        return fail(s, SQLITE_IOERR);
    }
    buf_cut(&s->temp, 0);
    const char *slash = strrchr(s->path, '/');
    buf_put(&s->temp, slash ? s->path : ".", slash ? (size_t)(slash - s->path) + 1 : 1);
    const char *dir = buf_text(&s->temp);
    int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return done ? OK : fail(s, SQLITE_IOERR);
}

static enum err replace(struct sealing *s, const char *base, const struct page_key *parent)
{
    device_random(s->salt, sizeof s->salt);
    enum err e = page_key_derive(&s->key, parent, s->salt);
    if (e == OK) {
        e = make_room(s, base);
    }
    if (e == OK) {
        e = run(s, "BEGIN EXCLUSIVE");
    }
    if (e == OK) {
        e = write_sealed(s);
    }
    if (e == OK) {
        e = put_in_place(s); /* the lock on the plain file, nameless now, is let go afterwards */
    }
    (void)sqlite3_close(s->plain);
    page_key_free(s->key);
    return e;
}

/* One process at a time, from before the plain database is opened: who opened it earlier and read it later would take
 * the sealed WAL for its own, and remove it. */
enum err vault_make_sealed(struct why *w, const char *path, const char *base, const struct page_key *parent)
{
    struct sealing s = {.why = w, .path = path};
    struct buf lock = {0};
    enum vault_found found = VAULT_NOTHING;
    int fd = -1;
    buf_printf(&s.temp, "%s.sealed", path);
    buf_printf(&lock, "%s.sealing", path);
    const char *lock_name = buf_text(&lock);
    enum err e = buf_text(&s.temp) && lock_name ? posix_lock(&fd, lock_name, WAIT_MS) : ERR_MEMORY;
    if (e == ERR_BUSY || e == ERR_STORAGE) {
        e = fail(&s, e == ERR_BUSY ? SQLITE_BUSY : SQLITE_CANTOPEN);
    }
    if (e == OK) {
        e = vault_make_look(&found, path);
    }
    if (e == OK && found == VAULT_PLAIN) {
        e = replace(&s, base, parent);
    }
    posix_unlock_remove(fd, lock_name);
    buf_free(&lock);
    buf_free(&s.temp);
    return e;
}
