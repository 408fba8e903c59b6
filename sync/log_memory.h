/* libgit2's start, and its memory: what a delta in a pack from outside claims as its size is allocated by libgit2 before
 * anything is compared with it, so its allocator has a cap while such a pack, or an object of one, is being read. Only
 * for sync/log*.c. One thread. */
#ifndef SYNC_LOG_MEMORY_H
#define SYNC_LOG_MEMORY_H

#include "crypto/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Starts libgit2 once for the process. ERR_MEMORY; ERR_STORAGE: it does not start. No error of libgit2's is to be asked
 * for then. */
MUST_CHECK enum err log_memory_start(void);
/* Has libgit2 been short of memory since this was last asked? */
bool log_memory_out(void);
/* No single allocation by libgit2 is larger than max bytes from here on; SIZE_MAX: no cap. */
void log_memory_cap(size_t max);
/* Was more than that asked for since the cap was set? Then it is what was read that is bad, not the machine. */
bool log_memory_over_cap(void);

#endif
