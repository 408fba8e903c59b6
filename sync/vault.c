#include "sync/vault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/device.h"
#include "sync/vault_head.h"
#include "sync/vault_make.h"
#include "sync/vault_wal.h"

#define NAME_MAX_LEN 48
#define HEADER_LEN 100 /* of page 1 */
/* SQLite's document "WAL-mode File Format", "WAL Locks" */
#define LOCK_WRITE 0
#define LOCK_CHECKPOINT 1
#define LOCK_RECOVER 2
#define INDEX_REGION 32768
#define INDEX_MX_FRAME 4 /* as 32-bit numbers */

struct vault {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
    struct page_key *key;
    struct vault_file *databases; /* open now */
    char name[NAME_MAX_LEN];
};

/* A database or a WAL, as SQLite holds it. The base's own file follows it in memory. */
struct vault_file {
    sqlite3_file seen; /* must be first */
    sqlite3_file *under;
    /* a database: */
    struct vault *vault;
    struct vault_file *next;
    const char *name; /* SQLite's */
    struct page_key *key;
    struct vault_locks locks;
    const struct vault_wal *beside; /* its WAL, if that is open */
    bool noted;                     /* the head tells of the checkpoint that writes now */
    /* a WAL, which has its database's key and locks: */
    struct vault_wal wal;
    struct vault_file *of;
};

_Static_assert(sizeof(struct vault_file) % 8 == 0, "SQLite aligns files to eight bytes");

static struct vault_file *file_of(sqlite3_file *file)
{
    return (struct vault_file *)file;
}

/* ---- the database ---- */

static int read_page(struct vault_file *f, uint8_t page[VAULT_PAGE], uint64_t number)
{
    int code = f->under->pMethods->xRead(f->under, page, VAULT_PAGE, (sqlite3_int64)number * VAULT_PAGE);
    if (code == SQLITE_OK && vault_page_open(page, f->key, number) == OK) {
        return SQLITE_OK;
    }
    memset(page, 0, VAULT_PAGE);
    return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : code;
}

/* A part of a page. SQLite reads the header of page 1 before it knows the page size, before it looks for a WAL, and
 * without a lock: page 1 may be torn, or about to be written, and whole in the WAL. What it wants to know then is the
 * same for every vault; page 1 itself it asks for afterwards. */
static int read_part(struct vault_file *f, void *out, uint64_t number, size_t skip, size_t len)
{
    uint8_t page[VAULT_PAGE];
    int code = read_page(f, page, number);
    if (code == SQLITE_IOERR_DATA && number == 1 && skip + len <= HEADER_LEN) {
        vault_page_first(page);
        code = SQLITE_OK;
    }
    memcpy(out, page + skip, len);
    device_wipe(page, sizeof page);
    return code;
}

static int db_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    int code = SQLITE_OK;
    for (uint8_t *to = out; code == SQLITE_OK && len > 0;) {
        uint64_t number = (uint64_t)at / VAULT_PAGE + 1;
        int skip = (int)(at % VAULT_PAGE);
        int n = VAULT_PAGE - skip < len ? VAULT_PAGE - skip : len;
        code = n == VAULT_PAGE ? read_page(file_of(file), to, number)
                               : read_part(file_of(file), to, number, (size_t)skip, (size_t)n);
        to += n;
        at += n;
        len -= n;
    }
    return code;
}

static struct vault_head_place head_of(const struct vault_file *f)
{
    return (struct vault_head_place){.under = f->under, .key = f->key};
}

/* Pages are written by checkpoints alone. How many frames there are says the WAL-index: its mxFrame (SQLite's document
 * "WAL-mode File Format", "WAL-Index Header"). */
static int note_checkpoint(struct vault_file *f)
{
    const struct vault_head_place at = head_of(f);
    void volatile *index = NULL;
    if (f->noted) {
        return SQLITE_OK;
    }
    if (!f->beside || !f->beside->known) {
        return SQLITE_IOERR_WRITE;
    }
    int code = f->under->pMethods->xShmMap(f->under, 0, INDEX_REGION, 0, &index);
    if (code == SQLITE_OK) {
        code = index ? vault_head_checkpoint(&at, f->beside->generation, ((uint32_t volatile *)index)[INDEX_MX_FRAME])
                     : SQLITE_IOERR_WRITE;
    }
    f->noted = code == SQLITE_OK;
    return code;
}

static int db_write(sqlite3_file *file, const void *page, int len, sqlite3_int64 at)
{
    struct vault_file *f = file_of(file);
    uint8_t sealed[VAULT_PAGE];
    if (len != VAULT_PAGE || at % VAULT_PAGE != 0 || !vault_page_fits(page)) {
        return SQLITE_IOERR_WRITE;
    }
    int code = note_checkpoint(f);
    if (code != SQLITE_OK) {
        return code;
    }
    vault_page_seal(sealed, f->key, (uint64_t)at / VAULT_PAGE + 1, page);
    return f->under->pMethods->xWrite(f->under, sealed, VAULT_PAGE, at + VAULT_PAGE);
}

static int db_control(sqlite3_file *file, int op, void *arg)
{
    struct vault_file *f = file_of(file);
    switch (op) {
    case SQLITE_FCNTL_MMAP_SIZE:  /* the base would read through a map of sealed pages, and die of a truncated file */
    case SQLITE_FCNTL_CHUNK_SIZE: /* no pages of zeros at the end */
    case SQLITE_FCNTL_SIZE_HINT:
        return SQLITE_NOTFOUND;
    case VAULT_CONTROL_CHECK: {
        const struct vault_head_place at = head_of(f);
        return vault_head_check(&at);
    }
    default:
        return f->under->pMethods->xFileControl(f->under, op, arg);
    }
}

static int db_shm_lock(sqlite3_file *file, int first, int n, int flags)
{
    struct vault_file *f = file_of(file);
    int code = f->under->pMethods->xShmLock(f->under, first, n, flags);
    if (code != SQLITE_OK || !(flags & SQLITE_SHM_EXCLUSIVE)) {
        return code;
    }
    bool taken = (flags & SQLITE_SHM_LOCK) != 0;
    if (first <= LOCK_WRITE && LOCK_WRITE < first + n && taken) {
        f->locks.new_turn = true;
    }
    if (first <= LOCK_CHECKPOINT && LOCK_CHECKPOINT < first + n && taken) {
        f->noted = false;
    }
    if (first <= LOCK_RECOVER && LOCK_RECOVER < first + n) {
        f->locks.recovering = taken;
    }
    return code;
}

static int db_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xShmMap(f->under, region, size, extend, out);
}

static void db_shm_barrier(sqlite3_file *file)
{
    struct vault_file *f = file_of(file);
    f->under->pMethods->xShmBarrier(f->under);
}

static int db_shm_unmap(sqlite3_file *file, int delete_it)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xShmUnmap(f->under, delete_it);
}

static int db_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xTruncate(f->under, size + VAULT_PAGE);
}

static int db_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct vault_file *f = file_of(file);
    int code = f->under->pMethods->xFileSize(f->under, size);
    *size = *size < VAULT_PAGE ? 0 : *size - VAULT_PAGE;
    return code;
}

/* ---- the WAL ---- */

static int wal_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    return vault_wal_read(&file_of(file)->wal, out, len, at);
}

static int wal_write(sqlite3_file *file, const void *ptr, int len, sqlite3_int64 at)
{
    return vault_wal_write(&file_of(file)->wal, ptr, len, at);
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return vault_wal_truncate(&file_of(file)->wal, size);
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return vault_wal_size(&file_of(file)->wal, size);
}

static int wal_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

/* ---- both ---- */

static int both_close(sqlite3_file *file)
{
    struct vault_file *f = file_of(file);
    if (f->of && f->of->beside == &f->wal) {
        f->of->beside = NULL;
    }
    for (struct vault_file **at = f->vault ? &f->vault->databases : NULL; at && *at; at = &(*at)->next) {
        if (*at == f) {
            *at = f->next;
            break;
        }
    }
    vault_wal_free(&f->wal);
    page_key_free(f->key);
    f->key = NULL;
    return f->under->pMethods->xClose(f->under);
}

static int both_sync(sqlite3_file *file, int flags)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xSync(f->under, flags);
}

static int both_lock(sqlite3_file *file, int level)
{
    struct vault_file *f = file_of(file);
    f->noted = false; /* who closes last checkpoints under this lock alone */
    return f->under->pMethods->xLock(f->under, level);
}

static int both_unlock(sqlite3_file *file, int level)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xUnlock(f->under, level);
}

static int both_reserved(sqlite3_file *file, int *out)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xCheckReservedLock(f->under, out);
}

static int both_sector(sqlite3_file *file)
{
    struct vault_file *f = file_of(file);
    return f->under->pMethods->xSectorSize(f->under);
}

/* No atomic writes, for a sealed frame is longer than a page. That bytes next to a write survive a power cut is what
 * SQLite takes for granted on Unix; without it SQLite would write parts of frames. */
static int both_character(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 2: shared memory, no xFetch. */
static const sqlite3_io_methods db_methods = {
    .iVersion = 2,
    .xClose = both_close,
    .xRead = db_read,
    .xWrite = db_write,
    .xTruncate = db_truncate,
    .xSync = both_sync,
    .xFileSize = db_size,
    .xLock = both_lock,
    .xUnlock = both_unlock,
    .xCheckReservedLock = both_reserved,
    .xFileControl = db_control,
    .xSectorSize = both_sector,
    .xDeviceCharacteristics = both_character,
    .xShmMap = db_shm_map,
    .xShmLock = db_shm_lock,
    .xShmBarrier = db_shm_barrier,
    .xShmUnmap = db_shm_unmap,
};

static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = both_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = both_sync,
    .xFileSize = wal_size,
    .xLock = both_lock,
    .xUnlock = both_unlock,
    .xCheckReservedLock = both_reserved,
    .xFileControl = wal_control,
    .xSectorSize = both_sector,
    .xDeviceCharacteristics = both_character,
};

/* ---- opening ---- */

static int open_db(struct vault_file *f, struct vault *v, const char *name)
{
    uint8_t salt[PAGE_SALT_LEN];
    sqlite3_int64 size = 0;
    int code = f->under->pMethods->xFileSize(f->under, &size);
    if (code == SQLITE_OK && size < 2 * VAULT_PAGE) {
        return SQLITE_NOTADB; /* without a page it would pass for a database that is still to be made */
    }
    if (code == SQLITE_OK) {
        code = f->under->pMethods->xRead(f->under, salt, sizeof salt, 0);
    }
    if (code == SQLITE_OK && vault_page_is_plain(salt, sizeof salt)) {
        return SQLITE_NOTADB;
    }
    if (code == SQLITE_OK && page_key_derive(&f->key, v->key, salt) != OK) {
        code = SQLITE_NOMEM;
    }
    f->seen.pMethods = &db_methods;
    f->name = name;
    f->vault = v;
    f->next = v->databases;
    v->databases = f;
    return code;
}

static int open_wal(struct vault_file *f, const char *name)
{
    struct vault_file *db = file_of(sqlite3_database_file_object(name));
    if (db->seen.pMethods != &db_methods) {
        return SQLITE_CANTOPEN;
    }
    const struct vault_head_place head = head_of(db);
    f->seen.pMethods = &wal_methods;
    f->of = db;
    db->beside = &f->wal;
    return vault_wal_init(&f->wal, f->under, &head, &db->locks) == OK ? SQLITE_OK : SQLITE_NOMEM;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct vault *v = vfs->pAppData;
    struct vault_file *f = file_of(file);
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
    code = is_db ? open_db(f, v, name) : open_wal(f, name);
    if (code != SQLITE_OK) {
        (void)both_close(file);
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
            const struct vault_head_place at = head_of(f);
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
