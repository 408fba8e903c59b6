#include "sync/exchange.h"

#include "sync/forks.h"

#include <string.h>

#define BRANCHES_MAX 100000
#define WALK_MAX 10000000  /* records of one chain taken in at one meeting */
#define FAULTS_MAX 1000    /* told of in one meeting */
#define REJECTED_MAX 10000 /* kept for verify */

bool exchange_tell(struct exchange *m, const char *phase, uint64_t done, uint64_t total)
{
    if (m->told) {
        m->told->phase = phase;
    }
    if (m->progress && !m->progress(m->ctx, done, total)) {
        m->cancelled = true;
    }
    return !m->cancelled;
}

enum err exchange_fault(struct exchange *m, const struct chain_id *chain, const struct hash *hash, const char *verdict,
                        const char *detail)
{
    struct meet_fault f = {.chain = *chain, .record = *hash, .verdict = verdict, .detail = detail};
    if (m->faults.len / sizeof f < FAULTS_MAX) {
        buf_put(&m->faults, &f, sizeof f);
    }
    struct db_row *q = db_use(m->s->db, "INSERT INTO rejected(chain, hash, verdict, detail)"
                                        " SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM rejected) < ?5"
                                        " ON CONFLICT DO NOTHING");
    db_blob(q, 1, chain->b, ID_LEN);
    db_blob(q, 2, hash->b, HASH_LEN);
    db_text(q, 3, verdict);
    db_text(q, 4, detail);
    db_int(q, 5, REJECTED_MAX);
    enum err e = db_run(q);
    return e == OK ? buf_check(&m->faults) : e;
}

enum err exchange_find(struct exchange_record *out, struct site *s, const struct oid *oid,
                       const struct chain_id *branch)
{
    struct chain_row row;
    int64_t chain = 0;
    struct db_row *q = db_use(s->db, "SELECT seq, last, chain FROM record WHERE oid = ?");
    db_blob(q, 1, oid->b, OID_LEN);
    *out = (struct exchange_record){.seq = 0};
    if (db_next(q)) {
        *out = (struct exchange_record){.seq = db_col_int(q, 0), .last = db_col_int(q, 1), .on_branch = true};
        chain = db_col_int(q, 2);
    }
    enum err e = db_end(q);
    if (e != OK || out->seq == 0) {
        return e;
    }
    e = chains_find(&row, s, branch);
    return e == OK && row.id != 0 ? forks_under(&out->on_branch, s, chain, row.id) : e;
}

/* The chain that a git branch's records name, if that branch is known here. */
static enum err chain_of(bool *known, struct chain_id *out, struct site *s, const struct chain_id *branch)
{
    struct chain_row row;
    *out = *branch;
    enum err e = chains_find(&row, s, branch);
    *known = row.id != 0;
    if (e == OK && row.parent != 0) {
        e = chains_by_number(&row, s, row.root);
        *out = row.chain;
    }
    return e;
}

/* Has a walk along its own chain passed it, at this look? It is then on that walk's list, and on no other: many git branches that all lead into one long
 * chain would cost the product of both. */
static enum err walked_before(bool *before, struct site *s, const struct oid *oid)
{
    struct db_row *q = db_use(s->db, "INSERT INTO temp.walked(oid) VALUES(?) ON CONFLICT DO NOTHING");
    db_blob(q, 1, oid->b, OID_LEN);
    enum err e = db_run(q);
    *before = e == OK && db_changes(s->db) == 0;
    return e;
}

/* Walks back from a branch's tip to what this site has. */
static enum err walk_back(struct exchange_offer *o, struct exchange *m, const struct oid *tip)
{
    struct oid at = *tip;
    struct chain_id chain;
    bool known;
    enum err e = chain_of(&known, &chain, m->s, &o->chain);
    for (size_t steps = 0; e == OK && steps < WALK_MAX; steps++) {
        struct exchange_record here;
        struct commit_names names;
        e = exchange_find(&here, m->s, &at, &o->chain);
        if (e == OK && here.seq != 0 && !here.on_branch) {
            o->stuck = o->spoiled = true;
            return exchange_fault(m, &o->chain, &(struct hash){{0}}, "chain", "a record of another chain");
        }
        if (e != OK || here.seq != 0) {
            o->reached = (uint64_t)here.last;
            o->known = here.seq;
            return e;
        }
        e = intake_peek(&names, m->place, &at);
        if (e == ERR_MEMORY) {
            return e;
        }
        if (!known && steps == 0 && e == OK && names.has_chain) {
            chain = names.chain; /* a new chain's git branch, or one whose chain has split unknown to us */
        }
        /* What cannot be read gets its verdict when its turn comes. Another chain's commits are not walked: many
         * branches that all point into one long chain would cost the product of both. */
        bool same = e == OK && names.has_chain && memcmp(&names.chain, &chain, sizeof chain) == 0;
        e = same ? walked_before(&o->joins, m->s, &at) : OK;
        if (e != OK || o->joins) {
            return e;
        }
        buf_put(&o->lacking, at.b, OID_LEN);
        if (o->lacking.failed) {
            return ERR_MEMORY;
        }
        if (!same || !names.has_parent) {
            return OK;
        }
        at = names.parent;
    }
    return e;
}

enum err exchange_look(struct exchange *m)
{
    struct log_branches branches;
    enum err e = log_branches(&branches, m->a, m->place, BRANCHES_MAX);
    if (e == ERR_LIMIT) {
        return ERR_TRANSPORT;
    }
    if (e == OK) {
        e = db_run(db_use(m->s->db, "DELETE FROM temp.walked"));
    }
    m->offers = e == OK ? arena_array(m->a, branches.count, sizeof *m->offers) : NULL;
    if (!m->offers) {
        return e == OK ? ERR_MEMORY : e;
    }
    for (size_t i = 0; e == OK && i < branches.count; i++) {
        struct exchange_offer *o = &m->offers[m->offer_count++];
        o->chain = branches.list[i].chain;
        e = walk_back(o, m, &branches.list[i].tip);
        m->total += o->lacking.len / OID_LEN;
    }
    return e;
}

static enum err clear_rejected(struct site *s, const struct chain_id *chain)
{
    struct db_row *q =
        db_use(s->db, "DELETE FROM rejected WHERE chain = ? AND verdict IN ('waits', 'quarantine', 'newer')");
    db_blob(q, 1, chain->b, ID_LEN);
    return db_run(q);
}

/* Is the next record here now? Then place and site agree up to it. */
static enum err pass_known(bool *known, struct exchange *m, struct exchange_offer *o, const struct oid *oid)
{
    struct exchange_record here;
    enum err e = exchange_find(&here, m->s, oid, &o->chain);
    *known = e == OK && here.seq != 0 && here.on_branch;
    if (e == OK && here.seq != 0 && !here.on_branch) {
        o->stuck = o->spoiled = true;
        return exchange_fault(m, &o->chain, &(struct hash){{0}}, "chain", "a record of another chain");
    }
    if (*known) {
        o->lacking.len -= OID_LEN;
        o->reached = (uint64_t)here.last;
        o->known = here.seq;
        m->done++;
    }
    return e;
}

/* One record of a chain, if it may come in now. *moved: it did. */
static enum err take_next(bool *moved, struct exchange *m, struct exchange_offer *o)
{
    struct intake in = {0};
    struct oid oid;
    enum verdict verdict = VERDICT_ACCEPT;
    const char *detail = "";
    struct reader r = reader_of(span_of(o->lacking.ptr + o->lacking.len - OID_LEN, OID_LEN));
    reader_copy(&r, oid.b, OID_LEN);
    enum err e = pass_known(moved, m, o, &oid); /* of a chain that has split, several git branches lead to one record */
    if (e != OK || *moved || o->stuck) {
        return e;
    }
    e = intake_read(&in, &verdict, &detail, m->place, &oid);
    if (e == OK && verdict == VERDICT_ACCEPT) {
        e = intake_place(&verdict, &detail, m->s, &in, &o->chain);
    }
    if (e == OK && verdict == VERDICT_ACCEPT) {
        e = intake_accept(m->s, &in);
        if (memcmp(&in.header.chain, &m->s->self.chain, sizeof in.header.chain) == 0) {
            m->s->met_own += in.header.last - in.header.first + 1;
        }
        intake_objects(&m->accepted, &in);
        m->result.received_transactions += in.header.last - in.header.first + 1;
        if (e == OK) {
            e = buf_check(&m->accepted);
        }
        if (e == OK) {
            e = clear_rejected(m->s, &o->chain);
        }
        if (e == OK) {
            e = pass_known(moved, m, o, &oid);
        }
    } else if (e == OK && verdict != VERDICT_WAITS && verdict != VERDICT_QUARANTINE && verdict != VERDICT_NEWER &&
               !(o->joins && verdict == VERDICT_LINK)) {
        o->stuck = true;
        o->spoiled = verdict != VERDICT_LINK;
        e = exchange_fault(m, &o->chain, &in.hash, intake_verdict_name(verdict), detail);
    }
    intake_free(&in);
    return e;
}

/* What is left could not come in: it has seen what is not here, or nobody certified its device. */
static enum err tell_waiting(struct exchange *m)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->offer_count; i++) {
        struct exchange_offer *o = &m->offers[i];
        struct intake in = {0};
        struct oid oid;
        enum verdict verdict = VERDICT_ACCEPT;
        const char *detail = "";
        if (o->stuck || o->lacking.len == 0) {
            continue;
        }
        struct reader r = reader_of(span_of(o->lacking.ptr + o->lacking.len - OID_LEN, OID_LEN));
        reader_copy(&r, oid.b, OID_LEN);
        e = intake_read(&in, &verdict, &detail, m->place, &oid);
        if (e == OK && verdict == VERDICT_ACCEPT) {
            e = intake_place(&verdict, &detail, m->s, &in, &o->chain);
        }
        struct hash record = in.hash;
        const char *gap = NULL;
        if (e == OK && verdict == VERDICT_WAITS) {
            e = exchange_gap(&gap, &record, m, o, &in);
        }
        if (e == OK && verdict != VERDICT_ACCEPT) {
            e = exchange_fault(m, &o->chain, &record, intake_verdict_name(verdict), gap ? gap : detail);
        }
        intake_free(&in);
    }
    return e;
}

/* A device that cannot read the förbund section yet looks for its envelopes first: the record that holds them may come
 * after records that it must open. Those may be here since an earlier meeting, at a place where the envelopes were not;
 * so may keys of other sections. */
static enum err look_for_keys(struct exchange *m)
{
    int64_t keys = 0;
    enum err e =
        db_get_int(&keys, db_use(m->s->db, "SELECT count(*) FROM held_key WHERE section_id = zeroblob(16)"), 0);
    for (size_t i = 0; e == OK && keys == 0 && i < m->offer_count; i++) {
        struct exchange_offer *o = &m->offers[i];
        for (size_t at = 0; e == OK && at < o->lacking.len; at += OID_LEN) {
            struct intake in = {0};
            struct oid oid;
            enum verdict verdict = VERDICT_ACCEPT;
            const char *detail = "";
            struct reader r = reader_of(span_of(o->lacking.ptr + at, OID_LEN));
            reader_copy(&r, oid.b, OID_LEN);
            e = intake_read_keys(&in, &verdict, &detail, m->place, &oid);
            if (e == OK && verdict == VERDICT_ACCEPT) {
                e = intake_envelopes(m->s, &in);
            }
            intake_free(&in);
        }
    }
    return e == OK ? intake_advance(m->s) : e;
}

enum err exchange_take_in(struct exchange *m)
{
    enum err e = look_for_keys(m);
    bool moved = true;
    while (e == OK && moved && !m->cancelled) {
        moved = false;
        for (size_t i = 0; e == OK && i < m->offer_count && !m->cancelled; i++) {
            struct exchange_offer *o = &m->offers[i];
            bool more = !o->stuck;
            while (e == OK && more && o->lacking.len > 0 && !o->stuck && !m->cancelled) {
                more = false;
                e = take_next(&more, m, o);
                moved = moved || more;
                (void)exchange_tell(m, "take-in", m->done, m->total);
            }
        }
    }
    if (e == OK && !m->cancelled) {
        e = tell_waiting(m);
    }
    if (e == OK) {
        e = log_copy(m->s->log, m->place, (const struct oid *)(const void *)m->accepted.ptr, m->accepted.len / OID_LEN,
                     &m->result.received_bytes);
    }
    return e;
}

bool exchange_waits(const struct exchange *m)
{
    for (size_t i = 0; i < m->offer_count; i++) {
        if (!m->offers[i].stuck && m->offers[i].lacking.len > 0) {
            return true;
        }
    }
    return false;
}

void exchange_renew(struct exchange *m)
{
    for (size_t i = 0; i < m->offer_count; i++) {
        buf_free(&m->offers[i].lacking);
    }
    buf_free(&m->faults);
    buf_free(&m->accepted);
    m->offers = NULL;
    m->offer_count = 0;
    m->done = m->total = 0;
}

void exchange_free(struct exchange *m)
{
    exchange_renew(m);
}
