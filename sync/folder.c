#include "sync/folder.h"

#include "sync/posix.h"

#include <string.h>

#define LOCK_NAME "samplan.lock"
#define LOCK_WAIT_MS 30000

static enum err inside(struct buf *out, const char *path, const char *name)
{
    buf_printf(out, "%s/%s", path, name);
    return buf_text(out) ? OK : ERR_MEMORY;
}

static enum err is_repository(bool *yes, const char *path)
{
    struct buf head = {0};
    enum posix_kind there = POSIX_NOTHING;
    enum err e = inside(&head, path, "HEAD");
    if (e == OK) {
        e = posix_look(&there, (const char *)head.ptr);
    }
    *yes = there != POSIX_NOTHING;
    buf_free(&head);
    return e;
}

/* Is the folder free to be made a meeting place? What a crash in the midst of that left may lie there; its locks would
 * stop the next. */
static enum err is_free(bool *out, const char *path)
{
    static const char *const begun[] = {"HEAD.lock", "config.lock", "branches", "config", "description",
                                        "hooks",     "info",        "objects",  "refs",   NULL};
    enum err e = posix_is_empty(out, path, begun);
    for (size_t i = 0; e == OK && *out && i < 2; i++) {
        struct buf lock = {0};
        e = inside(&lock, path, begun[i]);
        if (e == OK) {
            posix_remove_tree((const char *)lock.ptr);
        }
        buf_free(&lock);
    }
    return e;
}

enum err folder_prepare(struct why *w, const char *path)
{
    bool ready = false;
    struct log *log = NULL;
    if (path[0] != '/') {
        return why_set(w, ERR_INPUT, WHY("a meeting place is a folder, given by its whole path"), "%s", path);
    }
    enum err e = posix_make_dir(path);
    if (e == ERR_EXISTS && posix_is_dir(path)) {
        e = OK;
    }
    if (e != OK) {
        return e == ERR_MEMORY ? e : why_set(w, ERR_TRANSPORT, WHY("the folder cannot be made"), "%s", path);
    }
    bool empty = false;
    e = is_repository(&ready, path);
    if (e == OK && !ready) {
        e = is_free(&empty, path);
    }
    if (e == ERR_STORAGE || e == ERR_NOT_FOUND) {
        e = why_set(w, ERR_TRANSPORT, WHY("the folder cannot be used as a meeting place"), "%s", path);
    } else if (e == OK && !ready && !empty) {
        e = why_set(w, ERR_INPUT, WHY("the folder holds other things; name a new folder in it"), "%s", path);
    }
    if (e != OK) {
        return e;
    }
    e = ready ? log_open(&log, w, path) : log_create(&log, w, path);
    log_close(log);
    return e == OK || e == ERR_MEMORY
               ? e
               : why_set(w, ERR_TRANSPORT, WHY("the folder cannot be used as a meeting place"), "%s", path);
}

enum err folder_enter(struct folder *f, struct why *w, const char *path)
{
    struct buf lock = {0};
    *f = (struct folder){.lock = -1};
    enum err e = inside(&lock, path, LOCK_NAME);
    if (e == OK && !posix_is_dir(path)) {
        e = why_set(w, ERR_TRANSPORT, WHY("the meeting place is gone; is the stick in? Nothing was lost"), "%s", path);
    }
    if (e == OK) {
        e = log_open(&f->log, w, path);
        if (e != OK && e != ERR_MEMORY) {
            e = why_set(w, ERR_TRANSPORT, WHY("the folder is not a meeting place; add it again"), "%s", path);
        }
    }
    if (e == OK) {
        e = posix_lock(&f->lock, (const char *)lock.ptr, LOCK_WAIT_MS);
        if (e == ERR_BUSY) {
            e = why_set(w, e, WHY("somebody else is meeting there; try again"), "%s", path);
        } else if (e != OK && e != ERR_MEMORY) {
            e = why_set(w, ERR_TRANSPORT, WHY("the meeting place cannot be written; nothing was lost"), "%s", path);
        }
    }
    buf_free(&lock);
    if (e != OK) {
        folder_leave(f);
    }
    return e;
}

void folder_leave(struct folder *f)
{
    log_close(f->log);
    posix_unlock(f->lock);
    *f = (struct folder){.lock = -1};
}
