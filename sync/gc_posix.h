/* The files in a repository's folder of packs. */
#ifndef SYNC_GC_POSIX_H
#define SYNC_GC_POSIX_H

#include "sync/log.h"

MUST_CHECK enum err gc_posix_count(uint64_t *packs, const char *repository);
/* Appends each pack (struct log_pack_file) that has an index, and that nobody has asked git to keep. */
MUST_CHECK enum err gc_posix_list(struct buf *out, const char *repository);
/* Removes all packs but pack-KEEP (NULL: all), each index before its pack, so that nobody finds half a pack. */
MUST_CHECK enum err gc_posix_remove(const char *repository, const char *keep);
/* The same of these packs alone. They are put in order. */
MUST_CHECK enum err gc_posix_remove_these(const char *repository, const char *keep, struct log_pack_file *packs,
                                          size_t count);
/* Removes what killed writers have left, where it is older than an hour: temporary files, packs without an index. */
MUST_CHECK enum err gc_posix_sweep(const char *repository);

#endif
