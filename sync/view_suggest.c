#include "sync/chains.h"
#include "sync/suggest.h"
#include "sync/view.h"

#include <string.h>

/* An operation on the field that both heads have in their past. */
struct common {
    struct stand at;
    const char *value;
};

/* From a row of tx, chain, first, clock_ms and epoch. */
static struct stand read_stand(const struct db_row *q)
{
    struct stand at = chains_at(db_col_int(q, 0), db_col_int(q, 1), (uint64_t)db_col_int(q, 2));
    at.clock_ms = db_col_int(q, 3);
    at.epoch = db_col_int(q, 4);
    return at;
}

static enum err stand_of(struct stand *out, struct site *s, const struct view_object *o, const struct view_field *f,
                         size_t head)
{
    const struct dot *dot = &f->values[head].by.tx;
    struct db_row *q = db_use(
        s->db, "SELECT p.tx, r.chain, r.first, p.clock_ms, p.epoch FROM object b"
               " JOIN object_op a ON a.object = b.id JOIN op p ON p.id = a.op JOIN record r ON r.seq = p.tx_record"
               " JOIN chain c ON c.id = r.chain WHERE b.section = ? AND b.uuid = ?"
               " AND a.head IN (0, 1) AND a.field = ? AND c.chain = ? AND r.first + p.tx_place = ?"
               " AND p.state = 0 ORDER BY p.id DESC LIMIT 1");
    db_int(q, 1, o->key.section);
    db_blob(q, 2, o->key.id.b, ID_LEN);
    db_int(q, 3, f->field->number);
    db_blob(q, 4, dot->chain.b, ID_LEN);
    db_int(q, 5, (int64_t)dot->n);
    *out = (struct stand){0};
    if (db_next(q)) {
        *out = read_stand(q);
    }
    return db_end(q);
}

static enum err in_both(bool *out, struct site *s, const struct stand heads[2], const struct stand *at)
{
    enum err e = chains_past(out, s, &heads[0], at);
    return e == OK && *out ? chains_past(out, s, &heads[1], at) : e;
}

/* Keeps the common operations that no other common one has in its past. */
static enum err join_common(struct common *tops, size_t *count, struct site *s, const struct common *next)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool gone = tops[i].at.tx == next->at.tx;
        enum err e = gone ? OK : chains_past(&gone, s, &next->at, &tops[i].at);
        if (e != OK) {
            return e;
        }
        if (!gone) {
            tops[kept++] = tops[i];
        }
    }
    tops[kept++] = *next;
    *count = kept;
    return OK;
}

#define COMMON_MAX 64 /* concurrent common ancestors looked at; one is what is hoped for */

static enum err find_base(const char **base, struct arena *a, struct site *s, const struct view_object *o,
                          const struct view_field *f, const struct stand heads[2])
{
    struct common tops[COMMON_MAX + 1];
    size_t count = 0;
    struct db_row *q = db_use(
        s->db, "SELECT p.tx, r.chain, r.first, p.clock_ms, p.epoch, p.value FROM object b"
               " JOIN object_op a ON a.object = b.id JOIN op p ON p.id = a.op JOIN record r ON r.seq = p.tx_record"
               " WHERE b.section = ? AND b.uuid = ? AND a.head IN (0, 1) AND a.field = ? AND p.state = 0"
               " AND p.code = 1 ORDER BY p.tx, p.id");
    enum err e = OK;
    db_int(q, 1, o->key.section);
    db_blob(q, 2, o->key.id.b, ID_LEN);
    db_int(q, 3, f->field->number);
    while (e == OK && count <= COMMON_MAX - 1 && db_next(q)) {
        struct common c = {.at = read_stand(q)};
        bool both = false;
        e = in_both(&both, s, heads, &c.at);
        if (e == OK && both) {
            const char *value = db_col_text(q, 5);
            c.value = value ? arena_text(a, span_str(value)) : "";
            e = c.value ? join_common(tops, &count, s, &c) : ERR_MEMORY;
        }
    }
    enum err end = db_end(q);
    *base = e == OK && end == OK && count == 1 ? tops[0].value : NULL;
    return e != OK ? e : end;
}

enum err view_suggest(struct view_suggestion *out, struct arena *a, struct site *s, const struct view_object *o,
                      const struct view_field *f)
{
    struct stand heads[2];
    struct buf merged = {0};
    bool clean = false;
    *out = (struct view_suggestion){0};
    if (!f->field || !f->conflict || f->count != 2) {
        return OK;
    }
    enum err e = stand_of(&heads[0], s, o, f, 0);
    if (e == OK) {
        e = stand_of(&heads[1], s, o, f, 1);
    }
    if (e == OK) {
        e = find_base(&out->base, a, s, o, f, heads);
    }
    const char *mine = f->values[0].value;
    const char *theirs = f->values[1].value;
    if (e == OK && out->base && f->field->merge == MERGE_TEXT && mine && theirs) {
        e = suggest_merge(&merged, &clean, span_str(out->base), span_str(mine), span_str(theirs));
        e = e == ERR_LIMIT ? OK : e;
    }
    if (e == OK && clean) {
        out->merged = arena_text(a, span_buf(&merged));
        e = out->merged ? OK : ERR_MEMORY;
    }
    buf_free(&merged);
    return e;
}
