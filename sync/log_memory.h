/* libgit2's start, and its memory: what a delta in a pack from outside claims as its size is allocated by libgit2 before
 * anything is compared with it, so its allocator has a cap while such a pack, or an object of one, is being read. Only
 * for sync/log*.c. One thread. */
#ifndef SYNC_LOG_MEMORY_H
#define SYNC_LOG_MEMORY_H

#include <stddef.h>

/* Starts libgit2 once for the process. Gives libgit2's code: 0, or negative. */
int log_memory_start(void);
/* No single allocation by libgit2 is larger than max bytes from here on; SIZE_MAX: no cap. */
void log_memory_cap(size_t max);

#endif
