#include "sync/forks.h"

#include <string.h>

enum err forks_prev(struct forks_prev *out, struct site *s, const struct hash *hash)
{
    struct db_row *q = db_use(s->db, "SELECT r.seq, r.chain, r.last, r.oid, o.chain FROM record r"
                                     " JOIN chain c ON c.id = r.chain JOIN chain o ON o.id = c.root WHERE r.hash = ?");
    db_blob(q, 1, hash->b, HASH_LEN);
    *out = (struct forks_prev){0};
    if (db_next(q)) {
        out->seq = db_col_int(q, 0);
        out->chain = db_col_int(q, 1);
        out->last = (uint64_t)db_col_int(q, 2);
        db_col_copy(q, 3, out->oid.b, OID_LEN);
        db_col_copy(q, 4, out->header_chain.b, ID_LEN);
    }
    return db_end(q);
}

/* The chain that the record follows on, and the number of the last transaction before it. row->id 0: none is here yet. */
static enum err find_place(struct chain_row *row, uint64_t *since, struct site *s, const struct forks_record *r)
{
    struct forks_prev prev;
    *since = 0;
    if (r->header->has_opens) {
        return chains_find(row, s, &r->header->chain);
    }
    enum err e = forks_prev(&prev, s, &r->header->prev);
    *since = prev.last;
    return e == OK ? chains_by_number(row, s, prev.chain) : e;
}

/* Does a record that comes after that transaction stand beside another? */
static bool splits(const struct chain_row *row, uint64_t since)
{
    return row->id != 0 && (row->split || row->last > since);
}

enum err forks_too_many(bool *out, struct site *s, const struct forks_record *r)
{
    struct chain_row row;
    uint64_t since;
    int64_t branches = 0;
    enum err e = find_place(&row, &since, s, r);
    if (e == OK && splits(&row, since)) {
        struct db_row *q = db_use(s->db, "SELECT count(*) FROM chain WHERE root = ? AND parent IS NOT NULL");
        db_int(q, 1, row.root);
        e = db_get_int(&branches, q, 0);
    }
    *out = branches + 2 > LIMIT_BRANCHES;
    return e;
}

/* ---- splitting ---- */

static enum err add_branch(struct chain_row *out, struct site *s, const struct chain_row *from, uint64_t since,
                           const struct forks_record *r)
{
    const struct chain_id name = ids_branch(r->hash);
    const struct opening *o = r->opening; /* of two that open one chain, each has its own */
    const struct dot *certified = r->header->has_opens ? &o->certified : &from->certified;
    struct db_row *q = db_use(s->db, "INSERT INTO chain(chain, sign, cert_chain, cert_n, last, root, parent, since)"
                                     " VALUES(?1, ?2, ?3, ?4, ?7, ?5, ?6, ?7)");
    db_blob(q, 1, name.b, ID_LEN);
    db_blob(q, 2, from->sign.b, SIGN_PUBLIC_LEN);
    db_blob(q, 3, certified->chain.b, ID_LEN);
    db_int(q, 4, (int64_t)certified->n);
    db_int(q, 5, from->root);
    db_int(q, 6, from->id);
    db_int(q, 7, (int64_t)since);
    enum err e = db_run(q);
    return e == OK ? chains_find(out, s, &name) : e;
}

/* All who had taken in something after the point had taken in the branch that it is on now. */
static enum err split_vectors(struct site *s, const struct chain_row *from, uint64_t since, int64_t to)
{
    struct buf list = {0};
    struct db_row *q = db_use(s->db, "SELECT seq, vector FROM record WHERE seq >="
                                     " (SELECT min(seq) FROM record WHERE chain = ?) ORDER BY seq");
    enum err e = OK;
    db_int(q, 1, to);
    while (e == OK && db_next(q)) {
        struct vector v = {0};
        int64_t seq = db_col_int(q, 0);
        e = vector_decode(&v, db_col_blob(q, 1));
        if (e == OK && vector_get(&v, from->id) > since) {
            buf_put(&list, &seq, sizeof seq);
        }
        vector_free(&v);
    }
    enum err end = db_end(q);
    e = e == OK ? end : e;
    e = e == OK ? buf_check(&list) : e;
    for (size_t at = 0; e == OK && at < list.len; at += sizeof(int64_t)) {
        struct vector v = {0};
        struct buf bytes = {0};
        const struct vector *old = NULL;
        int64_t seq;
        memcpy(&seq, list.ptr + at, sizeof seq);
        e = chains_vector(&old, s, seq);
        e = e == OK ? vector_merge(&v, old) : e;
        e = e == OK ? vector_split(&v, from->id, since, to) : e;
        vector_encode(&bytes, &v);
        e = e == OK ? buf_check(&bytes) : e;
        if (e == OK) {
            q = db_use(s->db, "UPDATE record SET vector = ? WHERE seq = ?");
            db_blob(q, 1, bytes.ptr, bytes.len);
            db_int(q, 2, seq);
            e = db_run(q);
        }
        vector_free(&v);
        buf_free(&bytes);
    }
    buf_free(&list);
    chains_forget(s);
    return e;
}

/* Rows of chain ?1 after transaction ?2 are those of ?3 now; so are the transactions, whose numbers say their records. */
static enum err move_rows(struct site *s, int64_t from, uint64_t since, int64_t to)
{
    static const char *const sql[] = {
        "INSERT OR IGNORE INTO temp.dirty(object) SELECT o.object FROM op o CROSS JOIN record r ON r.seq = o.tx_record"
        " WHERE r.chain = ?1 AND r.first > ?2 AND o.object IS NOT NULL AND ?3",
        "UPDATE chain SET parent = ?3 WHERE parent = ?1 AND since > ?2",
        "UPDATE record SET chain = ?3 WHERE chain = ?1 AND first > ?2",
        "UPDATE chain SET (last, hash, oid) = (SELECT h.last, h.hash, h.oid FROM chain h WHERE h.id = ?1)"
        " WHERE id = ?3 AND ?2 >= 0",
        "UPDATE chain SET last = ?2, hash = (SELECT hash FROM record WHERE chain = ?1 AND last = ?2),"
        " oid = (SELECT oid FROM record WHERE chain = ?1 AND last = ?2) WHERE id = ?1 AND ?3"};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof sql / sizeof *sql; i++) {
        struct db_row *q = db_use(s->db, sql[i]);
        db_int(q, 1, from);
        db_int(q, 2, (int64_t)since);
        db_int(q, 3, to);
        e = db_run(q);
    }
    return e;
}

/* What stands after the point becomes a branch. */
static enum err split(struct site *s, const struct chain_row *from, uint64_t since)
{
    struct hash hash;
    struct chain_row branch;
    const struct header none = {.has_opens = false};
    const struct forks_record first = {.header = &none, .hash = &hash};
    struct db_row *q = db_use(s->db, "SELECT hash FROM record WHERE chain = ? AND first > ? AND hash IS NOT NULL"
                                     " ORDER BY first LIMIT 1");
    db_int(q, 1, from->id);
    db_int(q, 2, (int64_t)since);
    enum err e = ERR_STORAGE;
    if (db_next(q)) {
        db_col_copy(q, 0, hash.b, HASH_LEN);
        e = OK;
    }
    enum err end = db_end(q);
    e = end != OK ? end : e;
    if (e == OK) {
        e = add_branch(&branch, s, from, since, &first);
    }
    if (e == OK) {
        e = move_rows(s, from->id, since, branch.id);
    }
    return e == OK ? split_vectors(s, from, since, branch.id) : e;
}

enum err forks_seat(struct chain_row *out, struct site *s, const struct forks_record *r)
{
    struct chain_row row;
    uint64_t since;
    enum err e = find_place(&row, &since, s, r);
    if (e == OK && row.id == 0) {
        return chains_add(out, s, &r->header->chain, r->opening);
    }
    *out = row;
    if (e != OK || !splits(&row, since)) {
        return e;
    }
    if (row.last > since) {
        e = split(s, &row, since);
    }
    return e == OK ? add_branch(out, s, &row, since, r) : e;
}

/* ---- names ---- */

enum err forks_under(bool *out, struct site *s, int64_t chain, int64_t top)
{
    int64_t found = 0;
    *out = chain == top;
    if (*out) {
        return OK;
    }
    struct db_row *q = db_use(s->db, "WITH RECURSIVE up(id) AS (SELECT parent FROM chain WHERE id = ?1"
                                     " UNION SELECT c.parent FROM up JOIN chain c ON c.id = up.id)"
                                     " SELECT 1 FROM up WHERE id = ?2");
    db_int(q, 1, chain);
    db_int(q, 2, top);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

enum err forks_named(int64_t *out, struct site *s, const struct chain_id *name, const struct stand *at)
{
    struct chain_row row;
    const struct vector *v = NULL;
    enum err e = chains_find(&row, s, name);
    *out = e == OK ? row.id : 0;
    if (e != OK || row.parent == 0) {
        return e;
    }
    *out = 0;
    e = chains_vector(&v, s, at->record);
    struct db_row *q = db_use(s->db, "SELECT id FROM chain WHERE parent = ? AND since = ? AND id <> ?");
    db_int(q, 1, row.parent);
    db_int(q, 2, (int64_t)row.since);
    db_int(q, 3, row.id);
    while (e == OK && *out == 0 && db_next(q)) {
        *out = vector_get(v, db_col_int(q, 0)) > row.since ? row.id : 0;
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}
