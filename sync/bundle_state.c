#include "sync/bundle.h"

#include "sync/core.h"

#include <string.h>

static enum err key_of(struct buf *key, const char *what, const char *name)
{
    buf_printf(key, "bundle %s %s", what, name);
    return buf_text(key) ? OK : ERR_MEMORY;
}

static enum err get(bool *found, struct buf *out, struct site *s, const char *what, const char *name)
{
    struct buf key = {0};
    *found = false;
    enum err e = key_of(&key, what, name);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "SELECT value FROM meta WHERE name = ?");
        db_text(q, 1, (const char *)key.ptr);
        if (db_next(q)) {
            *found = true;
            buf_put_span(out, db_col_blob(q, 0));
        }
        e = db_end(q);
    }
    buf_free(&key);
    return e == OK ? buf_check(out) : e;
}

static enum err put(struct site *s, const char *what, const char *name, struct span value)
{
    struct buf key = {0};
    enum err e = key_of(&key, what, name);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT INTO meta(name, value) VALUES(?, ?)"
                                         " ON CONFLICT(name) DO UPDATE SET value = excluded.value");
        db_text(q, 1, (const char *)key.ptr);
        db_blob(q, 2, value.ptr, value.len);
        e = db_run(q);
    }
    buf_free(&key);
    return e;
}

static enum err drop(struct site *s, const char *what, const char *name)
{
    struct buf key = {0};
    enum err e = key_of(&key, what, name);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "DELETE FROM meta WHERE name = ?");
        db_text(q, 1, (const char *)key.ptr);
        e = db_run(q);
    }
    buf_free(&key);
    return e;
}

/* A file's hash, and how far it brings its readers. */
static enum err get_sent(bool *found, struct hash *hash, struct buf *rows, struct site *s, const char *what,
                         const char *name)
{
    struct buf value = {0};
    enum err e = get(found, &value, s, what, name);
    if (e == OK && value.len < HASH_LEN) {
        *found = false;
    } else if (e == OK) {
        memcpy(hash->b, value.ptr, HASH_LEN);
        buf_put(rows, value.ptr + HASH_LEN, value.len - HASH_LEN);
        e = buf_check(rows);
    }
    buf_free(&value);
    return e;
}

/* A file was announced. It was placed if it is what lies there; else it counts for nothing (or was carried away in the
 * very moment: then it is sent once more). */
static enum err settle(struct bundle_state *st, struct site *s, const char *name, const struct hash *lies)
{
    struct hash hash;
    struct buf rows = {0};
    bool announced;
    enum err e = get_sent(&announced, &hash, &rows, s, "next", name);
    if (e == OK && announced && lies && memcmp(&hash, lies, sizeof hash) == 0) {
        buf_free(&st->sent);
        st->sent = rows;
        st->sent_hash = hash;
        st->has_sent = true;
        return OK;
    }
    buf_free(&rows);
    return e;
}

enum err bundle_state_load(struct bundle_state *st, struct site *s, const char *name, const struct hash *lies)
{
    bool found;
    enum err e = get(&found, &st->base, s, "base", name);
    if (e == OK) {
        e = get(&found, &st->waits, s, "waits", name);
    }
    if (e == OK) {
        e = get_sent(&st->has_sent, &st->sent_hash, &st->sent, s, "sent", name);
    }
    return e == OK ? settle(st, s, name, lies) : e;
}

static enum err write_all(struct site *s, const char *name, const struct bundle_state *st)
{
    struct buf sent = {0};
    buf_put(&sent, st->sent_hash.b, HASH_LEN);
    buf_put_span(&sent, span_buf(&st->sent));
    enum err e = buf_check(&sent);
    if (e == OK) {
        e = put(s, "base", name, span_buf(&st->base));
    }
    if (e == OK) {
        e = put(s, "waits", name, span_buf(&st->waits));
    }
    if (e == OK) {
        e = st->has_sent ? put(s, "sent", name, span_buf(&sent)) : drop(s, "sent", name);
    }
    buf_free(&sent);
    return e == OK ? drop(s, "next", name) : e;
}

enum err bundle_state_keep(struct site *s, const char *name, const struct bundle_state *st)
{
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = write_all(s, name, st);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    return e;
}

enum err bundle_state_announce(struct site *s, const char *name, const struct hash *hash, const struct buf *sent)
{
    struct buf value = {0};
    buf_put(&value, hash->b, HASH_LEN);
    buf_put_span(&value, span_buf(sent));
    enum err e = buf_check(&value);
    if (e == OK) {
        e = put(s, "next", name, span_buf(&value));
    }
    buf_free(&value);
    return e;
}

enum err bundle_state_forget(struct site *s, const char *name)
{
    static const char *const what[] = {"base", "waits", "sent", "next"};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof what / sizeof *what; i++) {
        e = drop(s, what[i], name);
    }
    return e;
}

void bundle_state_free(struct bundle_state *st)
{
    buf_free(&st->base);
    buf_free(&st->sent);
    buf_free(&st->waits);
}
