/* The head of a sealed database: VAULT_PAGE bytes before its pages, which tell what write-ahead log goes with them, so
 * that a database and a WAL of different ages are damage and not a mixture.
 *
 *     salt (16) || zeros to 512 || slot 0 (84) || zeros to 1024 || slot 1 (84) || zeros
 *     slot = sealed (crypto/page.h, kind 5, number of the slot) of:
 *            turn (8, big-endian) || before (16) || now (16) || frames (4, big-endian)
 *
 * The slot with the higher turn counts; the other one is written next, so that a torn write leaves the one before.
 * The head is written
 *   - before the WAL begins anew: its new generation is now, and the one before, which is in the database, is before;
 *   - before a checkpoint writes pages: frames is how many frames of the WAL are committed. Without them, pages newer
 *     than the WAL would stand among older ones;
 *   - before the WAL is emptied or removed: what was now is before, and now is zeros.
 * Part of sync/vault.c, and of no use elsewhere. */
#ifndef SYNC_VAULT_HEAD_H
#define SYNC_VAULT_HEAD_H

#include <sqlite3.h>

#include "sync/vault_page.h"

struct vault_head {
    uint64_t turn;
    uint8_t before[PAGE_SALT_LEN]; /* generation of a WAL of which all is in the database; zeros: none */
    uint8_t now[PAGE_SALT_LEN];    /* of the one that goes with the database; zeros: none */
    uint32_t frames;
};

/* Where a head is: a database's own file and key, borrowed. */
struct vault_head_place {
    sqlite3_file *under;
    const struct page_key *key;
};

/* A new database's, with neither WAL. */
void vault_head_first(uint8_t out[VAULT_PAGE], const struct page_key *k, const uint8_t salt[PAGE_SALT_LEN]);
/* SQLite's result codes. SQLITE_IOERR_DATA: neither slot opens. */
int vault_head_read(struct vault_head *h, const struct vault_head_place *at);
/* The same, when nobody else can use the database; a slot that was torn is written anew. */
int vault_head_recover(struct vault_head *h, const struct vault_head_place *at);
/* Each byte of it is as it was written? SQLITE_IOERR_DATA. */
int vault_head_check(const struct vault_head_place *at);

/* What is written, each with the turn after the one that is there; synced, but for the checkpoint's. */
int vault_head_begin(const struct vault_head_place *at, const uint8_t generation[PAGE_SALT_LEN]);
int vault_head_checkpoint(const struct vault_head_place *at, const uint8_t generation[PAGE_SALT_LEN], uint32_t frames);
int vault_head_end(const struct vault_head_place *at);

#endif
