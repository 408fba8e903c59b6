#include "sync/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/vault_db.h"
#include "sync/vault_make.h"

/* ---- the WAL ---- */

static int wal_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    return vault_wal_read(&vault_file_of(file)->wal, out, len, at);
}

static int wal_write(sqlite3_file *file, const void *ptr, int len, sqlite3_int64 at)
{
    return vault_wal_write(&vault_file_of(file)->wal, ptr, len, at);
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return vault_wal_truncate(&vault_file_of(file)->wal, size);
}

static int wal_sync(sqlite3_file *file, int flags)
{
    return vault_wal_sync(&vault_file_of(file)->wal, flags);
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return vault_wal_size(&vault_file_of(file)->wal, size);
}

static int wal_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = vault_file_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_size,
    .xLock = vault_file_lock,
    .xUnlock = vault_file_unlock,
    .xCheckReservedLock = vault_file_reserved,
    .xFileControl = wal_control,
    .xSectorSize = vault_file_sector,
    .xDeviceCharacteristics = vault_file_character,
};

/* ---- opening ---- */

static int open_wal(struct vault_file *f, const char *name)
{
    struct vault_file *db = vault_file_of(sqlite3_database_file_object(name));
    if (!vault_db_is(db)) {
        return SQLITE_CANTOPEN;
    }
    const struct vault_head_place head = vault_file_head(db);
    f->seen.pMethods = &wal_methods;
    f->of = db;
    db->beside = &f->wal;
    return vault_wal_init(&f->wal, f->under, &head, &db->locks) == OK ? SQLITE_OK : SQLITE_NOMEM;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct vault *v = vfs->pAppData;
    struct vault_file *f = vault_file_of(file);
    bool is_db = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    memset(f, 0, sizeof *f);
    if (!name || !(is_db || (flags & SQLITE_OPEN_WAL))) {
        return SQLITE_CANTOPEN; /* journals, temporary files: plaintext */
    }
    if (is_db) {
        flags &= ~(SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE); /* vault_prepare makes it */
    }
    f->under = (sqlite3_file *)(f + 1);
    int code = v->base->xOpen(v->base, name, f->under, flags, out_flags);
    if (code != SQLITE_OK) {
        return code;
    }
    code = is_db ? vault_db_open(f, v, name) : open_wal(f, name);
    if (code != SQLITE_OK) {
        (void)vault_file_close(file);
        f->seen.pMethods = NULL; /* SQLite closes what has methods */
    }
    return code;
}

/* ---- what the base does as well for us ---- */

static sqlite3_vfs *base_of(sqlite3_vfs *vfs)
{
    return ((struct vault *)vfs->pAppData)->base;
}

/* A WAL, by who closes last: all of it is in the database then. */
static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
    const struct vault *v = vfs->pAppData;
    for (const struct vault_file *f = v->databases; f; f = f->next) {
        if (strcmp(sqlite3_filename_wal(f->name), name) == 0) {
            const struct vault_head_place at = vault_file_head(f);
            int code = vault_head_end(&at);
            if (code != SQLITE_OK) {
                return code;
            }
            break;
        }
    }
    return base_of(vfs)->xDelete(base_of(vfs), name, sync_dir);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    return base_of(vfs)->xAccess(base_of(vfs), name, flags, out);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int len, char *out)
{
    return base_of(vfs)->xFullPathname(base_of(vfs), name, len, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int len, char *out)
{
    return base_of(vfs)->xRandomness(base_of(vfs), len, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    return base_of(vfs)->xSleep(base_of(vfs), us);
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    return base_of(vfs)->xCurrentTime(base_of(vfs), out);
}

static int vfs_time_int(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int len, char *out)
{
    return base_of(vfs)->xGetLastError ? base_of(vfs)->xGetLastError(base_of(vfs), len, out) : 0;
}

/* No xDlOpen: extensions are not loaded, and SQLite does not try unless told to. */
static sqlite3_vfs vfs_of(struct vault *v)
{
    return (sqlite3_vfs){
        .iVersion = v->base->iVersion < 2 ? 1 : 2,
        .szOsFile = (int)sizeof(struct vault_file) + v->base->szOsFile,
        .mxPathname = v->base->mxPathname,
        .zName = v->name,
        .pAppData = v,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time_int,
    };
}

/* ---- the handle ---- */

enum err vault_new(struct vault **out, const uint8_t key[PAGE_KEY_LEN], const char *base)
{
    *out = NULL;
    struct vault *v = calloc(1, sizeof *v);
    if (!v) {
        return ERR_MEMORY;
    }
    (void)snprintf(v->name, sizeof v->name, "samplan-vault-%p", (void *)v); /* no other has this address now */
    v->base = sqlite3_vfs_find(base);
    enum err e = v->base ? page_key_new(&v->key, key) : ERR_STORAGE;
    if (e == OK) {
        v->vfs = vfs_of(v);
        e = sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK ? OK : ERR_MEMORY;
    }
    if (e != OK) {
        page_key_free(v->key);
        free(v);
        return e;
    }
    *out = v;
    return OK;
}

const char *vault_name(const struct vault *v)
{
    return v->name;
}

void vault_free(struct vault *v)
{
    if (!v) {
        return;
    }
    (void)sqlite3_vfs_unregister(&v->vfs);
    page_key_free(v->key);
    free(v);
}

enum err vault_prepare(struct vault *v, struct why *w, const char *path, bool create)
{
    enum vault_found found = VAULT_NOTHING;
    enum err e = vault_make_look(&found, path);
    if (e == OK && found == VAULT_PLAIN) {
        return vault_make_sealed(w, path, v->base->zName, v->key);
    }
    if (e == OK && found == VAULT_NOTHING) {
        e = create ? vault_make_new(path, v->key)
                   : why_set(w, ERR_DAMAGED, WHY("the replica is missing; restore a backup or rebuild it"), "%s", path);
    }
    if (e != OK && e != ERR_MEMORY && e != ERR_DAMAGED) {
        return why_set(w, e, WHY("the replica could not be read or written"), "%s", path);
    }
    return e;
}
