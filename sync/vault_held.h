/* Sealed bytes that a write-ahead log has been given and that are not in its file yet: what follows on each other goes
 * there in one write. Nobody else may learn of frames that are held: sync/vault_wal.c says when they are written.
 * Part of sync/vault.c, and of no use elsewhere. */
#ifndef SYNC_VAULT_HELD_H
#define SYNC_VAULT_HELD_H

#include <sqlite3.h>

#include "sync/vault_page.h"

/* Zero-initialise, then vault_held_init. */
struct vault_held {
    sqlite3_file *under; /* borrowed */
    uint8_t *bytes;      /* taken; never plaintext */
    size_t len;
    sqlite3_int64 at; /* where in the file they belong */
};

/* ERR_MEMORY. */
MUST_CHECK enum err vault_held_init(struct vault_held *h, sqlite3_file *under);
void vault_held_free(struct vault_held *h);

/* Room for len bytes of the file at `at`, at most a frame; they count as held from now on, and the caller fills them in. Writes
 * first what is held, if these do not follow it or there is no more room; where that fails, nothing changes. The
 * codes of all are SQLite's. */
int vault_held_room(uint8_t **out, struct vault_held *h, sqlite3_int64 at, size_t len);
/* Writes them. Where that fails they stay held, since nothing says that the transaction ends with it. */
int vault_held_flush(struct vault_held *h);
/* Reads len bytes that were written as one, and the length of the file, as if they were in it. */
int vault_held_read(const struct vault_held *h, uint8_t *out, size_t len, sqlite3_int64 at);
int vault_held_size(const struct vault_held *h, sqlite3_int64 *size);
/* Forgets them: of a transaction that was given up. */
void vault_held_drop(struct vault_held *h);

#endif
