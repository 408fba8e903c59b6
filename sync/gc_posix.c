#include "sync/gc_posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STRAY_S 3600

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
    *packs += starts(name, "pack-") && ends(name, ".pack");
    return OK;
}

enum err gc_posix_count(uint64_t *packs, const char *repository)
{
    *packs = 0;
    return each_file(repository, false, count_one, packs);
}

struct removing {
    const char *keep;
    bool index; /* indexes; else everything else */
};

static enum err remove_one(void *ctx, int dir, const char *name)
{
    const struct removing *r = ctx;
    if (!starts(name, "pack-") || ends(name, ".idx") != r->index || ends(name, ".lock")) {
        return OK;
    }
    const char *hash = name + sizeof "pack-" - 1;
    if (r->keep && starts(hash, r->keep) && hash[strlen(r->keep)] == '.') {
        return OK;
    }
    return unlinkat(dir, name, 0) == 0 || errno == ENOENT ? OK : ERR_STORAGE;
}

enum err gc_posix_remove(const char *repository, const char *keep)
{
    struct removing r = {.keep = keep, .index = true};
    enum err e = each_file(repository, true, remove_one, &r);
    r.index = false;
    return e == OK ? each_file(repository, true, remove_one, &r) : e;
}

static enum err sweep_one(void *ctx, int dir, const char *name)
{
    const time_t *before = ctx;
    struct stat st;
    const bool stray = starts(name, "pack_git2_") || starts(name, "tmp_") || ends(name, ".lock");
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
