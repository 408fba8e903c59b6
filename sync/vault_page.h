/* The form of a page in a sealed database: what SQLite sees, and what the file has. Pure; part of sync/vault.c. */
#ifndef SYNC_VAULT_PAGE_H
#define SYNC_VAULT_PAGE_H

#include "crypto/page.h"

#define VAULT_PAGE 4096                                    /* the only page size */
#define VAULT_WAL_FRAME (24 + VAULT_PAGE + 2 * PAGE_EXTRA) /* of the sealed write-ahead log: sync/vault_wal.h */

/* Do len bytes begin as a database that is not sealed? False for fewer than 16. */
bool vault_page_is_plain(const uint8_t *start, size_t len);
/* Page 1 of an empty database in WAL mode, as SQLite would write it. */
void vault_page_first(uint8_t out[VAULT_PAGE]);
/* False for a page 1 that says another page size, or other reserved bytes than PAGE_EXTRA: its last bytes would be lost
 * when it is sealed. True for every page that is not a page 1. */
bool vault_page_fits(const uint8_t page[VAULT_PAGE]);

/* Into the form of the file, under the file's key. out may be page. */
void vault_page_seal(uint8_t out[VAULT_PAGE], const struct page_key *k, uint64_t number,
                     const uint8_t page[VAULT_PAGE]);
/* And back, in place, with zeros for the reserved bytes. ERR_FORGED: does not open; page is then zeros. */
MUST_CHECK enum err vault_page_open(uint8_t page[VAULT_PAGE], const struct page_key *k, uint64_t number);

#endif
