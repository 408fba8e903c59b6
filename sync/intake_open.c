#include "sync/intake.h"

#include "sync/part.h"
#include "sync/squeeze.h"
#include "sync/twins.h"

#include <assert.h>
#include <string.h>

/* why: it is refused; NULL: it is done, and needs no row. */
static enum err set_part(struct site *s, const struct intake *in, const struct intake_part *at, const char *why)
{
    if (why) {
        return intake_enter_part(s, in, at, why);
    }
    if (!at->entered) {
        return OK;
    }
    struct db_row *q = db_use(s->db, "DELETE FROM part WHERE record = ? AND place = ?");
    db_int(q, 1, at->seq);
    db_int(q, 2, at->place);
    return db_run(q);
}

static enum err project_part(struct site *s, const struct intake *in, const struct intake_part *at,
                             const struct part *part)
{
    struct chain_row chain;
    enum err e = OK;
    if (at->row) {
        chain = *at->row;
    } else {
        e = chains_by_number(&chain, s, at->chain);
    }
    s->spliced = 0;
    if (e == OK && chain.parent != 0) {
        e = twins_note(s, at->seq, &in->body.parts[at->place].key, part);
    }
    struct gather g = {.s = s};
    struct projection p;
    struct project_source from = {.chain = &chain,
                                  .record = at->seq,
                                  .first = in->header.first,
                                  .key_id = in->body.parts[at->place].key,
                                  .late = at->late,
                                  .gather = &g,
                                  .signer = at->signer};
    for (size_t i = 0; e == OK && i < part->tx_count; i++) {
        from.genesis = intake_is_genesis(in) && part->txs[i].n == 1;
        e = i == 0 ? project_begin(&p, s, &from, part->txs[i].n, part->txs[i].clock_ms)
                   : project_next(&p, &from, part->txs[i].n, part->txs[i].clock_ms);
        for (size_t k = 0; e == OK && k < part->txs[i].op_count; k++) {
            const char *refused = NULL;
            e = project_op(&refused, &p, &part->txs[i].ops[k]);
        }
    }
    if (e == OK) {
        e = gather_flush(&g);
    }
    gather_free(&g);
    return e;
}

/* *why: what is wrong with it, or NULL. */
static enum err unseal(struct buf *plain, const char **why, const struct seal_place *place,
                       const uint8_t key[SECTION_KEY_LEN], struct span sealed)
{
    struct buf padded = {0};
    enum err e = seal_open(&padded, place, key, sealed);
    if (e == ERR_FORGED) {
        *why = "does not open under its key";
    } else if (e == OK) {
        e = squeeze_unpack(plain, span_buf(&padded));
        *why = e == ERR_INPUT ? "not packed as it must be" : e == ERR_LIMIT ? "over a limit" : NULL;
    }
    buf_wipe(&padded);
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
    assert(in->body.parts && at < in->body.part_count);
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
        e = unseal(plain, why, &place, key, in->body.parts[at].sealed);
    }
    if (e == OK && !*why) {
        e = part_decode(part, a, span_buf(plain), &base);
        *why = e == ERR_INPUT ? "not canonical" : e == ERR_LIMIT ? "over a limit" : NULL;
    }
    device_wipe(key, sizeof key);
    return *why ? OK : e;
}

/* An opening that brings the keys of predecessors not yet known: their parts are in its past and go first. Keeps the
 * keys; *wait if any was new, so that this part's turn comes again after theirs. */
static enum err keep_parents(bool *wait, struct site *s, const struct op_open *open)
{
    struct section_id section = epochs_section_id(s, &open->plan, &open->owner, open->topic);
    enum err e = OK;
    for (size_t i = 0; e == OK && i < open->parent_count; i++) {
        const struct parent_epoch *p = &open->parents[i];
        struct key_id id = ids_key(&s->self.forbund, &section, p->key);
        struct section_id held;
        uint8_t key[SECTION_KEY_LEN];
        if (!p->has_key || memcmp(&id, &p->key_id, sizeof id) != 0) {
            continue;
        }
        e = epochs_key(&held, key, s, &id);
        device_wipe(key, sizeof key);
        if (e == ERR_NOT_FOUND) {
            e = epochs_keep_key(s, &id, &section, p->key);
            *wait = true;
        }
    }
    return e;
}

static enum err keep_predecessors(bool *wait, struct site *s, const struct part *part)
{
    enum err e = OK;
    *wait = false;
    for (size_t t = 0; e == OK && t < part->tx_count; t++) {
        for (size_t i = 0; e == OK && i < part->txs[t].op_count; i++) {
            const struct op *op = &part->txs[t].ops[i];
            e = op->code == OP_OPEN ? keep_parents(wait, s, &op->u.open) : OK;
        }
    }
    return e;
}

/* Opens, judges and projects one part. Anything wrong with it is its verdict. */
enum err intake_open_part(bool *wait, struct site *s, const struct intake *in, const struct intake_part *at)
{
    struct buf plain = {0};
    struct arena a = {0};
    struct part part;
    const char *why = NULL;
    enum err e = decode_part(&part, &why, &a, &plain, s, in, at->place);
    *wait = false;
    if (e == OK && !why) {
        e = keep_predecessors(wait, s, &part);
        s->was_shut = s->was_shut || *wait; /* this part's own key is not fresh any more */
    }
    if (e == OK && !why && !*wait) {
        e = project_part(s, in, at, &part);
    }
    if (e == OK && !*wait) {
        e = set_part(s, in, at, why);
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

/* ---- what waited ---- */

/* A waiting part whose key is held now. */
struct waiting {
    struct intake_part at;
    uint64_t first;
    struct oid oid;
};

/* In order: those whose keys have just come, or, after a förbund part was shut, all whose keys are held. */
static enum err list_waiting(struct buf *out, struct site *s)
{
    struct db_row *q = s->was_shut
                           ? db_use(s->db, "SELECT p.record, p.place, r.chain, r.first, r.oid FROM part p"
                                           " JOIN held_key k ON k.key_id = p.key_id JOIN record r ON r.seq = p.record"
                                           " WHERE p.state = 1 ORDER BY p.record, p.place")
                           : db_use(s->db, "SELECT p.record, p.place, r.chain, r.first, r.oid FROM temp.fresh_key k"
                                           " CROSS JOIN part p ON p.key_id = k.key_id AND p.state = 1"
                                           " JOIN record r ON r.seq = p.record ORDER BY p.record, p.place");
    while (db_next(q)) {
        struct waiting w = {.at = {.seq = db_col_int(q, 0),
                                   .place = (uint32_t)db_col_int(q, 1),
                                   .chain = db_col_int(q, 2),
                                   .late = true,
                                   .entered = true},
                            .first = (uint64_t)db_col_int(q, 3)};
        db_col_copy(q, 4, w.oid.b, OID_LEN);
        buf_put(out, &w, sizeof w);
    }
    enum err e = db_end(q);
    if (e == OK) {
        e = buf_check(out);
    }
    return e == OK ? db_run(db_use(s->db, "DELETE FROM temp.fresh_key")) : e;
}

/* Is a part of the förbund section in its past still shut? It might hold what authorises this one. */
static enum err is_shut(bool *shut, struct site *s, const struct waiting *w)
{
    struct stand at = {.record = w->at.seq, .chain = w->at.chain, .n = w->first};
    struct db_row *q = db_use(s->db, "SELECT p.record, r.chain, r.last FROM part p JOIN record r ON r.seq = p.record"
                                     " WHERE p.state = 1 AND p.forbund = 1 AND p.record <= ?");
    enum err e = OK;
    *shut = false;
    db_int(q, 1, at.record);
    while (e == OK && !*shut && db_next(q)) {
        struct stand barrier = {.record = db_col_int(q, 0), .chain = db_col_int(q, 1), .n = (uint64_t)db_col_int(q, 2)};
        if (barrier.record == at.record) {
            *shut = w->at.place != 0;
        } else {
            e = chains_past(shut, s, &at, &barrier);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* Opens what may be opened of a list, reading each record once. Ends at one that waits for its predecessors: what it opens
 * may be what later ones are written in, and the next list has them all again. */
static enum err open_waiting(struct site *s, const struct buf *list)
{
    struct intake in = {0};
    int64_t seq = 0;
    bool again = false;
    enum err e = OK;
    for (size_t at = 0; e == OK && !again && at < list->len; at += sizeof(struct waiting)) {
        struct waiting w;
        bool shut = false;
        memcpy(&w, list->ptr + at, sizeof w);
        e = is_shut(&shut, s, &w);
        s->was_shut = s->was_shut || shut;
        if (e != OK || shut) {
            continue;
        }
        if (w.at.seq != seq) {
            intake_free(&in);
            e = read_again(&in, s, &w.oid);
            seq = w.at.seq;
        }
        if (e == OK) {
            e = intake_open_part(&again, s, &in, &w.at);
        }
    }
    intake_free(&in);
    return e;
}

/* A part flagged as the förbund section's under a key that is not the förbund's: no part of it at all, and no reason to
 * hold anything back. (The förbund section has one epoch; when it can have successors, their keys come by envelope.) */
static enum err refuse_strange(struct site *s)
{
    struct db_row *q = db_use(s->db, "UPDATE part SET state = 2, why = 'not under the key of the förbund section'"
                                     " WHERE state = 1 AND forbund = 1 AND EXISTS (SELECT 1 FROM forbund)"
                                     " AND NOT EXISTS (SELECT 1 FROM held_key h WHERE h.key_id = part.key_id)");
    enum err e = db_run(q);
    if (e == OK && db_changes(s->db) > 0) {
        s->was_shut = s->fresh_keys = true;
    }
    return e;
}

enum err intake_advance(struct site *s)
{
    enum err e = refuse_strange(s);
    while (e == OK && s->fresh_keys) {
        struct buf list = {0};
        s->fresh_keys = false; /* what is opened may bring more */
        e = list_waiting(&list, s);
        s->was_shut = false; /* open_waiting sets it again */
        if (e == OK) {
            e = open_waiting(s, &list);
        }
        buf_free(&list);
        e = e == OK ? refuse_strange(s) : e;
    }
    return e == OK ? object_settle(s) : e;
}
