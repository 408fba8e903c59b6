#include "sync/edit.h"

#include "sync/project.h"
#include "sync/sealing.h"
#include "sync/splice.h"
#include "sync/utf8.h"

#include <stdlib.h>
#include <string.h>

#define EPOCHS_MAX 64       /* sections that one save touches */
#define TX_BYTES (4u << 20) /* encoded operations of one save; far below a record's cap */
#define RECORD_TXS 512      /* transactions gathered in one record before it is sealed */

/* What the edit has written in one epoch so far. */
struct edit_part {
    struct projection p;
    struct buf ops; /* array of struct op; what they point to is in the edit's arena */
};

struct edit {
    struct site *s;
    struct arena a;
    struct chain_row own;
    int64_t record;
    uint64_t n;
    int64_t clock_ms;
    bool sealed;  /* the record before was sealed by this edit: its branch moves after the commit */
    size_t count; /* operations */
    size_t part_count;
    struct edit_part parts[EPOCHS_MAX];
};

static enum err refuse(struct site *s, const char *text)
{
    return why_set(&s->why, ERR_REFUSED, text, "%s", "");
}

/* Seals first if the open record has enough: its size stays bounded whatever the number of saves. */
static enum err begin_record(struct edit *e)
{
    int64_t rows = 0;
    enum err r = db_get_int(&rows, db_use(e->s->db, "SELECT count(DISTINCT n) FROM journal"), 0);
    if (r == OK && rows >= RECORD_TXS) {
        r = sealing_run(e->s);
        e->sealed = true;
    }
    if (r == OK) {
        r = chains_open_record(&e->record, e->s);
    }
    if (r == OK) {
        r = chains_find(&e->own, e->s, &e->s->self.chain);
    }
    return r == OK ? sealing_next(&e->n, &e->clock_ms, e->s) : r;
}

enum err edit_begin(struct edit **out, struct site *s)
{
    *out = NULL;
    if (s->self.stage != SITE_MEMBER) {
        return refuse(s, WHY("this device is not a member yet: accept the invitation and meet the others first"));
    }
    struct edit *e = calloc(1, sizeof *e);
    if (!e) {
        return ERR_MEMORY;
    }
    e->s = s;
    enum err r = db_begin(s->db);
    if (r == OK) {
        r = begin_record(e);
    }
    if (r != OK) {
        edit_cancel(e);
        return r;
    }
    *out = e;
    return OK;
}

static void edit_free(struct edit *e)
{
    for (size_t i = 0; i < e->part_count; i++) {
        buf_free(&e->parts[i].ops);
    }
    arena_free(&e->a);
    free(e);
}

void edit_cancel(struct edit *e)
{
    if (e) {
        db_rollback(e->s->db);
        log_forget(e->s->log);
        chains_forget(e->s);
        edit_free(e);
    }
}

size_t edit_size(const struct edit *e)
{
    return e->count;
}

/* The part of this transaction under that key. */
static enum err part_for(struct edit_part **out, struct edit *e, const struct key_id *key)
{
    for (size_t i = 0; i < e->part_count; i++) {
        if (memcmp(&e->parts[i].p.key_id, key, sizeof *key) == 0) {
            *out = &e->parts[i];
            return OK;
        }
    }
    if (e->part_count == EPOCHS_MAX) {
        return why_set(&e->s->why, ERR_LIMIT, WHY("too many sections in one save"), "%d", EPOCHS_MAX);
    }
    struct project_source from = {.chain = &e->own, .record = e->record, .key_id = *key};
    struct edit_part *part = &e->parts[e->part_count];
    enum err r = project_begin(&part->p, e->s, &from, e->n, e->clock_ms);
    if (r == OK) {
        e->part_count++;
        *out = part;
    }
    return r;
}

static enum err add_op(struct edit *e, const struct key_id *key, const struct op *op)
{
    struct edit_part *part = NULL;
    const char *refused = NULL;
    enum err r = part_for(&part, e, key);
    if (r == OK && e->count >= LIMIT_OPS) {
        r = why_set(&e->s->why, ERR_LIMIT, WHY("too many operations in one save"), "%zu", e->count);
    }
    if (r == OK) {
        r = project_op(&refused, &part->p, op);
    }
    if (r == OK && refused) {
        return refuse(e->s, refused);
    }
    if (r == OK) {
        buf_put(&part->ops, op, sizeof *op);
        r = buf_check(&part->ops);
        e->count++;
    }
    return r;
}

/* ---- sections ---- */

static int by_grant(const void *a, const void *b)
{
    const struct grant *x = a;
    const struct grant *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return memcmp(&x->id, &y->id, sizeof x->id);
}

/* Sorted, unique, in the arena. */
static enum err tidy_grants(struct op_open *open, struct arena *a, const struct grant *to, size_t count)
{
    struct grant *copy = arena_array(a, count, sizeof *copy);
    if (!copy) {
        return ERR_MEMORY;
    }
    size_t n = 0;
    if (count > 0) {
        memcpy(copy, to, count * sizeof *copy);
        qsort(copy, count, sizeof *copy, by_grant);
    }
    for (size_t i = 0; i < count; i++) {
        if (n > 0 && by_grant(&copy[n - 1], &copy[i]) == 0) {
            copy[n - 1].writes = copy[n - 1].writes || copy[i].writes;
        } else {
            copy[n++] = copy[i];
        }
    }
    open->grants = copy;
    open->grant_count = n;
    return n > LIMIT_GRANTS ? ERR_LIMIT : OK;
}

/* A fresh key for a section, kept, with its id. */
static enum err make_key(struct key_id *id, struct site *s, const struct section_id *section)
{
    uint8_t key[SECTION_KEY_LEN];
    device_hedge(key, s->device, span_of(section->b, ID_LEN));
    *id = ids_key(&s->self.forbund, section, key);
    enum err e = epochs_keep_key(s, id, section, key);
    device_wipe(key, sizeof key);
    return e;
}

static int by_key_id(const void *a, const void *b)
{
    const struct parent_epoch *x = a;
    const struct parent_epoch *y = b;
    return memcmp(&x->key_id, &y->key_id, sizeof x->key_id);
}

/* Opens an epoch after those given (none: the first), with these recipients. */
static enum err open_epoch(struct epoch_row *out, struct edit *e, const struct place *p, const struct epoch_row *heads,
                           size_t head_count, const struct grant *to, size_t to_count, const char *ground)
{
    struct op op = {.code = OP_OPEN};
    struct section_id held;
    struct section_id id = epochs_section_id(e->s, &p->plan, &p->owner, p->topic);
    struct parent_epoch *parents = arena_array(&e->a, head_count, sizeof *parents);
    op.u.open.plan = p->plan;
    op.u.open.owner = p->owner;
    op.u.open.topic = arena_text(&e->a, span_str(p->topic));
    op.u.open.ground = arena_text(&e->a, span_str(ground));
    op.u.open.parents = parents;
    op.u.open.parent_count = head_count;
    enum err r =
        parents && op.u.open.topic && op.u.open.ground ? tidy_grants(&op.u.open, &e->a, to, to_count) : ERR_MEMORY;
    for (size_t i = 0; r == OK && i < head_count; i++) {
        parents[i].key_id = heads[i].key_id;
        parents[i].has_key = true;
        r = epochs_key(&held, parents[i].key, e->s, &heads[i].key_id);
    }
    struct key_id key;
    if (r == OK) {
        qsort(parents, head_count, sizeof *parents, by_key_id);
        r = make_key(&key, e->s, &id);
    }
    if (r == OK) {
        r = add_op(e, &key, &op);
    }
    return r == OK ? epochs_find(out, e->s, &key) : r;
}

static struct grant own_party(const struct edit *e)
{
    return (struct grant){.kind = GRANT_PARTY, .id = e->s->self.party, .writes = true};
}

static enum err first_epoch(struct epoch_row *out, struct edit *e, const struct place *p)
{
    struct grant own = own_party(e);
    bool shared = uuid_is_nil(&p->owner);
    if (!shared && memcmp(&p->owner, &e->s->self.party, sizeof p->owner) != 0) {
        return refuse(e->s, WHY("only the owner party writes there"));
    }
    return open_epoch(out, e, p, NULL, 0, &own, shared ? 1 : 0, "");
}

/* Everything that the recipients of several epochs amount to. */
static enum err gather_grants(struct grant **out, size_t *count, struct edit *e, const struct epoch_row *heads,
                              size_t head_count)
{
    struct buf all = {0};
    enum err r = OK;
    for (size_t i = 0; r == OK && i < head_count; i++) {
        const struct grant *some = NULL;
        size_t n = 0;
        r = epochs_grants(&some, &n, &e->a, e->s, &heads[i]);
        if (r == OK) {
            buf_put(&all, some, n * sizeof *some);
            r = buf_check(&all);
        }
    }
    *count = all.len / sizeof **out;
    *out = r == OK ? arena_array(&e->a, *count, sizeof **out) : NULL;
    if (*out && *count > 0) {
        memcpy(*out, all.ptr, all.len);
    }
    buf_free(&all);
    return r == OK && !*out ? ERR_MEMORY : r;
}

#define HEADS_MAX 16

/* The one epoch to write in: opened if there is none, joined if concurrent ones stand side by side. */
static enum err current_epoch(struct epoch_row *out, struct edit *e, const struct place *p)
{
    struct section_row section;
    struct epoch_row heads[HEADS_MAX];
    size_t count = 0;
    struct grant *to = NULL;
    size_t to_count = 0;
    struct section_id id = epochs_section_id(e->s, &p->plan, &p->owner, p->topic);
    enum err r = epochs_section_find(&section, e->s, &id);
    if (r != OK || section.id == 0) {
        return r == OK ? first_epoch(out, e, p) : r;
    }
    r = epochs_heads(heads, HEADS_MAX, &count, e->s, section.id);
    if (r == OK && count == 0) {
        return refuse(e->s, WHY("this device holds no key to that section"));
    }
    if (r == OK && count == 1) {
        *out = heads[0];
        return OK;
    }
    count = count < HEADS_MAX ? count : HEADS_MAX;
    if (r == OK) {
        r = gather_grants(&to, &to_count, e, heads, count);
    }
    return r == OK ? open_epoch(out, e, p, heads, count, to, to_count, "") : r;
}

enum err edit_section(int64_t *section, struct edit *e, const struct place *p)
{
    struct epoch_row epoch;
    enum err r = current_epoch(&epoch, e, p);
    if (r == OK) {
        *section = epoch.section;
    }
    return r;
}

static enum err place_of(struct place *out, struct section_row *row, struct edit *e, int64_t section)
{
    enum err r = epochs_section(row, e->s, section);
    if (r == OK && row->id == 0) {
        return why_set(&e->s->why, ERR_NOT_FOUND, WHY("no such section here"), "%lld", (long long)section);
    }
    *out = (struct place){.plan = row->plan, .owner = row->owner, .topic = row->topic};
    return r;
}

static enum err write_epoch(struct epoch_row *out, struct edit *e, int64_t section)
{
    struct place p;
    struct section_row row;
    enum err r = place_of(&p, &row, e, section);
    return r == OK ? current_epoch(out, e, &p) : r;
}

/* Those of `to` that an epoch's recipients do not cover already. */
static size_t only_new(struct grant *out, const struct grant *to, size_t count, const struct grant *have,
                       size_t have_count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        bool covered = false;
        for (size_t k = 0; k < have_count; k++) {
            covered = covered || (by_grant(&to[i], &have[k]) == 0 && (have[k].writes || !to[i].writes));
        }
        if (!covered) {
            out[n++] = to[i];
        }
    }
    return n;
}

enum err edit_admit(struct edit *e, const struct place *p, const struct grant *to, size_t count, const char *ground)
{
    struct epoch_row epoch;
    const struct grant *have = NULL;
    size_t have_count = 0;
    struct op op = {.code = OP_ADMIT};
    struct grant *new = arena_array(&e->a, count, sizeof *new);
    struct buf clean = {0};
    enum err r = new ? utf8_clean(&clean, span_str(ground)) : ERR_MEMORY;
    if (r == OK) {
        r = current_epoch(&epoch, e, p);
    }
    if (r == OK) {
        r = epochs_grants(&have, &have_count, &e->a, e->s, &epoch);
    }
    size_t n = r == OK ? only_new(new, to, count, have, have_count) : 0;
    if (r == OK && n > 0) {
        op.u.open.ground = arena_text(&e->a, span_buf(&clean));
        r = op.u.open.ground ? tidy_grants(&op.u.open, &e->a, new, n) : ERR_MEMORY;
        if (r == OK) {
            r = add_op(e, &epoch.key_id, &op);
        }
    }
    buf_free(&clean);
    return r;
}

enum err edit_exclude(struct edit *e, const struct place *p, const struct grant *who, size_t count, const char *ground)
{
    struct section_row section;
    struct epoch_row heads[HEADS_MAX];
    struct epoch_row opened;
    size_t head_count = 0;
    struct grant *to = NULL;
    size_t to_count = 0;
    size_t kept = 0;
    struct section_id id = epochs_section_id(e->s, &p->plan, &p->owner, p->topic);
    enum err r = epochs_section_find(&section, e->s, &id);
    if (r == OK && section.id != 0) {
        r = epochs_heads(heads, HEADS_MAX, &head_count, e->s, section.id);
    }
    if (r == OK && head_count == 0) {
        return why_set(&e->s->why, ERR_NOT_FOUND, WHY("no such section here"), "%s", p->topic);
    }
    head_count = head_count < HEADS_MAX ? head_count : HEADS_MAX;
    if (r == OK) {
        r = gather_grants(&to, &to_count, e, heads, head_count);
    }
    for (size_t i = 0; r == OK && i < to_count; i++) {
        bool out = false;
        for (size_t k = 0; k < count; k++) {
            out = out || by_grant(&to[i], &who[k]) == 0;
        }
        if (!out) {
            to[kept++] = to[i];
        }
    }
    if (r != OK || kept == to_count) {
        return r; /* nobody of them was a recipient */
    }
    return open_epoch(&opened, e, p, heads, head_count, to, kept, ground);
}

/* ---- objects ---- */

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
        r = write_epoch(&epoch, e, section);
    }
    if (r == OK) {
        r = add_op(e, &epoch.key_id, &op);
    }
    if (r == OK && key) {
        *key = (struct object_key){.section = section, .id = op.object};
    }
    return r;
}

static enum err type_of(const struct schema_type **out, struct edit *e, const struct object_key *key)
{
    int64_t type = 0;
    char text[UUID_TEXT_LEN + 1];
    struct db_row *q = db_use(e->s->db, "SELECT type FROM object WHERE section = ? AND uuid = ? AND type IS NOT NULL");
    db_int(q, 1, key->section);
    db_blob(q, 2, key->id.b, ID_LEN);
    enum err r = db_get_int(&type, q, 0);
    *out = schema_type_numbered(e->s->schema, (uint64_t)type);
    uuid_format(text, &key->id);
    return r == OK && !*out ? why_set(&e->s->why, ERR_NOT_FOUND, WHY("no such object here"), "%s", text) : r;
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
    if (len < SPLICE_FROM) {
        return OK;
    }
    struct db_row *q = db_use(e->s->db, "SELECT o.value, c.chain, t.n FROM object b JOIN head h ON h.object = b.id"
                                        " JOIN op o ON o.id = h.op JOIN tx t ON t.id = o.tx"
                                        " JOIN chain c ON c.id = t.chain WHERE b.section = ? AND b.uuid = ?"
                                        " AND h.field = ? AND o.epoch = ? AND o.value IS NOT NULL AND t.n <> ?"
                                        " ORDER BY t.clock_ms DESC, c.chain DESC, t.n DESC LIMIT 1");
    db_int(q, 1, epoch->section);
    db_blob(q, 2, op->object.b, ID_LEN);
    db_int(q, 3, op->number);
    db_int(q, 4, epoch->id);
    db_int(q, 5, (int64_t)e->n);
    enum err r = OK;
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
        r = write_epoch(&epoch, e, key->section);
    }
    if (r == OK && f && f->merge == MERGE_TEXT) {
        r = as_splice(&op, e, &epoch);
    }
    return r == OK ? add_op(e, &epoch.key_id, &op) : r;
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
    struct db_row *q = db_use(e->s->db, "SELECT DISTINCT c.chain, t.n FROM object b JOIN head h ON h.object = b.id"
                                        " JOIN op o ON o.id = h.op JOIN tx t ON t.id = o.tx"
                                        " JOIN chain c ON c.id = t.chain"
                                        " WHERE b.section = ? AND b.uuid = ? AND h.field = ?");
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

enum err edit_member_op(struct edit *e, const struct op *op)
{
    struct epoch_row epoch;
    struct place forbund = {.topic = CORE_FORBUND_TOPIC};
    enum err r = current_epoch(&epoch, e, &forbund);
    return r == OK ? add_op(e, &epoch.key_id, op) : r;
}

/* ---- saving ---- */

static enum err note_part(struct edit *e, struct edit_part *part)
{
    struct part_tx tx = {.n = e->n,
                         .clock_ms = e->clock_ms,
                         .op_count = part->ops.len / sizeof(struct op),
                         .ops = (const struct op *)(const void *)part->ops.ptr};
    struct part whole = {.tx_count = 1, .txs = &tx};
    struct part_base base = {.first_dot = e->n, .last_dot = e->n, .time = e->clock_ms / 1000};
    struct buf bytes = {0};
    enum err r = part_encode(&bytes, &whole, &base);
    if (r == OK && bytes.len > TX_BYTES) {
        r = why_set(&e->s->why, ERR_LIMIT, WHY("too much in one save"), "%zu", bytes.len);
    }
    if (r == OK) {
        r = sealing_note(e->s, e->n, &part->p.key_id, e->clock_ms, span_buf(&bytes));
    }
    buf_wipe(&bytes);
    return r;
}

static enum err note_clock(struct edit *e)
{
    struct db_row *q = db_use(e->s->db, "INSERT INTO meta(name, value) VALUES('clock', ?1)"
                                        " ON CONFLICT(name) DO UPDATE SET value = max(value, ?1)");
    db_int(q, 1, e->clock_ms);
    return db_run(q);
}

enum err edit_commit(struct edit *e, struct dot *at)
{
    struct dot dot = {.chain = e->s->self.chain, .n = e->n};
    if (e->count == 0) {
        edit_cancel(e);
        if (at) {
            *at = (struct dot){0};
        }
        return OK;
    }
    enum err r = OK;
    for (size_t i = 0; r == OK && i < e->part_count; i++) {
        if (e->parts[i].ops.len > 0) {
            r = note_part(e, &e->parts[i]);
        }
    }
    if (r == OK) {
        r = project_settle(e->s);
    }
    if (r == OK) {
        r = note_clock(e);
    }
    if (r == OK) {
        r = db_commit(e->s->db);
    }
    if (r != OK) {
        edit_cancel(e);
        return r;
    }
    bool sealed = e->sealed;
    struct site *s = e->s;
    edit_free(e);
    if (at) {
        *at = dot;
    }
    /* The save stands whatever becomes of the branch; the next open mends it. */
    if (sealed && sealing_mend(s) == ERR_MEMORY) {
        return ERR_MEMORY;
    }
    return OK;
}
