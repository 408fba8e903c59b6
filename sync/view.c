#include "sync/view_row.h"

#include "sync/merge.h"

#include <stdlib.h>
#include <string.h>

/* ---- one object ---- */

/* A head as read, before it is put under its field. */
struct head_row {
    uint32_t field;
    struct view_value value;
    struct merge_op order;
};

static int shown_first(const void *x, const void *y)
{
    const struct head_row *a = x;
    const struct head_row *b = y;
    if (a->field != b->field) {
        return a->field < b->field ? -1 : 1;
    }
    return merge_before(&a->order, &b->order) ? -1 : merge_before(&b->order, &a->order) ? 1 : 0;
}

static int by_value(const void *x, const void *y)
{
    const struct view_value *a = x;
    const struct view_value *b = y;
    return strcmp(a->value ? a->value : "", b->value ? b->value : "");
}

#define AUTHORS 8 /* kept at hand while an object is read: most have one or two */

struct authors {
    size_t count;
    int64_t chains[AUTHORS];
    struct view_author known[AUTHORS];
};

static enum err read_author(bool *found, struct view_author *out, struct arena *a, struct db_row *q)
{
    *found = db_next(q);
    if (*found) {
        view_author(out, a, q, 0);
    }
    return db_end(q);
}

/* Who writes on that chain. Asked in two steps: a LEFT JOIN would have SQLite work out the signers of all chains first. */
static enum err author_of(struct view_author *out, struct authors *all, struct arena *a, struct site *s, int64_t chain)
{
    for (size_t i = 0; i < all->count && i < AUTHORS; i++) {
        if (all->chains[i] == chain) {
            *out = all->known[i];
            return OK;
        }
    }
    bool found = false;
    struct db_row *q = db_use(s->db, "SELECT c.chain, 0, 0, c.sign, w.member, w.party, w.name, w.party_name"
                                     " FROM chain c JOIN signer w ON w.chain = c.id WHERE c.id = ?");
    db_int(q, 1, chain);
    *out = (struct view_author){.member_name = "", .party_name = ""};
    enum err e = read_author(&found, out, a, q);
    if (e == OK && !found) {
        q = db_use(s->db, "SELECT chain, 0, 0, sign, NULL, NULL, NULL, NULL FROM chain WHERE id = ?");
        db_int(q, 1, chain);
        e = read_author(&found, out, a, q);
    }
    const size_t at = all->count++ % AUTHORS;
    all->chains[at] = chain;
    all->known[at] = *out;
    return e;
}

static enum err load_heads(struct buf *rows, struct authors *authors, struct arena *a, struct site *s, int64_t object)
{
    enum err e = OK;
    struct db_row *q = db_use(
        s->db, "SELECT r.chain, r.first + o.tx_place, o.clock_ms, h.field, o.value, o.id FROM object_op h"
               " JOIN op o ON o.id = h.op JOIN record r ON r.seq = o.tx_record WHERE h.object = ? AND h.head = 1");
    db_int(q, 1, object);
    while (e == OK && db_next(q)) {
        struct head_row row;
        memset(&row, 0, sizeof row);
        e = author_of(&row.value.by, authors, a, s, db_col_int(q, 0));
        row.value.by.tx.n = (uint64_t)db_col_int(q, 1);
        row.value.by.time_ms = db_col_int(q, 2);
        row.field = (uint32_t)db_col_int(q, 3);
        row.value.value = view_text(a, q, 4);
        row.order.id = db_col_int(q, 5);
        row.order.chain = row.value.by.tx.chain;
        row.order.at.n = row.value.by.tx.n;
        row.order.at.clock_ms = row.value.by.time_ms;
        buf_put(rows, &row, sizeof row);
    }
    enum err end = db_end(q);
    e = e == OK ? end : e;
    e = e == OK ? buf_check(rows) : e;
    if (e == OK && rows->len > 0) {
        qsort(rows->ptr, rows->len / sizeof(struct head_row), sizeof(struct head_row), shown_first);
    }
    return e;
}

static bool differ(const struct view_value *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const char *x = values[0].value;
        const char *y = values[i].value;
        if (x && y ? strcmp(x, y) != 0 : x != y) {
            return true;
        }
    }
    return false;
}

/* Values of one field, as its merge kind has them. */
static void finish_field(struct view_field *f, struct view_value *values, size_t count)
{
    f->values = values;
    f->count = count;
    if (f->field->merge == MERGE_SET) {
        qsort(values, count, sizeof *values, by_value);
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
            if (n == 0 || by_value(&values[n - 1], &values[i]) != 0) {
                values[n++] = values[i];
            }
        }
        f->count = n;
    } else if (f->field->merge == MERGE_ENTRIES) {
        for (size_t i = 0; i < count / 2; i++) { /* oldest first */
            struct view_value swap = values[i];
            values[i] = values[count - 1 - i];
            values[count - 1 - i] = swap;
        }
    } else {
        f->conflict = differ(values, count);
    }
}

static enum err group_fields(struct view_object *o, struct arena *a, const struct head_row *rows, size_t count)
{
    struct view_field *fields = arena_array(a, count + 1, sizeof *fields);
    struct view_value *values = arena_array(a, count, sizeof *values);
    if (!fields || !values) {
        return ERR_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < count;) {
        size_t end = i;
        for (; end < count && rows[end].field == rows[i].field; end++) {
            values[end] = rows[end].value;
        }
        fields[n].field = schema_field_numbered(o->type, rows[i].field);
        if (fields[n].field) {
            finish_field(&fields[n++], values + i, end - i);
        }
        i = end;
    }
    o->fields = fields;
    o->field_count = n;
    return OK;
}

static enum err last_of(struct view_value *out, struct arena *a, struct site *s, int64_t object, bool removal)
{
    struct db_row *q =
        db_use(s->db, "SELECT " VIEW_AUTHOR_COLUMNS " FROM object_op a JOIN op o ON o.id = a.op" VIEW_AUTHOR_JOIN
                      " WHERE a.object = ?1 AND o.state = 0"
                      " AND (o.code = 5) = ?2 ORDER BY o.clock_ms DESC, c.chain DESC, n DESC LIMIT 1");
    db_int(q, 1, object);
    db_int(q, 2, removal);
    *out = (struct view_value){.value = removal ? "removed" : "kept"};
    if (db_next(q)) {
        view_author(&out->by, a, q, 0);
    }
    return db_end(q);
}

/* A removal beside an edit that had not seen it: shown as a field of its own. */
static enum err add_dispute(struct view_object *o, struct arena *a, struct site *s, int64_t object)
{
    struct view_field *fields = arena_array(a, o->field_count + 1, sizeof *fields);
    struct view_value *values = arena_array(a, 2, sizeof *values);
    if (!fields || !values) {
        return ERR_MEMORY;
    }
    if (o->field_count > 0) {
        memcpy(fields, o->fields, o->field_count * sizeof *fields);
    }
    enum err e = last_of(&values[0], a, s, object, false);
    if (e == OK) {
        e = last_of(&values[1], a, s, object, true);
    }
    fields[o->field_count] = (struct view_field){.count = 2, .values = values, .conflict = true};
    o->fields = fields;
    o->field_count++;
    return e;
}

#define OBJECT_COLUMNS                                                                                                 \
    "o.id, o.section, o.uuid, o.type, o.life, s.section_id, s.plan, s.owner, s.topic,"                                 \
    " (SELECT name FROM party p WHERE p.uuid = s.owner)"

static enum err read_fields(struct view_object *out, struct authors *authors, struct arena *a, struct site *s,
                            int64_t id)
{
    struct buf rows = {0};
    enum err e = load_heads(&rows, authors, a, s, id);
    if (e == OK) {
        e = group_fields(out, a, (const struct head_row *)(const void *)rows.ptr, rows.len / sizeof(struct head_row));
    }
    buf_free(&rows);
    return e;
}

/* authors: of what was read into the same arena before, empty at first; NULL: its fields are not asked for. */
static enum err read_object(struct view_object *out, struct authors *authors, struct arena *a, struct site *s,
                            struct db_row *q)
{
    int64_t id = db_col_int(q, 0);
    int64_t life = db_col_int(q, 4);
    *out = (struct view_object){.key.section = db_col_int(q, 1), .removed = life == LIFE_REMOVED};
    db_col_copy(q, 2, out->key.id.b, ID_LEN);
    out->type = schema_type_numbered(s->schema, (uint64_t)db_col_int(q, 3));
    db_col_copy(q, 5, out->section.b, ID_LEN);
    db_col_copy(q, 6, out->place.plan.b, ID_LEN);
    db_col_copy(q, 7, out->place.owner.b, ID_LEN);
    out->place.topic = view_text(a, q, 8);
    out->owner_name = view_text(a, q, 9);
    out->owner_name = out->owner_name ? out->owner_name : "";
    enum err e = authors ? read_fields(out, authors, a, s, id) : OK;
    if (e == OK && authors && life == LIFE_DISPUTED) {
        e = add_dispute(out, a, s, id);
    }
    return e == OK && a->failed ? ERR_MEMORY : e;
}

/* ---- queries ---- */

#define OBJECTS_FROM " FROM object o JOIN section s ON s.id = o.section WHERE o.type IS NOT NULL"
#define OBJECTS_WHERE                                                                                                  \
    " AND (?3 = 0 OR o.type = ?3) AND (?4 = 1 OR o.life <> 1) AND (?5 = 0 OR o.life = 2 OR EXISTS"                     \
    " (SELECT 1 FROM conflict k WHERE k.object = o.id)) ORDER BY s.section_id, o.uuid"

static struct db_row *choose(struct site *s, const struct view_query *v)
{
    if (v->id) {
        return db_use(s->db, "SELECT " OBJECT_COLUMNS OBJECTS_FROM
                             " AND o.uuid = ?2 AND (?1 IS NULL OR s.plan = ?1)" OBJECTS_WHERE);
    }
    if (v->plan) {
        return db_use(s->db, "SELECT " OBJECT_COLUMNS OBJECTS_FROM " AND s.plan = ?1 AND ?2 IS NULL" OBJECTS_WHERE);
    }
    if (v->conflicts_only) { /* few: not every object is to be asked */
        return db_use(s->db,
                      "SELECT " OBJECT_COLUMNS OBJECTS_FROM " AND ?1 IS NULL AND ?2 IS NULL AND o.id IN (SELECT object"
                      " FROM conflict UNION SELECT id FROM object WHERE life = 2)" OBJECTS_WHERE);
    }
    if (v->type) { /* OBJECTS_WHERE, which takes none for all, would go through every object */
        return db_use(s->db, "SELECT " OBJECT_COLUMNS OBJECTS_FROM
                             " AND ?1 IS NULL AND ?2 IS NULL AND o.type = ?3" OBJECTS_WHERE);
    }
    return db_use(s->db, "SELECT " OBJECT_COLUMNS OBJECTS_FROM " AND ?1 IS NULL AND ?2 IS NULL" OBJECTS_WHERE);
}

static struct db_row *query(struct site *s, const struct view_query *v)
{
    const struct schema_type *type = v->type ? schema_type_named(s->schema, v->type) : NULL;
    struct db_row *q = choose(s, v);
    if (v->plan) {
        db_blob(q, 1, v->plan->b, ID_LEN);
    }
    if (v->id) {
        db_blob(q, 2, v->id->b, ID_LEN);
    }
    db_int(q, 3, type ? type->number : v->type ? -1 : 0);
    db_int(q, 4, v->removed_too);
    db_int(q, 5, v->conflicts_only);
    return q;
}

static enum err read_all(struct buf *list, struct arena *a, struct site *s, const struct view_query *v)
{
    struct db_row *q = query(s, v);
    enum err e = OK;
    struct authors authors = {0};
    while (e == OK && db_next(q)) {
        struct view_object o;
        e = read_object(&o, v->bare ? NULL : &authors, a, s, q);
        buf_put(list, &o, sizeof o);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* ---- by the value of a field ---- */

static bool has_value(const struct view_object *o, const struct view_query *v)
{
    const struct view_field *f = view_field(o, v->field);
    for (size_t i = 0; f && i < f->count; i++) {
        if (f->values[i].value && strcmp(f->values[i].value, v->value) == 0) {
            return true;
        }
    }
    return false;
}

static enum err read_one(struct buf *list, struct arena *a, struct site *s, const struct view_query *v, int64_t object)
{
    struct view_object o;
    struct authors authors = {0};
    struct db_row *q = db_use(s->db, "SELECT " OBJECT_COLUMNS OBJECTS_FROM " AND o.id = ?1 AND (?2 = 1 OR o.life <> 1)"
                                     " AND (?3 IS NULL OR s.plan = ?3)");
    db_int(q, 1, object);
    db_int(q, 2, v->removed_too);
    if (v->plan) {
        db_blob(q, 3, v->plan->b, ID_LEN);
    }
    enum err e = OK;
    if (db_next(q)) {
        e = read_object(&o, &authors, a, s, q);
        if (e == OK && has_value(&o, v)) {
            buf_put(list, &o, sizeof o);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static int by_identity(const void *x, const void *y)
{
    const struct view_object *a = x;
    const struct view_object *b = y;
    const int order = memcmp(&a->section, &b->section, sizeof a->section);
    return order != 0 ? order : memcmp(&a->key.id, &b->key.id, sizeof a->key.id);
}

/* A row for each object of which a head has that value. Of what is named there is an index: op_names. */
static struct db_row *find_value(struct site *s, const struct schema_type *type, const struct schema_field *field,
                                 const char *value)
{
    struct db_row *q =
        strlen(value) == UUID_TEXT_LEN
            ? db_use(s->db,
                     "SELECT DISTINCT b.id FROM op o CROSS JOIN object b ON b.id = o.object CROSS JOIN object_op h"
                     " ON h.object = o.object AND h.head = 1 AND h.field = o.field AND h.op = o.id"
                     " WHERE o.value = ?1 AND length(o.value) = 36 AND o.field = ?2 AND b.type = ?3")
            : db_use(s->db, "SELECT DISTINCT b.id FROM object b CROSS JOIN object_op h ON h.object = b.id"
                            " CROSS JOIN op o ON o.id = h.op"
                            " WHERE b.type = ?3 AND h.head = 1 AND h.field = ?2 AND o.value = ?1");
    db_text(q, 1, value);
    db_int(q, 2, field->number);
    db_int(q, 3, type->number);
    return q;
}

static enum err read_by_value(struct buf *list, struct arena *a, struct site *s, const struct view_query *v)
{
    const struct schema_type *type = schema_type_named(s->schema, v->type);
    const struct schema_field *field = type ? schema_field_named(type, v->field) : NULL;
    enum err e = OK;
    if (!field) {
        return OK;
    }
    struct db_row *q = find_value(s, type, field, v->value);
    while (e == OK && db_next(q)) {
        e = read_one(list, a, s, v, db_col_int(q, 0));
    }
    enum err end = db_end(q);
    if (list->len > sizeof(struct view_object)) {
        qsort(list->ptr, list->len / sizeof(struct view_object), sizeof(struct view_object), by_identity);
    }
    return e != OK ? e : end;
}

enum err view_objects(struct view_list *out, struct arena *a, struct site *s, const struct view_query *v)
{
    struct buf list = {0};
    enum err e = v->field ? read_by_value(&list, a, s, v) : read_all(&list, a, s, v);
    size_t count = list.len / sizeof(struct view_object);
    const struct view_object *copy = e == OK ? arena_copy(a, &list) : NULL;
    if (copy) {
        *out = (struct view_list){.count = count, .objects = copy};
    } else if (e == OK) {
        e = ERR_MEMORY;
    }
    buf_free(&list);
    return e;
}

enum err view_each(struct site *s, enum err (*fn)(void *ctx, const struct view_object *o), void *ctx)
{
    struct view_query all = {.removed_too = true};
    struct db_row *q = query(s, &all);
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct arena a = {0};
        struct view_object o;
        struct authors authors = {0};
        e = read_object(&o, &authors, &a, s, q);
        if (e == OK) {
            e = fn(ctx, &o);
        }
        arena_free(&a);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

const struct view_field *view_field(const struct view_object *o, const char *field)
{
    for (size_t i = 0; i < o->field_count; i++) {
        if (o->fields[i].field && strcmp(o->fields[i].field->name, field) == 0) {
            return &o->fields[i];
        }
    }
    return NULL;
}

const char *view_get(const struct view_object *o, const char *field)
{
    const struct view_field *f = view_field(o, field);
    return f && f->count > 0 ? f->values[0].value : NULL;
}
