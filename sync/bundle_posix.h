/* A file that is written whole or not at all, piece by piece. */
#ifndef SYNC_BUNDLE_POSIX_H
#define SYNC_BUNDLE_POSIX_H

#include "crypto/buf.h"

/* Of a plain file. ERR_NOT_FOUND; ERR_INPUT: something else is there; ERR_STORAGE. */
MUST_CHECK enum err bundle_posix_size(uint64_t *size, const char *path);

struct bundle_posix;
/* Beside path (path.new, emptied). ERR_BUSY: somebody is writing there; ERR_STORAGE. */
MUST_CHECK enum err bundle_posix_begin(struct bundle_posix **out, const char *path);
MUST_CHECK enum err bundle_posix_put(struct bundle_posix *f, struct span piece);
/* On disk, under its temporary name. */
MUST_CHECK enum err bundle_posix_settle(struct bundle_posix *f);
/* Takes the place of what was there. */
MUST_CHECK enum err bundle_posix_place(struct bundle_posix *f);
/* Removes it, unless it was placed. NULL allowed. */
void bundle_posix_end(struct bundle_posix *f);

#endif
