#include "sync/twins.h"

#include "sync/epochs.h"
#include "sync/tx.h"

/* The first record of a branch: where it goes on from, and what it had seen. */
struct start {
    int64_t record;
    int64_t chain;
    int64_t parent;
    int64_t since;
};

static enum err start_of(struct start *out, struct site *s, int64_t record)
{
    struct db_row *q = db_use(s->db, "SELECT r.chain, c.parent, c.since FROM record r JOIN chain c ON c.id = r.chain"
                                     " WHERE r.seq = ? AND c.parent IS NOT NULL AND r.first = c.since + 1");
    db_int(q, 1, record);
    *out = (struct start){0};
    if (db_next(q)) {
        *out = (struct start){
            .record = record, .chain = db_col_int(q, 0), .parent = db_col_int(q, 1), .since = db_col_int(q, 2)};
    }
    return db_end(q);
}

/* The number up to which the transactions of a record that is here and those of the part go together; 0: none. */
static enum err common_start(uint64_t *upto, struct site *s, const struct start *other, int64_t epoch,
                             const struct part *part)
{
    const uint64_t first = (uint64_t)other->since + 1;
    struct db_row *q = db_use(
        s->db, "SELECT tx, min(clock_ms) FROM (SELECT o.tx, o.clock_ms FROM epoch e JOIN object b ON"
               " b.section = e.section JOIN object_op a ON a.object = b.id JOIN op o ON o.id = a.op"
               " WHERE o.tx_record = ?1 AND o.epoch = e.id AND e.id = ?2 UNION ALL SELECT o.tx, o.clock_ms FROM op o"
               " WHERE o.tx_record = ?1 AND o.epoch = ?2 AND o.object IS NULL)"
               " GROUP BY tx ORDER BY tx");
    db_int(q, 1, other->record);
    db_int(q, 2, epoch);
    *upto = 0;
    bool same = true;
    for (size_t i = 0; same && i < part->tx_count; i++) {
        const struct part_tx *tx = &part->txs[i];
        if (tx->op_count == 0) {
            continue; /* leaves nothing that could be compared */
        }
        same = db_next(q) && tx_n(db_col_int(q, 0), first) == tx->n && db_col_int(q, 1) == tx->clock_ms;
        *upto = same ? tx->n : *upto;
    }
    return db_end(q);
}

static enum err keep(struct site *s, int64_t epoch, int64_t chain, int64_t other, uint64_t upto)
{
    struct db_row *q = db_use(s->db, "INSERT INTO twin(epoch, chain, other, upto) VALUES(?, ?, ?, ?)"
                                     " ON CONFLICT DO NOTHING");
    db_int(q, 1, epoch);
    db_int(q, 2, chain);
    db_int(q, 3, other);
    db_int(q, 4, (int64_t)upto);
    s->twins = true;
    return db_run(q);
}

enum err twins_note(struct site *s, int64_t record, const struct key_id *key, const struct part *part)
{
    struct start own;
    struct epoch_row epoch;
    enum err e = start_of(&own, s, record);
    if (e != OK || own.record == 0) {
        return e;
    }
    e = epochs_find(&epoch, s, key);
    struct db_row *q =
        db_use(s->db, "SELECT r.seq, r.chain FROM chain c JOIN record r ON r.chain = c.id AND r.first = c.since + 1"
                      " WHERE c.parent = ?1 AND c.since = ?2 AND r.seq <> ?3"
                      " AND r.vector = (SELECT vector FROM record WHERE seq = ?3)");
    db_int(q, 1, own.parent);
    db_int(q, 2, own.since);
    db_int(q, 3, record);
    while (e == OK && epoch.id != 0 && db_next(q)) {
        uint64_t upto = 0;
        const struct start other = {
            .record = db_col_int(q, 0), .chain = db_col_int(q, 1), .parent = own.parent, .since = own.since};
        e = common_start(&upto, s, &other, epoch.id, part);
        if (e == OK && upto > 0) {
            e = keep(s, epoch.id, own.chain, other.chain, upto);
        }
        if (e == OK && upto > 0) {
            e = keep(s, epoch.id, other.chain, own.chain, upto);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

enum err twins_has(bool *out, struct site *s, const struct stand *at)
{
    int64_t found = 0;
    *out = false;
    if (!s->twins || at->epoch == 0) {
        return OK;
    }
    struct db_row *q = db_use(s->db, "SELECT 1 FROM twin WHERE epoch = ? AND chain = ? AND upto >= ? LIMIT 1");
    db_int(q, 1, at->epoch);
    db_int(q, 2, at->chain);
    db_int(q, 3, (int64_t)at->n);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

enum err twins_are(bool *out, struct site *s, const struct stand *a, const struct stand *b)
{
    int64_t found = 0;
    *out = a->tx == b->tx;
    if (*out || !s->twins || a->n != b->n || b->epoch == 0) {
        return OK;
    }
    struct db_row *q = db_use(s->db, "SELECT 1 FROM twin WHERE epoch = ? AND chain = ? AND other = ? AND upto >= ?");
    db_int(q, 1, b->epoch);
    db_int(q, 2, b->chain);
    db_int(q, 3, a->chain);
    db_int(q, 4, (int64_t)b->n);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

enum err twins_load(struct site *s)
{
    int64_t found = 0;
    enum err e = db_get_int(&found, db_use(s->db, "SELECT 1 FROM twin LIMIT 1"), 0);
    s->twins = found == 1;
    return e;
}
