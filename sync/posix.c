#define _XOPEN_SOURCE 700 /* nftw */
#include "sync/posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

void posix_put_file(const char *path, struct span content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return;
    }
    ssize_t written = pwrite(fd, content.ptr, content.len, 0);
    (void)written; /* what is half there does not open */
    (void)close(fd);
}

enum err posix_rename(const char *from, const char *to)
{
    return rename(from, to) == 0 ? fsync_parent(to) : from_errno();
}

enum err posix_make_dir(const char *path)
{
    if (mkdir(path, 0700) != 0) {
        return from_errno();
    }
    enum err e = fsync_parent(path);
    if (e != OK) {
        (void)rmdir(path);
    }
    return e;
}

enum err posix_list(struct buf *names, const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        return from_errno();
    }
    for (;;) {
        errno = 0; /* how readdir tells a failure from the end */
        struct dirent *entry = readdir(dir);
        if (!entry) {
            break;
        }
        buf_put(names, entry->d_name, strlen(entry->d_name) + 1);
    }
    bool bad = errno != 0;
    (void)closedir(dir);
    return bad ? ERR_STORAGE : buf_check(names);
}

enum err posix_look(enum posix_kind *out, const char *path)
{
    struct stat st;
    *out = POSIX_NOTHING;
    if (stat(path, &st) != 0) {
        return errno == ENOENT || errno == ENOTDIR ? OK : ERR_STORAGE;
    }
    *out = S_ISDIR(st.st_mode) ? POSIX_FOLDER : POSIX_OTHER;
    return OK;
}

bool posix_is_dir(const char *path)
{
    enum posix_kind kind;
    return posix_look(&kind, path) == OK && kind == POSIX_FOLDER;
}

bool posix_exists(const char *path)
{
    enum posix_kind kind;
    return posix_look(&kind, path) == OK && kind != POSIX_NOTHING;
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

enum err posix_is_empty(bool *out, const char *path, const char *const *apart_from)
{
    struct buf names = {0};
    enum err e = posix_list(&names, path);
    *out = e == OK;
    for (size_t at = 0; at < names.len && *out;) {
        const char *name = (const char *)names.ptr + at;
        *out = name[0] == '.' || is_one_of(name, apart_from);
        at += strlen(name) + 1;
    }
    buf_free(&names);
    return e;
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
    if (t.tv_sec < 0) {
        return 0;
    }
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}
