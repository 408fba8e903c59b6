/* Preloaded, it takes from the environment: FAULT_CLOCK_MS, milliseconds that the wall clock is set forward (or, with a
 * minus sign, back); FAULT_KIND (a name of fault_names), FAULT_AT and FAULT_ERRNO (a number), as in fault.h. */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* both names of each function, as both kinds of library call them */
#include "tests/faults/fault.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

const char *const fault_names[FAULT_KINDS] = {"memory", "map",  "read", "write", "sync",  "name", "open",
                                              "make",   "size", "stat", "list",  "close", "lock", "child"};

static struct fault *now; /* NULL: no fault, nothing counted */
static int64_t clock_moved_ms;

void fault_arm(struct fault *f)
{
    void *warm[2];
    (void)backtrace(warm, 2); /* its first call allocates */
    f->calls = f->hits = 0;
    f->depth = 0;
    f->call = NULL;
    memset(f->of, 0, sizeof f->of);
    now = f;
}

void fault_disarm(void)
{
    now = NULL;
}

static void note_crash(int which)
{
    struct fault *f = now;
    now = NULL;
    if (f)
        f->crash_depth = backtrace(f->crash, FAULT_DEPTH);
    (void)raise(which); /* the handler is gone by now */
}

void fault_watch(void)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGALRM};
    static uint8_t spare[65536]; /* the stack may be what has come to an end */
    const stack_t stack = {.ss_sp = spare, .ss_size = sizeof spare};
    struct sigaction action = {.sa_handler = note_crash, .sa_flags = (int)SA_RESETHAND | SA_NODEFER | SA_ONSTACK};
    (void)sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)sigaction(signals[i], &action, NULL);
}

/* Is this a call to fail? Sets errno then. */
static bool fails(enum fault_kind kind, const char *name)
{
    struct fault *f = now;
    if (!f)
        return false;
    f->of[kind]++;
    if (!(f->kinds & FAULT_BIT(kind)))
        return false;
    f->calls++;
    if (f->at <= 0 || f->calls < f->at || (f->calls > f->at && !f->onward))
        return false;
    if (f->hits++ == 0) {
        now = NULL; /* what backtrace itself does is not counted */
        f->call = name;
        f->depth = backtrace(f->trace, FAULT_DEPTH);
        now = f;
    }
    errno = f->error == FAULT_SHORT ? 0 : f->error;
    return true;
}

/* ---- the functions as they are ---- */

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif

#ifdef UNDER_ASAN
#define REAL_MEMORY(name) __interceptor_##name
#else
#define REAL_MEMORY(name) __libc_##name
#endif
void *REAL_MEMORY(malloc)(size_t n);
void *REAL_MEMORY(calloc)(size_t count, size_t n);
void *REAL_MEMORY(realloc)(void *ptr, size_t n);
void *REAL_MEMORY(memalign)(size_t to, size_t n);

/* NAME(arguments): the C library's, looked up once, before anything is counted. */
/* clang-format off */
#define FUNCTIONS(X)                                                                                                   \
    X(mmap) X(mmap64) X(read) X(pread) X(pread64) X(write) X(pwrite) X(pwrite64) X(fsync) X(fdatasync) X(rename)       \
    X(renameat) X(link) X(unlink) X(unlinkat) X(rmdir) X(open) X(open64) X(openat) X(openat64) X(mkdir) X(ftruncate)   \
    X(ftruncate64) X(fallocate) X(fallocate64) X(posix_fallocate) X(posix_fallocate64) X(stat) X(stat64) X(lstat)      \
    X(lstat64) X(fstat) X(fstat64) X(fstatat) X(fstatat64) X(access) X(opendir) X(readdir) X(readdir64) X(close)       \
    X(flock) X(fcntl) X(fcntl64) X(fork) X(pipe) X(clock_gettime) X(fread) X(fopen) X(fopen64)
/* clang-format on */
#define DECLARE(name) static __typeof__(&name) real_##name; /* NOLINT(bugprone-macro-parentheses): a declaration */
FUNCTIONS(DECLARE)

static int64_t number(const char *name)
{
    const char *value = getenv(name);
    return value ? atoll(value) : 0;
}

static struct fault of_environment;

__attribute__((constructor(101))) static void look_up(void)
{
#define LOOK_UP(name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name);
    FUNCTIONS(LOOK_UP)
    clock_moved_ms = number("FAULT_CLOCK_MS");
    const char *kind = getenv("FAULT_KIND");
    for (unsigned i = 0; kind && i < FAULT_KINDS; i++)
        if (strcmp(kind, fault_names[i]) == 0)
            of_environment.kinds = FAULT_BIT(i);
    of_environment.at = number("FAULT_AT");
    of_environment.error = (int)number("FAULT_ERRNO");
    if (of_environment.kinds && of_environment.at > 0)
        fault_arm(&of_environment);
}

#define REAL(name) (real_##name ? real_##name : (look_up(), real_##name))

/* ---- memory ---- */

void *malloc(size_t n)
{
    return fails(FAULT_MEMORY, "malloc") ? NULL : REAL_MEMORY(malloc)(n);
}

void *calloc(size_t count, size_t n)
{
    return fails(FAULT_MEMORY, "calloc") ? NULL : REAL_MEMORY(calloc)(count, n);
}

void *realloc(void *ptr, size_t n)
{
    return fails(FAULT_MEMORY, "realloc") ? NULL : REAL_MEMORY(realloc)(ptr, n);
}

int posix_memalign(void **out, size_t to, size_t n)
{
    void *p = fails(FAULT_MEMORY, "posix_memalign") ? NULL : REAL_MEMORY(memalign)(to, n);
    if (p)
        *out = p;
    return p ? 0 : ENOMEM;
}

void *aligned_alloc(size_t to, size_t n)
{
    return fails(FAULT_MEMORY, "aligned_alloc") ? NULL : REAL_MEMORY(memalign)(to, n);
}

#ifdef UNDER_ASAN /* whose own strdup allocates past malloc */
char *strdup(const char *text)
{
    const size_t len = strlen(text) + 1;
    char *copy = malloc(len);
    return copy ? memcpy(copy, text, len) : NULL;
}
#endif

/* NOLINTBEGIN(bugprone-macro-parentheses): offset is a type */
#define MAPS(name, offset)                                                                                             \
    void *name(void *a, size_t n, int p, int f, int fd, offset at)                                                     \
    {                                                                                                                  \
        return fails(FAULT_MAP, #name) ? MAP_FAILED : REAL(name)(a, n, p, f, fd, at);                                  \
    }
MAPS(mmap, off_t)
MAPS(mmap64, off64_t)
/* NOLINTEND(bugprone-macro-parentheses) */

/* ---- reading and writing ---- */

/* A short one reads or writes half, and at least one byte: none would be the end of the file. */
#define PARTLY(kind, name, params, ...)                                                                                \
    ssize_t name params                                                                                                \
    {                                                                                                                  \
        if (fails(kind, #name)) {                                                                                      \
            if (now->error != FAULT_SHORT && !(now->onward && now->hits == 1))                                         \
                return -1;                                                                                             \
            n = n > 1 ? n / 2 : n;                                                                                     \
        }                                                                                                              \
        return REAL(name)(__VA_ARGS__);                                                                                \
    }
PARTLY(FAULT_READ, read, (int fd, void *b, size_t n), fd, b, n)
PARTLY(FAULT_READ, pread, (int fd, void *b, size_t n, off_t at), fd, b, n, at)
PARTLY(FAULT_READ, pread64, (int fd, void *b, size_t n, off64_t at), fd, b, n, at)
PARTLY(FAULT_WRITE, write, (int fd, const void *b, size_t n), fd, b, n)
PARTLY(FAULT_WRITE, pwrite, (int fd, const void *b, size_t n, off_t at), fd, b, n, at)
PARTLY(FAULT_WRITE, pwrite64, (int fd, const void *b, size_t n, off64_t at), fd, b, n, at)

#define STREAM_FAILED 0x20 /* glibc: what ferror looks at */

size_t fread(void *to, size_t size, size_t count, FILE *f)
{
    if (fails(FAULT_READ, "fread") && now->error != FAULT_SHORT && now->error != EINTR) { /* which it mends itself */
        f->_flags |= STREAM_FAILED;
        return 0;
    }
    return REAL(fread)(to, size, count, f);
}

#define OPENS_STREAM(name)                                                                                             \
    FILE *name(const char *path, const char *how)                                                                      \
    {                                                                                                                  \
        return fails(*how == 'r' ? FAULT_OPEN : FAULT_MAKE, #name) ? NULL : REAL(name)(path, how);                     \
    }
OPENS_STREAM(fopen)
OPENS_STREAM(fopen64)

/* ---- what succeeds or not ---- */

#define WHOLE(kind, name, params, ...)                                                                                 \
    int name params                                                                                                    \
    {                                                                                                                  \
        return fails(kind, #name) ? -1 : REAL(name)(__VA_ARGS__);                                                      \
    }
WHOLE(FAULT_SYNC, fsync, (int fd), fd)
WHOLE(FAULT_SYNC, fdatasync, (int fd), fd)
WHOLE(FAULT_NAME, rename, (const char *a, const char *b), a, b)
WHOLE(FAULT_NAME, renameat, (int f, const char *a, int t, const char *b), f, a, t, b)
WHOLE(FAULT_NAME, link, (const char *a, const char *b), a, b)
WHOLE(FAULT_NAME, unlink, (const char *a), a)
WHOLE(FAULT_NAME, unlinkat, (int fd, const char *a, int f), fd, a, f)
WHOLE(FAULT_NAME, rmdir, (const char *a), a)
WHOLE(FAULT_MAKE, mkdir, (const char *a, mode_t m), a, m)
WHOLE(FAULT_SIZE, ftruncate, (int fd, off_t n), fd, n)
WHOLE(FAULT_SIZE, ftruncate64, (int fd, off64_t n), fd, n)
WHOLE(FAULT_SIZE, fallocate, (int fd, int m, off_t a, off_t n), fd, m, a, n)
WHOLE(FAULT_SIZE, fallocate64, (int fd, int m, off64_t a, off64_t n), fd, m, a, n)
WHOLE(FAULT_STAT, stat, (const char *a, struct stat *s), a, s)
WHOLE(FAULT_STAT, stat64, (const char *a, struct stat64 *s), a, s)
WHOLE(FAULT_STAT, lstat, (const char *a, struct stat *s), a, s)
WHOLE(FAULT_STAT, lstat64, (const char *a, struct stat64 *s), a, s)
WHOLE(FAULT_STAT, fstat, (int fd, struct stat *s), fd, s)
WHOLE(FAULT_STAT, fstat64, (int fd, struct stat64 *s), fd, s)
WHOLE(FAULT_STAT, fstatat, (int fd, const char *a, struct stat *s, int f), fd, a, s, f)
WHOLE(FAULT_STAT, fstatat64, (int fd, const char *a, struct stat64 *s, int f), fd, a, s, f)
WHOLE(FAULT_STAT, access, (const char *a, int m), a, m)
WHOLE(FAULT_LOCK, flock, (int fd, int how), fd, how)
WHOLE(FAULT_CHILD, pipe, (int p[2]), p)

int posix_fallocate(int fd, off_t a, off_t n)
{
    return fails(FAULT_SIZE, "posix_fallocate") ? errno : REAL(posix_fallocate)(fd, a, n);
}

int posix_fallocate64(int fd, off64_t a, off64_t n)
{
    return fails(FAULT_SIZE, "posix_fallocate64") ? errno : REAL(posix_fallocate64)(fd, a, n);
}

/* The third argument is there only with O_CREAT or O_TMPFILE. */
#define OPENS(name, params, ...)                                                                                       \
    int name params                                                                                                    \
    {                                                                                                                  \
        mode_t mode = 0;                                                                                               \
        if (how & (O_CREAT | __O_TMPFILE)) {                                                                           \
            va_list args;                                                                                              \
            va_start(args, how);                                                                                       \
            mode = va_arg(args, mode_t);                                                                               \
            va_end(args);                                                                                              \
        }                                                                                                              \
        return fails(how & O_CREAT ? FAULT_MAKE : FAULT_OPEN, #name) ? -1 : REAL(name)(__VA_ARGS__, mode);             \
    }
/* NOLINTBEGIN(clang-analyzer-valist.Uninitialized): va_start stands just before, in the macro */
OPENS(open, (const char *a, int how, ...), a, how)
OPENS(open64, (const char *a, int how, ...), a, how)
OPENS(openat, (int fd, const char *a, int how, ...), fd, a, how)
OPENS(openat64, (int fd, const char *a, int how, ...), fd, a, how)
/* NOLINTEND(clang-analyzer-valist.Uninitialized) */

#define CONTROLS(name)                                                                                                 \
    int name(int fd, int what, ...)                                                                                    \
    {                                                                                                                  \
        va_list args;                                                                                                  \
        va_start(args, what);                                                                                          \
        void *with = va_arg(args, void *);                                                                             \
        va_end(args);                                                                                                  \
        bool locks = what == F_SETLK || what == F_SETLKW || what == F_OFD_SETLK || what == F_OFD_SETLKW;               \
        return locks && fails(FAULT_LOCK, #name) ? -1 : REAL(name)(fd, what, with);                                    \
    }
CONTROLS(fcntl)
CONTROLS(fcntl64)

int close(int fd)
{
    bool told = fails(FAULT_CLOSE, "close");
    int code = REAL(close)(fd);
    if (told)
        errno = now->error;
    return told ? -1 : code;
}

DIR *opendir(const char *a)
{
    return fails(FAULT_LIST, "opendir") ? NULL : REAL(opendir)(a);
}

struct dirent *readdir(DIR *d)
{
    return fails(FAULT_LIST, "readdir") ? NULL : REAL(readdir)(d);
}

struct dirent64 *readdir64(DIR *d)
{
    return fails(FAULT_LIST, "readdir64") ? NULL : REAL(readdir64)(d);
}

pid_t fork(void)
{
    if (fails(FAULT_CHILD, "fork"))
        return -1;
    pid_t pid = REAL(fork)();
    if (pid == 0)
        now = NULL;
    return pid;
}

/* ---- time ---- */

int clock_gettime(clockid_t which, struct timespec *t)
{
    int code = REAL(clock_gettime)(which, t);
    if (code != 0 || which != CLOCK_REALTIME)
        return code;
    int64_t ms = (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000 + clock_moved_ms;
    if (now && now->clock_ms)
        ms = now->clock_ms;
    const int64_t part = (ms % 1000 + 1000) % 1000; /* before 1970 too */
    t->tv_sec = (ms - part) / 1000;
    t->tv_nsec = part * 1000000;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int gettimeofday(struct timeval *out, void *zone)
{
    struct timespec t = {0};
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){.tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000};
    return 0;
}
