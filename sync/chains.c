#include "sync/chains.h"

#include "sync/home.h"
#include "sync/tx.h"

#include <string.h>

#define CHAIN_COLUMNS                                                                                                  \
    "SELECT c.id, c.chain, c.sign, c.last, c.hash, c.oid, c.cert_chain, c.cert_n, c.root, c.parent, c.since,"          \
    " EXISTS (SELECT 1 FROM chain b WHERE b.parent = c.id) FROM chain c "

static enum err read_chain(struct chain_row *out, struct db_row *q)
{
    *out = (struct chain_row){0};
    if (db_next(q)) {
        out->id = db_col_int(q, 0);
        db_col_copy(q, 1, out->chain.b, ID_LEN);
        db_col_copy(q, 2, out->sign.b, SIGN_PUBLIC_LEN);
        out->last = (uint64_t)db_col_int(q, 3);
        db_col_copy(q, 6, out->certified.chain.b, ID_LEN);
        out->certified.n = (uint64_t)db_col_int(q, 7);
        out->root = db_col_int(q, 8);
        out->parent = db_col_int(q, 9); /* null reads as 0 */
        out->since = (uint64_t)db_col_int(q, 10);
        out->split = db_col_int(q, 11) != 0;
        out->has_head = !db_col_is_null(q, 4);
        if (out->has_head) {
            db_col_copy(q, 4, out->hash.b, HASH_LEN);
            db_col_copy(q, 5, out->oid.b, OID_LEN);
        }
    }
    return db_end(q);
}

enum err chains_find(struct chain_row *out, struct site *s, const struct chain_id *chain)
{
    struct db_row *q = db_use(s->db, CHAIN_COLUMNS "WHERE c.chain = ?");
    db_blob(q, 1, chain->b, ID_LEN);
    return read_chain(out, q);
}

enum err chains_by_number(struct chain_row *out, struct site *s, int64_t id)
{
    struct db_row *q = db_use(s->db, CHAIN_COLUMNS "WHERE c.id = ?");
    db_int(q, 1, id);
    return read_chain(out, q);
}

enum err chains_add(struct chain_row *out, struct site *s, const struct chain_id *chain, const struct opening *by)
{
    struct db_row *q = db_use(s->db, "INSERT INTO chain(chain, sign, cert_chain, cert_n, last, root, since)"
                                     " VALUES(?, ?, ?, ?, 0, 0, 0)");
    db_blob(q, 1, chain->b, ID_LEN);
    db_blob(q, 2, by->sign.b, SIGN_PUBLIC_LEN);
    db_blob(q, 3, by->certified.chain.b, ID_LEN);
    db_int(q, 4, (int64_t)by->certified.n);
    enum err e = db_run(q);
    if (e == OK) {
        q = db_use(s->db, "UPDATE chain SET root = id WHERE id = ?");
        db_int(q, 1, db_last_id(s->db));
        e = db_run(q);
    }
    return e == OK ? chains_find(out, s, chain) : e;
}

/* The chain that this device wrote before, where it has begun a new one. Chains are few, records many: only the last of
 * each is looked at. */
static enum err continues(struct opening *out, struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT c.chain, r.last, r.hash FROM chain c CROSS JOIN record r ON r.seq ="
                                     "  (SELECT seq FROM record WHERE chain = c.id AND hash IS NOT NULL"
                                     "   ORDER BY last DESC LIMIT 1)"
                                     " WHERE c.sign = ?1 AND NOT EXISTS"
                                     "  (SELECT 1 FROM chain o WHERE o.id = c.root AND o.chain = ?2)"
                                     " ORDER BY r.seq DESC LIMIT 1");
    db_blob(q, 1, out->sign.b, SIGN_PUBLIC_LEN);
    db_blob(q, 2, s->self.chain.b, ID_LEN);
    out->continues = db_next(q);
    if (out->continues) {
        db_col_copy(q, 0, out->old.chain.b, ID_LEN);
        out->old.dot = (uint64_t)db_col_int(q, 1);
        db_col_copy(q, 2, out->old.hash.b, HASH_LEN);
    }
    return db_end(q);
}

enum err chains_opening(struct opening *out, struct site *s)
{
    bool invited = false;
    int64_t n = 1;
    *out = (struct opening){.sign = device_sign_public(s->device),
                            .run = s->run,
                            .meeting = device_meeting_public(s->device),
                            .box = device_box_public(s->device),
                            .certified = {.chain = s->self.chain, .n = 1}};
    enum err e = home_get_blob(&invited, s, "cert_chain", out->certified.chain.b, ID_LEN);
    if (e == OK && invited) {
        e = db_get_int(&n, db_use(s->db, "SELECT value FROM meta WHERE name = 'cert_n'"), 0);
        out->certified.n = (uint64_t)n;
    }
    return e == OK ? continues(out, s) : e;
}

static enum err current_vector(struct vector *v, struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT id, last FROM chain WHERE hash IS NOT NULL");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        e = vector_raise(v, db_col_int(q, 0), (uint64_t)db_col_int(q, 1));
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err insert_open_record(int64_t *seq, struct site *s, const struct chain_row *own)
{
    struct vector v = {0};
    struct buf bytes = {0};
    enum err e = current_vector(&v, s);
    if (e == OK) {
        vector_encode(&bytes, &v);
        e = buf_check(&bytes);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT INTO record(chain, first, last, time, vector) VALUES(?, ?, ?, 0, ?)");
        db_int(q, 1, own->id);
        db_int(q, 2, (int64_t)own->last + 1);
        db_int(q, 3, (int64_t)own->last);
        db_blob(q, 4, bytes.ptr, bytes.len);
        e = db_run(q);
        *seq = db_last_id(s->db);
    }
    vector_free(&v);
    buf_free(&bytes);
    return e;
}

enum err chains_open_record(int64_t *seq, struct chain_row *own, struct site *s)
{
    enum err e = chains_find(own, s, &s->self.chain);
    if (e == OK && own->id == 0) {
        struct opening opening;
        e = chains_opening(&opening, s);
        if (e == OK) {
            e = chains_add(own, s, &s->self.chain, &opening);
        }
    }
    if (e == OK) {
        e = db_get_int(seq, db_use(s->db, "SELECT seq FROM record WHERE hash IS NULL"), 0);
    }
    if (e == OK && *seq == 0) {
        e = insert_open_record(seq, s, own);
    }
    return e;
}

void chains_forget(struct site *s)
{
    for (size_t i = 0; i < CORE_CACHE; i++) {
        s->cache[i].seq = 0;
        vector_free(&s->cache[i].v);
    }
    memset(s->records, 0, sizeof s->records);
}

enum err chains_vector(const struct vector **out, struct site *s, int64_t seq)
{
    struct core_vector *at = &s->cache[(uint64_t)seq % CORE_CACHE];
    *out = &at->v;
    if (at->seq == seq) {
        return OK;
    }
    struct vector v = {0};
    struct db_row *q = db_use(s->db, "SELECT vector FROM record WHERE seq = ?");
    db_int(q, 1, seq);
    enum err e = ERR_DAMAGED;
    if (db_next(q)) {
        e = vector_decode(&v, db_col_blob(q, 0));
    }
    enum err end = db_end(q);
    if (end != OK || e != OK) {
        vector_free(&v);
        return end != OK ? end
                         : why_set(&s->why, e, WHY("the replica is damaged; restore a backup or rebuild it"),
                                   "record %lld", (long long)seq);
    }
    vector_free(&at->v);
    at->v = v;
    at->seq = seq;
    return OK;
}

static enum err epoch_has(bool *out, struct site *s, int64_t epoch, int64_t past)
{
    int64_t found = 0;
    struct db_row *q = db_use(s->db, "SELECT 1 FROM epoch_past WHERE epoch = ? AND past = ?");
    db_int(q, 1, epoch);
    db_int(q, 2, past);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

/* Had the writer of a taken in transaction n of a chain? */
static enum err had_taken(bool *out, struct site *s, const struct stand *a, int64_t chain, uint64_t n)
{
    if (a->chain == chain) {
        *out = n < a->n;
        return OK;
    }
    const struct vector *v = NULL;
    enum err e = chains_vector(&v, s, a->record);
    *out = e == OK && vector_get(v, chain) >= n;
    return e;
}

static enum err had_taken_twin(bool *out, struct site *s, const struct stand *a, const struct stand *b)
{
    enum err e = OK;
    struct db_row *q = db_use(s->db, "SELECT other FROM twin WHERE epoch = ? AND chain = ? AND upto >= ?");
    db_int(q, 1, b->epoch);
    db_int(q, 2, b->chain);
    db_int(q, 3, (int64_t)b->n);
    while (e == OK && !*out && db_next(q)) {
        e = had_taken(out, s, a, db_col_int(q, 0), b->n);
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

enum err chains_past(bool *out, struct site *s, const struct stand *a, const struct stand *b)
{
    enum err e = had_taken(out, s, a, b->chain, b->n);
    if (e == OK && !*out && s->twins && b->epoch != 0) {
        e = had_taken_twin(out, s, a, b);
    }
    if (e != OK || !*out) {
        return e;
    }
    if (a->epoch == b->epoch || a->epoch == 0 || b->epoch == 0) {
        return OK;
    }
    return epoch_has(out, s, a->epoch, b->epoch);
}

static enum err find_record(struct core_record *out, struct site *s, int64_t seq)
{
    struct db_row *q = db_use(s->db, "SELECT chain, first FROM record WHERE seq = ?");
    db_int(q, 1, seq);
    *out = (struct core_record){0};
    if (db_next(q)) {
        *out = (struct core_record){.seq = seq, .chain = db_col_int(q, 0), .first = (uint64_t)db_col_int(q, 1)};
    }
    return db_end(q);
}

enum err chains_stand(struct stand *out, struct site *s, int64_t tx)
{
    const int64_t seq = tx_record(tx);
    struct core_record *at = &s->records[(uint64_t)seq % CORE_RECORDS];
    enum err e = OK;
    if (at->seq != seq) {
        e = find_record(at, s, seq);
    }
    *out = e == OK && at->seq == seq ? chains_at(tx, at->chain, at->first) : (struct stand){0};
    return e;
}

struct stand chains_at(int64_t tx, int64_t chain, uint64_t first)
{
    return (struct stand){.tx = tx, .chain = chain, .n = tx_n(tx, first), .record = tx_record(tx)};
}
