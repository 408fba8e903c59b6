#include "sync/gc_posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STRAY_S 3600
#define PREFIX "pack-"
#define PACK ".pack"
#define INDEX ".idx"

static bool starts(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static bool ends(const char *name, const char *with)
{
    const size_t len = strlen(name);
    return len >= strlen(with) && strcmp(name + len - strlen(with), with) == 0;
}

static enum err each_in(DIR *dir, enum err (*each)(void *ctx, int dir, const char *name), void *ctx)
{
    for (;;) {
        errno = 0; /* how readdir tells a failure from the end */
        struct dirent *entry = readdir(dir);
        if (!entry) {
            return errno == 0 ? OK : ERR_STORAGE;
        }
        enum err e = each(ctx, dirfd(dir), entry->d_name);
        if (e != OK) {
            return e;
        }
    }
}

/* Calls each with the folder and the name of every file in it; stops at the first error. changes: what each does is to
 * last. */
static enum err each_file(const char *repository, bool changes, enum err (*each)(void *ctx, int dir, const char *name),
                          void *ctx)
{
    struct buf path = {0};
    buf_printf(&path, "%s/objects/pack", repository);
    const char *name = buf_text(&path);
    DIR *dir = name ? opendir(name) : NULL;
    enum err e = name ? OK : ERR_MEMORY;
    if (name && !dir) {
        e = errno == ENOENT ? OK : ERR_STORAGE;
    }
    if (dir) {
        e = each_in(dir, each, ctx);
    }
    if (dir && e == OK && changes && fsync(dirfd(dir)) != 0 && errno != EINVAL) {
        e = ERR_STORAGE;
    }
    if (dir) {
        (void)closedir(dir);
    }
    buf_free(&path);
    return e;
}

static enum err count_one(void *ctx, int dir, const char *name)
{
    uint64_t *packs = ctx;
    (void)dir;
    *packs += starts(name, PREFIX) && ends(name, PACK);
    return OK;
}

enum err gc_posix_count(uint64_t *packs, const char *repository)
{
    *packs = 0;
    return each_file(repository, false, count_one, packs);
}

/* Is there a file of that pack, which is named by one of its files, with another ending? */
static bool has_beside(int dir, const char *name, const char *ending)
{
    char other[sizeof PREFIX + LOG_PACK_NAME + 16];
    struct stat st;
    (void)snprintf(other, sizeof other, "%.*s%s", (int)(sizeof PREFIX - 1 + LOG_PACK_NAME), name, ending);
    return fstatat(dir, other, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_pack(const char *name)
{
    return starts(name, PREFIX) && ends(name, PACK) &&
           strlen(name) == sizeof PREFIX - 1 + LOG_PACK_NAME + sizeof PACK - 1;
}

static enum err list_one(void *ctx, int dir, const char *name)
{
    struct buf *out = ctx;
    struct log_pack_file pack;
    struct stat st;
    if (!is_pack(name) || !has_beside(dir, name, INDEX) || has_beside(dir, name, ".keep") ||
        fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return OK;
    }
    memset(&pack, 0, sizeof pack);
    memcpy(pack.name, name + sizeof PREFIX - 1, LOG_PACK_NAME);
    pack.bytes = (uint64_t)st.st_size;
    buf_put(out, &pack, sizeof pack);
    return buf_check(out);
}

enum err gc_posix_list(struct buf *out, const char *repository)
{
    return each_file(repository, false, list_one, out);
}

struct removing {
    const char *keep;
    const struct log_pack_file *only; /* by name; NULL: all */
    size_t count;
    bool index; /* indexes; else everything else */
};

static int by_name(const void *a, const void *b)
{
    return strncmp(a, b, LOG_PACK_NAME); /* the name comes first */
}

static enum err remove_one(void *ctx, int dir, const char *name)
{
    const struct removing *r = ctx;
    if (!starts(name, PREFIX) || ends(name, INDEX) != r->index || ends(name, ".lock")) {
        return OK;
    }
    const char *hash = name + sizeof PREFIX - 1;
    if (r->keep && starts(hash, r->keep) && hash[strlen(r->keep)] == '.') {
        return OK;
    }
    if (r->only && !bsearch(hash, r->only, r->count, sizeof *r->only, by_name)) {
        return OK;
    }
    return unlinkat(dir, name, 0) == 0 || errno == ENOENT ? OK : ERR_STORAGE;
}

static enum err remove_packs(const char *repository, struct removing *r)
{
    r->index = true;
    enum err e = each_file(repository, true, remove_one, r);
    r->index = false;
    return e == OK ? each_file(repository, true, remove_one, r) : e;
}

enum err gc_posix_remove(const char *repository, const char *keep)
{
    struct removing r = {.keep = keep};
    return remove_packs(repository, &r);
}

enum err gc_posix_remove_these(const char *repository, const char *keep, struct log_pack_file *packs, size_t count)
{
    struct removing r = {.keep = keep, .only = packs, .count = count};
    qsort(packs, count, sizeof *packs, by_name);
    return remove_packs(repository, &r);
}

static enum err sweep_one(void *ctx, int dir, const char *name)
{
    const time_t *before = ctx;
    struct stat st;
    const bool stray = starts(name, "pack_git2_") || starts(name, "tmp_") || ends(name, ".lock") ||
                       (is_pack(name) && !has_beside(dir, name, INDEX));
    if (stray && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_mtime < *before) {
        (void)unlinkat(dir, name, 0);
    }
    return OK;
}

enum err gc_posix_sweep(const char *repository)
{
    time_t before = time(NULL) - STRAY_S;
    return each_file(repository, false, sweep_one, &before);
}
