#include "sync/project.h"

#include "sync/merge.h"
#include "sync/splice.h"
#include "sync/typed.h"

#include <string.h>

/* An operation's row with all that merging needs; value is in the arena. */
struct op_row {
    struct merge_op m;
    int64_t object;
    uint32_t field; /* of OP_NEW: the type */
    enum op_state state;
};

#define OP_COLUMNS                                                                                                     \
    "o.id, t.id, t.chain, t.n, t.record, t.clock_ms, o.epoch, c.chain, o.code, o.value, o.object, o.field, o.state"
#define OP_JOINS " JOIN tx t ON t.id = o.tx JOIN chain c ON c.id = t.chain "

static void read_op(struct op_row *out, struct arena *a, struct db_row *q)
{
    const char *value = db_col_text(q, 9);
    *out = (struct op_row){.object = db_col_int(q, 10), .field = (uint32_t)db_col_int(q, 11)};
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

enum err project_prepare(struct site *s)
{
    return db_script(s->db, "CREATE TEMP TABLE IF NOT EXISTS dirty(object INTEGER PRIMARY KEY)");
}

static enum err mark_dirty(struct site *s, int64_t object)
{
    struct db_row *q = db_use(s->db, "INSERT INTO temp.dirty(object) VALUES(?) ON CONFLICT DO NOTHING");
    db_int(q, 1, object);
    return db_run(q);
}

/* ---- heads ---- */

/* Room for one more in an array that the arena holds. */
static bool make_room(struct op_row **rows, size_t count, size_t *cap, struct arena *a)
{
    if (count < *cap) {
        return true;
    }
    size_t grown = *cap ? 2 * *cap : 8;
    struct op_row *more = arena_array(a, grown, sizeof *more);
    if (more && count > 0) {
        memcpy(more, *rows, count * sizeof *more);
    }
    *rows = more;
    *cap = grown;
    return more != NULL;
}

static enum err load_ops(struct op_row **out, size_t *count, struct arena *a, struct db_row *q)
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

static enum err show(struct site *s, const struct op_row *op, const struct schema_type *type,
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
static enum err join_field(struct site *s, const struct op_row *op, const struct schema_type *type)
{
    struct arena a = {0};
    struct op_row *rows = NULL;
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

static enum err ops_of_object(struct op_row **out, size_t *count, struct arena *a, struct site *s, int64_t object)
{
    struct db_row *q =
        db_use(s->db, "SELECT " OP_COLUMNS " FROM op o" OP_JOINS "WHERE o.object = ? ORDER BY t.record, t.n, o.id");
    db_int(q, 1, object);
    return load_ops(out, count, a, q);
}

static enum err settle_life(struct site *s, int64_t object)
{
    struct arena a = {0};
    struct op_row *rows = NULL;
    size_t count = 0;
    size_t standing = 0;
    enum object_life life = LIFE_HERE;
    struct merge_world world = world_of(s);
    enum err e = ops_of_object(&rows, &count, &a, s, object);
    struct merge_op *ops = e == OK ? arena_array(&a, count, sizeof *ops) : NULL;
    e = e == OK && !ops ? ERR_MEMORY : e;
    for (size_t i = 0; e == OK && i < count; i++) {
        if (rows[i].state == OP_STANDS) {
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

struct object_row {
    int64_t id;
    const struct schema_type *type; /* NULL: not known */
    int64_t removals;
    bool fresh; /* this very operation is the first on it */
};

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

static enum err find_object(struct object_row *out, struct site *s, int64_t section, const struct uuid *uuid)
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

/* Gives an accepted operation its effect; nothing projected before has it in its past. */
static enum err apply(struct site *s, struct object_row *object, const struct op_row *op)
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
static enum op_state weigh(const char **why, struct site *s, const struct section_row *section,
                           const struct schema_type *type, const struct op_row *op)
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

/* Of several makings of one object the earliest counts, in an order that is the same everywhere. */
static const struct op_row *first_making(const struct op_row *rows, size_t count)
{
    const struct op_row *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].m.code == OP_NEW && rows[i].state == OP_STANDS && (!first || merge_before(&first->m, &rows[i].m))) {
            first = &rows[i];
        }
    }
    return first;
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
                              struct op_row *row)
{
    const char *why = NULL;
    enum err e = OK;
    enum op_state state = weigh(&why, s, section, object->type, row);
    if (state != row->state) {
        e = set_state(s, row->m.id, state, why);
        row->state = state;
    }
    return e == OK && state == OP_STANDS && row->m.code != OP_NEW ? apply(s, object, row) : e;
}

static enum err recompute(struct site *s, int64_t id)
{
    struct arena a = {0};
    struct op_row *rows = NULL;
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
    const struct op_row *making = e == OK ? first_making(rows, count) : NULL;
    if (making) {
        e = set_type(s, &object, schema_type_numbered(s->schema, making->field));
    }
    for (size_t i = 0; e == OK && i < count; i++) {
        if (rows[i].state != OP_REFUSED) {
            e = recompute_row(s, &section, &object, &rows[i]);
        }
    }
    arena_free(&a);
    return e;
}

enum err project_settle(struct site *s)
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

/* ---- one transaction's part ---- */

enum err project_begin(struct projection *p, struct site *s, const struct project_source *from, uint64_t n,
                       int64_t clock_ms)
{
    *p = (struct projection){
        .s = s, .sign = from->chain->sign, .key_id = from->key_id, .genesis = from->genesis, .late = from->late};
    enum err e = chains_tx(&p->at, s, from->chain->id, n, from->record, clock_ms);
    if (e == OK) {
        e = epochs_find(&p->epoch, s, &p->key_id);
    }
    if (e == OK && p->epoch.id != 0) {
        e = epochs_section(&p->section, s, p->epoch.section);
    }
    p->at.epoch = p->epoch.id;
    return e;
}

static enum err know_standing(struct projection *p)
{
    if (p->standing_known) {
        return OK;
    }
    struct stand plain = p->at;
    plain.epoch = 0;
    enum err e = judge_standing(&p->standing, p->s, &p->sign, &plain);
    p->standing_known = e == OK && p->standing.certified;
    return e;
}

static enum err know_write(struct projection *p)
{
    if (p->write_known) {
        return OK;
    }
    enum err e = judge_write(&p->write_why, p->s, &p->section, &p->epoch, &p->standing, &p->at);
    p->write_known = e == OK && p->write_why == NULL;
    return e;
}

static enum err insert_op(int64_t *id, struct projection *p, const struct op *op, int64_t object, enum op_state state,
                          const char *why)
{
    const char *value = op->value;
    if (op->code == OP_PARTY || op->code == OP_APPROVE) {
        value = op->u.party.name;
    } else if (op->code == OP_CERTIFY) {
        value = op->u.certify.name;
    } else if (op->code == OP_GENESIS) {
        value = op->u.genesis.name;
    } else if (op->code == OP_OPEN || op->code == OP_ADMIT) {
        value = op->u.open.ground;
    }
    struct db_row *q = db_use(p->s->db, "INSERT INTO op(tx, epoch, object, code, field, value, state, why)"
                                        " VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    db_int(q, 1, p->at.tx);
    if (p->epoch.id) {
        db_int(q, 2, p->epoch.id);
    }
    if (object) {
        db_int(q, 3, object);
    }
    db_int(q, 4, op->code);
    db_int(q, 5, op->number);
    db_text(q, 6, value);
    db_int(q, 7, state);
    db_text(q, 8, why);
    enum err e = db_run(q);
    *id = db_last_id(p->s->db);
    return e;
}

static enum err project_on(const char **refused, struct projection *p, struct object_row *object, const struct op *op)
{
    struct op_row row = {.object = object->id, .field = op->number, .state = OP_REFUSED};
    row.m = (struct merge_op){.at = p->at, .code = op->code, .value = op->value};
    enum err e = know_write(p);
    if (e != OK) {
        return e;
    }
    *refused = p->write_why;
    if (!*refused) {
        row.state = weigh(refused, p->s, &p->section, object->type, &row);
    }
    e = insert_op(&row.m.id, p, op, object->id, row.state, *refused);
    if (e != OK || row.state == OP_REFUSED) {
        return e;
    }
    if (p->late || (op->code == OP_NEW && !object->fresh)) {
        return mark_dirty(p->s, object->id);
    }
    return row.state == OP_STANDS ? apply(p->s, object, &row) : OK;
}

/* The text that a splice makes, in the arena; *text NULL: its base is not in its past, or the edit does not fit. What
 * is kept is the whole text, as if it had been sent so. */
static enum err spliced(const char **text, struct arena *a, struct projection *p, const struct op *op, int64_t object)
{
    const struct op_splice *with = &op->u.splice;
    struct splice edit = {.skip = with->skip, .drop = with->drop, .insert = span_str(with->insert)};
    struct buf made = {0};
    *text = NULL;
    struct db_row *q =
        db_use(p->s->db, "SELECT o.value, t.id, t.chain, t.n, t.record FROM op o JOIN tx t ON t.id = o.tx"
                         " JOIN chain c ON c.id = t.chain WHERE o.object = ?1 AND o.field = ?2"
                         " AND o.epoch = ?3 AND t.n = ?4 AND o.code = 1 AND o.value IS NOT NULL"
                         " AND CASE WHEN ?5 IS NULL THEN c.id = ?6 ELSE c.chain = ?5 END"
                         " ORDER BY o.id DESC LIMIT 1");
    db_int(q, 1, object);
    db_int(q, 2, op->number);
    db_int(q, 3, p->at.epoch);
    db_int(q, 4, (int64_t)with->base.n);
    if (!with->own_chain) {
        db_blob(q, 5, with->base.chain.b, ID_LEN);
    }
    db_int(q, 6, p->at.chain);
    enum err e = OK;
    if (db_next(q)) {
        bool past = false;
        struct stand base = {.tx = db_col_int(q, 1),
                             .chain = db_col_int(q, 2),
                             .n = (uint64_t)db_col_int(q, 3),
                             .record = db_col_int(q, 4)};
        e = chains_past(&past, p->s, &p->at, &base);
        enum err fits = e == OK && past ? splice_apply(&made, span_str(db_col_text(q, 0)), &edit) : ERR_INPUT;
        e = fits == ERR_MEMORY ? fits : e;
        if (fits == OK && e == OK) {
            *text = arena_text(a, span_buf(&made));
            e = *text ? OK : ERR_MEMORY;
        }
    }
    enum err end = db_end(q);
    buf_free(&made);
    return e != OK ? e : end;
}

static enum err project_object(const char **refused, struct projection *p, const struct op *op)
{
    struct object_row object;
    enum err e = find_object(&object, p->s, p->section.id, &op->object);
    if (e != OK || op->code != OP_SPLICE) {
        return e == OK ? project_on(refused, p, &object, op) : e;
    }
    struct arena a = {0};
    struct op whole = *op;
    int64_t id = 0;
    whole.code = OP_SET;
    e = spliced(&whole.value, &a, p, op, object.id);
    if (e == OK && whole.value) {
        e = project_on(refused, p, &object, &whole);
    } else if (e == OK) {
        *refused = WHY("the text that it edits is not there, or the edit does not fit it");
        e = insert_op(&id, p, &whole, object.id, OP_REFUSED, *refused);
    }
    arena_free(&a);
    return e;
}

static enum err project_opening(const char **refused, struct projection *p, const struct op *op)
{
    int64_t id = 0;
    *refused = p->epoch.id ? WHY("the epoch is open already") : NULL;
    enum err e = *refused ? OK : judge_open(refused, p->s, &op->u.open, &p->key_id, &p->standing, &p->at, p->genesis);
    if (e == OK && !*refused) {
        e = epochs_open(&p->epoch, p->s, &p->key_id, &op->u.open, &p->at);
        p->at.epoch = p->epoch.id;
        if (e == OK) {
            e = epochs_section(&p->section, p->s, p->epoch.section);
        }
    }
    return e == OK ? insert_op(&id, p, op, 0, *refused ? OP_REFUSED : OP_STANDS, *refused) : e;
}

static enum err project_admission(const char **refused, struct projection *p, const struct op *op)
{
    int64_t id = 0;
    enum err e = know_write(p);
    *refused = p->section.forbund ? WHY("the förbund section is every member\'s") : p->write_why;
    if (e == OK && !*refused) {
        e = epochs_admit(p->s, &p->epoch, &op->u.open, &p->at);
    }
    return e == OK ? insert_op(&id, p, op, 0, *refused ? OP_REFUSED : OP_STANDS, *refused) : e;
}

static enum err insert_party(struct site *s, const struct op_party *party, const char *sql, const void *second,
                             const char *kind, int64_t tx)
{
    struct db_row *q = db_use(s->db, sql);
    db_blob(q, 1, party->party.b, ID_LEN);
    if (kind) {
        db_text(q, 2, second);
        db_text(q, 3, kind);
        db_int(q, 4, tx);
    } else {
        db_blob(q, 2, second, ID_LEN);
        db_int(q, 3, tx);
    }
    return db_run(q);
}

static enum err insert_certification(struct site *s, const struct op_certify *c, int64_t tx)
{
    struct db_row *q = db_use(s->db, "INSERT INTO certification(sign, box, meeting, member, party, role, name, tx)"
                                     " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    db_blob(q, 1, c->sign.b, SIGN_PUBLIC_LEN);
    db_blob(q, 2, c->box.b, BOX_PUBLIC_LEN);
    db_blob(q, 3, c->meeting.b, BOX_PUBLIC_LEN);
    db_blob(q, 4, c->member.b, ID_LEN);
    db_blob(q, 5, c->party.b, ID_LEN);
    db_text(q, 6, c->role);
    db_text(q, 7, c->name);
    db_int(q, 8, tx);
    s->debts = true;
    return db_run(q);
}

static enum err apply_member(struct projection *p, const struct op *op)
{
    struct site *s = p->s;
    switch (op->code) {
    case OP_GENESIS: {
        struct db_row *q = db_use(s->db, "INSERT INTO forbund(name, quorum) VALUES(?, ?)");
        db_text(q, 1, op->u.genesis.name);
        db_int(q, 2, op->u.genesis.quorum);
        return db_run(q);
    }
    case OP_PARTY:
        return insert_party(s, &op->u.party,
                            "INSERT INTO party(uuid, name, kind, tx) VALUES(?, ?, ?, ?)"
                            " ON CONFLICT DO NOTHING",
                            op->u.party.name, op->u.party.kind, p->at.tx);
    case OP_APPROVE:
        return insert_party(s, &op->u.party,
                            "INSERT INTO approval(party, by_party, tx) VALUES(?, ?, ?)"
                            " ON CONFLICT DO NOTHING",
                            p->standing.party.b, NULL, p->at.tx);
    default:
        return insert_certification(s, &op->u.certify, p->at.tx);
    }
}

static enum err project_member(const char **refused, struct projection *p, const struct op *op)
{
    int64_t id = 0;
    enum err e = OK;
    *refused = p->section.forbund ? NULL : WHY("membership belongs in the förbund section");
    if (!*refused) {
        e = judge_member(refused, p->s, op, &p->standing, &p->at, p->genesis);
    }
    if (e == OK && !*refused) {
        e = apply_member(p, op);
    }
    return e == OK ? insert_op(&id, p, op, 0, *refused ? OP_REFUSED : OP_STANDS, *refused) : e;
}

enum err project_op(const char **refused, struct projection *p, const struct op *op)
{
    int64_t id = 0;
    *refused = NULL;
    enum err e = know_standing(p);
    if (e != OK) {
        return e;
    }
    if (op->code == OP_OPEN) {
        return project_opening(refused, p, op);
    }
    if (p->epoch.id == 0) {
        *refused = WHY("the epoch's opening does not stand");
        return insert_op(&id, p, op, 0, OP_REFUSED, *refused);
    }
    switch (op->code) {
    case OP_NEW:
    case OP_SET:
    case OP_ADD:
    case OP_DROP:
    case OP_APPEND:
    case OP_REMOVE:
    case OP_KEEP:
    case OP_SPLICE:
        return project_object(refused, p, op);
    case OP_ADMIT:
        return project_admission(refused, p, op);
    case OP_UNKNOWN:
        return insert_op(&id, p, op, 0, OP_NOT_KNOWN, "an operation that this version does not know");
    default:
        return project_member(refused, p, op);
    }
}
