#include "sync/meet_core.h"

#include "sync/posix.h"

#define LOCK_WAIT_MS 30000
#define OWN_OBJECTS "../../../log.git/objects" /* seen from HOME/remotes/NAME.git/objects */

enum err meet_stage_path(const char **out, struct arena *a, struct site *s, const char *name, const char *suffix)
{
    const char *dir = arena_printf(a, "%s/remotes", s->dir);
    *out = arena_printf(a, "%s/remotes/%s%s", s->dir, name, suffix);
    if (!dir || !*out) {
        return ERR_MEMORY;
    }
    enum err e = posix_is_dir(dir) ? OK : posix_make_dir(dir);
    return e == OK || e == ERR_EXISTS || e == ERR_MEMORY
               ? (e == ERR_MEMORY ? e : OK)
               : why_set(&s->why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", dir);
}

static enum err make(struct log **out, struct site *s, const char *path)
{
    posix_remove_tree(path);
    enum err e = log_create(out, &s->why, path);
    if (e == OK) {
        e = log_borrow(*out, OWN_OBJECTS);
        log_close(*out);
        *out = NULL;
    }
    return e == OK ? log_open(out, &s->why, path) : e;
}

/* Was it made to its end? Without what it borrows it holds chains that nobody can follow. */
static enum err is_whole(bool *out, const char *path)
{
    struct buf borrowed = {0};
    enum posix_kind there = POSIX_NOTHING;
    buf_printf(&borrowed, "%s/objects/info/alternates", path);
    const char *name = buf_text(&borrowed);
    enum err e = name ? posix_look(&there, name) : ERR_MEMORY;
    buf_free(&borrowed);
    *out = there == POSIX_OTHER;
    return e;
}

enum err meet_stage_open(struct log **out, struct site *s, const char *path, bool fresh)
{
    bool whole = false;
    *out = NULL;
    enum err e = fresh ? OK : is_whole(&whole, path);
    if (e == OK) {
        e = whole ? log_open(out, &s->why, path) : ERR_NOT_FOUND;
    }
    return e == OK || e == ERR_MEMORY ? e : make(out, s, path);
}

enum err meet_stage_lock(int *fd, struct arena *a, struct site *s, const char *name)
{
    const char *path;
    *fd = -1;
    enum err e = meet_stage_path(&path, a, s, name, ".lock");
    if (e == OK) {
        e = posix_lock(fd, path, LOCK_WAIT_MS);
        if (e == ERR_BUSY) {
            e = why_set(&s->why, e, WHY("somebody else is meeting there; try again"), "%s", name);
        } else if (e != OK && e != ERR_MEMORY) {
            e = why_set(&s->why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", path);
        }
    }
    return e;
}
