#include "sync/sealing.h"

#include "crypto/sshsig.h"
#include "sync/commit.h"
#include "sync/debts.h"
#include "sync/epochs.h"
#include "sync/forks.h"
#include "sync/intake.h"
#include "sync/sealing_build.h"

#include <string.h>

#define DUE_ROWS 256
#define DUE_MS 3600000
#define BRANCHES_MAX 100000

static enum err put_tree(struct oid *tree, struct sealing *w)
{
    struct commit_tree t = {.has_keys = w->header.has_keys, .has_opens = w->header.has_opens};
    struct buf bytes = {0};
    enum err e = log_put(&t.body, w->s->log, LOG_BLOB, span_buf(&w->body));
    if (e == OK && t.has_keys) {
        e = log_put(&t.keys, w->s->log, LOG_BLOB, span_buf(&w->keys));
    }
    if (e == OK && t.has_opens) {
        e = log_put(&t.opens, w->s->log, LOG_BLOB, span_buf(&w->opens));
    }
    if (e == OK) {
        commit_tree_encode(&bytes, &t);
        e = buf_check(&bytes);
    }
    if (e == OK) {
        e = log_put(tree, w->s->log, LOG_TREE, span_buf(&bytes));
    }
    buf_free(&bytes);
    return e;
}

static enum err put_commit(struct oid *oid, struct hash *hash, struct sealing *w)
{
    struct buf message = {0};
    struct buf payload = {0};
    struct buf armored = {0};
    struct buf bytes = {0};
    struct commit c = {
        .has_parent = w->own.has_head, .parent = w->own.oid, .chain = w->header.chain, .time = w->header.time};
    enum err e = put_tree(&c.tree, w);
    if (e == OK) {
        header_encode(&message, &w->header);
        c.message = span_buf(&message);
        commit_payload(&payload, &c);
        e = buf_check(&message) == OK ? buf_check(&payload) : ERR_MEMORY;
    }
    if (e == OK) {
        e = sshsig_sign(&armored, w->s->device, span_buf(&payload));
    }
    if (e == OK) {
        c.signature = span_buf(&armored);
        commit_encode(&bytes, &c);
        e = buf_check(&bytes);
    }
    if (e == OK && bytes.len > LIMIT_COMMIT) {
        e = why_set(&w->s->why, ERR_LIMIT, WHY("too much for one record"), "%zu", bytes.len);
    }
    if (e == OK) {
        *hash = ids_hash(span_buf(&bytes));
        e = log_put(oid, w->s->log, LOG_COMMIT, span_buf(&bytes));
    }
    if (e == OK) {
        e = log_flush(w->s->log, NULL);
    }
    buf_free(&message);
    buf_free(&payload);
    buf_free(&armored);
    buf_free(&bytes);
    return e;
}

static enum err mark_sealed(struct sealing *w, const struct oid *oid, const struct hash *hash)
{
    struct site *s = w->s;
    struct db_row *q =
        db_use(s->db, "UPDATE record SET first = ?, last = ?, time = ?, hash = ?, oid = ? WHERE seq = ?");
    db_int(q, 1, (int64_t)w->header.first);
    db_int(q, 2, (int64_t)w->header.last);
    db_int(q, 3, w->header.time);
    db_blob(q, 4, hash->b, HASH_LEN);
    db_blob(q, 5, oid->b, OID_LEN);
    db_int(q, 6, w->seq);
    enum err e = db_run(q);
    if (e == OK) {
        q = db_use(s->db, "UPDATE chain SET last = ?, hash = ?, oid = ? WHERE id = ?");
        db_int(q, 1, (int64_t)w->header.last);
        db_blob(q, 2, hash->b, HASH_LEN);
        db_blob(q, 3, oid->b, OID_LEN);
        db_int(q, 4, w->own.id);
        e = db_run(q);
    }
    int64_t clock_ms = 0;
    if (e == OK) {
        e = db_get_int(&clock_ms, db_use(s->db, "SELECT clock_ms FROM journal ORDER BY n DESC LIMIT 1"), 0);
    }
    if (e == OK) {
        e = sealing_keep_clock(s, clock_ms);
    }
    return e == OK ? db_run(db_use(s->db, "DELETE FROM journal")) : e;
}

enum err sealing_run(struct site *s)
{
    struct sealing w = {.s = s};
    struct oid oid;
    struct hash hash;
    int64_t rows = 0;
    enum err e = db_get_int(&rows, db_use(s->db, "SELECT count(*) FROM journal"), 0);
    if (e != OK || rows == 0) {
        return e;
    }
    e = sealing_build(&w);
    if (e == OK) {
        e = put_commit(&oid, &hash, &w);
    }
    if (e == OK) {
        e = mark_sealed(&w, &oid, &hash);
    }
    if (e != OK) {
        log_forget(s->log);
    }
    sealing_build_free(&w);
    return e;
}

static int64_t spliced_bytes(const struct part_tx *tx)
{
    size_t sum = 0;
    for (size_t i = 0; i < tx->op_count && tx->ops; i++) {
        sum += tx->ops[i].code == OP_SPLICE ? strlen(tx->ops[i].value) : 0;
    }
    return (int64_t)sum;
}

enum err sealing_note(struct site *s, const struct part_tx *tx, const struct key_id *key, struct span body)
{
    struct db_row *q =
        db_use(s->db, "INSERT INTO journal(n, key_id, clock_ms, ops, body, spliced) VALUES(?, ?, ?, ?, ?, ?)");
    db_int(q, 1, (int64_t)tx->n);
    db_blob(q, 2, key->b, ID_LEN);
    db_int(q, 3, tx->clock_ms);
    db_int(q, 4, (int64_t)tx->op_count);
    db_blob(q, 5, body.ptr, body.len);
    db_int(q, 6, spliced_bytes(tx));
    return db_run(q);
}

enum err sealing_now(int64_t *now_ms, struct site *s)
{
    const uint64_t now = site_now_ms(s);
    *now_ms = (int64_t)now;
    return now < (uint64_t)LIMIT_TIME * 1000
               ? OK
               : why_set(&s->why, ERR_STORAGE, WHY("this computer's clock is wrong; nothing was changed"), "%llu",
                         (unsigned long long)now);
}

enum err sealing_keep_clock(struct site *s, int64_t clock_ms)
{
    int64_t now = 0;
    enum err e = sealing_now(&now, s);
    if (e != OK) {
        return e;
    }
    struct db_row *q = db_use(s->db, "INSERT INTO meta(name, value) VALUES('clock', ?1) ON CONFLICT(name)"
                                     " DO UPDATE SET value = iif(value < ?2, max(value, ?1), ?1)");
    db_int(q, 1, clock_ms);
    db_int(q, 2, now + CORE_CLOCK_AHEAD_MS);
    return db_run(q);
}

/* Adds the rows from the last that was counted on. *there: it still is, or there was none. */
static enum err count_on(bool *there, struct core_journal *j, struct site *s)
{
    const int64_t counted = j->last;
    struct db_row *q = db_use(s->db, "SELECT n, clock_ms, ops, length(body) FROM journal WHERE n >= ? ORDER BY n");
    db_int(q, 1, counted);
    *there = counted == 0;
    while (db_next(q)) {
        const int64_t n = db_col_int(q, 0);
        *there = *there || n == counted;
        if (!*there) {
            break;
        }
        if (n != counted) {
            j->last = n;
            j->clock_ms = db_col_int(q, 1);
            j->rows++;
            j->ops += db_col_int(q, 2);
            j->bytes += db_col_int(q, 3);
        }
    }
    return db_end(q);
}

/* The journal only grows until all of it goes, and numbers are not used twice on one chain: while the last row that was
 * counted is there, all are. */
enum err sealing_count(struct site *s)
{
    bool there = false;
    enum err e = count_on(&there, &s->journal, s);
    if (e == OK && !there) {
        s->journal = (struct core_journal){0};
        e = count_on(&there, &s->journal, s);
    }
    return e;
}

/* The clock of the saves in the journal stands there; meta has what was before, and what others' records brought. */
enum err sealing_next(uint64_t *n, int64_t *clock_ms, struct site *s, const struct chain_row *own)
{
    const int64_t last = s->journal.last;
    int64_t now = 0;
    int64_t clocks[] = {s->clock_ms, s->journal.clock_ms, 0};
    enum err e = sealing_now(&now, s);
    if (e == OK) {
        e = db_get_int(&clocks[2], db_use(s->db, "SELECT value FROM meta WHERE name = 'clock'"), 0);
    }
    *n = (last > (int64_t)own->last ? (uint64_t)last : own->last) + 1;
    *clock_ms = now;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        if (clocks[i] >= *clock_ms && clocks[i] < now + CORE_CLOCK_AHEAD_MS) {
            *clock_ms = clocks[i] + 1;
        }
    }
    return e;
}

enum err sealing_due(bool *due, struct site *s)
{
    int64_t rows = 0;
    int64_t oldest = 0;
    enum err e = db_get_int(&rows, db_use(s->db, "SELECT count(DISTINCT n) FROM journal"), 0);
    if (e == OK) {
        e = db_get_int(&oldest, db_use(s->db, "SELECT min(clock_ms) FROM journal"), 0);
    }
    *due = rows >= DUE_ROWS || (rows > 0 && (int64_t)site_now_ms(s) - oldest >= DUE_MS);
    return e;
}

/* An empty transaction in the förbund section, which every member holds. */
static enum err note_empty(struct site *s)
{
    struct epoch_row head;
    size_t heads = 0;
    struct section_row forbund;
    uint64_t n = 0;
    int64_t clock_ms = 0;
    int64_t record = 0;
    struct chain_row own;
    struct buf bytes = {0};
    enum err e = epochs_section_find(&forbund, s, &(struct section_id){{0}});
    if (e == OK) {
        e = epochs_heads(&head, 1, &heads, s, forbund.id);
    }
    if (e != OK || heads == 0) {
        return e;
    }
    e = chains_open_record(&record, &own, s);
    if (e == OK) {
        e = sealing_count(s);
    }
    if (e == OK) {
        e = sealing_next(&n, &clock_ms, s, &own);
    }
    struct part_tx tx = {.n = n, .clock_ms = clock_ms};
    struct part part = {.tx_count = 1, .txs = &tx};
    struct part_base base = {.first_dot = n, .last_dot = n, .time = clock_ms / 1000};
    if (e == OK) {
        e = part_encode(&bytes, &part, &base);
    }
    if (e == OK) {
        e = sealing_note(s, &tx, &head.key_id, span_buf(&bytes));
    }
    buf_free(&bytes);
    return e;
}

/* One record of envelopes. *more: it was full. */
static enum err pay_some(bool *more, struct site *s)
{
    struct arena a = {0};
    const struct debt *debts = NULL;
    size_t count = 0;
    enum err e = debts_find(&debts, &count, &a, s, SEALING_ENVELOPES_MAX);
    *more = e == OK && count == SEALING_ENVELOPES_MAX;
    bool pays = *more;
    for (size_t i = 0; e == OK && i < count; i++) {
        pays = pays || !debts[i].own; /* what it owes itself goes with what it writes next */
    }
    if (e == OK && count == 0) {
        e = debts_paid(s); /* a device that writes nothing would look for them at each of its meetings */
    }
    arena_free(&a);
    if (e != OK || !pays) {
        return e;
    }
    e = note_empty(s);
    return e == OK ? sealing_run(s) : e;
}

enum err sealing_pay_debts(struct site *s)
{
    bool more = s->self.stage == SITE_MEMBER;
    enum err e = OK;
    while (e == OK && more) {
        e = pay_some(&more, s);
    }
    return e;
}

static enum err is_known(bool *known, struct site *s, const struct oid *oid)
{
    int64_t found = 0;
    struct db_row *q = db_use(s->db, "SELECT 1 FROM record WHERE oid = ?");
    db_blob(q, 1, oid->b, OID_LEN);
    enum err e = db_get_int(&found, q, 0);
    *known = found == 1;
    return e;
}

/* Is `older` among the parents of `tip` in this log, which leads on from there with records that the replica has not? One
 * that it has is behind it: after each record, and then the walk would be as long as the chain. */
static enum err is_behind(bool *behind, struct site *s, const struct oid *older, const struct oid *tip)
{
    struct oid at = *tip;
    bool known;
    *behind = false;
    enum err looked = is_known(&known, s, tip);
    if (looked != OK || known) {
        return looked;
    }
    for (;;) {
        struct commit_names names;
        enum err e = intake_peek(&names, s->log, &at);
        if (e == ERR_MEMORY) {
            return e;
        }
        if (e != OK || !names.has_parent) {
            return OK;
        }
        if (memcmp(&names.parent, older, sizeof *older) == 0) {
            *behind = true;
            return OK;
        }
        at = names.parent;
    }
}

/* The branch of a chain that has split stands where it stood, on a branch that goes on from it. */
static enum err is_further(bool *further, struct site *s, const struct chain_id *chain, const struct oid *tip)
{
    struct chain_row row;
    int64_t on = 0;
    *further = false;
    enum err e = chains_find(&row, s, chain);
    if (e == OK && row.split) {
        struct db_row *q = db_use(s->db, "SELECT chain FROM record WHERE oid = ?");
        db_blob(q, 1, tip->b, OID_LEN);
        e = db_get_int(&on, q, 0);
    }
    return e == OK && on != 0 && on != row.id ? forks_under(further, s, on, row.id) : e;
}

static enum err mend_branch(struct site *s, const struct chain_id *chain, const struct oid *want)
{
    struct oid have;
    bool behind = false;
    bool further = false;
    enum err e = log_tip(&have, s->log, chain);
    if (e == ERR_NOT_FOUND) {
        e = log_move(s->log, chain, NULL, want);
    } else if (e == OK && memcmp(&have, want, sizeof have) != 0) {
        e = is_further(&further, s, chain, &have);
        if (e != OK || further) {
            return e;
        }
        /* The log may be ahead of a database that was put back from a copy: nothing is moved backward. */
        e = is_behind(&behind, s, want, &have);
        if (e == OK && behind) {
            s->log_ahead = true;
        } else if (e == OK) {
            e = log_move(s->log, chain, &have, want);
        }
    }
    return e == ERR_BUSY ? OK : e; /* another process mends it at the same time; the next open looks again */
}

/* A chain that the log has and the replica has not: the replica is an older copy. */
static enum err look_ahead(struct site *s)
{
    struct arena a = {0};
    struct log_branches branches;
    enum err e = log_branches(&branches, &a, s->log, BRANCHES_MAX);
    for (size_t i = 0; e == OK && !s->log_ahead && i < branches.count; i++) {
        bool known = false;
        e = is_known(&known, s, &branches.list[i].tip);
        s->log_ahead = e == OK && !known;
    }
    arena_free(&a);
    return e == ERR_LIMIT ? OK : e;
}

enum err sealing_mend(struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT chain, oid FROM chain WHERE oid IS NOT NULL");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct chain_id chain;
        struct oid want;
        db_col_copy(q, 0, chain.b, ID_LEN);
        db_col_copy(q, 1, want.b, OID_LEN);
        e = mend_branch(s, &chain, &want);
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    return e == OK ? look_ahead(s) : e;
}

/* A branch of which the database knows no record at all: the copy that was put back is older than the chain. */
enum err sealing_look_ahead(struct site *s)
{
    struct arena a = {0};
    struct log_branches branches = {0};
    enum err e = log_branches(&branches, &a, s->log, LIMIT_SEEN);
    for (size_t i = 0; e == OK && !s->log_ahead && i < branches.count; i++) {
        struct chain_row row;
        e = chains_find(&row, s, &branches.list[i].chain);
        s->log_ahead = e == OK && !row.has_head;
    }
    arena_free(&a);
    return e == ERR_LIMIT ? OK : e;
}
