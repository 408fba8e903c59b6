#include "sync/gather.h"

#include "sync/chains.h"

#include <string.h>

/* A field that is not of entries: its heads as they are now, and those that the table has, in order. */
struct gather_field {
    struct gather_field *next;
    const struct schema_field *field;
    struct merge_op *heads;
    size_t count;
    size_t room;
    int64_t *kept; /* operations */
    size_t kept_count;
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

static enum err head_row(struct gather *g, const char *sql, int64_t object, uint32_t field, int64_t op)
{
    struct db_row *q = db_use(g->s->db, sql);
    db_int(q, 1, object);
    db_int(q, 2, field);
    db_int(q, 3, op);
    return db_run(q);
}

static enum err insert_head(struct gather *g, int64_t object, uint32_t field, int64_t op)
{
    return head_row(g, "INSERT INTO head(object, field, op) VALUES(?, ?, ?)", object, field, op);
}

/* Joining keeps the order of the heads that stay, and puts new ones after them. */
static enum err write_heads(struct gather *g, const struct gather_object *o, const struct gather_field *f)
{
    enum err e = OK;
    size_t k = 0;
    for (size_t i = 0; e == OK && i < f->kept_count; i++) {
        if (k < f->count && f->heads[k].id == f->kept[i]) {
            k++;
        } else {
            e = head_row(g, "DELETE FROM head WHERE object = ? AND field = ? AND op = ?", o->row.id, f->field->number,
                         f->kept[i]);
        }
    }
    for (; e == OK && k < f->count; k++) {
        e = insert_head(g, o->row.id, f->field->number, f->heads[k].id);
    }
    return e;
}

static enum err write_conflict(struct gather *g, const struct gather_object *o, const struct gather_field *f)
{
    const bool one_value = f->field->merge == MERGE_REGISTER || f->field->merge == MERGE_TEXT;
    if (!one_value || (f->count < 2 && f->kept_count < 2)) {
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
    *o = (struct gather_object){.used = true, .row = *row, .bare = true};
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
    f->room = f->count + 4;
    f->heads = arena_array(&g->a, f->room, sizeof *f->heads);
    f->kept = arena_array(&g->a, f->room, sizeof *f->kept);
    if (!f->heads || !f->kept) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < f->count; i++) {
        f->heads[i] = rows[i].m;
        f->kept[i] = rows[i].m.id;
    }
    f->kept_count = f->count;
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

/* merge_join wants room for one more. */
static enum err make_room(struct gather_field *f, struct gather *g)
{
    if (f->count < f->room) {
        return OK;
    }
    size_t room = f->room ? 2 * f->room : 2;
    struct merge_op *grown = arena_array(&g->a, room, sizeof *grown);
    if (!grown) {
        return ERR_MEMORY;
    }
    if (f->count > 0) {
        memcpy(grown, f->heads, f->count * sizeof *grown);
    }
    f->heads = grown;
    f->room = room;
    return OK;
}

static enum err join_field(struct gather *g, struct gather_object *o, const struct object_op *op)
{
    const struct schema_field *field = schema_field_numbered(o->row.type, op->field);
    struct merge_world world = {.past = past, .ctx = g->s};
    struct gather_field *f = NULL;
    if (field->merge == MERGE_ENTRIES) {
        return insert_head(g, o->row.id, op->field, op->m.id);
    }
    enum err e = field_of(&f, g, o, field);
    if (e == OK) {
        e = make_room(f, g);
    }
    return e == OK ? merge_join(f->heads, &f->count, &op->m, &world) : e;
}

enum err gather_join(struct gather *g, struct gather_object *o, const struct object_op *op)
{
    o->joined = true;
    switch (op->m.code) {
    case OP_REMOVE:
        o->removed = true;
        o->row.removals++;
        return OK;
    case OP_NEW:
    case OP_KEEP:
        return OK;
    default:
        return join_field(g, o, op);
    }
}
