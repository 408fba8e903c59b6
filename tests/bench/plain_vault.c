/* In the place of sync/vault.c, for comparing: SQLite's own VFS, and a replica that is not sealed. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "sync/vault.h"

struct vault {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
};

static const sqlite3_io_methods *database_methods; /* the base's: all its databases have the same */
static sqlite3_io_methods answering;

/* There is no head that could be wrong. */
static int control(sqlite3_file *file, int op, void *arg)
{
    return op == VAULT_CONTROL_CHECK ? SQLITE_OK : database_methods->xFileControl(file, op, arg);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    sqlite3_vfs *base = ((struct vault *)vfs->pAppData)->base;
    const int code = base->xOpen(base, name, file, flags, out_flags);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB)) {
        database_methods = file->pMethods;
        answering = *database_methods;
        answering.xFileControl = control;
        file->pMethods = &answering;
    }
    return code;
}

enum err vault_new(struct vault **out, const uint8_t key[PAGE_KEY_LEN], const char *base)
{
    (void)key;
    struct vault *v = calloc(1, sizeof *v);
    *out = v;
    if (!v) {
        return ERR_MEMORY;
    }
    v->base = sqlite3_vfs_find(base);
    v->vfs = *v->base;
    v->vfs.pNext = NULL;
    v->vfs.zName = "plain";
    v->vfs.pAppData = v;
    v->vfs.xOpen = open_file;
    return sqlite3_vfs_register(&v->vfs, 0) == SQLITE_OK ? OK : ERR_MEMORY;
}

const char *vault_name(const struct vault *v)
{
    return v->vfs.zName;
}

void vault_free(struct vault *v)
{
    if (v) {
        (void)sqlite3_vfs_unregister(&v->vfs);
    }
    free(v);
}

enum err vault_prepare(struct vault *v, struct why *w, const char *path, bool create)
{
    (void)v;
    (void)w;
    const int fd = open(path, create ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDWR | O_CLOEXEC, 0600);
    return fd >= 0 && close(fd) == 0 ? OK : ERR_STORAGE;
}
