/* A database of the vault: its head, then pages that are each sealed (sync/vault.h). For the files of the vault alone. */
#ifndef SYNC_VAULT_DB_H
#define SYNC_VAULT_DB_H

#include "sync/vault_file.h"

/* f->under is open: gives f its key and its methods, and notes it among those of v. name is SQLite's. SQLITE_NOTADB: none
 * of the vault's, or without a page; vault_file_close also on failure. */
int vault_db_open(struct vault_file *f, struct vault *v, const char *name);
bool vault_db_is(const struct vault_file *f);

#endif
