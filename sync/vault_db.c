#include "sync/vault_db.h"

#include <string.h>

#include "crypto/device.h"
#include "sync/vault.h"
#include "sync/vault_page.h"

#define HEADER_LEN 100 /* of page 1 */
/* SQLite's document "WAL-mode File Format", "WAL Locks" */
#define LOCK_WRITE 0
#define LOCK_CHECKPOINT 1
#define LOCK_RECOVER 2
#define INDEX_REGION 32768
#define INDEX_MX_FRAME 4 /* as 32-bit numbers */

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
        code = n == VAULT_PAGE ? read_page(vault_file_of(file), to, number)
                               : read_part(vault_file_of(file), to, number, (size_t)skip, (size_t)n);
        to += n;
        at += n;
        len -= n;
    }
    return code;
}

/* Pages are written by checkpoints alone. How many frames there are says the WAL-index: its mxFrame (SQLite's document
 * "WAL-mode File Format", "WAL-Index Header"). */
static int note_checkpoint(struct vault_file *f)
{
    const struct vault_head_place at = vault_file_head(f);
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
    struct vault_file *f = vault_file_of(file);
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

static int db_sync(sqlite3_file *file, int flags)
{
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xSync(f->under, flags);
}

static int db_control(sqlite3_file *file, int op, void *arg)
{
    struct vault_file *f = vault_file_of(file);
    switch (op) {
    case SQLITE_FCNTL_MMAP_SIZE:  /* the base would read through a map of sealed pages, and die of a truncated file */
    case SQLITE_FCNTL_CHUNK_SIZE: /* no pages of zeros at the end */
    case SQLITE_FCNTL_SIZE_HINT:
        return SQLITE_NOTFOUND;
    case VAULT_CONTROL_CHECK: {
        const struct vault_head_place at = vault_file_head(f);
        return vault_head_check(&at);
    }
    default:
        return f->under->pMethods->xFileControl(f->under, op, arg);
    }
}

static int db_shm_lock(sqlite3_file *file, int first, int n, int flags)
{
    struct vault_file *f = vault_file_of(file);
    const bool of_write = first <= LOCK_WRITE && LOCK_WRITE < first + n && (flags & SQLITE_SHM_EXCLUSIVE);
    if (of_write && (flags & SQLITE_SHM_UNLOCK) && f->beside) {
        vault_wal_give_up(f->beside);
    }
    int code = f->under->pMethods->xShmLock(f->under, first, n, flags);
    if (code != SQLITE_OK || !(flags & SQLITE_SHM_EXCLUSIVE)) {
        return code;
    }
    bool taken = (flags & SQLITE_SHM_LOCK) != 0;
    if (of_write && taken) {
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
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xShmMap(f->under, region, size, extend, out);
}

static void db_shm_barrier(sqlite3_file *file)
{
    struct vault_file *f = vault_file_of(file);
    f->under->pMethods->xShmBarrier(f->under);
}

static int db_shm_unmap(sqlite3_file *file, int delete_it)
{
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xShmUnmap(f->under, delete_it);
}

static int db_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xTruncate(f->under, size + VAULT_PAGE);
}

static int db_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct vault_file *f = vault_file_of(file);
    int code = f->under->pMethods->xFileSize(f->under, size);
    *size = *size < VAULT_PAGE ? 0 : *size - VAULT_PAGE;
    return code;
}

/* Version 2: shared memory, no xFetch. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = vault_file_close,
    .xRead = db_read,
    .xWrite = db_write,
    .xTruncate = db_truncate,
    .xSync = db_sync,
    .xFileSize = db_size,
    .xLock = vault_file_lock,
    .xUnlock = vault_file_unlock,
    .xCheckReservedLock = vault_file_reserved,
    .xFileControl = db_control,
    .xSectorSize = vault_file_sector,
    .xDeviceCharacteristics = vault_file_character,
    .xShmMap = db_shm_map,
    .xShmLock = db_shm_lock,
    .xShmBarrier = db_shm_barrier,
    .xShmUnmap = db_shm_unmap,
};

int vault_db_open(struct vault_file *f, struct vault *v, const char *name)
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
    f->seen.pMethods = &methods;
    f->name = name;
    f->vault = v;
    f->next = v->databases;
    v->databases = f;
    return code;
}

bool vault_db_is(const struct vault_file *f)
{
    return f->seen.pMethods == &methods;
}
