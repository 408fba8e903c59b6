#include "sync/log_memory.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RESERVES 64
#define RESERVE 1024
/* Of packs, libgit2 maps this much at once, so that memory does not grow with the log. */
#define PACK_WINDOW (1u << 20)
#define PACKS_MAPPED (4u << 20)

static size_t allocation_max = SIZE_MAX;
static bool over_cap;
static bool out;      /* of memory, since somebody asked */
static bool can_tell; /* libgit2 has allocated where it keeps its errors: until then none may be set */
/* libgit2 does not stand everywhere that it gets no memory, and least of all where it tells of that. So a small lack is
 * met from here, and told of when it is done. Blocks of the heap, which can be freed as any. */
static void *reserves[RESERVES];
static size_t reserve_count;

void log_memory_cap(size_t max)
{
    allocation_max = max;
    over_cap = over_cap && max == SIZE_MAX;
}

bool log_memory_over_cap(void)
{
    return over_cap;
}

bool log_memory_out(void)
{
    const bool was = out;
    out = false;
    return was;
}

static bool too_much(size_t a, size_t b)
{
    if (b > 0 && a > allocation_max / b) {
        over_cap = true;
        if (can_tell) {
            git_error_set_oom();
        }
        return true;
    }
    return false;
}

static void empty_reserves(void)
{
    while (reserve_count > 0) {
        free(reserves[--reserve_count]);
    }
}

static void *grow_from_reserves(void *ptr, size_t len)
{
    out = true;
    if (!ptr && len <= RESERVE && reserve_count > 0) {
        return reserves[--reserve_count];
    }
    empty_reserves(); /* so that there may be room for this one */
    void *p = realloc(ptr, len ? len : 1);
    if (!p && can_tell) {
        git_error_set_oom();
    }
    return p;
}

static void *grow(void *ptr, size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    if (too_much(len, 1)) {
        return NULL;
    }
    void *p = realloc(ptr, len ? len : 1);
    return p ? p : grow_from_reserves(ptr, len);
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

static enum err fill_reserves(void)
{
    while (reserve_count < RESERVES) {
        void *p = malloc(RESERVE);
        if (!p) {
            return ERR_MEMORY;
        }
        reserves[reserve_count++] = p;
    }
    return OK;
}

static int start(git_allocator *with)
{
    int code = git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, with);
    if (code == 0) {
        code = git_libgit2_init();
    }
    if (code >= 0) {
        git_error_clear(); /* allocates what errors need */
        can_tell = true;
    }
    return code;
}

enum err log_memory_start(void)
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
    enum err e = fill_reserves();
    if (e != OK || started) {
        return e;
    }
    if (start(&capped) < 0) {
        return log_memory_out() ? ERR_MEMORY : ERR_STORAGE;
    }
    (void)log_memory_out();
    started = true;
    /* A stick belongs to whoever formatted it; what it holds is checked record by record. */
    (void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    (void)git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    (void)git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)PACK_WINDOW);
    (void)git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)PACKS_MAPPED);
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
    return OK;
}
