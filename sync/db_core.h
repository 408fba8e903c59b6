/* Inside the door to SQLite: what sync/db.c and sync/db_file.c share. */
#ifndef SYNC_DB_CORE_H
#define SYNC_DB_CORE_H

#include <sqlite3.h>

#include "sync/db.h"
#include "sync/vault.h"

#define DB_BUSY_MS 30000
#define DB_SLOTS 512 /* hash buckets of prepared statements */

struct db_row {
    struct db *db;
    const char *sql;
    sqlite3_stmt *stmt;
    struct db_row *next; /* in its bucket */
    bool busy;
    enum err err;
};

struct db {
    struct vault *vault;
    sqlite3 *sqlite;
    struct why *why;
    struct db_row *slots[DB_SLOTS];
    bool broken;         /* the disk failed: what it has is not known, and nothing more is done */
    struct db_row spare; /* handed out when memory is out */
};

/* SQLite's result code as ours, and the story. */
MUST_CHECK enum err db_fail(struct db *db, int code);

#endif
