/* What a database and a WAL of the vault have in common, as SQLite holds them. For the files of the vault alone. */
#ifndef SYNC_VAULT_FILE_H
#define SYNC_VAULT_FILE_H

#include <sqlite3.h>

#include "sync/vault_head.h"
#include "sync/vault_wal.h"

struct vault {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
    struct page_key *key;
    struct vault_file *databases; /* open now */
    char name[48];
};

/* The base's own file follows it in memory. */
struct vault_file {
    sqlite3_file seen; /* must be first */
    sqlite3_file *under;
    /* a database: */
    struct vault *vault;
    struct vault_file *next;
    const char *name; /* SQLite's */
    struct page_key *key;
    struct vault_locks locks;
    struct vault_wal *beside; /* its WAL, if that is open */
    bool noted;               /* the head tells of the checkpoint that writes now */
    /* a WAL, which has its database's key and locks: */
    struct vault_wal wal;
    struct vault_file *of;
};

_Static_assert(sizeof(struct vault_file) % 8 == 0, "SQLite aligns files to eight bytes");

struct vault_file *vault_file_of(sqlite3_file *file);
struct vault_head_place vault_file_head(const struct vault_file *f); /* of a database */

/* Methods of both (sqlite3_io_methods). */
int vault_file_close(sqlite3_file *file);
int vault_file_lock(sqlite3_file *file, int level);
int vault_file_unlock(sqlite3_file *file, int level);
int vault_file_reserved(sqlite3_file *file, int *out);
int vault_file_sector(sqlite3_file *file);
int vault_file_character(sqlite3_file *file);

#endif
