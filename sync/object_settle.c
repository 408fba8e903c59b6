#include "sync/gather.h"

#include "sync/chains.h"

static enum err set_state(struct site *s, int64_t op, enum op_state state, const char *why)
{
    struct db_row *q = db_use(s->db, "UPDATE op SET state = ?, why = ? WHERE id = ?");
    db_int(q, 1, state);
    db_text(q, 2, why);
    db_int(q, 3, op);
    return db_run(q);
}

static enum err clear_object(struct site *s, struct object_row *object)
{
    static const char *const sql[] = {"UPDATE object_op SET head = 0 WHERE object = ? AND head = 1",
                                      "DELETE FROM conflict WHERE object = ?",
                                      "UPDATE object SET type = NULL, life = 0, removals = 0 WHERE id = ?"};
    enum err e = OK;
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

static enum err set_type(struct site *s, struct object_row *object, const struct schema_type *type)
{
    struct db_row *q = db_use(s->db, "UPDATE object SET type = ? WHERE id = ?");
    db_int(q, 1, type->number);
    db_int(q, 2, object->id);
    object->type = type;
    return db_run(q);
}

static enum err join_again(struct gather *g, const struct section_row *section, struct gather_object *o,
                           struct object_op *row)
{
    const char *why = NULL;
    enum err e = OK;
    enum op_state state = object_weigh(&why, g->s, section, o->row.type, row);
    if (state != row->state) {
        e = set_state(g->s, row->m.id, state, why);
        row->state = state;
    }
    return e == OK && state == OP_STANDS && row->m.code != OP_NEW && !row->copy ? gather_join(g, o, row) : e;
}

static enum err join_all_again(struct site *s, const struct object_row *object, struct object_op *rows, size_t count)
{
    struct gather g = {.s = s};
    struct gather_object *o = gather_anew(&g, object);
    struct section_row section;
    enum err e = section_of(&section, s, object->id);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (rows[i].state != OP_REFUSED) {
            e = join_again(&g, &section, o, &rows[i]);
        }
    }
    if (e == OK) {
        e = gather_flush(&g);
    }
    gather_free(&g);
    return e;
}

static enum err load_object(struct object_row *out, struct site *s, int64_t id)
{
    struct db_row *q = db_use(s->db, "SELECT id, type, removals FROM object WHERE id = ?");
    db_int(q, 1, id);
    *out = (struct object_row){.id = id};
    if (db_next(q)) {
        object_read(out, s, q);
    }
    return db_end(q);
}

static enum err recompute(struct site *s, int64_t id)
{
    struct arena a = {0};
    struct object_op *rows = NULL;
    size_t count = 0;
    struct object_row object;
    enum err e = load_object(&object, s, id);
    if (e == OK) {
        e = clear_object(s, &object);
    }
    if (e == OK) {
        e = object_ops(&rows, &count, &a, s, id);
    }
    const struct object_op *making = NULL;
    if (e == OK) {
        e = first_making(&making, s, rows, count);
    }
    if (e == OK && making) {
        e = set_type(s, &object, schema_type_numbered(s->schema, making->field));
    }
    if (e == OK) {
        e = join_all_again(s, &object, rows, count);
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
