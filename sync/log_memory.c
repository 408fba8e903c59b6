#include "sync/log_memory.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t allocation_max = SIZE_MAX;

void log_memory_cap(size_t max)
{
    allocation_max = max;
}

static bool too_much(size_t a, size_t b)
{
    if (b > 0 && a > allocation_max / b) {
        git_error_set_oom();
        return true;
    }
    return false;
}

static void *grow(void *ptr, size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    void *p = too_much(len, 1) ? NULL : realloc(ptr, len ? len : 1);
    if (!p) {
        git_error_set_oom();
    }
    return p;
}

static void *take(size_t len, const char *file, int line)
{
    return grow(NULL, len, file, line);
}

static void *grow_array(void *ptr, size_t count, size_t size, const char *file, int line)
{
    return too_much(count, size) ? NULL : grow(ptr, count * size, file, line);
}

static void *take_array(size_t count, size_t size, const char *file, int line)
{
    return grow_array(NULL, count, size, file, line);
}

static void *take_zeroed(size_t count, size_t size, const char *file, int line)
{
    void *p = take_array(count, size, file, line);
    if (p) {
        memset(p, 0, count * size);
    }
    return p;
}

static char *take_part(const char *text, size_t len, const char *file, int line)
{
    char *p = take(len + 1, file, line);
    if (p) {
        memcpy(p, text, len);
        p[len] = '\0';
    }
    return p;
}

static char *take_at_most(const char *text, size_t max, const char *file, int line)
{
    return take_part(text, strnlen(text, max), file, line);
}

static char *take_text(const char *text, const char *file, int line)
{
    return take_part(text, strlen(text), file, line);
}

int log_memory_start(void)
{
    static git_allocator capped = {.gmalloc = take,
                                   .gcalloc = take_zeroed,
                                   .gstrdup = take_text,
                                   .gstrndup = take_at_most,
                                   .gsubstrdup = take_part,
                                   .grealloc = grow,
                                   .greallocarray = grow_array,
                                   .gmallocarray = take_array,
                                   .gfree = free};
    static bool started; /* libgit2 counts its own starts; once is enough for a process */
    if (started) {
        return 0;
    }
    int code = git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &capped);
    if (code == 0) {
        code = git_libgit2_init();
    }
    if (code < 0) {
        return code;
    }
    started = true;
    /* A stick belongs to whoever formatted it; what it holds is checked record by record. */
    (void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    (void)git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
    return 0;
}
