/* The vault: an SQLite VFS over the system's own that seals each page of a database and of its write-ahead log
 * (crypto/page.h), so that nothing of the replica is readable on disk without its key.
 *
 *     e = vault_new(&v, device_page_key(d), NULL);
 *     e = vault_prepare(v, &why, path, create);          // there now, and sealed
 *     sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, vault_name(v));
 *     …
 *     sqlite3_close(db);
 *     vault_free(v);
 *
 * The database file: a head of 4096 bytes (sync/vault_head.h), which begins with the salt of the file's key; then
 * SQLite's pages of 4096 bytes, each sealed with nonce and tag in its last 40 bytes, which SQLite leaves unused
 * ("reserved"). The WAL: sync/vault_wal.h. Always in WAL mode, for there is no rollback journal: the vault opens these
 * two kinds of file and refuses every other, so temp_store must be MEMORY, and VACUUM INTO and ATTACH of a file that
 * is not there fail. The -shm file is SQLite's own, and shows page numbers and checksums of what is in the WAL. A lost
 * -shm is no loss.
 *
 * A page of the database that does not open, or that is not there, is SQLITE_IOERR_DATA: damaged, never wrong data. A
 * WAL that is torn or altered is an earlier commit once it is recovered, as in SQLite; but SQLITE_IOERR_DATA where the
 * database has pages of what is missing, or where database and WAL are of different ages. Both put back as they were,
 * or an older seal of a page put back in its place, open: marks in the database are to be compared with the log.
 *
 * What the connection must have: synchronous=FULL, secure_delete=ON (SQLite then writes each page of the file, so that one of zeros is
 * damage), temp_store=MEMORY, and not locking_mode=EXCLUSIVE (a torn WAL would be an error). And no SAVEPOINT: where a
 * transaction has spilled, written frames again and gone back to one, SQLite 3.40.1 can lose its commit in recovery, with
 * files of its own, too. */
#ifndef SYNC_VAULT_H
#define SYNC_VAULT_H

#include "crypto/page.h"
#include "sync/why.h"

struct vault;

/* A VFS of its own for one key, registered with SQLite under vault_name(). base: the name of the VFS under it; NULL:
 * SQLite's default. The key is copied into guarded memory, and no string has it. *out is fresh: vault_free. Any number
 * of vaults, in any thread; the connections of one vault belong to one thread. ERR_STORAGE: no such base; ERR_MEMORY. */
MUST_CHECK enum err vault_new(struct vault **out, const uint8_t key[PAGE_KEY_LEN], const char *base);
/* For sqlite3_open_v2. Borrowed from v. */
const char *vault_name(const struct vault *v);
/* After the last connection is closed; NULL is allowed. */
void vault_free(struct vault *v);

/* For sqlite3_file_control, without argument: is each byte of the head as it was written? SQLITE_IOERR_DATA. */
#define VAULT_CONTROL_CHECK 0x76614c54

/* Makes a sealed, empty database at path, if create and nothing is there; seals one that is there and is not sealed
 * (sync/vault_make.h); otherwise does nothing. Crash-safe. ERR_DAMAGED: nothing is there, and not create; ERR_STORAGE;
 * ERR_BUSY: a plain one, which another process has open; ERR_MEMORY. */
MUST_CHECK enum err vault_prepare(struct vault *v, struct why *w, const char *path, bool create);

#endif
