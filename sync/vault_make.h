/* Making sealed databases: an empty one, and one from a plain SQLite database (a home of before the vault). Part of
 * sync/vault.c; used from elsewhere by vault_prepare only. */
#ifndef SYNC_VAULT_MAKE_H
#define SYNC_VAULT_MAKE_H

#include "crypto/page.h"
#include "sync/why.h"

enum vault_found { VAULT_NOTHING, VAULT_PLAIN, VAULT_SEALED };

/* What is at path? Anything that does not begin as a plain database counts as sealed: it is found damaged when it is
 * opened. ERR_STORAGE: it cannot be read. */
MUST_CHECK enum err vault_make_look(enum vault_found *out, const char *path);

/* Writes an empty sealed database, whole or not at all. Overwrites what is there. ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err vault_make_new(const char *path, const struct page_key *parent);
/* Puts a sealed database in the place of the plain one at path, with the same content. base: the VFS to read it with,
 * NULL for SQLite's default. At every moment there is the plain one or the sealed one, whole. Takes memory for a copy
 * of the database (VACUUM makes room in each page), and disk for two. Whatever was plain, and a journal of it, may stay
 * readable in the disk's free space until that is used again. OK too if another process did it meanwhile. ERR_BUSY:
 * another process has it open; ERR_DAMAGED; ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err vault_make_sealed(struct why *w, const char *path, const char *base, const struct page_key *parent);

#endif
