#include "sync/machine_posix.h"

#include "sync/posix.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MEMINFO_MAX 65536
#define ASSUMED ((uint64_t)4 << 30)

/* A line of /proc/meminfo: "MemTotal:       24682496 kB". */
static uint64_t meminfo(const char *text, const char *name, uint64_t otherwise)
{
    const char *line = strstr(text, name);
    char *end = NULL;
    const unsigned long long kib = line ? strtoull(line + strlen(name), &end, 10) : 0;
    return end && strncmp(end, " kB", 3) == 0 && kib <= UINT64_MAX / 1024 ? kib * 1024 : otherwise;
}

void machine_posix_memory(uint64_t *total, uint64_t *available)
{
    struct buf file = {0};
    *total = ASSUMED;
    *available = ASSUMED / 2;
    if (posix_read_file(&file, "/proc/meminfo", MEMINFO_MAX) == OK && buf_text(&file)) {
        *total = meminfo(buf_text(&file), "MemTotal:", *total);
        *available = meminfo(buf_text(&file), "MemAvailable:", *total / 2);
    }
    buf_free(&file);
    struct rlimit space;
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
        *total = space.rlim_cur < *total ? space.rlim_cur : *total;
        *available = *total < *available ? *total : *available;
    }
}

uint64_t machine_posix_steady_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}
