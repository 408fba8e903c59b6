/* Preloaded into a program under test: kills it (SIGKILL) at the KILL_AT-th call that changes a file system, before the
 * call, or half-way through it where it writes bytes. Without KILL_AT the calls are counted, and their number is
 * written to the file KILL_COUNT names when the program ends. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_long calls;

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Is this the call to die at? */
static int last(void)
{
    static long at = -1;
    if (at < 0)
        at = getenv("KILL_AT") ? atol(getenv("KILL_AT")) : 0;
    return atomic_fetch_add(&calls, 1) + 1 == at;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("KILL_COUNT");
    FILE *f = path ? fopen(path, "w") : NULL;
    if (!f)
        return;
    fprintf(f, "%ld\n", atomic_load(&calls));
    fclose(f);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WHOLE(type, name, params, ...)                                                                                 \
    type name params                                                                                                   \
    {                                                                                                                  \
        if (last())                                                                                                    \
            die();                                                                                                     \
        return REAL(name)(__VA_ARGS__);                                                                                \
    }

WHOLE(int, fsync, (int fd), fd)
WHOLE(int, fdatasync, (int fd), fd)
WHOLE(int, ftruncate, (int fd, off_t n), fd, n)
WHOLE(int, ftruncate64, (int fd, off64_t n), fd, n)
WHOLE(int, rename, (const char *a, const char *b), a, b)
WHOLE(int, renameat, (int f, const char *a, int t, const char *b), f, a, t, b)
WHOLE(int, link, (const char *a, const char *b), a, b)
WHOLE(int, unlink, (const char *a), a)
WHOLE(int, mkdir, (const char *a, mode_t m), a, m)
WHOLE(int, rmdir, (const char *a), a)

#define TORN(name, params, ...)                                                                                        \
    ssize_t name params                                                                                                \
    {                                                                                                                  \
        if (last()) {                                                                                                  \
            n /= 2;                                                                                                    \
            if (REAL(name)(__VA_ARGS__) <= (ssize_t)n)                                                                 \
                die();                                                                                                 \
        }                                                                                                              \
        return REAL(name)(__VA_ARGS__);                                                                                \
    }

TORN(write, (int fd, const void *b, size_t n), fd, b, n)
TORN(pwrite, (int fd, const void *b, size_t n, off_t at), fd, b, n, at)
TORN(pwrite64, (int fd, const void *b, size_t n, off64_t at), fd, b, n, at)
