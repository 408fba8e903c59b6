#include "sync/object.h"

#include "sync/chains.h"
#include "sync/twins.h"
#include "sync/typed.h"

#include <stdlib.h>
#include <string.h>

#define OP_COLUMNS                                                                                                     \
    "o.id, t.id, t.chain, t.n, t.record, o.clock_ms, o.epoch, c.chain, o.code, o.value, o.object, o.field, o.state"
#define OP_JOINS " JOIN tx t ON t.id = o.tx JOIN chain c ON c.id = t.chain "

static void read_op(struct object_op *out, struct arena *a, struct db_row *q)
{
    const char *value = db_col_text(q, 9);
    *out = (struct object_op){.object = db_col_int(q, 10), .field = (uint32_t)db_col_int(q, 11)};
    out->m.id = db_col_int(q, 0);
    out->m.at = (struct stand){.tx = db_col_int(q, 1),
                               .chain = db_col_int(q, 2),
                               .n = (uint64_t)db_col_int(q, 3),
                               .record = db_col_int(q, 4),
                               .clock_ms = db_col_int(q, 5),
                               .epoch = db_col_int(q, 6)};
    db_col_copy(q, 7, out->m.chain.b, ID_LEN);
    out->m.code = (enum op_code)db_col_int(q, 8);
    out->m.value = value ? arena_text(a, span_str(value)) : NULL;
    out->state = (enum op_state)db_col_int(q, 12);
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

/* ---- heads ---- */

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

static enum err head_row(struct site *s, const char *sql, int64_t object, uint32_t field, int64_t op)
{
    struct db_row *q = db_use(s->db, sql);
    db_int(q, 1, object);
    db_int(q, 2, field);
    db_int(q, 3, op);
    return db_run(q);
}

static enum err show(struct site *s, const struct object_op *op, const struct schema_type *type,
                     const struct schema_field *field, const struct merge_op *heads, size_t count, bool was_many)
{
    const struct merge_op *shown = &heads[0];
    for (size_t i = 1; i < count; i++) {
        shown = merge_before(&heads[i], shown) ? &heads[i] : shown;
    }
    enum err e = typed_set(s, type, field, op->object, shown->value);
    if (e != OK || (count < 2 && !was_many)) {
        return e;
    }
    struct db_row *q = merge_in_conflict(heads, count)
                           ? db_use(s->db, "INSERT INTO conflict(object, field) VALUES(?, ?) ON CONFLICT DO NOTHING")
                           : db_use(s->db, "DELETE FROM conflict WHERE object = ? AND field = ?");
    db_int(q, 1, op->object);
    db_int(q, 2, op->field);
    return db_run(q);
}

/* Joins one accepted operation to its field's heads. */
static enum err join_field(struct site *s, const struct object_op *op, const struct schema_type *type)
{
    struct arena a = {0};
    struct object_op *rows = NULL;
    size_t before = 0;
    struct merge_op *heads = NULL;
    const struct schema_field *field = schema_field_numbered(type, op->field);
    struct merge_world world = world_of(s);
    if (field->merge == MERGE_ENTRIES) {
        return head_row(s, "INSERT INTO head(object, field, op) VALUES(?, ?, ?)", op->object, op->field, op->m.id);
    }
    struct db_row *q = db_use(s->db, "SELECT " OP_COLUMNS " FROM head h JOIN op o ON o.id = h.op" OP_JOINS
                                     "WHERE h.object = ? AND h.field = ?");
    db_int(q, 1, op->object);
    db_int(q, 2, op->field);
    enum err e = load_ops(&rows, &before, &a, q);
    heads = e == OK ? arena_array(&a, before + 1, sizeof *heads) : NULL;
    e = e == OK && !heads ? ERR_MEMORY : e;
    for (size_t i = 0; e == OK && i < before; i++) {
        heads[i] = rows[i].m;
    }
    size_t count = before;
    if (e == OK) {
        e = merge_join(heads, &count, &op->m, &world);
    }
    for (size_t i = 0, k = 0; e == OK && i < before; i++) {
        if (k < count && heads[k].id == rows[i].m.id) {
            k++; /* kept heads stay in order */
        } else {
            e = head_row(s, "DELETE FROM head WHERE object = ? AND field = ? AND op = ?", op->object, op->field,
                         rows[i].m.id);
        }
    }
    if (e == OK && op->m.code != OP_DROP) {
        e = head_row(s, "INSERT INTO head(object, field, op) VALUES(?, ?, ?)", op->object, op->field, op->m.id);
    }
    if (e == OK && op->m.code == OP_SET) {
        e = show(s, op, type, field, heads, count, before > 1);
    }
    arena_free(&a);
    return e;
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
static enum err ops_of_object(struct object_op **out, size_t *count, struct arena *a, struct site *s, int64_t object)
{
    struct db_row *q =
        db_use(s->db, "SELECT " OP_COLUMNS " FROM op o" OP_JOINS "WHERE o.object = ? ORDER BY t.record, t.n,"
                      " (SELECT count(*) FROM epoch_past y WHERE y.epoch = o.epoch), o.id");
    db_int(q, 1, object);
    enum err e = load_ops(out, count, a, q);
    return e == OK && s->twins ? place_twins(*out, *count, s) : e;
}

static enum err settle_life(struct site *s, int64_t object)
{
    struct arena a = {0};
    struct object_op *rows = NULL;
    size_t count = 0;
    size_t standing = 0;
    enum object_life life = LIFE_HERE;
    struct merge_world world = world_of(s);
    enum err e = ops_of_object(&rows, &count, &a, s, object);
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

static enum err load_object(struct object_row *out, struct site *s, int64_t id)
{
    struct db_row *q = db_use(s->db, "SELECT type, removals FROM object WHERE id = ?");
    db_int(q, 1, id);
    *out = (struct object_row){.id = id};
    if (db_next(q)) {
        out->type = db_col_is_null(q, 0) ? NULL : schema_type_numbered(s->schema, (uint64_t)db_col_int(q, 0));
        out->removals = db_col_int(q, 1);
    }
    return db_end(q);
}

enum err object_find(struct object_row *out, struct site *s, int64_t section, const struct uuid *uuid)
{
    int64_t id = 0;
    struct db_row *q = db_use(s->db, "SELECT id FROM object WHERE section = ? AND uuid = ?");
    db_int(q, 1, section);
    db_blob(q, 2, uuid->b, ID_LEN);
    enum err e = db_get_int(&id, q, 0);
    bool fresh = id == 0;
    if (e == OK && fresh) {
        q = db_use(s->db, "INSERT INTO object(section, uuid) VALUES(?, ?)");
        db_int(q, 1, section);
        db_blob(q, 2, uuid->b, ID_LEN);
        e = db_run(q);
        id = db_last_id(s->db);
    }
    if (e == OK) {
        e = load_object(out, s, id);
        out->fresh = fresh;
    }
    return e;
}

static enum err set_type(struct site *s, struct object_row *object, const struct schema_type *type)
{
    struct db_row *q = db_use(s->db, "UPDATE object SET type = ? WHERE id = ?");
    db_int(q, 1, type->number);
    db_int(q, 2, object->id);
    enum err e = db_run(q);
    object->type = type;
    return e == OK ? typed_insert(s, type, object->id) : e;
}

/* Gives an accepted operation its effect, but for the object's life. */
static enum err apply(struct site *s, struct object_row *object, const struct object_op *op)
{
    enum err e = OK;
    switch (op->m.code) {
    case OP_NEW:
        e = set_type(s, object, schema_type_numbered(s->schema, op->field));
        break;
    case OP_REMOVE: {
        struct db_row *q = db_use(s->db, "UPDATE object SET removals = removals + 1 WHERE id = ?");
        db_int(q, 1, object->id);
        e = db_run(q);
        object->removals++;
        break;
    }
    case OP_KEEP:
        break;
    default:
        e = join_field(s, op, object->type);
    }
    return e;
}

enum err object_apply(struct site *s, struct object_row *object, const struct object_op *op)
{
    enum err e = apply(s, object, op);
    return e == OK && object->removals > 0 ? settle_life(s, object->id) : e;
}

static enum err set_state(struct site *s, int64_t op, enum op_state state, const char *why)
{
    struct db_row *q = db_use(s->db, "UPDATE op SET state = ?, why = ? WHERE id = ?");
    db_int(q, 1, state);
    db_text(q, 2, why);
    db_int(q, 3, op);
    return db_run(q);
}

/* What an operation of that kind on an object of that type comes to, where its signer may write. */
enum op_state object_weigh(const char **why, struct site *s, const struct section_row *section,
                           const struct schema_type *type, const struct object_op *op)
{
    bool unknown = false;
    *why = judge_schema(&unknown, s->schema, section, type, op->m.code, op->field, op->m.value);
    return *why ? OP_MISFIT : unknown ? OP_NOT_KNOWN : OP_STANDS;
}

static enum err clear_object(struct site *s, struct object_row *object)
{
    static const char *const sql[] = {"DELETE FROM head WHERE object = ?", "DELETE FROM conflict WHERE object = ?",
                                      "UPDATE object SET type = NULL, life = 0, removals = 0 WHERE id = ?"};
    enum err e = object->type ? typed_delete(s, object->type, object->id) : OK;
    for (size_t i = 0; e == OK && i < sizeof sql / sizeof sql[0]; i++) {
        struct db_row *q = db_use(s->db, sql[i]);
        db_int(q, 1, object->id);
        e = db_run(q);
    }
    object->type = NULL;
    object->removals = 0;
    return e;
}

/* Of several makings of one object, one that has none of the others in its past; of concurrent ones the earliest, in an
 * order that is the same everywhere. */
static enum err first_making(const struct object_op **out, struct site *s, const struct object_op *rows, size_t count)
{
    const struct object_op *first = NULL;
    for (size_t i = 0; i < count; i++) {
        bool after = false;
        if (rows[i].m.code != OP_NEW || rows[i].state != OP_STANDS || rows[i].copy) {
            continue;
        }
        for (size_t k = 0; k < i && !after; k++) { /* rows never stand before their past */
            if (rows[k].m.code == OP_NEW && rows[k].state == OP_STANDS && !rows[k].copy) {
                enum err e = chains_past(&after, s, &rows[i].m.at, &rows[k].m.at);
                if (e != OK) {
                    return e;
                }
            }
        }
        if (!after && (!first || merge_before(&first->m, &rows[i].m))) {
            first = &rows[i];
        }
    }
    *out = first;
    return OK;
}

static enum err section_of(struct section_row *out, struct site *s, int64_t object)
{
    int64_t section = 0;
    struct db_row *q = db_use(s->db, "SELECT section FROM object WHERE id = ?");
    db_int(q, 1, object);
    enum err e = db_get_int(&section, q, 0);
    return e == OK ? epochs_section(out, s, section) : e;
}

static enum err recompute_row(struct site *s, const struct section_row *section, struct object_row *object,
                              struct object_op *row)
{
    const char *why = NULL;
    enum err e = OK;
    enum op_state state = object_weigh(&why, s, section, object->type, row);
    if (state != row->state) {
        e = set_state(s, row->m.id, state, why);
        row->state = state;
    }
    return e == OK && state == OP_STANDS && row->m.code != OP_NEW && !row->copy ? apply(s, object, row) : e;
}

static enum err recompute(struct site *s, int64_t id)
{
    struct arena a = {0};
    struct object_op *rows = NULL;
    size_t count = 0;
    struct object_row object;
    struct section_row section;
    enum err e = load_object(&object, s, id);
    if (e == OK) {
        e = section_of(&section, s, id);
    }
    if (e == OK) {
        e = clear_object(s, &object);
    }
    if (e == OK) {
        e = ops_of_object(&rows, &count, &a, s, id);
    }
    const struct object_op *making = NULL;
    if (e == OK) {
        e = first_making(&making, s, rows, count);
    }
    if (e == OK && making) {
        e = set_type(s, &object, schema_type_numbered(s->schema, making->field));
    }
    for (size_t i = 0; e == OK && i < count; i++) {
        if (rows[i].state != OP_REFUSED) {
            e = recompute_row(s, &section, &object, &rows[i]);
        }
    }
    if (e == OK && object.removals > 0) {
        e = settle_life(s, id);
    }
    arena_free(&a);
    return e;
}

enum err object_settle(struct site *s)
{
    for (;;) {
        int64_t object = 0;
        enum err e = db_get_int(&object, db_use(s->db, "SELECT object FROM temp.dirty LIMIT 1"), 0);
        if (e != OK || object == 0) {
            return e;
        }
        e = recompute(s, object);
        if (e == OK) {
            struct db_row *q = db_use(s->db, "DELETE FROM temp.dirty WHERE object = ?");
            db_int(q, 1, object);
            e = db_run(q);
        }
        if (e != OK) {
            return e;
        }
    }
}
