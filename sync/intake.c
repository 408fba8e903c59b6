#include "sync/intake.h"

#include "crypto/envelope.h"
#include "crypto/sshsig.h"
#include "sync/part.h"
#include "sync/project.h"

#include <string.h>

const char *intake_verdict_name(enum verdict v)
{
    static const char *const names[] = {"accept", "waits", "quarantine", "malformed", "signature",
                                        "chain",  "link",  "hash",       "fork",      "limit"};
    return names[v];
}

void intake_free(struct intake *in)
{
    buf_free(&in->commit_bytes);
    buf_free(&in->armored);
    buf_free(&in->b);
    buf_free(&in->k);
    buf_free(&in->o);
    arena_free(&in->arena);
    *in = (struct intake){0};
}

/* ---- reading ---- */

/* Splits what a reading may come to: a fault of the record (a verdict) or of this machine (an error). */
static enum err sort_out(enum err e, enum verdict *verdict, const char **detail, const char *what)
{
    switch (e) {
    case OK:
        return OK;
    case ERR_LIMIT:
        *verdict = VERDICT_LIMIT;
        *detail = what;
        return OK;
    case ERR_NOT_FOUND:
        *verdict = VERDICT_WAITS;
        *detail = "an object of it is missing";
        return OK;
    case ERR_INPUT:
        *verdict = VERDICT_MALFORMED;
        *detail = what;
        return OK;
    default:
        return e;
    }
}

static enum err read_commit(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                            struct commit *commit)
{
    enum err e = log_read(&in->commit_bytes, from, LOG_COMMIT, &in->oid, LIMIT_COMMIT);
    e = sort_out(e, verdict, detail, "the commit cannot be read");
    if (e != OK || *verdict != VERDICT_ACCEPT) {
        return e;
    }
    in->hash = ids_hash(span_buf(&in->commit_bytes));
    e = commit_decode(commit, &in->armored, span_buf(&in->commit_bytes));
    return sort_out(e, verdict, detail, "the commit does not have the one shape of a record");
}

static enum err check_signature(struct intake *in, enum verdict *verdict, const char **detail,
                                const struct commit *commit)
{
    struct buf payload = {0};
    commit_payload(&payload, commit);
    enum err e = buf_check(&payload);
    if (e == OK) {
        e = sshsig_verify(&in->signer, commit->signature, span_buf(&payload));
    }
    buf_free(&payload);
    if (e == ERR_FORGED || e == ERR_INPUT) {
        *verdict = VERDICT_SIGNATURE;
        *detail = e == ERR_FORGED ? "the signature does not verify" : "the signature is not in the accepted form";
        return OK;
    }
    return e;
}

static enum err read_tree(struct intake *in, enum verdict *verdict, const char **detail, struct log *from)
{
    struct buf bytes = {0};
    enum err e = log_read(&bytes, from, LOG_TREE, &in->tree_oid, LIMIT_COMMIT);
    if (e == OK) {
        e = commit_tree_decode(&in->tree, span_buf(&bytes));
    }
    buf_free(&bytes);
    e = sort_out(e, verdict, detail, "the tree does not have the one shape of a record");
    if (e == OK && *verdict == VERDICT_ACCEPT &&
        (in->tree.has_keys != in->header.has_keys || in->tree.has_opens != in->header.has_opens)) {
        *verdict = VERDICT_MALFORMED;
        *detail = "the tree holds other blobs than the header names";
    }
    return e;
}

static enum err read_blob(struct buf *out, enum verdict *verdict, const char **detail, struct log *from,
                          const struct oid *oid, size_t max, const struct hash *want)
{
    if (*verdict != VERDICT_ACCEPT) {
        return OK;
    }
    enum err e = log_read(out, from, LOG_BLOB, oid, max);
    e = sort_out(e, verdict, detail, "a blob is missing or too large");
    if (e == OK && *verdict == VERDICT_ACCEPT) {
        struct hash got = ids_hash(span_buf(out));
        if (memcmp(&got, want, sizeof got) != 0) {
            *verdict = VERDICT_HASH;
            *detail = "a blob is not the one that was signed";
        }
    }
    return e;
}

static enum err read_blobs(struct intake *in, enum verdict *verdict, const char **detail, struct log *from)
{
    enum err e = read_blob(&in->b, verdict, detail, from, &in->tree.body, LIMIT_BODY, &in->header.body);
    if (e == OK && in->header.has_keys) {
        e = read_blob(&in->k, verdict, detail, from, &in->tree.keys, LIMIT_KEYS, &in->header.keys);
    }
    if (e == OK && in->header.has_opens) {
        e = read_blob(&in->o, verdict, detail, from, &in->tree.opens, LIMIT_COMMIT, &in->header.opens);
    }
    if (e != OK || *verdict != VERDICT_ACCEPT) {
        return e;
    }
    in->bytes = in->commit_bytes.len + in->b.len + in->k.len + in->o.len;
    e = sort_out(body_decode(&in->body, &in->arena, span_buf(&in->b)), verdict, detail, "the body is malformed");
    if (e == OK && in->header.has_opens && *verdict == VERDICT_ACCEPT) {
        e = sort_out(opening_decode(&in->opening, span_buf(&in->o)), verdict, detail, "the opening is malformed");
    }
    if (e == OK && in->header.has_keys && (in->k.len == 0 || in->k.len % ENVELOPE_LEN != 0)) {
        *verdict = VERDICT_MALFORMED;
        *detail = "the envelopes are malformed";
    }
    return e;
}

enum err intake_read(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                     const struct oid *oid)
{
    struct commit commit;
    *in = (struct intake){.oid = *oid};
    *verdict = VERDICT_ACCEPT;
    *detail = "";
    enum err e = read_commit(in, verdict, detail, from, &commit);
    if (e != OK || *verdict != VERDICT_ACCEPT) {
        return e;
    }
    in->has_parent = commit.has_parent;
    in->parent = commit.parent;
    in->tree_oid = commit.tree;
    e = sort_out(header_decode(&in->header, &in->arena, commit.message), verdict, detail, "the header is malformed");
    if (e == OK && *verdict == VERDICT_ACCEPT) {
        e = check_signature(in, verdict, detail, &commit);
    }
    if (e == OK && *verdict == VERDICT_ACCEPT &&
        (memcmp(&commit.chain, &in->header.chain, sizeof commit.chain) != 0 || commit.time != in->header.time)) {
        *verdict = VERDICT_MALFORMED;
        *detail = "commit and header do not agree";
    }
    if (e == OK && *verdict == VERDICT_ACCEPT) {
        e = read_tree(in, verdict, detail, from);
    }
    return e == OK && *verdict == VERDICT_ACCEPT ? read_blobs(in, verdict, detail, from) : e;
}

enum err intake_peek(struct commit_names *out, struct log *from, const struct oid *oid)
{
    struct buf bytes = {0};
    enum err e = log_read(&bytes, from, LOG_COMMIT, oid, LIMIT_COMMIT);
    if (e == OK) {
        e = commit_peek(out, span_buf(&bytes));
    }
    buf_free(&bytes);
    return e;
}

/* ---- placing ---- */

struct placing {
    struct site *s;
    const struct intake *in;
    enum verdict *verdict;
    const char **detail;
};

static enum err refuse(struct placing *p, enum verdict v, const char *detail)
{
    *p->verdict = v;
    *p->detail = detail;
    return OK;
}

static bool is_genesis(const struct intake *in)
{
    static const struct forbund_id none = {{0}};
    return memcmp(&in->header.forbund, &none, sizeof none) == 0;
}

static enum err place_first(struct placing *p)
{
    const struct intake *in = p->in;
    int64_t certified = 0;
    if (!in->header.has_opens || in->has_parent || in->header.first != 1) {
        return refuse(p, VERDICT_LINK, "a chain's first record must open it");
    }
    struct chain_id id = ids_chain(&in->opening.sign, &in->opening.run);
    if (memcmp(&id, &in->header.chain, sizeof id) != 0 ||
        memcmp(&in->opening.sign, &in->signer, sizeof in->signer) != 0) {
        return refuse(p, VERDICT_CHAIN, "the chain's id does not commit to the signing key");
    }
    if (memcmp(&in->header.prev, &in->header.opens, sizeof in->header.prev) != 0) {
        return refuse(p, VERDICT_LINK, "prev of a first record is the hash of its opening");
    }
    if (is_genesis(in)) {
        bool pinned = memcmp(in->hash.b, p->s->self.forbund.b, ID_LEN) == 0;
        return pinned ? OK : refuse(p, VERDICT_CHAIN, "the genesis of another förbund");
    }
    struct db_row *q = db_use(p->s->db, "SELECT 1 FROM certification WHERE sign = ?");
    db_blob(q, 1, in->signer.b, SIGN_PUBLIC_LEN);
    enum err e = db_get_int(&certified, q, 0);
    if (e == OK && certified == 0) {
        return refuse(p, VERDICT_QUARANTINE, "no certification names the device");
    }
    return e;
}

static enum err place_next(struct placing *p, const struct chain_row *chain)
{
    const struct intake *in = p->in;
    if (memcmp(&in->signer, &chain->sign, sizeof in->signer) != 0) {
        return refuse(p, VERDICT_SIGNATURE, "signed by another key than the chain's");
    }
    if (memcmp(&in->header.prev, &chain->hash, sizeof chain->hash) != 0) {
        int64_t earlier = 0;
        struct db_row *q = db_use(p->s->db, "SELECT 1 FROM record WHERE hash = ? AND chain = ?");
        db_blob(q, 1, in->header.prev.b, HASH_LEN);
        db_int(q, 2, chain->id);
        enum err e = db_get_int(&earlier, q, 0);
        if (e != OK) {
            return e;
        }
        return earlier ? refuse(p, VERDICT_FORK, "two records of the chain follow the same one")
                       : refuse(p, VERDICT_LINK, "prev is not the chain's last record");
    }
    if (in->header.has_opens || !in->has_parent || memcmp(&in->parent, &chain->oid, sizeof in->parent) != 0 ||
        in->header.first != chain->last + 1) {
        return refuse(p, VERDICT_LINK, "numbers or parent do not continue the chain");
    }
    return OK;
}

static enum err place_seen(struct placing *p)
{
    const struct header *h = &p->in->header;
    for (size_t i = 0; i < h->seen_count; i++) {
        struct db_row *q = db_use(p->s->db, "SELECT r.hash FROM record r JOIN chain c ON c.id = r.chain"
                                            " WHERE c.chain = ? AND r.last = ? AND r.hash IS NOT NULL");
        struct hash have = {{0}};
        db_blob(q, 1, h->seen[i].chain.b, ID_LEN);
        db_int(q, 2, (int64_t)h->seen[i].dot);
        bool found = db_next(q);
        if (found) {
            db_col_copy(q, 0, have.b, HASH_LEN);
        }
        enum err e = db_end(q);
        if (e != OK) {
            return e;
        }
        if (!found) {
            return refuse(p, VERDICT_WAITS, "it has seen a record that is not here");
        }
        if (memcmp(&have, &h->seen[i].hash, sizeof have) != 0) {
            return refuse(p, VERDICT_LINK, "it has seen another record in that place");
        }
    }
    return OK;
}

enum err intake_place(enum verdict *verdict, const char **detail, struct site *s, const struct intake *in,
                      const struct chain_id *branch)
{
    struct placing p = {.s = s, .in = in, .verdict = verdict, .detail = detail};
    struct chain_row chain;
    *verdict = VERDICT_ACCEPT;
    *detail = "";
    if (memcmp(branch, &in->header.chain, sizeof *branch) != 0) {
        return refuse(&p, VERDICT_CHAIN, "a record of another chain");
    }
    if (in->header.kind != HEADER_PLANS) {
        return refuse(&p, VERDICT_CHAIN, "a chain of a kind that this version does not keep");
    }
    enum err e = chains_find(&chain, s, branch);
    if (e != OK) {
        return e;
    }
    if (!is_genesis(in) && memcmp(&in->header.forbund, &s->self.forbund, sizeof s->self.forbund) != 0) {
        return refuse(&p, VERDICT_CHAIN, "a record of another förbund");
    }
    if (is_genesis(in) && chain.has_head) {
        return refuse(&p, VERDICT_CHAIN, "a genesis record in the midst of a chain");
    }
    e = chain.has_head ? place_next(&p, &chain) : place_first(&p);
    return e == OK && *verdict == VERDICT_ACCEPT ? place_seen(&p) : e;
}

/* ---- accepting ---- */

static enum err full_vector(struct buf *out, struct site *s, const struct intake *in, const struct chain_row *chain)
{
    struct vector v = {0};
    const struct vector *other = NULL;
    enum err e = OK;
    for (size_t i = 0; e == OK && i <= in->header.seen_count; i++) {
        bool own = i == in->header.seen_count;
        const struct hash *hash = own ? &chain->hash : &in->header.seen[i].hash;
        int64_t seq = 0;
        int64_t from = chain->id;
        uint64_t last = chain->last;
        if (own && !chain->has_head) {
            break;
        }
        struct db_row *q = db_use(s->db, "SELECT seq, chain, last FROM record WHERE hash = ?");
        db_blob(q, 1, hash->b, HASH_LEN);
        if (db_next(q)) {
            seq = db_col_int(q, 0);
            from = db_col_int(q, 1);
            last = (uint64_t)db_col_int(q, 2);
        }
        e = db_end(q);
        if (e == OK) {
            e = chains_vector(&other, s, seq);
        }
        if (e == OK) {
            e = vector_merge(&v, other);
        }
        if (e == OK) {
            e = vector_raise(&v, from, last);
        }
    }
    if (e == OK) {
        vector_encode(out, &v);
        e = buf_check(out);
    }
    vector_free(&v);
    return e;
}

static enum err insert_record(int64_t *seq, struct site *s, const struct intake *in, const struct chain_row *chain)
{
    struct buf vector = {0};
    enum err e = full_vector(&vector, s, in, chain);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT INTO record(chain, first, last, time, hash, oid, vector)"
                                         " VALUES(?, ?, ?, ?, ?, ?, ?)");
        db_int(q, 1, chain->id);
        db_int(q, 2, (int64_t)in->header.first);
        db_int(q, 3, (int64_t)in->header.last);
        db_int(q, 4, in->header.time);
        db_blob(q, 5, in->hash.b, HASH_LEN);
        db_blob(q, 6, in->oid.b, OID_LEN);
        db_blob(q, 7, vector.ptr, vector.len);
        e = db_run(q);
        *seq = db_last_id(s->db);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "UPDATE chain SET last = ?, hash = ?, oid = ? WHERE id = ?");
        db_int(q, 1, (int64_t)in->header.last);
        db_blob(q, 2, in->hash.b, HASH_LEN);
        db_blob(q, 3, in->oid.b, OID_LEN);
        db_int(q, 4, chain->id);
        e = db_run(q);
    }
    buf_free(&vector);
    return e;
}

static enum err insert_parts(struct site *s, const struct intake *in, int64_t seq)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < in->body.part_count; i++) {
        struct db_row *q = db_use(s->db, "INSERT INTO part(record, place, key_id, forbund, state, why)"
                                         " VALUES(?, ?, ?, ?, 1, '')");
        db_int(q, 1, seq);
        db_int(q, 2, (int64_t)i);
        db_blob(q, 3, in->body.parts[i].key.b, ID_LEN);
        db_int(q, 4, in->body.forbund_first && i == 0);
        e = db_run(q);
    }
    return e;
}

enum err intake_envelopes(struct site *s, const struct intake *in)
{
    enum err e = OK;
    for (size_t at = 0; e == OK && at + ENVELOPE_LEN <= in->k.len; at += ENVELOPE_LEN) {
        struct section_id section;
        uint8_t key[SECTION_KEY_LEN];
        struct envelope_label label = envelope_label(in->k.ptr + at);
        enum err opened = envelope_open(&section, key, in->k.ptr + at, &s->self.forbund, s->device);
        if (opened == OK) {
            e = epochs_keep_key(s, &label.key, &section, key);
        } else if (opened == ERR_MEMORY) {
            e = opened;
        }
        device_wipe(key, sizeof key);
    }
    return e;
}

static enum err note_envelopes(struct site *s, const struct intake *in)
{
    enum err e = OK;
    for (size_t at = 0; e == OK && at + ENVELOPE_LEN <= in->k.len; at += ENVELOPE_LEN) {
        struct envelope_label label = envelope_label(in->k.ptr + at);
        e = epochs_note_envelope(s, &label.key, &label.box);
    }
    return e == OK ? intake_envelopes(s, in) : e;
}

/* ---- opening parts ---- */

struct open_part {
    int64_t seq;
    int64_t chain;
    uint32_t place;
    bool late;
};

static enum err set_part(struct site *s, const struct open_part *at, enum part_state state, const char *why)
{
    struct db_row *q = db_use(s->db, "UPDATE part SET state = ?, why = ? WHERE record = ? AND place = ?");
    db_int(q, 1, state);
    db_text(q, 2, why);
    db_int(q, 3, at->seq);
    db_int(q, 4, at->place);
    return db_run(q);
}

static enum err project_part(struct site *s, const struct intake *in, const struct open_part *at,
                             const struct part *part)
{
    struct chain_row chain;
    enum err e = chains_by_number(&chain, s, at->chain);
    struct project_source from = {
        .chain = &chain, .record = at->seq, .key_id = in->body.parts[at->place].key, .late = at->late};
    for (size_t i = 0; e == OK && i < part->tx_count; i++) {
        struct projection p;
        from.genesis = is_genesis(in) && part->txs[i].n == 1;
        e = project_begin(&p, s, &from, part->txs[i].n, part->txs[i].clock_ms);
        for (size_t k = 0; e == OK && k < part->txs[i].op_count; k++) {
            const char *refused = NULL;
            e = project_op(&refused, &p, &part->txs[i].ops[k]);
        }
    }
    return e;
}

/* Opens one part with the key held and decodes it. *why: what is wrong with it, or NULL. What is decoded borrows from
 * plain. */
static enum err decode_part(struct part *part, const char **why, struct arena *a, struct buf *plain, struct site *s,
                            const struct intake *in, uint32_t at)
{
    static const struct section_id forbund = {{0}};
    struct section_id section;
    uint8_t key[SECTION_KEY_LEN];
    const struct header *h = &in->header;
    struct seal_place place = {
        .forbund = h->forbund, .chain = h->chain, .first_dot = h->first, .key_id = in->body.parts[at].key, .place = at};
    struct part_base base = {.first_dot = h->first, .last_dot = h->last, .time = h->time};
    memcpy(place.salt, in->body.salt, SEAL_SALT_LEN);
    *why = NULL;
    enum err e = epochs_key(&section, key, s, &place.key_id);
    if (e != OK) {
        return e;
    }
    bool flagged = at == 0 && in->body.forbund_first;
    if (flagged != (memcmp(&section, &forbund, sizeof forbund) == 0)) {
        *why = "the förbund section's part is not flagged, or another is";
    }
    if (!*why) {
        e = seal_open(plain, &place, key, in->body.parts[at].sealed);
        *why = e == ERR_FORGED ? "does not open under its key" : NULL;
    }
    if (e == OK && !*why) {
        e = part_decode(part, a, span_buf(plain), &base);
        *why = e == ERR_INPUT ? "not canonical" : e == ERR_LIMIT ? "over a limit" : NULL;
    }
    device_wipe(key, sizeof key);
    return *why ? OK : e;
}

/* Opens, judges and projects one part. Anything wrong with it is its verdict. */
static enum err open_part(struct site *s, const struct intake *in, const struct open_part *at)
{
    struct buf plain = {0};
    struct arena a = {0};
    struct part part;
    const char *why = NULL;
    enum err e = decode_part(&part, &why, &a, &plain, s, in, at->place);
    if (e == OK && !why) {
        e = project_part(s, in, at, &part);
    }
    if (e == OK) {
        e = set_part(s, at, why ? PART_REFUSED : PART_DONE, why ? why : "");
    }
    buf_wipe(&plain);
    arena_free(&a);
    return e;
}

enum err intake_recheck(enum verdict *verdict, const char **detail, struct site *s, const struct intake *in)
{
    enum err e = OK;
    *verdict = VERDICT_ACCEPT;
    for (size_t i = 0; e == OK && *verdict == VERDICT_ACCEPT && i < in->body.part_count; i++) {
        struct buf plain = {0};
        struct arena a = {0};
        struct part part;
        const char *why = NULL;
        e = decode_part(&part, &why, &a, &plain, s, in, (uint32_t)i);
        if (e == ERR_NOT_FOUND) {
            e = OK; /* not for this device */
        } else if (e == OK && why) {
            *verdict = VERDICT_MALFORMED;
            *detail = why;
        }
        buf_wipe(&plain);
        arena_free(&a);
    }
    return e;
}

void intake_objects(struct buf *out, const struct intake *in)
{
    buf_put(out, in->oid.b, OID_LEN);
    buf_put(out, in->tree_oid.b, OID_LEN);
    buf_put(out, in->tree.body.b, OID_LEN);
    if (in->tree.has_keys) {
        buf_put(out, in->tree.keys.b, OID_LEN);
    }
    if (in->tree.has_opens) {
        buf_put(out, in->tree.opens.b, OID_LEN);
    }
}

/* The earliest part that could be opened now: its key is held, and no part of the förbund section that it has in its
 * past is still shut (it might hold what authorises this one). */
static enum err next_part(struct open_part *out, struct oid *oid, struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT p.record, p.place, r.chain, r.first, r.oid FROM part p"
                                     " JOIN held_key h ON h.key_id = p.key_id JOIN record r ON r.seq = p.record"
                                     " WHERE p.state = 1 ORDER BY p.record, p.place");
    enum err e = OK;
    *out = (struct open_part){0};
    while (e == OK && out->seq == 0 && db_next(q)) {
        struct stand at = {.record = db_col_int(q, 0), .chain = db_col_int(q, 2), .n = (uint64_t)db_col_int(q, 3)};
        bool shut = false;
        struct db_row *b =
            db_use(s->db, "SELECT p.record, r.chain, r.last FROM part p JOIN record r ON r.seq = p.record"
                          " WHERE p.state = 1 AND p.forbund = 1 AND p.record < ?");
        db_int(b, 1, at.record);
        while (e == OK && !shut && db_next(b)) {
            struct stand barrier = {
                .record = db_col_int(b, 0), .chain = db_col_int(b, 1), .n = (uint64_t)db_col_int(b, 2)};
            e = chains_past(&shut, s, &at, &barrier);
        }
        enum err end = db_end(b);
        e = e != OK ? e : end;
        if (e == OK && !shut) {
            *out = (struct open_part){.seq = at.record, .chain = at.chain, .place = (uint32_t)db_col_int(q, 1)};
            db_col_copy(q, 4, oid->b, OID_LEN);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err read_again(struct intake *in, struct site *s, const struct oid *oid)
{
    enum verdict verdict = VERDICT_ACCEPT;
    const char *detail = "";
    enum err e = intake_read(in, &verdict, &detail, s->log, oid);
    if (e == OK && verdict != VERDICT_ACCEPT && s->visiting) {
        intake_free(in);
        e = intake_read(in, &verdict, &detail, s->visiting, oid);
    }
    if (e == OK && verdict != VERDICT_ACCEPT) {
        e = why_set(&s->why, ERR_STORAGE, WHY("the log is damaged; fetch it again by a meeting"), "%s", detail);
    }
    return e;
}

enum err intake_objects_of(struct buf *out, struct site *s, const struct oid *oid)
{
    struct intake in = {0};
    enum err e = read_again(&in, s, oid);
    if (e == OK) {
        intake_objects(out, &in);
        e = buf_check(out);
    }
    intake_free(&in);
    return e;
}

enum err intake_advance(struct site *s)
{
    enum err e = OK;
    while (e == OK && s->fresh_keys) {
        struct open_part at;
        struct oid oid;
        e = next_part(&at, &oid, s);
        if (e == OK && at.seq == 0) {
            s->fresh_keys = false;
            break;
        }
        struct intake in = {0};
        at.late = true;
        if (e == OK) {
            e = read_again(&in, s, &oid);
        }
        if (e == OK) {
            e = open_part(s, &in, &at);
        }
        intake_free(&in);
    }
    return e == OK ? project_settle(s) : e;
}

/* Has the record another part of the same section? Its transactions then alternate between the two, so that neither may
 * be taken as a whole before the other without looking again. */
static enum err shares_section(bool *out, struct site *s, const struct open_part *at, const struct key_id *key)
{
    int64_t found = 0;
    struct db_row *q = db_use(s->db, "SELECT 1 FROM part p JOIN held_key h ON h.key_id = p.key_id WHERE p.record = ?1"
                                     " AND p.place <> ?2 AND h.section_id ="
                                     " (SELECT section_id FROM held_key WHERE key_id = ?3) LIMIT 1");
    db_int(q, 1, at->seq);
    db_int(q, 2, at->place);
    db_blob(q, 3, key->b, ID_LEN);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

/* Parts of a record that has just come, in order; what cannot be opened yet stays waiting. */
static enum err open_new_parts(struct site *s, const struct intake *in, int64_t seq, int64_t chain)
{
    enum err e = OK;
    bool blocked = false;
    int64_t barriers = 0;
    e = db_get_int(&barriers, db_use(s->db, "SELECT count(*) FROM part WHERE state = 1 AND forbund = 1"), 0);
    int64_t own_barrier = in->body.forbund_first ? 1 : 0;
    blocked = barriers > own_barrier; /* advance looks closer */
    for (size_t i = 0; e == OK && !blocked && i < in->body.part_count; i++) {
        struct open_part at = {.seq = seq, .chain = chain, .place = (uint32_t)i};
        int64_t held = 0;
        struct db_row *q = db_use(s->db, "SELECT 1 FROM held_key WHERE key_id = ?");
        db_blob(q, 1, in->body.parts[i].key.b, ID_LEN);
        e = db_get_int(&held, q, 0);
        if (e == OK && held && in->body.part_count > 1) {
            e = shares_section(&at.late, s, &at, &in->body.parts[i].key);
        }
        if (e == OK && held) {
            e = open_part(s, in, &at);
        }
        blocked = i == 0 && in->body.forbund_first && !held;
    }
    s->fresh_keys = s->fresh_keys || blocked;
    return e;
}

enum err intake_accept(struct site *s, const struct intake *in)
{
    struct chain_row chain;
    int64_t seq = 0;
    enum err e = chains_find(&chain, s, &in->header.chain);
    if (e == OK && chain.id == 0) {
        e = chains_add(&chain, s, &in->header.chain, &in->signer);
    }
    if (e == OK) {
        e = insert_record(&seq, s, in, &chain);
    }
    if (e == OK) {
        e = insert_parts(s, in, seq);
    }
    if (e == OK) {
        e = note_envelopes(s, in);
    }
    /* A key that comes with the record may open earlier ones, which must go first: intake_advance goes in order. */
    if (e == OK && !s->fresh_keys) {
        e = open_new_parts(s, in, seq, chain.id);
    }
    return e == OK ? intake_advance(s) : e;
}
