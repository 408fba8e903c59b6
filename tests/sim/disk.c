#define _GNU_SOURCE      /* RTLD_NEXT, off64_t */
#undef _FILE_OFFSET_BITS /* pwrite and pwrite64 are two names here, as libraries call either */
#include "tests/sim/disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "tests/sim/power.h"

static struct {
    enum disk_fault kind;
    size_t left;
    bool met;
    int error;
    char under[200];
} now;

void disk_arm(enum disk_fault kind, size_t after, const char *under, int error)
{
    now.kind = kind;
    now.left = after;
    now.met = false;
    now.error = error;
    (void)snprintf(now.under, sizeof now.under, "%s", under ? under : "/");
}

bool disk_mend(void)
{
    now.kind = DISK_WELL;
    return now.met;
}

static bool fails(const char *path)
{
    if (now.kind == DISK_WELL || strncmp(path, now.under, strlen(now.under)) != 0) {
        return false;
    }
    if (now.left > 0) {
        now.left--;
        return false;
    }
    if (now.kind == DISK_ONE_FAILS && now.met) {
        return false;
    }
    now.met = true;
    errno = now.error;
    return true;
}

static bool fails_at(int fd)
{
    char link[40];
    char path[400];
    if (now.kind == DISK_WELL || fd <= STDERR_FILENO) {
        return false;
    }
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return path[0] == '/' && fails(path);
}

/* The next definition of a function: the system's own. Objects and functions are one to dlsym (POSIX says they may be). */
static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        abort();
    }
    return found;
}
#define REAL(result, name, ...)                                                                                        \
    static result (*next)(__VA_ARGS__);                                                                                \
    if (!next) {                                                                                                       \
        *(void **)&next = real(name);                                                                                  \
    }

static int synced(int fd, int result)
{
    if (result == 0) {
        power_synced(fd);
    }
    return result;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    REAL(ssize_t, "write", int, const void *, size_t)
    return fails_at(fd) ? -1 : next(fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)
    return fails_at(fd) ? -1 : next(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)
    return fails_at(fd) ? -1 : next(fd, bytes, len, at);
}

int fsync(int fd)
{
    REAL(int, "fsync", int)
    return fails_at(fd) ? -1 : synced(fd, next(fd));
}

int fdatasync(int fd)
{
    REAL(int, "fdatasync", int)
    return fails_at(fd) ? -1 : synced(fd, next(fd));
}

int ftruncate(int fd, off_t len)
{
    REAL(int, "ftruncate", int, off_t)
    return fails_at(fd) ? -1 : next(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    REAL(int, "ftruncate64", int, off64_t)
    return fails_at(fd) ? -1 : next(fd, len);
}

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *)
    if (fails(to)) {
        return -1;
    }
    power_going(to);
    return next(from, to);
}

int link(const char *from, const char *to)
{
    REAL(int, "link", const char *, const char *)
    return fails(to) ? -1 : next(from, to);
}

int unlink(const char *path)
{
    REAL(int, "unlink", const char *)
    if (fails(path)) {
        return -1;
    }
    power_going(path);
    return next(path);
}
