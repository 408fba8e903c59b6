#include "sync/vault_file.h"

struct vault_file *vault_file_of(sqlite3_file *file)
{
    return (struct vault_file *)file;
}

struct vault_head_place vault_file_head(const struct vault_file *f)
{
    return (struct vault_head_place){.under = f->under, .key = f->key};
}

int vault_file_close(sqlite3_file *file)
{
    struct vault_file *f = vault_file_of(file);
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

int vault_file_lock(sqlite3_file *file, int level)
{
    struct vault_file *f = vault_file_of(file);
    f->noted = false; /* who closes last checkpoints under this lock alone */
    return f->under->pMethods->xLock(f->under, level);
}

int vault_file_unlock(sqlite3_file *file, int level)
{
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xUnlock(f->under, level);
}

int vault_file_reserved(sqlite3_file *file, int *out)
{
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xCheckReservedLock(f->under, out);
}

int vault_file_sector(sqlite3_file *file)
{
    struct vault_file *f = vault_file_of(file);
    return f->under->pMethods->xSectorSize(f->under);
}

/* No atomic writes, for a sealed frame is longer than a page. That bytes next to a write survive a power cut is what
 * SQLite takes for granted on Unix; without it SQLite would write parts of frames. */
int vault_file_character(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
