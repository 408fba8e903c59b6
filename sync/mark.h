/* How far this device has saved, told outside the replica: HOME/saved, sealed under the page key: the chain (16 bytes)
 * and the highest transaction number on it (8 bytes, big-endian). A replica that knows less is older than it was: put back from a copy, or its
 * write-ahead log lost its end. Written after each save, and not synced: it is never ahead of what was acknowledged. One
 * that does not open, or is gone, tells nothing. */
#ifndef SYNC_MARK_H
#define SYNC_MARK_H

#include "sync/core.h"

/* Best effort. */
void mark_saved(struct site *s, uint64_t n);
/* When the own log is taken in. ERR_DAMAGED: saves are missing that were acknowledged, and s->mended.saves_lost is set. forgive: they are
 * given up, and the mark goes back. */
MUST_CHECK enum err mark_check(struct site *s, bool forgive);

#endif
