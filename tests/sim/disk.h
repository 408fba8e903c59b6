/* A disk that fails: the calls by which this program and its libraries change files are answered here, and fail when
 * told to. Everything else about them is the system's own. */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>

enum disk_fault {
    DISK_WELL,
    DISK_ONE_FAILS, /* one call fails, the next is well again */
    DISK_STOPS,     /* from one call on nothing is changed any more: the process has died there, the stick is out */
};

/* The fault comes after that many calls that would change something at or under the path (NULL: anywhere). */
void disk_arm(enum disk_fault kind, size_t after, const char *under, int error);
/* All is well again. Did the fault come? */
bool disk_mend(void);

#endif
