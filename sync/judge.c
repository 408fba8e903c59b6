#include "sync/judge.h"

#include "sync/chains.h"

#include <string.h>

static bool same_uuid(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* The epoch of the förbund section, for what membership has twins in. 0: there is none yet. */
static enum err forbund_epoch(int64_t *out, struct site *s)
{
    *out = 0;
    return !s->twins ? OK
                     : db_get_int(out,
                                  db_use(s->db, "SELECT e.id FROM epoch e JOIN section n ON n.id = e.section"
                                                " WHERE n.section_id = zeroblob(16) LIMIT 1"),
                                  0);
}

/* The certification may be on any branch of a chain that has split: the first that is in the past counts. */
enum err judge_standing(struct standing *out, struct site *s, const struct stand *at)
{
    int64_t epoch = 0;
    enum err e = forbund_epoch(&epoch, s);
    struct db_row *q = db_use(s->db, "SELECT w.member, w.party, w.role, w.tx FROM signer w"
                                     " JOIN record r ON r.seq = w.tx_record JOIN chain c ON c.id = r.chain"
                                     " WHERE w.chain = ? ORDER BY c.chain");
    db_int(q, 1, at->chain);
    *out = (struct standing){0};
    while (e == OK && !out->certified && db_next(q)) {
        struct stand granted;
        const char *role = db_col_text(q, 2);
        *out = (struct standing){0};
        db_col_copy(q, 0, out->member.b, ID_LEN);
        db_col_copy(q, 1, out->party.b, ID_LEN);
        memcpy(out->role, role, strlen(role) < sizeof out->role ? strlen(role) : sizeof out->role - 1);
        e = chains_stand(&granted, s, db_col_int(q, 3));
        granted.epoch = epoch;
        if (e == OK) {
            e = chains_past(&out->certified, s, at, &granted);
        }
        /* The founder's own certification stands in the transaction that founds. */
        out->certified = out->certified || granted.tx == at->tx;
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static bool may_edit(const struct standing *by)
{
    return by->certified && strcmp(by->role, "revisor") != 0;
}

static bool is_administrator(const struct standing *by)
{
    return by->certified && strcmp(by->role, "administratör") == 0;
}

/* A predecessor that this replica can read must have allowed its writer to open a successor. */
static enum err judge_parents(const char **why, struct site *s, const struct op_open *open,
                              const struct section_id *section_id, const struct standing *by, const struct stand *at)
{
    bool known = false;
    bool allowed = false;
    for (size_t i = 0; i < open->parent_count; i++) {
        const struct parent_epoch *p = &open->parents[i];
        struct epoch_row row;
        if (p->has_key) {
            struct key_id id = ids_key(&s->self.forbund, section_id, p->key);
            if (memcmp(&id, &p->key_id, sizeof id) != 0) {
                *why = WHY("a predecessor's key is not the one its id commits to");
                return OK;
            }
        }
        enum err e = epochs_find(&row, s, &p->key_id);
        if (e != OK) {
            return e;
        }
        if (row.id != 0 && uuid_is_nil(&open->owner)) {
            bool may = false;
            e = epochs_may_write(&may, s, &row, at, &by->party, &by->member);
            if (e != OK) {
                return e;
            }
            known = true;
            allowed = allowed || may;
        }
    }
    if (known && !allowed) {
        *why = WHY("not a writer of the section's earlier epoch");
    }
    return OK;
}

enum err judge_open(const char **why, struct site *s, const struct op_open *open, const struct key_id *key_id,
                    const struct standing *by, const struct stand *at, bool genesis)
{
    static const struct section_id forbund = {{0}};
    uint8_t key[SECTION_KEY_LEN];
    struct section_id held;
    struct section_id id = epochs_section_id(s, &open->plan, &open->owner, open->topic);
    *why = NULL;
    enum err e = epochs_key(&held, key, s, key_id);
    device_wipe(key, sizeof key);
    if (e != OK) {
        return e;
    }
    if (memcmp(&held, &id, sizeof id) != 0) {
        *why = WHY("the key belongs to another section");
    } else if (memcmp(&id, &forbund, sizeof id) == 0) {
        *why = genesis ? NULL : WHY("the förbund section is opened when the förbund is founded");
    } else if (!may_edit(by)) {
        *why = WHY("the signer was not a member who may write");
    } else if (!uuid_is_nil(&open->owner) && !same_uuid(&open->owner, &by->party)) {
        *why = WHY("only the owner party opens its section");
    } else {
        e = judge_parents(why, s, open, &id, by, at);
    }
    return e;
}

enum err judge_write(const char **why, struct site *s, const struct section_row *section, const struct epoch_row *epoch,
                     const struct standing *by, const struct stand *at)
{
    *why = NULL;
    if (!may_edit(by)) {
        *why = WHY("the signer was not a member who may write");
        return OK;
    }
    if (section->forbund) {
        return OK;
    }
    if (!uuid_is_nil(&section->owner)) {
        *why = same_uuid(&section->owner, &by->party) ? NULL : WHY("only the owner party's members write its section");
        return OK;
    }
    bool may = false;
    enum err e = epochs_may_write(&may, s, epoch, at, &by->party, &by->member);
    if (e == OK && !may) {
        *why = WHY("the signer's party was not admitted to the shared section");
    }
    return e;
}

static enum err count_past(uint32_t *out, struct site *s, struct db_row *q, const struct stand *at,
                           const struct uuid *own)
{
    struct uuid last = *own;
    int64_t epoch = 0;
    enum err e = forbund_epoch(&epoch, s);
    *out = 0;
    while (e == OK && db_next(q)) {
        struct uuid who;
        struct stand then;
        bool past = false;
        db_col_copy(q, 0, who.b, ID_LEN);
        e = chains_stand(&then, s, db_col_int(q, 1));
        then.epoch = epoch;
        if (e == OK) {
            e = chains_past(&past, s, at, &then);
        }
        if (e == OK && past && !same_uuid(&who, own) && !same_uuid(&who, &last)) {
            ++*out;
            last = who;
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* Admission needs administrators of min(quorum, number of parties) distinct parties, the signer's included. */
static enum err judge_party(const char **why, struct site *s, const struct op_party *party, const struct standing *by,
                            const struct stand *at)
{
    static const struct uuid nobody = {{0}};
    int64_t quorum = 1;
    uint32_t parties = 0;
    uint32_t others = 0;
    enum err e = db_get_int(&quorum, db_use(s->db, "SELECT quorum FROM forbund"), 1);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "SELECT party, tx FROM admission ORDER BY party");
        e = count_past(&parties, s, q, at, &nobody);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "SELECT by_party, tx FROM approval WHERE party = ? ORDER BY by_party");
        db_blob(q, 1, party->party.b, ID_LEN);
        e = count_past(&others, s, q, at, &by->party);
    }
    uint32_t need = quorum < (int64_t)parties ? (uint32_t)quorum : parties;
    if (e == OK && others + 1 < need) {
        *why = WHY("too few parties had approved the new party");
    }
    return e;
}

enum err judge_bound(bool *bound, struct site *s, const struct op_certify *c, int64_t tx)
{
    struct db_row *q = db_use(s->db, "SELECT kind, name FROM admission WHERE party = ? AND tx = ?");
    db_blob(q, 1, c->party.b, ID_LEN);
    db_int(q, 2, tx);
    *bound = false;
    if (db_next(q)) {
        struct uuid id = ids_party(&c->sign, db_col_text(q, 0), db_col_text(q, 1));
        *bound = same_uuid(&id, &c->party);
    }
    return db_end(q);
}

/* An administrator certifies devices of the own party; and the device that brings a new party in, with its admission: the
 * party's id says which device that is. */
static enum err judge_certify(const char **why, struct site *s, const struct op_certify *c, const struct standing *by,
                              const struct stand *at)
{
    bool brings = false;
    if (same_uuid(&c->party, &by->party)) {
        return OK;
    }
    enum err e = judge_bound(&brings, s, c, at->tx);
    if (e == OK && !brings) {
        *why = WHY("only an administrator of the same party certifies a device");
    }
    return e;
}

enum err judge_member(const char **why, struct site *s, const struct op *op, const struct standing *by,
                      const struct stand *at, bool genesis)
{
    *why = NULL;
    if (genesis) {
        return OK;
    }
    if (op->code == OP_GENESIS) {
        *why = WHY("a förbund is founded once");
        return OK;
    }
    if (!is_administrator(by)) {
        *why = WHY("the signer was not an administrator");
        return OK;
    }
    if (op->code == OP_PARTY) {
        return judge_party(why, s, &op->u.party, by, at);
    }
    if (op->code == OP_CERTIFY) {
        return judge_certify(why, s, &op->u.certify, by, at);
    }
    return OK;
}

static enum schema_place place_of(const struct section_row *section)
{
    if (section->forbund) {
        return PLACE_FORBUND;
    }
    return uuid_is_nil(&section->owner) ? PLACE_SHARED : PLACE_OWNED;
}

static bool code_fits(enum merge_kind kind, enum op_code code)
{
    switch (kind) {
    case MERGE_REGISTER:
    case MERGE_TEXT:
        return code == OP_SET;
    case MERGE_SET:
        return code == OP_ADD || code == OP_DROP;
    case MERGE_ENTRIES:
        return code == OP_APPEND;
    default:
        return false;
    }
}

const char *judge_schema(bool *unknown, const struct schema *schema, const struct section_row *section,
                         const struct schema_type *type, enum op_code code, uint32_t number, const char *value)
{
    *unknown = false;
    if (code == OP_NEW) {
        type = schema_type_numbered(schema, number);
        *unknown = type == NULL;
        return !type || schema_allows(type, place_of(section), section->topic)
                   ? NULL
                   : WHY("objects of that type do not live in such a section");
    }
    if (code == OP_REMOVE || code == OP_KEEP) {
        return NULL;
    }
    const struct schema_field *field = type ? schema_field_numbered(type, number) : NULL;
    if (!field) {
        *unknown = true;
        return NULL;
    }
    if (!code_fits(field->merge, code)) {
        return WHY("the field does not merge in that way");
    }
    return value ? schema->expects(type, field, value) : NULL;
}
