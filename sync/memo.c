#include "sync/memo.h"

#include <stdlib.h>
#include <string.h>

#include "sync/arena.h"
#include "sync/core.h"

bool memo_rests_on(struct uuid *out, const struct memo_row *row, size_t i)
{
    if (i >= row->rests_on.len / sizeof out->b) {
        return false;
    }
    memcpy(out->b, row->rests_on.ptr + i * sizeof out->b, sizeof out->b);
    return true;
}

enum err memo_begin(bool *got, struct site *s, bool wait)
{
    *got = false;
    if (db_in_transaction(s->db)) {
        return OK;
    }
    if (!wait) {
        return db_begin_now(got, s->db);
    }
    enum err e = db_begin(s->db);
    *got = e == OK;
    return e == ERR_BUSY ? OK : e;
}

enum err memo_commit(struct site *s)
{
    return db_commit(s->db);
}

void memo_cancel(struct site *s)
{
    db_rollback(s->db);
}

/* INT32_MAX to INT32_MIN: no day is in it, and every day is outside it on both sides. */
#define SPOILED_FROM "2147483647"
#define SPOILED_TO "-2147483648"
#define ROW_COLUMNS "m.key, m.day_from, m.day_to, m.rests_on, m.value"

static struct span copy(struct arena *a, struct span bytes)
{
    uint8_t *to = arena_alloc(a, bytes.len);
    if (to && bytes.len > 0) {
        memcpy(to, bytes.ptr, bytes.len);
    }
    return span_of(to, to ? bytes.len : 0);
}

/* Borrows from q. */
static void read_row(struct memo_row *out, struct db_row *q)
{
    *out = (struct memo_row){.from = (int32_t)db_col_int(q, 1), .to = (int32_t)db_col_int(q, 2)};
    db_col_copy(q, 0, out->key.b, ID_LEN);
    out->rests_on = db_col_blob(q, 3);
    out->value = db_col_blob(q, 4);
}

enum err memo_get(bool *found, struct memo_row *out, struct arena *a, struct site *s, const char *kind,
                  const struct uuid *key)
{
    struct db_row *q = db_use(s->db, "SELECT " ROW_COLUMNS " FROM memo m WHERE m.kind = ? AND m.key = ?");
    db_text(q, 1, kind);
    db_blob(q, 2, key->b, ID_LEN);
    *found = db_next(q);
    if (*found) {
        read_row(out, q);
        out->rests_on = copy(a, out->rests_on);
        out->value = copy(a, out->value);
    }
    enum err e = db_end(q);
    return e == OK && a->failed ? ERR_MEMORY : e;
}

enum err memo_put(struct site *s, const char *kind, const struct memo_row *row)
{
    struct db_row *q = db_use(s->db, "INSERT INTO memo(kind, key, day_from, day_to, rests_on, value)"
                                     " VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET day_from = excluded.day_from,"
                                     " day_to = excluded.day_to, rests_on = excluded.rests_on, value = excluded.value");
    db_text(q, 1, kind);
    db_blob(q, 2, row->key.b, ID_LEN);
    db_int(q, 3, row->from);
    db_int(q, 4, row->to);
    db_blob(q, 5, row->rests_on.ptr, row->rests_on.len);
    db_blob(q, 6, row->value.ptr, row->value.len);
    return db_run(q);
}

/* A statement about one row of that kind. */
static enum err run_on(struct site *s, const char *sql, const char *kind, const struct uuid *key)
{
    struct db_row *q = db_use(s->db, sql);
    db_text(q, 1, kind);
    if (key) {
        db_blob(q, 2, key->b, ID_LEN);
    }
    return db_run(q);
}

enum err memo_drop(struct site *s, const char *kind, const struct uuid *key)
{
    return run_on(s, "DELETE FROM memo WHERE kind = ? AND key = ?", kind, key);
}

enum err memo_drop_all(struct site *s, const char *kind)
{
    return run_on(s, "DELETE FROM memo WHERE kind = ?", kind, NULL);
}

enum err memo_spoil(struct site *s, const char *kind, const struct uuid *key)
{
    return run_on(s,
                  "INSERT INTO memo(kind, key, day_from, day_to, rests_on, value) VALUES(?, ?, " SPOILED_FROM
                  ", " SPOILED_TO ", x'', x'') ON CONFLICT DO UPDATE SET day_from = " SPOILED_FROM
                  ", day_to = " SPOILED_TO,
                  kind, key);
}

enum err memo_spoil_kept(struct site *s, const char *kind, const struct uuid *key)
{
    return run_on(s, "UPDATE memo SET day_from = " SPOILED_FROM ", day_to = " SPOILED_TO " WHERE kind = ? AND key = ?",
                  kind, key);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, ID_LEN);
}

static bool rests_on(struct span on, const struct uuid *ids, size_t count)
{
    for (size_t at = 0; at + ID_LEN <= on.len; at += ID_LEN) {
        if (bsearch(on.ptr + at, ids, count, sizeof *ids, by_id)) {
            return true;
        }
    }
    return false;
}

enum err memo_spoil_resting_on(struct site *s, const char *kind, const struct uuid *ids, size_t count)
{
    struct buf keys = {0};
    if (count == 0) {
        return run_on(s, "UPDATE memo SET day_from = " SPOILED_FROM ", day_to = " SPOILED_TO " WHERE kind = ?", kind,
                      NULL);
    }
    struct db_row *q = db_use(s->db, "SELECT " ROW_COLUMNS " FROM memo m WHERE m.kind = ?");
    db_text(q, 1, kind);
    while (db_next(q)) {
        struct memo_row row;
        read_row(&row, q);
        if (rests_on(row.rests_on, ids, count)) {
            buf_put(&keys, row.key.b, ID_LEN);
        }
    }
    enum err e = db_end(q);
    e = e == OK ? buf_check(&keys) : e;
    for (size_t at = 0; e == OK && at < keys.len; at += ID_LEN) {
        struct uuid key;
        memcpy(key.b, keys.ptr + at, ID_LEN);
        e = memo_spoil(s, kind, &key);
    }
    buf_free(&keys);
    return e;
}

enum err memo_due(struct buf *out, struct site *s, const char *kind, int32_t day, size_t max)
{
    struct db_row *q = db_use(s->db, "SELECT key FROM memo WHERE kind = ?1 AND day_to < ?2"
                                     " UNION SELECT key FROM memo WHERE kind = ?1 AND day_from > ?2"
                                     " LIMIT ?3");
    db_text(q, 1, kind);
    db_int(q, 2, day);
    db_int(q, 3, (int64_t)max);
    while (db_next(q)) {
        struct uuid key;
        db_col_copy(q, 0, key.b, ID_LEN);
        buf_put(out, key.b, ID_LEN);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(out) : e;
}

enum err memo_each(struct site *s, const char *kind, enum err (*fn)(void *ctx, const struct memo_row *row), void *ctx)
{
    struct db_row *q =
        db_use(s->db, "SELECT " ROW_COLUMNS " FROM memo m WHERE m.kind = ? AND length(m.value) > 0 ORDER BY m.key");
    enum err e = OK;
    db_text(q, 1, kind);
    while (e == OK && db_next(q)) {
        struct memo_row row;
        read_row(&row, q);
        e = fn(ctx, &row);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}
