#include "sync/edit_core.h"

#include "sync/splice.h"
#include "sync/utf8.h"

#include <string.h>

enum err edit_new(struct object_key *key, struct edit *e, int64_t section, const struct schema_type *type,
                  const struct uuid *id)
{
    struct epoch_row epoch;
    struct op op = {.code = OP_NEW, .number = type->number};
    int64_t found = 0;
    if (!id || uuid_is_nil(id)) {
        uint8_t random[10];
        device_random(random, sizeof random);
        op.object = uuid_make(site_now_ms(e->s), random);
    } else {
        op.object = *id;
    }
    struct db_row *q = db_use(e->s->db, "SELECT 1 FROM object WHERE section = ? AND uuid = ?");
    db_int(q, 1, section);
    db_blob(q, 2, op.object.b, ID_LEN);
    enum err r = db_get_int(&found, q, 0);
    if (r == OK && found) {
        char text[UUID_TEXT_LEN + 1];
        uuid_format(text, &op.object);
        return why_set(&e->s->why, ERR_EXISTS, WHY("there is an object with that id already"), "%s", text);
    }
    struct section_row row;
    bool unknown = false;
    if (r == OK) {
        r = epochs_section(&row, e->s, section);
    }
    const char *misfit = r == OK ? judge_schema(&unknown, e->s->schema, &row, type, OP_NEW, type->number, NULL) : NULL;
    if (misfit) {
        return why_set(&e->s->why, ERR_INPUT, misfit, "%s, %s", type->name, row.topic);
    }
    if (r == OK) {
        r = edit_epoch(&epoch, e, section);
    }
    if (r == OK) {
        r = edit_add_op(e, &epoch.key_id, &op);
    }
    if (r == OK && key) {
        *key = (struct object_key){.section = section, .id = op.object};
    }
    return r;
}

static enum err type_of(const struct schema_type **out, struct edit *e, const struct object_key *key)
{
    int64_t type = 0;
    struct db_row *q = db_use(e->s->db, "SELECT type FROM object WHERE section = ? AND uuid = ? AND type IS NOT NULL");
    db_int(q, 1, key->section);
    db_blob(q, 2, key->id.b, ID_LEN);
    enum err r = db_get_int(&type, q, 0);
    *out = schema_type_numbered(e->s->schema, (uint64_t)type);
    if (r != OK || *out) {
        return r;
    }
    char text[UUID_TEXT_LEN + 1];
    uuid_format(text, &key->id);
    return why_set(&e->s->why, ERR_NOT_FOUND, WHY("no such object here"), "%s", text);
}

/* The value as it is kept: cleaned, bounded, and one that the field takes. NULL for empty where that is allowed. */
static enum err take_value(const char **out, struct edit *e, const struct schema_type *type,
                           const struct schema_field *f, enum op_code code, const char *typed)
{
    struct buf clean = {0};
    bool unknown = false;
    struct section_row any = {0};
    *out = NULL;
    enum err r = typed ? utf8_clean(&clean, span_str(typed)) : OK;
    if (r != OK) {
        return r == ERR_INPUT ? why_set(&e->s->why, r, WHY("not valid text"), "%s", f->name) : r;
    }
    if (clean.len > LIMIT_TEXT) {
        r = why_set(&e->s->why, ERR_INPUT, WHY("the text is too long"), "%s: %zu > %u", f->name, clean.len, LIMIT_TEXT);
    } else if (clean.len > 0) {
        *out = arena_text(&e->a, span_buf(&clean));
        r = *out ? OK : ERR_MEMORY;
    } else if (code != OP_SET) {
        r = why_set(&e->s->why, ERR_INPUT, WHY("a value is missing"), "%s", f->name);
    }
    buf_free(&clean);
    const char *misfit = r == OK ? judge_schema(&unknown, e->s->schema, &any, type, code, f->number, *out) : NULL;
    return misfit ? why_set(&e->s->why, ERR_INPUT, misfit, "%s=%.100s", f->name, *out ? *out : "") : r;
}

#define SPLICE_FROM 96 /* bytes: a shorter text is sent whole */
#define SPLICE_COST 32 /* what naming the base may cost */

/* A long text as an edit of the one shown, if that was written in the same epoch and the edit is shorter. */
static enum err as_splice(struct op *op, struct edit *e, const struct epoch_row *epoch)
{
    size_t len = op->value ? strlen(op->value) : 0;
    int64_t spliced = 0;
    if (len < SPLICE_FROM) {
        return OK;
    }
    struct db_row *sum = db_use(e->s->db, "SELECT coalesce(sum(spliced), 0) FROM journal WHERE key_id = ?");
    db_blob(sum, 1, epoch->key_id.b, ID_LEN);
    enum err r = db_get_int(&spliced, sum, 0);
    if (r != OK || (size_t)spliced + e->s->spliced + len > LIMIT_SPLICED) {
        return r; /* sent whole: a part may hold no more edits */
    }
    struct db_row *q = db_use(
        e->s->db, "SELECT o.value, c.chain, r.first + o.tx_place AS n FROM object b JOIN object_op h ON h.object = b.id"
                  " JOIN op o ON o.id = h.op JOIN record r ON r.seq = o.tx_record JOIN chain c ON c.id = r.chain"
                  " WHERE b.section = ? AND b.uuid = ? AND h.head = 1 AND h.field = ? AND o.epoch = ?"
                  " AND o.value IS NOT NULL AND n <> ? ORDER BY o.clock_ms DESC, c.chain DESC, n DESC LIMIT 1");
    db_int(q, 1, epoch->section);
    db_blob(q, 2, op->object.b, ID_LEN);
    db_int(q, 3, op->number);
    db_int(q, 4, epoch->id);
    db_int(q, 5, (int64_t)e->n);
    if (db_next(q)) {
        struct op_splice *splice = &op->u.splice;
        struct splice edit = splice_make(span_str(db_col_text(q, 0)), span_str(op->value));
        if (edit.insert.len + SPLICE_COST < len) {
            op->code = OP_SPLICE;
            db_col_copy(q, 1, splice->base.chain.b, ID_LEN);
            splice->base.n = (uint64_t)db_col_int(q, 2);
            splice->own_chain = memcmp(&splice->base.chain, &e->s->self.chain, sizeof splice->base.chain) == 0;
            splice->skip = edit.skip;
            splice->drop = edit.drop;
            splice->insert = arena_text(&e->a, edit.insert);
            r = splice->insert ? OK : ERR_MEMORY;
        }
    }
    enum err end = db_end(q);
    return r != OK ? r : end;
}

static enum err edit_field(struct edit *e, const struct object_key *key, const struct schema_field *f,
                           enum op_code code, const char *value)
{
    struct epoch_row epoch;
    const struct schema_type *type = NULL;
    struct op op = {.code = code, .object = key->id, .number = f ? f->number : 0};
    enum err r = type_of(&type, e, key);
    if (r == OK && f) {
        r = take_value(&op.value, e, type, f, code, value);
    }
    if (r == OK) {
        r = edit_epoch(&epoch, e, key->section);
    }
    if (r == OK && f && f->merge == MERGE_TEXT) {
        r = as_splice(&op, e, &epoch);
    }
    return r == OK ? edit_add_op(e, &epoch.key_id, &op) : r;
}

enum err edit_set(struct edit *e, const struct object_key *key, const struct schema_field *f, const char *value)
{
    return edit_field(e, key, f, OP_SET, value);
}

enum err edit_add(struct edit *e, const struct object_key *key, const struct schema_field *f, const char *value)
{
    return edit_field(e, key, f, OP_ADD, value);
}

enum err edit_drop(struct edit *e, const struct object_key *key, const struct schema_field *f, const char *value)
{
    return edit_field(e, key, f, OP_DROP, value);
}

enum err edit_append(struct edit *e, const struct object_key *key, const struct schema_field *f, const char *value)
{
    return edit_field(e, key, f, OP_APPEND, value);
}

enum err edit_remove(struct edit *e, const struct object_key *key)
{
    return edit_field(e, key, NULL, OP_REMOVE, NULL);
}

enum err edit_keep(struct edit *e, const struct object_key *key)
{
    return edit_field(e, key, NULL, OP_KEEP, NULL);
}

static bool is_among(const struct dot *d, const struct dot *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&d->chain, &list[i].chain, sizeof d->chain) == 0 && d->n == list[i].n) {
            return true;
        }
    }
    return false;
}

enum err edit_expect(struct edit *e, const struct object_key *key, const struct schema_field *f,
                     const struct dot *heads, size_t count)
{
    struct db_row *q = db_use(e->s->db, "SELECT DISTINCT c.chain, r.first + o.tx_place FROM object b"
                                        " JOIN object_op h ON h.object = b.id JOIN op o ON o.id = h.op"
                                        " JOIN record r ON r.seq = o.tx_record JOIN chain c ON c.id = r.chain"
                                        " WHERE b.section = ? AND b.uuid = ? AND h.head = 1 AND h.field = ?");
    size_t found = 0;
    bool same = true;
    db_int(q, 1, key->section);
    db_blob(q, 2, key->id.b, ID_LEN);
    db_int(q, 3, f->number);
    while (db_next(q)) {
        struct dot d;
        db_col_copy(q, 0, d.chain.b, ID_LEN);
        d.n = (uint64_t)db_col_int(q, 1);
        same = same && is_among(&d, heads, count);
        found++;
    }
    enum err r = db_end(q);
    if (r == OK && (!same || found != count)) {
        r = why_set(&e->s->why, ERR_CHANGED, WHY("it was changed since it was shown; nothing was saved, look again"),
                    "%s", f->name);
    }
    return r;
}
