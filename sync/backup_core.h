/* What writing and reading a backup share (sync/backup.h). */
#ifndef SYNC_BACKUP_CORE_H
#define SYNC_BACKUP_CORE_H

#include "sync/core.h"

#define BACKUP_MAGIC "samplan backup 1\n"
#define BACKUP_MAGIC_LEN (sizeof BACKUP_MAGIC - 1)
#define BACKUP_KEY_MAX ((uint64_t)65536)
#define BACKUP_DATABASE_MAX ((uint64_t)1 << 32)
#define BACKUP_BRANCHES_MAX 100000
#define BACKUP_BRANCH_LEN (ID_LEN + OID_LEN)

#endif
