/* The sealed write-ahead log: where SQLite's WAL lies in a longer file, and each piece of it sealed (crypto/page.h).
 *
 *     SQLite's WAL                       the file
 *     header                32 bytes     generation (16) || header sealed (72)
 *     frame header          24 bytes     frame header sealed (64)      \ for each
 *     page                4096 bytes     page sealed (4136)            / frame
 *
 * A piece of its own each, because SQLite writes and rewrites each alone. The generation is random, new with each
 * header that SQLite writes (when it begins the WAL anew), and the salt of the key that seals header and frames: what
 * is left of earlier generations does not open. SQLite's own checksums stay as they are, and are sealed.
 *
 * A frame that does not open is zeros while SQLite recovers, which ends the WAL there as a torn frame does; at any
 * other time it is SQLITE_IOERR_DATA. So it is while recovering, too, where the database has pages of it; and so is a
 * WAL that opens but is not of the database's age. One that is wholly in the database counts as empty. Part of sync/vault.c, and of no use elsewhere. */
#ifndef SYNC_VAULT_WAL_H
#define SYNC_VAULT_WAL_H

#include <sqlite3.h>

#include "sync/vault_head.h"

/* What the locks on the database tell about its WAL; lives in the database's file. */
struct vault_locks {
    bool recovering; /* the recovery lock is held: this connection is reading the WAL from its start */
    bool new_turn;   /* the write lock was taken since the generation was looked at: another may have changed it */
};

/* Zero-initialise, then vault_wal_init. */
struct vault_wal {
    sqlite3_file *under; /* borrowed: the file itself */
    struct vault_locks *locks;
    struct vault_head_place head; /* of its database */
    struct vault_head then;       /* that head when recovery began */
    struct page_key *key;         /* of the generation; taken */
    uint8_t generation[PAGE_SALT_LEN];
    bool known; /* generation and key are those of a header that was read or written */
};

/* under, the database's file and key (head) and locks are borrowed for the life of w. ERR_MEMORY. */
MUST_CHECK enum err vault_wal_init(struct vault_wal *w, sqlite3_file *under, const struct vault_head_place *head,
                                   struct vault_locks *locks);
void vault_wal_free(struct vault_wal *w);

/* As SQLite's methods of the same names, in SQLite's view of the WAL, and with its result codes. A write must be of
 * whole pieces (that is all SQLite does, where it is told IOCAP_POWERSAFE_OVERWRITE); a read may be of any bytes. */
int vault_wal_read(struct vault_wal *w, void *out, int len, sqlite3_int64 at);
int vault_wal_write(struct vault_wal *w, const void *ptr, int len, sqlite3_int64 at);
int vault_wal_truncate(struct vault_wal *w, sqlite3_int64 size);
int vault_wal_size(struct vault_wal *w, sqlite3_int64 *size);

#endif
