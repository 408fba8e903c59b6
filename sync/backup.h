/* A backup: one file with all that makes a home but which run of the device it is. Each part of it is as sealed as it is
 * in the home:
 *
 *     "samplan backup 1\n"
 *     u64 length || device.key                     under the passphrase that it has now
 *     u64 length || a database                     sync/vault.h, under the page key; the tables of sync/durable.sql
 *     u32 number || (chain (16) || git name (20))  of each branch of the log
 *     a git pack, to the end of the file           of all records
 *
 * Numbers are big-endian. The journal is sealed into a record first, so there is none. */
#ifndef SYNC_BACKUP_H
#define SYNC_BACKUP_H

#include "sync/site.h"

/* Writes it whole or not at all. ERR_EXISTS: there is a file already; ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err backup_write(struct site *s, const char *path);

/* Makes a home of it, in a folder that has none, as a new run of the device: what it writes from now on is a chain of its
 * own, for the old one may have gone on after the backup. o: dir, passphrase (of when the backup was made), schema. As
 * with site_found, *out is set on failure too, for its story. ERR_EXISTS; ERR_PASS; ERR_INPUT: not a backup, or it is
 * damaged; ERR_STORAGE. site_mended tells if something of it could not be read. */
MUST_CHECK enum err backup_restore(struct site **out, const struct site_options *o, const char *path);

#endif
