#include "sync/check.h"

#include "sync/intake.h"

#include <string.h>

struct checking {
    struct site *s;
    struct arena *a;
    bool full;
    bool bad; /* something that this replica holds is not as it should be */
    struct check_result result;
    struct buf refused;
};

static enum err keep(struct checking *c, struct buf *list, const struct check_refused *what)
{
    struct check_refused copy = *what;
    copy.detail = arena_text(c->a, span_str(what->detail ? what->detail : ""));
    copy.verdict = arena_text(c->a, span_str(what->verdict));
    buf_put(list, &copy, sizeof copy);
    return c->a->failed ? ERR_MEMORY : buf_check(list);
}

/* Reads a record again from the log: grammar, signature and hashes, and that it links as the replica says. */
static enum err check_record(struct checking *c, const struct oid *oid, const struct hash *hash,
                             const struct chain_id *chain)
{
    struct intake in = {0};
    enum verdict verdict = VERDICT_ACCEPT;
    const char *detail = "";
    enum err e = intake_read(&in, &verdict, &detail, c->s->log, oid);
    if (e == OK && verdict == VERDICT_ACCEPT) {
        c->result.signatures_checked++;
        if (memcmp(&in.hash, hash, sizeof *hash) != 0 || memcmp(&in.header.chain, chain, sizeof *chain) != 0) {
            verdict = VERDICT_LINK;
            detail = "the log holds another record in that place";
        }
    }
    if (e == OK && verdict != VERDICT_ACCEPT) {
        struct check_refused bad = {
            .chain = *chain, .record = *hash, .verdict = intake_verdict_name(verdict), .detail = detail};
        e = keep(c, &c->refused, &bad);
        c->bad = true;
    }
    if (e == OK && verdict == VERDICT_ACCEPT && c->full) {
        e = intake_recheck(&verdict, &detail, c->s, &in);
        if (e == OK && verdict != VERDICT_ACCEPT) {
            struct check_refused bad = {.chain = *chain, .record = *hash, .verdict = "unopened", .detail = detail};
            c->bad = true;
            e = keep(c, &c->refused, &bad);
        }
    }
    intake_free(&in);
    return e;
}

static enum err check_records(struct checking *c)
{
    struct db_row *q =
        db_use(c->s->db,
               "SELECT r.oid, r.hash, o.chain, r.first, r.last FROM record r"
               " JOIN chain c ON c.id = r.chain JOIN chain o ON o.id = c.root WHERE r.hash IS NOT NULL ORDER BY r.seq");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct oid oid;
        struct hash hash;
        struct chain_id chain;
        db_col_copy(q, 0, oid.b, OID_LEN);
        db_col_copy(q, 1, hash.b, HASH_LEN);
        db_col_copy(q, 2, chain.b, ID_LEN);
        c->result.transactions += (uint64_t)(db_col_int(q, 4) - db_col_int(q, 3) + 1);
        e = check_record(c, &oid, &hash, &chain);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* A chain's records must follow one another without a gap. */
static enum err check_links(struct checking *c)
{
    struct db_row *q = db_use(c->s->db, "SELECT c.chain, r.hash FROM record r JOIN chain c ON c.id = r.chain"
                                        " WHERE r.hash IS NOT NULL AND r.first <> 1 + coalesce((SELECT max(p.last)"
                                        "  FROM record p WHERE p.chain = r.chain AND p.seq < r.seq"
                                        "  AND p.hash IS NOT NULL), c.since)");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct check_refused bad = {.verdict = "link", .detail = "numbers do not continue the chain"};
        db_col_copy(q, 0, bad.chain.b, ID_LEN);
        db_col_copy(q, 1, bad.record.b, HASH_LEN);
        c->bad = true;
        e = keep(c, &c->refused, &bad);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err list_rejected(struct checking *c)
{
    struct db_row *q = db_use(c->s->db, "SELECT chain, hash, verdict, detail FROM rejected ORDER BY chain, hash");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct check_refused bad = {.verdict = db_col_text(q, 2), .detail = db_col_text(q, 3)};
        db_col_copy(q, 0, bad.chain.b, ID_LEN);
        db_col_copy(q, 1, bad.record.b, HASH_LEN);
        e = keep(c, &c->refused, &bad);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err list_parts(struct checking *c)
{
    struct db_row *q = db_use(c->s->db, "SELECT c.chain, r.hash, p.why FROM part p JOIN record r ON r.seq = p.record"
                                        " JOIN chain c ON c.id = r.chain WHERE p.state = 2 ORDER BY r.seq, p.place");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct check_refused bad = {.verdict = "shape", .detail = db_col_text(q, 2)};
        db_col_copy(q, 0, bad.chain.b, ID_LEN);
        db_col_copy(q, 1, bad.record.b, HASH_LEN);
        c->bad = true;
        e = keep(c, &c->refused, &bad);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static const char *op_verdict(int64_t state)
{
    return state == OP_REFUSED ? "authority" : state == OP_MISFIT ? "schema" : "unknown";
}

static enum err list_ops(struct checking *c)
{
    struct db_row *q = db_use(c->s->db, "SELECT c.chain, r.hash, r.first + o.tx_place, o.state, o.why FROM op o"
                                        " JOIN record r ON r.seq = o.tx_record JOIN chain c ON c.id = r.chain"
                                        " WHERE o.state <> 0 ORDER BY o.id");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct check_refused bad = {
            .n = (uint64_t)db_col_int(q, 2), .verdict = op_verdict(db_col_int(q, 3)), .detail = db_col_text(q, 4)};
        db_col_copy(q, 0, bad.chain.b, ID_LEN);
        if (!db_col_is_null(q, 1)) {
            db_col_copy(q, 1, bad.record.b, HASH_LEN);
        }
        const bool newer = db_col_int(q, 3) == OP_NOT_KNOWN;
        bad.detail = newer ? "written by a newer samplan: it is shown when this one has been updated" : bad.detail;
        c->result.newer += newer;
        c->bad = c->bad || !newer;
        e = keep(c, &c->refused, &bad);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err list_devices(struct checking *c)
{
    struct buf list = {0};
    struct db_row *q = db_use(
        c->s->db, "SELECT c.sign, max(w.name), max(w.party_name), count(r.seq), coalesce(sum(r.last - r.first + 1), 0)"
                  " FROM chain c LEFT JOIN signer w ON w.chain = c.id"
                  " LEFT JOIN record r ON r.chain = c.id AND r.hash IS NOT NULL GROUP BY c.sign ORDER BY c.sign");
    while (db_next(q)) {
        struct check_device d = {.records = (uint64_t)db_col_int(q, 3), .transactions = (uint64_t)db_col_int(q, 4)};
        const char *member = db_col_text(q, 1);
        const char *party = db_col_text(q, 2);
        db_col_copy(q, 0, d.sign.b, SIGN_PUBLIC_LEN);
        d.member_name = arena_text(c->a, span_str(member ? member : ""));
        d.party_name = arena_text(c->a, span_str(party ? party : ""));
        buf_put(&list, &d, sizeof d);
    }
    enum err e = db_end(q);
    c->result.device_count = list.len / sizeof(struct check_device);
    const struct check_device *copy = arena_copy(c->a, &list);
    c->result.devices = copy;
    buf_free(&list);
    return e == OK && (!copy || c->a->failed) ? ERR_MEMORY : e;
}

static enum err list_branches(struct checking *c, struct check_fork *fork, int64_t chain, int64_t since)
{
    struct buf list = {0};
    struct db_row *q = db_use(c->s->db, "SELECT b.chain, r.hash, r.oid, b.last - b.since FROM chain b"
                                        " JOIN record r ON r.chain = b.id AND r.first = b.since + 1"
                                        " WHERE b.parent = ? AND b.since = ? AND r.hash IS NOT NULL ORDER BY b.chain");
    db_int(q, 1, chain);
    db_int(q, 2, since);
    while (db_next(q)) {
        struct check_branch b = {.transactions = (uint64_t)db_col_int(q, 3)};
        db_col_copy(q, 0, b.chain.b, ID_LEN);
        db_col_copy(q, 1, b.record.b, HASH_LEN);
        db_col_copy(q, 2, b.commit.b, OID_LEN);
        buf_put(&list, &b, sizeof b);
    }
    enum err e = db_end(q);
    fork->branch_count = list.len / sizeof(struct check_branch);
    const struct check_branch *copy = arena_copy(c->a, &list);
    fork->branches = copy;
    buf_free(&list);
    return e == OK && !copy ? ERR_MEMORY : e;
}

static enum err list_forks(struct checking *c)
{
    struct buf list = {0};
    enum err e = OK;
    struct db_row *q = db_use(c->s->db, "SELECT p.id, p.chain, b.since, max(w.name), max(w.party_name) FROM chain b"
                                        " JOIN chain p ON p.id = b.parent LEFT JOIN signer w ON w.chain = b.id"
                                        " GROUP BY p.id, b.since ORDER BY p.chain, b.since");
    while (e == OK && db_next(q)) {
        struct check_fork f = {.after = (uint64_t)db_col_int(q, 2)};
        const char *member = db_col_text(q, 3);
        const char *party = db_col_text(q, 4);
        db_col_copy(q, 1, f.chain.b, ID_LEN);
        f.member_name = arena_text(c->a, span_str(member ? member : ""));
        f.party_name = arena_text(c->a, span_str(party ? party : ""));
        e = list_branches(c, &f, db_col_int(q, 0), db_col_int(q, 2));
        buf_put(&list, &f, sizeof f);
    }
    enum err end = db_end(q);
    const struct check_fork *copy = arena_copy(c->a, &list);
    c->result.forks = copy;
    c->result.fork_count = list.len / sizeof *copy;
    buf_free(&list);
    e = e == OK ? end : e;
    return e == OK && (!copy || c->a->failed) ? ERR_MEMORY : e;
}

static enum err take(const struct check_refused **out, size_t *count, struct arena *a, const struct buf *list)
{
    const struct check_refused *copy = arena_copy(a, list);
    if (!copy) {
        return ERR_MEMORY;
    }
    *out = copy;
    *count = list->len / sizeof *copy;
    return OK;
}

static enum err check_replica(struct checking *c)
{
    return db_check(c->s->db);
}

enum err check_log(struct check_result *out, struct arena *a, struct site *s, bool full)
{
    struct checking c = {.s = s, .a = a, .full = full};
    enum err (*const steps[])(struct checking *) = {check_replica, check_records, check_links,  list_rejected,
                                                    list_parts,    list_ops,      list_devices, list_forks};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof steps[0]; i++) {
        e = steps[i](&c);
    }
    if (e == OK) {
        e = take(&c.result.refused, &c.result.refused_count, a, &c.refused);
    }
    if (e == OK) {
        c.result.ok = !c.bad;
        *out = c.result;
    }
    buf_free(&c.refused);
    return e;
}

static enum err copy_branches(struct log *to, struct site *s)
{
    struct buf objects = {0};
    struct db_row *q = db_use(s->db, "SELECT oid FROM record WHERE hash IS NOT NULL ORDER BY seq");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        struct oid oid;
        db_col_copy(q, 0, oid.b, OID_LEN);
        e = intake_objects_of(&objects, s, &oid);
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    if (e == OK) {
        e = log_copy(to, s->log, (const struct oid *)(const void *)objects.ptr, objects.len / OID_LEN, NULL);
    }
    buf_free(&objects);
    q = db_use(s->db, "SELECT chain, oid FROM chain WHERE hash IS NOT NULL ORDER BY id");
    while (e == OK && db_next(q)) {
        struct chain_id chain;
        struct oid oid;
        db_col_copy(q, 0, chain.b, ID_LEN);
        db_col_copy(q, 1, oid.b, OID_LEN);
        e = log_move(to, &chain, NULL, &oid);
    }
    end = db_end(q);
    return e != OK ? e : end;
}

enum err check_export(struct site *s, const char *dir)
{
    struct log *to = NULL;
    enum err e = log_create(&to, &s->why, dir);
    if (e == OK) {
        e = copy_branches(to, s);
    }
    log_close(to);
    return e;
}
