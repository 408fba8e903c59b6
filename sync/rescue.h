/* A new replica in the place of a damaged one. */
#ifndef SYNC_RESCUE_H
#define SYNC_RESCUE_H

#include "sync/core.h"

/* Makes a new replica beside what is there, from log.git, the box keys in device.key, and what can still be read of the
 * tables that the log does not hold; then puts it in place. At every moment there is the old one or the new one, whole.
 * s has its device and its incarnation; s->db may be NULL. Saves that were not yet in a record are put in one, as far
 * as they can be read; s->mended tells. On failure the old one is there as it was, and s->db is closed. ERR_BUSY:
 * another process is writing to it, or does the same; ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err rescue_run(struct site *s);

#endif
