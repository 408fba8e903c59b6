/* The files in a repository's folder of packs. */
#ifndef SYNC_GC_POSIX_H
#define SYNC_GC_POSIX_H

#include "crypto/buf.h"

MUST_CHECK enum err gc_posix_count(uint64_t *packs, const char *repository);
/* Removes all packs but pack-KEEP (NULL: all), each index before its pack, so that nobody finds half a pack. */
MUST_CHECK enum err gc_posix_remove(const char *repository, const char *keep);
/* Removes what killed writers have left: temporary files older than an hour. */
MUST_CHECK enum err gc_posix_sweep(const char *repository);

#endif
