#include "sync/exchange.h"

#include "sync/forks.h"

#include <string.h>

struct handing {
    struct chain_id chain;
    bool has_old;
    struct oid old;
    struct oid new;
};

/* Where the place's branch of a chain stands, as a transaction number; -1: somewhere this site must leave alone. What is
 * no record of the chain at all is moved away from, but only by somebody who has more of the chain to put there. */
static enum err place_at(int64_t *last, struct handing *h, struct exchange *m, uint64_t have)
{
    struct exchange_record there = {.seq = 0};
    enum err e = log_tip(&h->old, m->place, &h->chain);
    *last = 0;
    h->has_old = e == OK;
    if (e == ERR_INPUT) {
        log_drop_damaged(m->place, &h->chain);
        return OK;
    }
    if (e == ERR_NOT_FOUND) {
        return OK;
    }
    if (e == OK) {
        e = exchange_find(&there, m->s, &h->old, &h->chain);
        *last = there.seq != 0 ? there.last : -1;
    }
    for (size_t i = 0; e == OK && !there.on_branch && i < m->offer_count; i++) {
        const struct exchange_offer *o = &m->offers[i];
        if (memcmp(&o->chain, &h->chain, sizeof o->chain) == 0) {
            *last = o->spoiled && have > o->reached ? (int64_t)o->reached : -1;
            return OK;
        }
    }
    return e;
}

/* How much of a branch of a chain that has split the place has, on whatever git branches. */
static enum err held_of_branch(uint64_t *have, struct exchange *m, const struct chain_row *chain)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->offer_count && *have < chain->last; i++) {
        int64_t on = 0;
        int64_t last = 0;
        bool under = false;
        struct db_row *q = db_use(m->s->db, "SELECT chain, last FROM record WHERE seq = ?");
        db_int(q, 1, m->offers[i].known);
        if (db_next(q)) {
            on = db_col_int(q, 0);
            last = db_col_int(q, 1);
        }
        e = db_end(q);
        if (e == OK && on != 0) {
            e = forks_under(&under, m->s, on, chain->id);
        }
        if (under && (uint64_t)last > *have) {
            *have = (uint64_t)last;
        }
    }
    return e;
}

enum err exchange_after(struct buf *objects, uint64_t *txs, struct site *s, int64_t chain, uint64_t have)
{
    struct db_row *q = db_use(s->db, "SELECT oid, first, last FROM record WHERE chain = ?1 AND last > ?2 AND first > ?2"
                                     " AND hash IS NOT NULL ORDER BY seq");
    enum err e = OK;
    db_int(q, 1, chain);
    db_int(q, 2, (int64_t)have);
    while (e == OK && db_next(q)) {
        struct oid oid;
        db_col_copy(q, 0, oid.b, OID_LEN);
        *txs += (uint64_t)(db_col_int(q, 2) - db_col_int(q, 1) + 1);
        e = intake_objects_of(objects, s, &oid);
    }
    enum err end = db_end(q);
    e = e == OK ? buf_check(objects) : e;
    return e != OK ? e : end;
}

static enum err gather_chain(struct exchange *m, struct buf *objects, struct buf *moves, const struct chain_row *chain)
{
    struct handing h = {.chain = chain->chain, .new = chain->oid};
    int64_t at = 0;
    enum err e = place_at(&at, &h, m, chain->last);
    if (e != OK || at < 0 || (uint64_t)at >= chain->last) {
        return e;
    }
    uint64_t have = (uint64_t)at;
    if (chain->parent != 0) {
        e = held_of_branch(&have, m, chain);
    }
    if (e == OK && !m->borrows) {
        e = exchange_after(objects, &m->result.sent_transactions, m->s, chain->id, have);
    }
    buf_put(moves, &h, sizeof h);
    return e == OK ? buf_check(moves) : e;
}

static enum err gather(struct exchange *m, struct buf *objects, struct buf *moves)
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

enum err exchange_hand_over(struct exchange *m)
{
    struct buf objects = {0};
    struct buf moves = {0};
    enum err e = gather(m, &objects, &moves);
    const uint64_t total = moves.len / sizeof(struct handing);
    if (e == OK && total > 0 && !m->borrows && !exchange_tell(m, "give", 0, total)) {
        goto out;
    }
    if (e == OK) {
        e = log_copy(m->place, m->s->log, (const struct oid *)(const void *)objects.ptr, objects.len / OID_LEN,
                     &m->result.sent_bytes);
    }
    for (size_t at = 0; e == OK && at < moves.len; at += sizeof(struct handing)) {
        struct handing h;
        memcpy(&h, moves.ptr + at, sizeof h);
        e = log_move(m->place, &h.chain, h.has_old ? &h.old : NULL, &h.new);
    }
    if (e == OK && total > 0 && !m->borrows) {
        (void)exchange_tell(m, "give", total, total);
    }
out:
    buf_free(&objects);
    buf_free(&moves);
    return e == ERR_STORAGE || e == ERR_BUSY ? ERR_TRANSPORT : e;
}
