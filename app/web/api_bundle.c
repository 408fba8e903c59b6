#include "app/web/api.h"

#include "app/cli/call.h"
#include "app/web/reply.h"
#include "sync/meet.h"
#include "sync/posix.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "carried" /* in the home: bundles that the browser brings and fetches */

/* The place of that name: its file, in the arena. A name is one that needs no escape in a path. */
static enum err place_of(const char **out, struct arena *a, struct web *w, struct why *why, const char *name)
{
    const size_t len = strlen(name);
    if (len == 0 || len > 64 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != len) {
        return why_set(why, ERR_INPUT,
                       N_("a place that the browser carries for is named by 1 to 64 of a-z, 0-9, _ and -"), "%.100s",
                       name);
    }
    *out = arena_printf(a, "%s/" FOLDER "/%s.bundle", w->home, name);
    return *out ? OK : ERR_MEMORY;
}

/* ERR_EXISTS: the name is another place's. ERR_NOT_FOUND: there is none. */
static enum err check_place(struct arena *a, struct web *w, struct why *why, const char *name, const char *path)
{
    const char *url = NULL;
    enum err e = meet_url(&url, a, w->site, name);
    if (e == OK && strcmp(url, path) != 0) {
        return why_set(why, ERR_EXISTS, N_("that name is another place's"), "%s", name);
    }
    if (e != OK) {
        *why = *site_why(w->site);
    }
    return e;
}

static enum err make_folder(struct arena *a, struct web *w, struct why *why)
{
    const char *folder = arena_printf(a, "%s/" FOLDER, w->home);
    if (!folder) {
        return ERR_MEMORY;
    }
    enum err e = posix_is_dir(folder) ? OK : posix_make_dir(folder);
    return e == OK ? OK : why_set(why, ERR_STORAGE, N_("the folder cannot be made"), "%s", folder);
}

static enum err add_place(struct arena *a, struct web *w, struct why *why, const char *name)
{
    const char *path = NULL;
    enum err e = place_of(&path, a, w, why, name);
    if (e == OK) {
        e = make_folder(a, w, why);
    }
    if (e == OK) {
        e = check_place(a, w, why, name, path);
    }
    if (e == ERR_NOT_FOUND) {
        e = meet_add(w->site, name, path);
        *why = *site_why(w->site);
    }
    return e;
}

static void answer(struct http_request *q, enum err e, const struct why *why)
{
    if (e == OK) {
        reply_done(&q->answer);
    } else {
        reply_why(&q->answer, e, why);
    }
}

void api_bundle_add(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    enum err e = add_place(&a, w, &why, rest);
    answer(q, e, &why);
    arena_free(&a);
}

/* The file that lies there, once the place is known to be one of these. */
static enum err find(const char **path, struct arena *a, struct web *w, struct why *why, const char *name)
{
    enum err e = place_of(path, a, w, why, name);
    return e == OK ? check_place(a, w, why, name, *path) : e;
}

void api_bundle_put(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *path = NULL;
    enum err e = find(&path, &a, w, &why, rest);
    if (e == OK && posix_write_file(path, span_buf(&q->body)) != OK) {
        e = why_set(&why, ERR_STORAGE, N_("that file cannot be written"), "%s", path);
    }
    answer(q, e, &why);
    arena_free(&a);
}

void api_bundle_get(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *path = NULL;
    enum err e = find(&path, &a, w, &why, rest);
    if (e == OK) {
        e = posix_read_file(&q->answer.body, path, API_BUNDLE);
    }
    if (e == ERR_NOT_FOUND && !why.text[0]) {
        e = why_set(&why, e, N_("there is nothing to carry"), "%s", rest);
    }
    if (e == OK) {
        q->answer.status = 200;
        q->answer.type = "application/octet-stream";
    } else {
        reply_why(&q->answer, e, &why);
    }
    arena_free(&a);
}

void api_bundle_drop(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *path = NULL;
    enum err e = find(&path, &a, w, &why, rest);
    if (e == OK && posix_exists(path) && remove(path) != 0) {
        e = why_set(&why, ERR_STORAGE, N_("that file cannot be written"), "%s", path);
    }
    answer(q, e, &why);
    arena_free(&a);
}
