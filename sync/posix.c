#define _DEFAULT_SOURCE   /* flock */
#define _XOPEN_SOURCE 700 /* nftw */
#include "sync/posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static enum err from_errno(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case ENOMEM:
        return ERR_MEMORY;
    default:
        return ERR_STORAGE;
    }
}

static enum err read_all(struct buf *out, int fd, size_t max)
{
    uint8_t block[16384];
    size_t total = 0;
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return ERR_STORAGE;
        }
        if (n == 0) {
            return buf_check(out);
        }
        if ((size_t)n > max - total) {
            return ERR_LIMIT;
        }
        total += (size_t)n;
        buf_put(out, block, (size_t)n);
    }
}

enum err posix_read_file(struct buf *out, const char *path, size_t max)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return from_errno();
    }
    enum err e = read_all(out, fd, max);
    (void)close(fd);
    return e;
}

static enum err write_all(int fd, struct span content)
{
    size_t done = 0;
    while (done < content.len) {
        ssize_t n = write(fd, content.ptr + done, content.len - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return ERR_STORAGE;
        }
        done += (size_t)n;
    }
    return fsync(fd) == 0 ? OK : ERR_STORAGE;
}

static enum err fsync_parent(const char *path)
{
    char *dir = strdup(path);
    if (!dir) {
        return ERR_MEMORY;
    }
    char *slash = strrchr(dir, '/');
    if (slash) {
        slash[slash == dir ? 1 : 0] = '\0';
    }
    int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(dir);
    if (fd < 0) {
        return ERR_STORAGE;
    }
    int bad = fsync(fd);
    (void)close(fd);
    return bad ? ERR_STORAGE : OK;
}

enum err posix_write_file(const char *path, struct span content)
{
    struct buf temp = {0};
    buf_printf(&temp, "%s.%ld.new", path, (long)getpid());
    const char *name = buf_text(&temp);
    if (!name) {
        buf_free(&temp);
        return ERR_MEMORY;
    }
    enum err e = OK;
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        e = from_errno();
        goto out;
    }
    e = write_all(fd, content);
    if (close(fd) != 0 && e == OK) {
        e = ERR_STORAGE;
    }
    if (e == OK && rename(name, path) != 0) {
        e = from_errno();
    }
    if (e != OK) {
        (void)unlink(name);
        goto out;
    }
    e = fsync_parent(path);
out:
    buf_free(&temp);
    return e;
}

/* Is it "NAME.<digits>.new"? */
static bool is_unfinished(const char *entry, const char *name)
{
    const size_t len = strlen(name);
    if (strncmp(entry, name, len) != 0 || entry[len] != '.') {
        return false;
    }
    const size_t digits = strspn(entry + len + 1, "0123456789");
    return digits > 0 && strcmp(entry + len + 1 + digits, ".new") == 0;
}

void posix_remove_unfinished(const char *path)
{
    char *copy = strdup(path);
    char *slash = copy ? strrchr(copy, '/') : NULL;
    DIR *dir = NULL;
    if (slash) {
        *slash = '\0';
        dir = opendir(slash == copy ? "/" : copy);
    }
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        if (is_unfinished(entry->d_name, slash + 1)) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir) {
        (void)closedir(dir);
    }
    free(copy);
}

enum err posix_make_dir(const char *path)
{
    if (mkdir(path, 0700) != 0) {
        return from_errno();
    }
    return fsync_parent(path);
}

bool posix_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool posix_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool posix_is_empty(const char *path)
{
    DIR *dir = opendir(path);
    bool empty = dir != NULL;
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry && empty; entry = readdir(dir)) {
        empty = entry->d_name[0] == '.';
    }
    if (dir) {
        (void)closedir(dir);
    }
    return empty;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    (void)remove(path);
    return 0;
}

void posix_remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static uint64_t dir_bytes(struct buf *stack, const char *path)
{
    uint64_t sum = 0;
    DIR *dir = opendir(path);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        struct buf child = {0};
        struct stat st;
        buf_printf(&child, "%s/%s", path, entry->d_name);
        const char *name = buf_text(&child);
        if (name && lstat(name, &st) == 0) {
            if (S_ISDIR(st.st_mode)) {
                buf_put(stack, name, strlen(name) + 1);
            } else {
                sum += (uint64_t)st.st_size;
            }
        }
        buf_free(&child);
    }
    if (dir) {
        (void)closedir(dir);
    }
    return sum;
}

uint64_t posix_tree_bytes(const char *path)
{
    struct buf stack = {0}; /* folders found, zero-terminated, one after the other */
    uint64_t sum = 0;
    buf_put(&stack, path, strlen(path) + 1);
    for (size_t at = 0; !stack.failed && at < stack.len;) {
        char *name = strdup((const char *)stack.ptr + at);
        if (!name) {
            break;
        }
        at += strlen(name) + 1;
        sum += dir_bytes(&stack, name);
        free(name);
    }
    buf_free(&stack);
    return sum;
}

void posix_sleep_ms(unsigned ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000L};
    (void)nanosleep(&t, NULL);
}

uint64_t posix_now_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

enum err posix_lock(int *fd, const char *path, unsigned wait_ms)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return from_errno();
    }
    for (unsigned waited = 0;; waited += 50) {
        if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
            return OK;
        }
        bool taken = errno == EWOULDBLOCK || errno == EINTR;
        if (!taken || waited >= wait_ms) {
            (void)close(*fd);
            *fd = -1;
            return taken ? ERR_BUSY : ERR_STORAGE;
        }
        posix_sleep_ms(50);
    }
}

void posix_unlock(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}
