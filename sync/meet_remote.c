#include "sync/meet.h"

#include "sync/bundle.h"
#include "sync/folder.h"
#include "sync/home.h"
#include "sync/host.h"
#include "sync/meet_core.h"
#include "sync/posix.h"

#include <string.h>

#define NAME_MAX_LEN 64
#define BUNDLE_SUFFIX ".bundle"

enum meet_kind meet_kind_of(const char *url)
{
    const size_t len = strlen(url);
    const size_t end = sizeof BUNDLE_SUFFIX - 1;
    if (host_is_url(url)) {
        return MEET_HOST;
    }
    if (url[0] != '/') {
        return MEET_NONE;
    }
    return len > end && strcmp(url + len - end, BUNDLE_SUFFIX) == 0 ? MEET_BUNDLE : MEET_FOLDER;
}

enum err meet_list(struct meet_remotes *out, struct arena *a, struct site *s)
{
    int64_t count = 0;
    *out = (struct meet_remotes){0};
    enum err e = db_get_int(&count, db_use(s->db, "SELECT count(*) FROM remote"), 0);
    struct meet_remote *list = e == OK ? arena_array(a, (size_t)count, sizeof *list) : NULL;
    if (!list) {
        return e == OK ? ERR_MEMORY : e;
    }
    size_t n = 0;
    struct db_row *q = db_use(s->db, "SELECT name, url FROM remote ORDER BY name");
    while (n < (size_t)count && db_next(q)) {
        list[n].name = arena_text(a, span_str(db_col_text(q, 0)));
        list[n].url = arena_text(a, span_str(db_col_text(q, 1)));
        n++;
    }
    e = db_end(q);
    *out = (struct meet_remotes){.count = n, .remotes = list};
    return e == OK && a->failed ? ERR_MEMORY : e;
}

static bool is_remote_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX_LEN) {
        return false;
    }
    for (const char *c = name; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' || (*c == '-' && c != name);
        if (!plain && (unsigned char)*c < 0x80) {
            return false;
        }
    }
    return true;
}

static enum err prepare(struct site *s, const char *url)
{
    switch (meet_kind_of(url)) {
    case MEET_FOLDER:
        return folder_prepare(&s->why, url);
    case MEET_BUNDLE:
        return bundle_prepare(&s->why, url);
    case MEET_HOST:
        return OK;
    case MEET_NONE:
    default:
        return why_set(
            &s->why, ERR_INPUT,
            WHY("a place to meet is a folder or a .bundle file, by its whole path, or ssh://, user@host:path, "
                "https:// or file:// (without a password in it)"),
            "%s", url);
    }
}

enum err meet_add(struct site *s, const char *name, const char *url)
{
    struct arena a = {0};
    const char *clean = NULL;
    enum err e = is_remote_name(name) ? home_clean_name(&clean, &a, s, name) : ERR_INPUT;
    if (e == ERR_INPUT) {
        e = why_set(&s->why, e, WHY("a remote's name is small letters, digits, - and _"), "%s", name);
    }
    int64_t taken = 0;
    if (e == OK) {
        struct db_row *q = db_use(s->db, "SELECT 1 FROM remote WHERE name = ?");
        db_text(q, 1, clean);
        e = db_get_int(&taken, q, 0);
    }
    if (e == OK && taken) {
        e = why_set(&s->why, ERR_EXISTS, WHY("there is a remote of that name"), "%s", name);
    }
    if (e == OK) {
        e = prepare(s, url);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT INTO remote(name, url) VALUES(?, ?)");
        db_text(q, 1, clean);
        db_text(q, 2, url);
        e = db_run(q);
    }
    arena_free(&a);
    return e;
}

enum err meet_remove(struct site *s, const char *name)
{
    struct arena a = {0};
    const char *url;
    const char *path;
    int lock = -1;
    enum err e = meet_url(&url, &a, s, name);
    if (e == OK) {
        e = meet_stage_lock(&lock, &a, s, name);
    }
    if (e == OK) {
        e = meet_stage_path(&path, &a, s, name, ".git");
    }
    if (e == OK) {
        posix_remove_tree(path);
        e = bundle_forget(s, &a, name);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "DELETE FROM remote WHERE name = ?");
        db_text(q, 1, name);
        e = db_run(q);
    }
    posix_unlock(lock);
    if (e == OK && meet_stage_path(&path, &a, s, name, ".lock") == OK) {
        posix_remove_tree(path);
    }
    arena_free(&a);
    return e;
}

enum err meet_url(const char **url, struct arena *a, struct site *s, const char *name)
{
    struct db_row *q = db_use(s->db, "SELECT url FROM remote WHERE name = ?");
    db_text(q, 1, name);
    *url = db_next(q) ? arena_text(a, span_str(db_col_text(q, 0))) : NULL;
    enum err e = db_end(q);
    if (e == OK && !*url) {
        e = a->failed ? ERR_MEMORY : why_set(&s->why, ERR_NOT_FOUND, WHY("no remote of that name"), "%s", name);
    }
    return e;
}
