#include "sync/project.h"

#include "sync/forks.h"
#include "sync/splice.h"
#include "sync/twins.h"
#include "sync/tx.h"

#include <string.h>

static void stand_at(struct projection *p, const struct project_source *from, uint64_t n, int64_t clock_ms)
{
    struct site *s = p->s;
    p->at = chains_at(tx_number(from->record, from->first, n), from->chain->id, from->first);
    p->at.clock_ms = clock_ms;
    if (clock_ms > s->clock_ms && clock_ms < (int64_t)site_now_ms(s) + CORE_CLOCK_AHEAD_MS) {
        s->clock_ms = clock_ms;
    }
}

enum err project_begin(struct projection *p, struct site *s, const struct project_source *from, uint64_t n,
                       int64_t clock_ms)
{
    *p = (struct projection){.s = s,
                             .gather = from->gather,
                             .signer = from->signer,
                             .chain = from->chain->chain,
                             .key_id = from->key_id,
                             .genesis = from->genesis,
                             .late = from->late};
    stand_at(p, from, n, clock_ms);
    enum err e = OK;
    if (from->epoch) {
        p->epoch = *from->epoch;
    } else {
        e = epochs_find(&p->epoch, s, &p->key_id);
    }
    if (e == OK && p->epoch.id != 0) {
        e = epochs_section(&p->section, s, p->epoch.section);
    }
    p->at.epoch = p->epoch.id;
    return e;
}

/* What the signer was, might and had seen opened, it was, might and had in the transaction before it, too: a record has
 * one past, and within it more of its own chain can only be added. But of the förbund section, whose operations are what
 * that is found from. */
enum err project_next(struct projection *p, const struct project_source *from, uint64_t n, int64_t clock_ms)
{
    if (p->epoch.id == 0 || p->section.forbund) {
        return project_begin(p, p->s, from, n, clock_ms);
    }
    stand_at(p, from, n, clock_ms);
    p->at.epoch = p->epoch.id;
    return OK;
}

static enum err know_standing(struct projection *p)
{
    struct project_signer *by = p->signer;
    if (p->standing_known) {
        return OK;
    }
    if (by && by->known && by->n <= p->at.n) {
        p->standing = by->standing;
        p->standing_known = true;
        return OK;
    }
    struct stand plain = p->at;
    plain.epoch = 0;
    enum err e = judge_standing(&p->standing, p->s, &plain);
    p->standing_known = e == OK && p->standing.certified;
    if (by && p->standing_known) {
        *by = (struct project_signer){.known = true, .n = p->at.n, .standing = p->standing};
    }
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
    struct db_row *q = db_use(p->s->db, "INSERT INTO op(tx, epoch, object, code, field, value, state, why, clock_ms)"
                                        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
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
    db_int(q, 9, p->at.clock_ms);
    enum err e = db_run(q);
    *id = db_last_id(p->s->db);
    return e;
}

/* The state of an operation on an object, and why. */
static enum err weigh(const char **refused, struct object_op *row, struct projection *p, const struct schema_type *type)
{
    enum err e = know_write(p);
    *refused = p->write_why;
    if (e == OK && !*refused) {
        row->state = object_weigh(refused, p->s, &p->section, type, row);
    }
    return e;
}

static enum err project_on(const char **refused, struct projection *p, struct gather_object *o, const struct op *op)
{
    struct object_op row = {.field = op->number, .state = OP_REFUSED};
    row.m = (struct merge_op){.at = p->at, .chain = p->chain, .code = op->code, .value = op->value};
    bool twins = false;
    const bool fresh = o->row.id == 0;
    enum err e = weigh(refused, &row, p, o->row.type);
    if (e == OK) {
        e = twins_has(&twins, p->s, &p->at);
    }
    const bool again = p->late || twins || (op->code == OP_NEW && !fresh);
    if (e == OK && fresh) {
        const bool makes = op->code == OP_NEW && row.state == OP_STANDS && !again;
        e = gather_make(o, p->gather, p->section.id, makes ? schema_type_numbered(p->s->schema, op->number) : NULL);
    }
    if (e == OK) {
        e = insert_op(&row.m.id, p, op, o->row.id, row.state, *refused);
    }
    if (e == OK && row.state == OP_STANDS && !again) {
        return gather_join(p->gather, o, &row);
    }
    if (e == OK) {
        e = object_enter(p->s, o->row.id, false, op->number, row.m.id);
    }
    return e == OK && row.state != OP_REFUSED && again ? object_mark_dirty(p->s, o->row.id) : e;
}

/* Is that operation the splice's base? named: the chain that it names, 0 for its own; there, what it goes on from. */
static enum err is_base(bool *out, struct projection *p, int64_t named, const struct stand *base)
{
    enum err e =
        named == 0 ? forks_under(out, p->s, p->at.chain, base->chain) : forks_under(out, p->s, base->chain, named);
    return e == OK && *out ? chains_past(out, p->s, &p->at, base) : e;
}

#define TEXTS                                                                                                          \
    "SELECT a.op, o.tx, o.value FROM object_op a CROSS JOIN op o ON o.id = a.op"                                       \
    " WHERE a.object = ?1 AND a.field = ?2 AND o.epoch = ?3 AND o.code = 1 AND o.value IS NOT NULL AND a.head = "

/* Appends the last text that a transaction set in that epoch, if it did any. Looked for from the end: who edits a text has
 * mostly seen the latest. */
static enum err text_of(bool *found, struct buf *out, struct projection *p, int64_t tx, int64_t object, uint32_t field)
{
    struct db_row *q = db_use(p->s->db, TEXTS "1 UNION ALL " TEXTS "0 ORDER BY 1 DESC");
    db_int(q, 1, object);
    db_int(q, 2, field);
    db_int(q, 3, p->at.epoch);
    *found = false;
    while (!*found && db_next(q)) {
        *found = db_col_int(q, 1) == tx;
        if (*found) {
            buf_put_str(out, db_col_text(q, 2));
        }
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(out) : e;
}

/* The records, on a chain and on all that have split from it or it from them, that have a transaction of that number. */
static struct db_row *records_with(struct site *s, int64_t chain, uint64_t n)
{
    struct db_row *q =
        db_use(s->db, "SELECT r.seq, r.chain, r.first FROM chain c CROSS JOIN record r ON r.seq = coalesce("
                      "  (SELECT x.seq FROM record x WHERE x.chain = c.id AND x.last >= ?2 AND x.hash IS NOT NULL"
                      "   ORDER BY x.last LIMIT 1),"
                      "  (SELECT x.seq FROM record x WHERE x.hash IS NULL AND x.chain = c.id))"
                      " WHERE c.root = (SELECT root FROM chain WHERE id = ?1) AND r.first <= ?2 ORDER BY c.chain");
    db_int(q, 1, chain);
    db_int(q, 2, (int64_t)n);
    return q;
}

/* Appends the text of the operation that a splice edits. *found false: there is none in its past. */
static enum err base_text(bool *found, struct buf *out, struct projection *p, const struct op *op, int64_t object)
{
    const struct op_splice *with = &op->u.splice;
    int64_t named = 0;
    enum err e = with->own_chain ? OK : forks_named(&named, p->s, &with->base.chain, &p->at);
    *found = false;
    if (e != OK || (!with->own_chain && named == 0)) {
        return e;
    }
    struct db_row *q = records_with(p->s, named ? named : p->at.chain, with->base.n);
    while (e == OK && !*found && db_next(q)) {
        const uint64_t first = (uint64_t)db_col_int(q, 2);
        const struct stand base = chains_at(tx_number(db_col_int(q, 0), first, with->base.n), db_col_int(q, 1), first);
        e = is_base(found, p, named, &base);
        if (e == OK && *found) {
            e = text_of(found, out, p, base.tx, object, op->number);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* The text that a splice makes, in the arena; *text NULL: its base is not in its past, or the edit does not fit. What
 * is kept is the whole text, as if it had been sent so. */
static enum err spliced(const char **text, struct arena *a, struct projection *p, const struct op *op, int64_t object)
{
    const struct op_splice *with = &op->u.splice;
    struct splice edit = {.skip = with->skip, .drop = with->drop, .insert = span_str(with->insert)};
    struct buf base = {0};
    struct buf made = {0};
    bool found = false;
    *text = NULL;
    enum err e = base_text(&found, &base, p, op, object);
    enum err fits = e == OK && found ? splice_apply(&made, span_buf(&base), &edit) : ERR_INPUT;
    e = fits == ERR_MEMORY ? fits : e;
    p->s->spliced += made.len;
    if (fits == OK && e == OK && p->s->spliced <= LIMIT_SPLICED) {
        *text = arena_text(a, span_buf(&made));
        e = *text ? OK : ERR_MEMORY;
    }
    buf_free(&base);
    buf_free(&made);
    return e;
}

static enum err project_splice(const char **refused, struct projection *p, struct gather_object *o, const struct op *op)
{
    struct op whole = *op;
    int64_t id = 0;
    whole.code = OP_SET;
    enum err e = spliced(&whole.value, &p->gather->a, p, op, o->row.id);
    if (e == OK && whole.value) {
        return project_on(refused, p, o, &whole);
    }
    if (e == OK && o->row.id == 0) {
        e = gather_make(o, p->gather, p->section.id, NULL);
    }
    *refused = WHY("the text that it edits is not there, or the edit does not fit it");
    if (e == OK) {
        e = insert_op(&id, p, &whole, o->row.id, OP_REFUSED, *refused);
    }
    return e == OK ? object_enter(p->s, o->row.id, false, op->number, id) : e;
}

static enum err project_object(const char **refused, struct projection *p, const struct op *op)
{
    struct gather_object *o = NULL;
    enum err e = gather_find(&o, p->gather, p->section.id, &op->object);
    if (e != OK) {
        return e;
    }
    return op->code == OP_SPLICE ? project_splice(refused, p, o, op) : project_on(refused, p, o, op);
}

/* Where nobody gathers, all is written at once. */
static enum err project_gathered(const char **refused, struct projection *p, const struct op *op)
{
    if (p->gather) {
        return project_object(refused, p, op);
    }
    struct gather g = {.s = p->s};
    p->gather = &g;
    enum err e = project_object(refused, p, op);
    if (e == OK) {
        e = gather_flush(&g);
    }
    gather_free(&g);
    p->gather = NULL;
    return e;
}

/* Was the epoch opened by this transaction, or by a twin of it? */
static enum err opened_here(bool *out, struct projection *p)
{
    struct stand opening;
    enum err e = chains_stand(&opening, p->s, p->epoch.tx);
    opening.epoch = p->epoch.id;
    return e == OK ? twins_are(out, p->s, &p->at, &opening) : e;
}

static enum err project_opening(const char **refused, struct projection *p, const struct op *op)
{
    int64_t id = 0;
    bool twin = false;
    enum err e = p->epoch.id ? opened_here(&twin, p) : OK;
    if (e != OK || twin) {
        return e == OK ? insert_op(&id, p, op, 0, OP_STANDS, NULL) : e;
    }
    *refused = p->epoch.id ? WHY("the epoch is open already") : NULL;
    e = *refused ? OK : judge_open(refused, p->s, &op->u.open, &p->key_id, &p->standing, &p->at, p->genesis);
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
    enum err e = db_run(q);
    return e == OK ? epochs_mark_debts(s) : e;
}

/* A party is called what it was founded as, or what its id binds, which is one thing for everybody: whoever admits it
 * again under another name names nobody. */
static enum err name_party(struct projection *p, const struct op_certify *c)
{
    bool bound = p->genesis;
    enum err e = bound ? OK : judge_bound(&bound, p->s, c, p->at.tx);
    if (e != OK || !bound) {
        return e;
    }
    struct db_row *q = db_use(p->s->db, "INSERT INTO party(uuid, name, kind) SELECT party, name, kind FROM admission"
                                        " WHERE party = ? AND tx = ? ON CONFLICT DO NOTHING");
    db_blob(q, 1, c->party.b, ID_LEN);
    db_int(q, 2, p->at.tx);
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
                            "INSERT INTO admission(party, name, kind, tx) VALUES(?, ?, ?, ?)"
                            " ON CONFLICT DO NOTHING",
                            op->u.party.name, op->u.party.kind, p->at.tx);
    case OP_APPROVE:
        return insert_party(s, &op->u.party,
                            "INSERT INTO approval(party, by_party, tx) VALUES(?, ?, ?)"
                            " ON CONFLICT DO NOTHING",
                            p->standing.party.b, NULL, p->at.tx);
    default: {
        enum err e = name_party(p, &op->u.certify);
        return e == OK ? insert_certification(s, &op->u.certify, p->at.tx) : e;
    }
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

/* The epoch must have been opened in the operation's past: whether it happens to be known here does not count. */
static enum err know_opening(bool *opened, struct projection *p)
{
    struct stand opening;
    struct stand plain = p->at;
    plain.epoch = 0;
    *opened = p->epoch.id != 0 && p->opened;
    if (p->epoch.id == 0 || *opened) {
        return OK;
    }
    enum err e = opened_here(opened, p);
    if (e != OK || *opened) {
        return e;
    }
    e = chains_stand(&opening, p->s, p->epoch.tx);
    opening.epoch = p->epoch.id; /* for its twins */
    if (e == OK) {
        e = chains_past(&p->opened, p->s, &plain, &opening);
    }
    *opened = e == OK && p->opened;
    return e;
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
    bool opened = false;
    e = know_opening(&opened, p);
    if (e != OK) {
        return e;
    }
    if (!opened) {
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
        return project_gathered(refused, p, op);
    case OP_ADMIT:
        return project_admission(refused, p, op);
    case OP_UNKNOWN:
        return insert_op(&id, p, op, 0, OP_NOT_KNOWN, "an operation that this version does not know");
    default:
        return project_member(refused, p, op);
    }
}
