/* How far this device has saved, told outside the replica: HOME/saved, sealed under the page key, 8 bytes (the highest
 * transaction number, big-endian). A replica that knows less is older than it was: put back from a copy, or its
 * write-ahead log lost its end. Written after each save, and not synced: it is never ahead of what was acknowledged. One
 * that does not open, or is gone, tells nothing. */
#ifndef SYNC_MARK_H
#define SYNC_MARK_H

#include "sync/core.h"

/* Best effort. */
void mark_saved(const struct site *s, uint64_t n);
/* After sealing_mend, before the own log is taken in. ERR_DAMAGED: the own log goes on after saves of which this replica
 * holds older rows, so that they cannot be told apart any more; the replica is to be made anew. */
MUST_CHECK enum err mark_check_log(struct site *s);
/* After it. ERR_DAMAGED: saves are missing that were acknowledged, and s->mended.saves_lost is set. forgive: they are
 * given up, and the mark goes back. */
MUST_CHECK enum err mark_check(struct site *s, bool forgive);

#endif
