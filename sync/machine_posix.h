/* What this machine has: memory, and a clock that nobody sets. */
#ifndef SYNC_MACHINE_POSIX_H
#define SYNC_MACHINE_POSIX_H

#include <stdint.h>

/* Bytes of memory in all, and of it those that a program may take without swapping; both at most what the limit on
 * address space (ulimit -v) leaves to this process. Where the system does not say, 4 GiB and half of it. */
void machine_posix_memory(uint64_t *total, uint64_t *available);
/* Milliseconds since some moment; never backward. */
uint64_t machine_posix_steady_ms(void);

#endif
