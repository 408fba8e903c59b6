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
 * The frames of a transaction are held in memory until its last one is given, so that they are one write and not two
 * each. Nothing can miss them meanwhile: they are nobody's but the transaction's, and SQLite tells of them (in the -shm)
 * when the last one has been written without an error. What it reads, and asks about the file, is answered as if they
 * were there; what it writes once more is written at once, and they are before it; where room is out they are
 * written as they stand. So an error may come with a later frame of the transaction than the one it is of, and never
 * after the last. A transaction that is given up leaves what is held to nobody: once the write lock is let go,
 * another's frames may stand in their place.
 *
 * A frame that does not open is zeros while SQLite recovers, which ends the WAL there as a torn frame does; at any
 * other time it is SQLITE_IOERR_DATA. So it is while recovering, too, where the database has pages of it; and so is a
 * WAL that opens but is not of the database's age. One that is wholly in the database counts as empty. Part of sync/vault.c, and of no use elsewhere. */
#ifndef SYNC_VAULT_WAL_H
#define SYNC_VAULT_WAL_H

#include <sqlite3.h>

#include "sync/vault_head.h"
#include "sync/vault_held.h"

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
    struct vault_held held; /* frames that are not in the file yet */
    sqlite3_int64 end;      /* of what was written or held since the write lock was taken; 0: nothing */
    bool last;              /* the frame header written last is of a transaction's last frame */
    bool known;             /* generation and key are those of a header that was read or written */
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
int vault_wal_sync(struct vault_wal *w, int flags);
/* The write lock is about to be let go: what is held still is of a transaction that was given up. */
void vault_wal_give_up(struct vault_wal *w);

#endif
