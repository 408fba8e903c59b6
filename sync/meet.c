#include "sync/meet.h"

#include "sync/folder.h"
#include "sync/home.h"
#include "sync/intake.h"
#include "sync/posix.h"
#include "sync/sealing.h"

#include <string.h>

#define NAME_MAX_LEN 64
#define BRANCHES_MAX 100000
#define WALK_MAX 10000000  /* records of one chain taken in at one meeting */
#define FAULTS_MAX 1000    /* told of in one meeting */
#define REJECTED_MAX 10000 /* kept for verify */

/* ---- remotes ---- */

enum err meet_list(struct meet_remotes *out, struct arena *a, struct site *s)
{
    int64_t count = 0;
    *out = (struct meet_remotes){0};
    enum err e = db_get_int(&count, db_use(s->db, "SELECT count(*) FROM remote"), 0);
    struct meet_remote *list = e == OK ? arena_array(a, (size_t)count, sizeof *list) : NULL;
    if (!list) {
        return e == OK ? ERR_MEMORY : e;
    }
    size_t n = 0;
    struct db_row *q = db_use(s->db, "SELECT name, url FROM remote ORDER BY name");
    while (n < (size_t)count && db_next(q)) {
        list[n].name = arena_text(a, span_str(db_col_text(q, 0)));
        list[n].url = arena_text(a, span_str(db_col_text(q, 1)));
        n++;
    }
    e = db_end(q);
    *out = (struct meet_remotes){.count = n, .remotes = list};
    return e == OK && a->failed ? ERR_MEMORY : e;
}

static bool is_remote_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX_LEN) {
        return false;
    }
    for (const char *c = name; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' || (*c == '-' && c != name);
        if (!plain && (unsigned char)*c < 0x80) {
            return false;
        }
    }
    return true;
}

enum err meet_add(struct site *s, const char *name, const char *url)
{
    struct arena a = {0};
    const char *clean = NULL;
    enum err e = is_remote_name(name) ? home_clean_name(&clean, &a, s, name) : ERR_INPUT;
    if (e == ERR_INPUT) {
        e = why_set(&s->why, e, WHY("a remote's name is small letters, digits, - and _"), "%s", name);
    }
    int64_t taken = 0;
    if (e == OK) {
        struct db_row *q = db_use(s->db, "SELECT 1 FROM remote WHERE name = ?");
        db_text(q, 1, clean);
        e = db_get_int(&taken, q, 0);
    }
    if (e == OK && taken) {
        e = why_set(&s->why, ERR_EXISTS, WHY("there is a remote of that name"), "%s", name);
    }
    if (e == OK) {
        e = folder_prepare(&s->why, url);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT INTO remote(name, url) VALUES(?, ?)");
        db_text(q, 1, clean);
        db_text(q, 2, url);
        e = db_run(q);
    }
    arena_free(&a);
    return e;
}

static enum err remote_url(const char **url, struct arena *a, struct site *s, const char *name)
{
    struct db_row *q = db_use(s->db, "SELECT url FROM remote WHERE name = ?");
    db_text(q, 1, name);
    *url = db_next(q) ? arena_text(a, span_str(db_col_text(q, 0))) : NULL;
    enum err e = db_end(q);
    if (e == OK && !*url) {
        e = a->failed ? ERR_MEMORY : why_set(&s->why, ERR_NOT_FOUND, WHY("no remote of that name"), "%s", name);
    }
    return e;
}

/* ---- taking in ---- */

/* A chain of the place, and the records of it that this site lacks, oldest last. */
struct offer {
    struct chain_id chain;
    struct buf lacking; /* struct oid, newest first */
    uint64_t reached;   /* the last transaction up to which place and site agree */
    bool stuck;         /* its next record was refused: nothing after it can be taken in */
    bool spoiled;       /* and it is no record of that chain at all */
};

struct meeting {
    struct site *s;
    struct arena *a;
    struct log *place;
    struct meet_result result;
    struct buf faults; /* struct meet_fault */
    size_t offer_count;
    struct offer *offers;
    struct buf accepted; /* struct oid of every object to copy */
    uint64_t total;
    uint64_t done;
    bool cancelled;
    bool (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
};

static enum err keep_fault(struct meeting *m, const struct chain_id *chain, const struct hash *hash,
                           const char *verdict, const char *detail)
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

/* The record of that git name here: its last transaction, and whether it is of that chain. last -1: not here. */
static enum err find_ours(int64_t *last, bool *of_chain, struct site *s, const struct oid *oid,
                          const struct chain_id *chain)
{
    struct db_row *q = db_use(s->db, "SELECT r.last, c.chain = ?2 FROM record r JOIN chain c ON c.id = r.chain"
                                     " WHERE r.oid = ?1");
    db_blob(q, 1, oid->b, OID_LEN);
    db_blob(q, 2, chain->b, ID_LEN);
    *last = -1;
    if (db_next(q)) {
        *last = db_col_int(q, 0);
        *of_chain = db_col_int(q, 1) != 0;
    }
    return db_end(q);
}

/* Walks back from a branch's tip to what this site has. */
static enum err walk_back(struct offer *o, struct meeting *m, const struct oid *tip)
{
    struct oid at = *tip;
    for (size_t steps = 0; steps < WALK_MAX; steps++) {
        int64_t last = -1;
        bool of_chain = false;
        struct commit_names names;
        enum err e = find_ours(&last, &of_chain, m->s, &at, &o->chain);
        if (e == OK && last >= 0 && !of_chain) {
            o->stuck = o->spoiled = true;
            return keep_fault(m, &o->chain, &(struct hash){{0}}, "chain", "a record of another chain");
        }
        if (e != OK || last >= 0) {
            o->reached = last > 0 ? (uint64_t)last : 0;
            return e;
        }
        buf_put(&o->lacking, at.b, OID_LEN);
        e = intake_peek(&names, m->place, &at);
        if (e == ERR_MEMORY || o->lacking.failed) {
            return ERR_MEMORY;
        }
        /* What cannot be read gets its verdict when its turn comes. Another chain's commits are not walked: many
         * branches that all point into one long chain would cost the product of both. */
        bool same = e == OK && names.has_chain && memcmp(&names.chain, &o->chain, sizeof o->chain) == 0;
        if (!same || !names.has_parent) {
            return OK;
        }
        at = names.parent;
    }
    return OK;
}

static enum err look_around(struct meeting *m)
{
    struct log_branches branches;
    enum err e = log_branches(&branches, m->a, m->place, BRANCHES_MAX);
    if (e == ERR_LIMIT) {
        return ERR_TRANSPORT;
    }
    m->offers = e == OK ? arena_array(m->a, branches.count, sizeof *m->offers) : NULL;
    if (!m->offers) {
        return e == OK ? ERR_MEMORY : e;
    }
    for (size_t i = 0; e == OK && i < branches.count; i++) {
        struct offer *o = &m->offers[m->offer_count++];
        o->chain = branches.list[i].chain;
        e = walk_back(o, m, &branches.list[i].tip);
        m->total += o->lacking.len / OID_LEN;
    }
    return e;
}

static enum err clear_rejected(struct site *s, const struct chain_id *chain)
{
    struct db_row *q = db_use(s->db, "DELETE FROM rejected WHERE chain = ? AND verdict IN ('waits', 'quarantine')");
    db_blob(q, 1, chain->b, ID_LEN);
    return db_run(q);
}

/* One record of a chain, if it may come in now. *moved: it did. */
static enum err take_next(bool *moved, struct meeting *m, struct offer *o)
{
    struct intake in = {0};
    struct oid oid;
    enum verdict verdict = VERDICT_ACCEPT;
    const char *detail = "";
    struct reader r = reader_of(span_of(o->lacking.ptr + o->lacking.len - OID_LEN, OID_LEN));
    reader_copy(&r, oid.b, OID_LEN);
    enum err e = intake_read(&in, &verdict, &detail, m->place, &oid);
    if (e == OK && verdict == VERDICT_ACCEPT) {
        e = intake_place(&verdict, &detail, m->s, &in, &o->chain);
    }
    if (e == OK && verdict == VERDICT_ACCEPT) {
        e = intake_accept(m->s, &in);
        intake_objects(&m->accepted, &in);
        m->result.received_transactions += in.header.last - in.header.first + 1;
        if (e == OK) {
            e = buf_check(&m->accepted);
        }
        if (e == OK) {
            e = clear_rejected(m->s, &o->chain);
        }
        o->lacking.len -= OID_LEN;
        o->reached = in.header.last;
        m->done++;
        *moved = true;
    } else if (e == OK && verdict != VERDICT_WAITS && verdict != VERDICT_QUARANTINE) {
        o->stuck = true;
        o->spoiled = verdict != VERDICT_FORK && verdict != VERDICT_LINK;
        e = keep_fault(m, &o->chain, &in.hash, intake_verdict_name(verdict), detail);
    }
    intake_free(&in);
    return e;
}

/* What is left could not come in: it has seen what is not here, or nobody certified its device. */
static enum err tell_waiting(struct meeting *m)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->offer_count; i++) {
        struct offer *o = &m->offers[i];
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
        if (e == OK && verdict != VERDICT_ACCEPT) {
            e = keep_fault(m, &o->chain, &in.hash, intake_verdict_name(verdict), detail);
        }
        intake_free(&in);
    }
    return e;
}

/* A device that cannot read the förbund section yet looks for its envelopes first: the record that holds them may come
 * after records that it must open. */
static enum err look_for_keys(struct meeting *m)
{
    int64_t keys = 0;
    enum err e = db_get_int(&keys, db_use(m->s->db, "SELECT count(*) FROM held_key"), 0);
    for (size_t i = 0; e == OK && keys == 0 && i < m->offer_count; i++) {
        struct offer *o = &m->offers[i];
        for (size_t at = 0; e == OK && at < o->lacking.len; at += OID_LEN) {
            struct intake in = {0};
            struct oid oid;
            enum verdict verdict = VERDICT_ACCEPT;
            const char *detail = "";
            struct reader r = reader_of(span_of(o->lacking.ptr + at, OID_LEN));
            reader_copy(&r, oid.b, OID_LEN);
            e = intake_read(&in, &verdict, &detail, m->place, &oid);
            if (e == OK && verdict == VERDICT_ACCEPT) {
                e = intake_envelopes(m->s, &in);
            }
            intake_free(&in);
        }
    }
    return e;
}

static enum err take_in(struct meeting *m)
{
    enum err e = look_for_keys(m);
    bool moved = true;
    while (e == OK && moved && !m->cancelled) {
        moved = false;
        for (size_t i = 0; e == OK && i < m->offer_count && !m->cancelled; i++) {
            struct offer *o = &m->offers[i];
            bool more = !o->stuck;
            while (e == OK && more && o->lacking.len > 0 && !o->stuck && !m->cancelled) {
                more = false;
                e = take_next(&more, m, o);
                moved = moved || more;
                m->cancelled = m->progress && !m->progress(m->ctx, m->done, m->total);
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

static enum err waiting_parts(int64_t *out, struct site *s)
{
    return db_get_int(out, db_use(s->db, "SELECT count(*) FROM part WHERE state = 1"), 0);
}

/* The write lock is held from sealing the journal to the last projection, so that all transactions of a record have
 * seen the same things (design: records, "From save to record"). */
static enum err receive(struct meeting *m)
{
    struct site *s = m->s;
    int64_t before = 0;
    int64_t after = 0;
    enum err e = db_begin(s->db);
    if (e == OK && s->self.stage == SITE_MEMBER) {
        e = sealing_run(s);
    }
    if (e == OK) {
        e = waiting_parts(&before, s);
    }
    if (e == OK) {
        e = look_around(m);
    }
    if (e == OK) {
        s->visiting = m->place;
        e = take_in(m);
        s->visiting = NULL;
    }
    if (e == OK) {
        e = waiting_parts(&after, s);
    }
    if (e == OK) {
        m->result.waiting_for_key = after > before ? (uint64_t)(after - before) : 0;
        e = home_load_self(s);
    }
    if (e == OK) {
        e = sealing_pay_debts(s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
        log_forget(s->log);
        chains_forget(s);
        return e;
    }
    return sealing_mend(s);
}

/* ---- handing over ---- */

struct handing {
    struct chain_id chain;
    bool has_old;
    struct oid old;
    struct oid new;
};

/* Where the place stands on a chain, as a transaction number; -1: somewhere this site must leave alone. What is no
 * record of the chain at all is moved away from, but only by somebody who has more of the chain to put there. */
static enum err place_at(int64_t *last, struct handing *h, struct meeting *m, uint64_t have)
{
    bool of_chain = false;
    enum err e = log_tip(&h->old, m->place, &h->chain);
    *last = 0;
    h->has_old = e == OK;
    if (e == ERR_NOT_FOUND) {
        return OK;
    }
    if (e == OK) {
        e = find_ours(last, &of_chain, m->s, &h->old, &h->chain);
    }
    for (size_t i = 0; e == OK && (*last < 0 || !of_chain) && i < m->offer_count; i++) {
        const struct offer *o = &m->offers[i];
        if (memcmp(&o->chain, &h->chain, sizeof o->chain) == 0) {
            *last = o->spoiled && have > o->reached ? (int64_t)o->reached : -1;
            return OK;
        }
    }
    return e;
}

static enum err gather_chain(struct meeting *m, struct buf *objects, struct buf *moves, const struct chain_row *chain)
{
    struct handing h = {.chain = chain->chain, .new = chain->oid};
    int64_t have = 0;
    enum err e = place_at(&have, &h, m, chain->last);
    if (e != OK || have < 0 || (uint64_t)have >= chain->last) {
        return e;
    }
    struct db_row *q = db_use(m->s->db, "SELECT oid, first, last FROM record WHERE chain = ? AND first > ?"
                                        " AND hash IS NOT NULL ORDER BY seq");
    db_int(q, 1, chain->id);
    db_int(q, 2, have);
    while (e == OK && db_next(q)) {
        struct oid oid;
        db_col_copy(q, 0, oid.b, OID_LEN);
        m->result.sent_transactions += (uint64_t)(db_col_int(q, 2) - db_col_int(q, 1) + 1);
        e = intake_objects_of(objects, m->s, &oid);
    }
    enum err end = db_end(q);
    buf_put(moves, &h, sizeof h);
    e = e == OK ? buf_check(moves) : e;
    return e != OK ? e : end;
}

static enum err gather(struct meeting *m, struct buf *objects, struct buf *moves)
{
    struct buf chains = {0};
    struct db_row *q = db_use(m->s->db, "SELECT id FROM chain WHERE hash IS NOT NULL ORDER BY chain");
    while (db_next(q)) {
        int64_t id = db_col_int(q, 0);
        buf_put(&chains, &id, sizeof id);
    }
    enum err e = db_end(q);
    e = e == OK ? buf_check(&chains) : e;
    for (size_t at = 0; e == OK && at < chains.len; at += sizeof(int64_t)) {
        int64_t id;
        struct chain_row chain;
        memcpy(&id, chains.ptr + at, sizeof id);
        e = chains_by_number(&chain, m->s, id);
        if (e == OK) {
            e = gather_chain(m, objects, moves, &chain);
        }
    }
    buf_free(&chains);
    return e;
}

static enum err hand_over(struct meeting *m)
{
    struct buf objects = {0};
    struct buf moves = {0};
    enum err e = gather(m, &objects, &moves);
    if (e == OK) {
        e = log_copy(m->place, m->s->log, (const struct oid *)(const void *)objects.ptr, objects.len / OID_LEN,
                     &m->result.sent_bytes);
    }
    for (size_t at = 0; e == OK && at < moves.len; at += sizeof(struct handing)) {
        struct handing h;
        memcpy(&h, moves.ptr + at, sizeof h);
        e = log_move(m->place, &h.chain, h.has_old ? &h.old : NULL, &h.new);
    }
    buf_free(&objects);
    buf_free(&moves);
    return e == ERR_STORAGE || e == ERR_BUSY ? ERR_TRANSPORT : e;
}

/* ---- the meeting ---- */

/* Two förbund in one place would each leave the other's branches lying; better said at once. */
static enum err same_forbund(struct meeting *m)
{
    size_t foreign = 0;
    for (size_t at = 0; at < m->faults.len; at += sizeof(struct meet_fault)) {
        struct meet_fault f;
        memcpy(&f, m->faults.ptr + at, sizeof f);
        foreign += strcmp(f.detail, "the genesis of another förbund") == 0;
    }
    return foreign == 0 ? OK
                        : why_set(&m->s->why, ERR_REFUSED, WHY("the place belongs to another förbund"), "%s",
                                  log_path(m->place));
}

static enum err finish(struct meet_result *out, struct meeting *m)
{
    size_t count = m->faults.len / sizeof(struct meet_fault);
    struct meet_fault *faults = arena_array(m->a, count, sizeof *faults);
    if (!faults) {
        return ERR_MEMORY;
    }
    if (count > 0) {
        memcpy(faults, m->faults.ptr, m->faults.len);
    }
    *out = m->result;
    out->fault_count = count;
    out->faults = faults;
    return OK;
}

enum err meet_sync(struct meet_result *out, struct arena *a, struct site *s, const char *remote,
                   bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
    struct meeting m = {.s = s, .a = a, .progress = progress, .ctx = ctx};
    struct folder folder = {.lock = -1};
    const char *url = NULL;
    *out = (struct meet_result){0};
    if (s->self.stage == SITE_ASKED) {
        return why_set(&s->why, ERR_REFUSED,
                       WHY("this device is not a member yet: accept the invitation and meet the others first"), "%s",
                       "");
    }
    enum err e = remote_url(&url, a, s, remote);
    if (e == OK) {
        e = folder_enter(&folder, &s->why, url);
    }
    if (e == OK) {
        m.place = folder.log;
        e = receive(&m);
    }
    if (e == OK) {
        e = same_forbund(&m);
    }
    if (e == OK && !m.cancelled) {
        e = hand_over(&m);
    }
    if (e == OK) {
        e = finish(out, &m);
    }
    for (size_t i = 0; i < m.offer_count; i++) {
        buf_free(&m.offers[i].lacking);
    }
    buf_free(&m.faults);
    buf_free(&m.accepted);
    folder_leave(&folder);
    return e;
}
