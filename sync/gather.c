#include "sync/gather.h"

#include "sync/chains.h"

#include <string.h>

/* A field that is not of entries: its heads as they are now, and the operations that are entered as heads, in order. */
struct gather_field {
    struct gather_field *next;
    const struct schema_field *field;
    struct merge_op *heads;
    size_t count;
    size_t room;
    int64_t *entered;
    size_t entered_count;
    size_t entered_room;
    size_t had; /* heads, when it was read */
};

static enum err find_row(struct gather_object *o, struct gather *g, int64_t section)
{
    struct db_row *q = db_use(g->s->db, "SELECT id, type, removals FROM object WHERE section = ? AND uuid = ?");
    db_int(q, 1, section);
    db_blob(q, 2, o->uuid.b, ID_LEN);
    if (db_next(q)) {
        object_read(&o->row, g->s, q);
    }
    return db_end(q);
}

/* ---- writing ---- */

/* Joining keeps the order of the heads that stay, and puts new ones after them. */
static enum err write_heads(struct gather *g, const struct gather_object *o, const struct gather_field *f)
{
    enum err e = OK;
    size_t k = 0;
    for (size_t i = 0; e == OK && i < f->entered_count; i++) {
        if (k < f->count && f->heads[k].id == f->entered[i]) {
            k++;
        } else {
            e = object_set_head(g->s, o->row.id, false, f->field->number, f->entered[i]);
        }
    }
    for (; e == OK && k < f->count; k++) {
        e = object_set_head(g->s, o->row.id, true, f->field->number, f->heads[k].id);
    }
    return e;
}

static enum err write_conflict(struct gather *g, const struct gather_object *o, const struct gather_field *f)
{
    const bool one_value = f->field->merge == MERGE_REGISTER || f->field->merge == MERGE_TEXT;
    if (!one_value || (f->count < 2 && f->had < 2)) {
        return OK;
    }
    struct db_row *q = merge_in_conflict(f->heads, f->count)
                           ? db_use(g->s->db, "INSERT INTO conflict(object, field) VALUES(?, ?) ON CONFLICT DO NOTHING")
                           : db_use(g->s->db, "DELETE FROM conflict WHERE object = ? AND field = ?");
    db_int(q, 1, o->row.id);
    db_int(q, 2, f->field->number);
    return db_run(q);
}

static enum err write_removals(struct gather *g, const struct gather_object *o)
{
    enum err e = OK;
    if (o->removed) {
        struct db_row *q = db_use(g->s->db, "UPDATE object SET removals = ? WHERE id = ?");
        db_int(q, 1, o->row.removals);
        db_int(q, 2, o->row.id);
        e = db_run(q);
    }
    return e == OK && o->row.removals > 0 ? object_settle_life(g->s, o->row.id) : e;
}

static enum err write_object(struct gather *g, struct gather_object *o)
{
    enum err e = OK;
    for (const struct gather_field *f = o->fields; e == OK && f; f = f->next) {
        e = write_heads(g, o, f);
        if (e == OK) {
            e = write_conflict(g, o, f);
        }
    }
    if (e == OK && o->joined) {
        e = write_removals(g, o);
    }
    o->bare = o->joined = o->removed = false;
    o->fields = NULL; /* a field that is joined again is read again */
    return e;
}

enum err gather_flush(struct gather *g)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < GATHER_SLOTS; i++) {
        if (g->slots[i].used) {
            e = write_object(g, &g->slots[i]);
        }
    }
    return e;
}

void gather_free(struct gather *g)
{
    arena_free(&g->a);
    memset(g->slots, 0, sizeof g->slots);
}

/* ---- objects ---- */

enum err gather_find(struct gather_object **out, struct gather *g, int64_t section, const struct uuid *uuid)
{
    struct gather_object *o = &g->slots[uuid->b[ID_LEN - 1] % GATHER_SLOTS];
    *out = o;
    if (o->used && memcmp(&o->uuid, uuid, sizeof *uuid) == 0) {
        return OK;
    }
    enum err e = o->used ? write_object(g, o) : OK;
    *o = (struct gather_object){.used = true, .uuid = *uuid};
    return e == OK ? find_row(o, g, section) : e;
}

enum err gather_make(struct gather_object *o, struct gather *g, int64_t section, const struct schema_type *type)
{
    struct db_row *q = db_use(g->s->db, "INSERT INTO object(section, uuid, type) VALUES(?, ?, ?)");
    db_int(q, 1, section);
    db_blob(q, 2, o->uuid.b, ID_LEN);
    if (type) {
        db_int(q, 3, type->number);
    }
    enum err e = db_run(q);
    o->row = (struct object_row){.id = db_last_id(g->s->db), .type = type};
    o->bare = true;
    return e;
}

struct gather_object *gather_anew(struct gather *g, const struct object_row *row)
{
    struct gather_object *o = &g->slots[0];
    *o = (struct gather_object){.used = true, .row = *row, .bare = true, .entered = true};
    return o;
}

/* ---- joining ---- */

static enum err past(bool *out, void *ctx, const struct stand *a, const struct stand *b)
{
    return chains_past(out, ctx, a, b);
}

static enum err read_heads(struct gather_field *f, struct gather *g, int64_t object)
{
    struct object_op *rows = NULL;
    enum err e = object_heads(&rows, &f->count, &g->a, g->s, object, f->field->number);
    if (e != OK) {
        return e;
    }
    f->had = f->entered_count = f->count;
    f->room = f->entered_room = f->count + 4;
    f->heads = arena_array(&g->a, f->room, sizeof *f->heads);
    f->entered = arena_array(&g->a, f->entered_room, sizeof *f->entered);
    if (!f->heads || !f->entered) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < f->count; i++) {
        f->heads[i] = rows[i].m;
        f->entered[i] = rows[i].m.id;
    }
    return OK;
}

static enum err field_of(struct gather_field **out, struct gather *g, struct gather_object *o,
                         const struct schema_field *field)
{
    for (struct gather_field *f = o->fields; f; f = f->next) {
        if (f->field == field) {
            *out = f;
            return OK;
        }
    }
    struct gather_field *f = arena_alloc(&g->a, sizeof *f);
    if (!f) {
        return ERR_MEMORY;
    }
    *f = (struct gather_field){.next = o->fields, .field = field};
    o->fields = *out = f;
    return o->bare ? OK : read_heads(f, g, o->row.id);
}

/* The array, or a copy of it that has room for one more. NULL: no memory. */
static void *make_room(struct gather *g, void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return list;
    }
    *room = *room ? 2 * *room : 2;
    void *grown = arena_array(&g->a, *room, size);
    if (grown && count > 0) {
        memcpy(grown, list, count * size);
    }
    return grown;
}

/* As a head, which it is unless something joined after it says otherwise. */
static enum err enter_head(struct gather *g, const struct gather_object *o, struct gather_field *f, int64_t op)
{
    f->entered = make_room(g, f->entered, f->entered_count, &f->entered_room, sizeof *f->entered);
    if (!f->entered) {
        return ERR_MEMORY;
    }
    f->entered[f->entered_count++] = op;
    return object_enter(g->s, o->row.id, true, f->field->number, op);
}

static enum err join_entry(struct gather *g, const struct gather_object *o, const struct object_op *op)
{
    return o->entered ? object_set_head(g->s, o->row.id, true, op->field, op->m.id)
                      : object_enter(g->s, o->row.id, true, op->field, op->m.id);
}

static enum err join_field(struct gather *g, struct gather_object *o, const struct object_op *op)
{
    const struct schema_field *field = schema_field_numbered(o->row.type, op->field);
    struct merge_world world = {.past = past, .ctx = g->s};
    struct gather_field *f = NULL;
    if (field->merge == MERGE_ENTRIES) {
        return join_entry(g, o, op);
    }
    enum err e = field_of(&f, g, o, field);
    if (e == OK) {
        f->heads = make_room(g, f->heads, f->count, &f->room, sizeof *f->heads); /* as merge_join wants it */
        e = f->heads ? merge_join(f->heads, &f->count, &op->m, &world) : ERR_MEMORY;
    }
    if (e != OK || o->entered) {
        return e;
    }
    return op->m.code == OP_DROP ? object_enter(g->s, o->row.id, false, op->field, op->m.id)
                                 : enter_head(g, o, f, op->m.id);
}

enum err gather_join(struct gather *g, struct gather_object *o, const struct object_op *op)
{
    o->joined = true;
    switch (op->m.code) {
    case OP_REMOVE:
        o->removed = true;
        o->row.removals++;
        break;
    case OP_NEW:
    case OP_KEEP:
        break;
    default:
        return join_field(g, o, op);
    }
    return o->entered ? OK : object_enter(g->s, o->row.id, false, op->field, op->m.id);
}
