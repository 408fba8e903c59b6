#include "sync/object.h"

#include "sync/chains.h"
#include "sync/twins.h"

#include <stdlib.h>
#include <string.h>

#define OP_COLUMNS                                                                                                     \
    "o.id, o.tx, r.chain, r.first, o.clock_ms, o.epoch, c.chain, o.code, o.value, o.object, o.field, o.state"
#define OP_JOINS " JOIN record r ON r.seq = o.tx_record JOIN chain c ON c.id = r.chain "

static void read_op(struct object_op *out, struct arena *a, struct db_row *q)
{
    const char *value = db_col_text(q, 8);
    *out = (struct object_op){.object = db_col_int(q, 9), .field = (uint32_t)db_col_int(q, 10)};
    out->m.id = db_col_int(q, 0);
    out->m.at = chains_at(db_col_int(q, 1), db_col_int(q, 2), (uint64_t)db_col_int(q, 3));
    out->m.at.clock_ms = db_col_int(q, 4);
    out->m.at.epoch = db_col_int(q, 5);
    db_col_copy(q, 6, out->m.chain.b, ID_LEN);
    out->m.code = (enum op_code)db_col_int(q, 7);
    out->m.value = value ? arena_text(a, span_str(value)) : NULL;
    out->state = (enum op_state)db_col_int(q, 11);
}

static enum err past(bool *out, void *ctx, const struct stand *a, const struct stand *b)
{
    return chains_past(out, ctx, a, b);
}

static struct merge_world world_of(struct site *s)
{
    return (struct merge_world){.past = past, .ctx = s};
}

enum err object_prepare(struct site *s)
{
    return db_script(s->db, "CREATE TEMP TABLE IF NOT EXISTS dirty(object INTEGER PRIMARY KEY);"
                            "CREATE TEMP TABLE IF NOT EXISTS fresh_key(key_id BLOB PRIMARY KEY) WITHOUT ROWID;"
                            "CREATE TEMP TABLE IF NOT EXISTS walked(oid BLOB PRIMARY KEY) WITHOUT ROWID");
}

enum err object_mark_dirty(struct site *s, int64_t object)
{
    struct db_row *q = db_use(s->db, "INSERT INTO temp.dirty(object) VALUES(?) ON CONFLICT DO NOTHING");
    db_int(q, 1, object);
    return db_run(q);
}

/* ---- operations ---- */

/* Room for one more in an array that the arena holds. */
static bool make_room(struct object_op **rows, size_t count, size_t *cap, struct arena *a)
{
    if (count < *cap) {
        return true;
    }
    size_t grown = *cap ? 2 * *cap : 8;
    struct object_op *more = arena_array(a, grown, sizeof *more);
    if (more && count > 0) {
        memcpy(more, *rows, count * sizeof *more);
    }
    *rows = more;
    *cap = grown;
    return more != NULL;
}

static enum err load_ops(struct object_op **out, size_t *count, struct arena *a, struct db_row *q)
{
    size_t cap = 0;
    *out = NULL;
    *count = 0;
    while (db_next(q) && make_room(out, *count, &cap, a)) {
        read_op(&(*out)[(*count)++], a, q);
    }
    enum err e = db_end(q);
    return e == OK && a->failed ? ERR_MEMORY : e;
}

enum err object_enter(struct site *s, int64_t object, bool head, uint32_t field, int64_t op)
{
    struct db_row *q = db_use(s->db, "INSERT INTO object_op(object, head, field, op) VALUES(?, ?, ?, ?)");
    db_int(q, 1, object);
    db_int(q, 2, head);
    db_int(q, 3, field);
    db_int(q, 4, op);
    return db_run(q);
}

enum err object_set_head(struct site *s, int64_t object, bool head, uint32_t field, int64_t op)
{
    struct db_row *q = db_use(s->db, "UPDATE object_op SET head = ?2 WHERE object = ?1 AND head = 1 - ?2 AND field = ?3"
                                     " AND op = ?4");
    db_int(q, 1, object);
    db_int(q, 2, head);
    db_int(q, 3, field);
    db_int(q, 4, op);
    return db_run(q);
}

enum err object_heads(struct object_op **out, size_t *count, struct arena *a, struct site *s, int64_t object,
                      uint32_t field)
{
    struct db_row *q = db_use(s->db, "SELECT " OP_COLUMNS " FROM object_op h JOIN op o ON o.id = h.op" OP_JOINS
                                     "WHERE h.object = ? AND h.head = 1 AND h.field = ?");
    db_int(q, 1, object);
    db_int(q, 2, field);
    return load_ops(out, count, a, q);
}

/* ---- life ---- */

static int by_place(const void *a, const void *b)
{
    const struct object_op *x = a;
    const struct object_op *y = b;
    if (x->place != y->place) {
        return x->place < y->place ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Of twins, those on the branch with the lowest id count, from the first one's place in the order. */
static enum err place_twins(struct object_op *rows, size_t count, struct site *s)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        bool has = false;
        rows[i].row = rows[i].place = i;
        e = twins_has(&has, s, &rows[i].m.at);
        for (size_t k = 0; e == OK && has && k < count; k++) {
            bool twin = false;
            if (rows[k].m.at.epoch == rows[i].m.at.epoch && rows[k].m.at.tx != rows[i].m.at.tx) {
                e = twins_are(&twin, s, &rows[k].m.at, &rows[i].m.at);
            }
            if (twin) {
                rows[i].copy = rows[i].copy || memcmp(&rows[k].m.chain, &rows[i].m.chain, ID_LEN) < 0;
                rows[i].place = k < rows[i].place ? k : rows[i].place;
            }
        }
    }
    if (e == OK && count > 1) {
        qsort(rows, count, sizeof *rows, by_place);
    }
    return e;
}

/* A transaction may write in two epochs of the section: the successor's operations come after. */
enum err object_ops(struct object_op **out, size_t *count, struct arena *a, struct site *s, int64_t object)
{
    struct db_row *q = db_use(s->db, "SELECT " OP_COLUMNS " FROM object_op a JOIN op o ON o.id = a.op" OP_JOINS
                                     "WHERE a.object = ? ORDER BY o.tx,"
                                     " (SELECT count(*) FROM epoch_past y WHERE y.epoch = o.epoch), o.id");
    db_int(q, 1, object);
    enum err e = load_ops(out, count, a, q);
    return e == OK && s->twins ? place_twins(*out, *count, s) : e;
}

enum err object_settle_life(struct site *s, int64_t object)
{
    struct arena a = {0};
    struct object_op *rows = NULL;
    size_t count = 0;
    size_t standing = 0;
    enum object_life life = LIFE_HERE;
    struct merge_world world = world_of(s);
    enum err e = object_ops(&rows, &count, &a, s, object);
    struct merge_op *ops = e == OK ? arena_array(&a, count, sizeof *ops) : NULL;
    e = e == OK && !ops ? ERR_MEMORY : e;
    for (size_t i = 0; e == OK && i < count; i++) {
        if (rows[i].state == OP_STANDS && !rows[i].copy) {
            ops[standing++] = rows[i].m;
        }
    }
    if (e == OK) {
        e = merge_life(&life, ops, standing, &world);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "UPDATE object SET life = ? WHERE id = ?");
        db_int(q, 1, life);
        db_int(q, 2, object);
        e = db_run(q);
    }
    arena_free(&a);
    return e;
}

/* ---- objects ---- */

void object_read(struct object_row *out, struct site *s, const struct db_row *q)
{
    *out = (struct object_row){.id = db_col_int(q, 0), .removals = db_col_int(q, 2)};
    out->type = db_col_is_null(q, 1) ? NULL : schema_type_numbered(s->schema, (uint64_t)db_col_int(q, 1));
}

/* What an operation of that kind on an object of that type comes to, where its signer may write. */
enum op_state object_weigh(const char **why, struct site *s, const struct section_row *section,
                           const struct schema_type *type, const struct object_op *op)
{
    bool unknown = false;
    *why = judge_schema(&unknown, s->schema, section, type, op->m.code, op->field, op->m.value);
    return *why ? OP_MISFIT : unknown ? OP_NOT_KNOWN : OP_STANDS;
}
