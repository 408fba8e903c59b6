#include "sync/draft.h"

#include "sync/core.h"

#include <string.h>

static enum err check_name(struct site *s, const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";
    const size_t len = strlen(name);
    if (len == 0 || len > DRAFT_NAME_MAX || strspn(name, letters) != len) {
        return why_set(&s->why, ERR_INPUT,
                       WHY("a draft's name is 1 to 100 of A-Z, a-z, 0-9, point, underscore, colon "
                           "and hyphen"),
                       "%.100s", name);
    }
    return OK;
}

enum err draft_list(struct draft_list *out, struct arena *a, struct site *s)
{
    size_t count = 0;
    struct draft_row *rows = arena_array(a, DRAFT_COUNT_MAX, sizeof *rows);
    struct db_row *q = db_use(s->db, "SELECT name, saved FROM draft ORDER BY saved DESC, name LIMIT 200");
    while (db_next(q) && rows && count < DRAFT_COUNT_MAX) {
        rows[count++] =
            (struct draft_row){.name = arena_text(a, span_str(db_col_text(q, 0))), .saved_ms = db_col_int(q, 1)};
    }
    enum err e = db_end(q);
    *out = (struct draft_list){.count = count, .rows = rows};
    return e == OK && a->failed ? ERR_MEMORY : e;
}

static enum err check_room(struct site *s, const char *name)
{
    int64_t others = 0;
    struct db_row *q = db_use(s->db, "SELECT count(*) FROM draft WHERE name <> ?");
    db_text(q, 1, name);
    enum err e = db_get_int(&others, q, 0);
    return e == OK && others >= DRAFT_COUNT_MAX
               ? why_set(&s->why, ERR_LIMIT, WHY("there are too many drafts: save or discard some"), "%d",
                         DRAFT_COUNT_MAX)
               : e;
}

static enum err write_row(struct site *s, const char *name, struct span body)
{
    struct db_row *q = db_use(s->db, "INSERT INTO draft(name, saved, body) VALUES(?1, ?2, ?3)"
                                     " ON CONFLICT(name) DO UPDATE SET saved = ?2, body = ?3");
    db_text(q, 1, name);
    db_int(q, 2, (int64_t)s->now_ms());
    db_blob(q, 3, body.ptr, body.len);
    return db_run(q);
}

enum err draft_put(struct site *s, const char *name, struct span body)
{
    enum err e = check_name(s, name);
    if (e == OK && body.len > DRAFT_MAX) {
        e = why_set(&s->why, ERR_LIMIT, WHY("that draft is too large"), "%zu", body.len);
    }
    if (e == OK) {
        e = db_begin(s->db);
    }
    if (e != OK) {
        return e;
    }
    e = check_room(s, name);
    if (e == OK) {
        e = write_row(s, name, body);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    return e;
}

enum err draft_get(struct buf *out, int64_t *saved_ms, struct site *s, const char *name)
{
    bool found = false;
    struct db_row *q = db_use(s->db, "SELECT saved, body FROM draft WHERE name = ?");
    db_text(q, 1, name);
    if (db_next(q)) {
        found = true;
        *saved_ms = db_col_int(q, 0);
        buf_put_span(out, db_col_blob(q, 1));
    }
    enum err e = db_end(q);
    if (e == OK && !found) {
        return why_set(&s->why, ERR_NOT_FOUND, WHY("there is no such draft"), "%.100s", name);
    }
    return e == OK ? buf_check(out) : e;
}

enum err draft_drop(struct site *s, const char *name)
{
    struct db_row *q = db_use(s->db, "DELETE FROM draft WHERE name = ?");
    db_text(q, 1, name);
    return db_run(q);
}
