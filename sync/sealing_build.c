#include "sync/sealing_build.h"

#include "sync/sealing.h"

#include "crypto/envelope.h"
#include "sync/body.h"
#include "sync/debts.h"
#include "sync/epochs.h"
#include "sync/opening.h"
#include "sync/squeeze.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(SEALING_ENVELOPES_MAX * ENVELOPE_LEN == LIMIT_KEYS, "envelopes fill blob k");

/* ---- the journal's rows, grouped ---- */

static enum err decode_row(struct part_tx *out, struct arena *a, uint64_t n, int64_t clock_ms, struct span ops)
{
    struct part part;
    struct part_base base = {.first_dot = n, .last_dot = n, .time = clock_ms / 1000};
    uint8_t *copy = arena_alloc(a, ops.len); /* what is decoded may borrow from it */
    if (!copy) {
        return ERR_MEMORY;
    }
    memcpy(copy, ops.ptr, ops.len);
    enum err e = part_decode(&part, a, span_of(copy, ops.len), &base);
    if (e == OK) {
        *out = part.txs[0];
    }
    return e;
}

static enum err rows_of_key(struct part *out, struct sealing *w, const struct key_id *key, size_t count)
{
    struct part_tx *txs = arena_array(&w->a, count, sizeof *txs);
    if (!txs) {
        return ERR_MEMORY;
    }
    struct db_row *q = db_use(w->s->db, "SELECT n, clock_ms, body FROM journal WHERE key_id = ? ORDER BY n");
    db_blob(q, 1, key->b, ID_LEN);
    enum err e = OK;
    size_t i = 0;
    while (e == OK && i < count && db_next(q)) {
        e = decode_row(&txs[i++], &w->a, (uint64_t)db_col_int(q, 0), db_col_int(q, 1), db_col_blob(q, 2));
    }
    enum err end = db_end(q);
    *out = (struct part){.tx_count = i, .txs = txs};
    return e != OK ? e : end;
}

static enum err pack_part(struct buf *out, const struct part *part, const struct part_base *base)
{
    struct buf plain = {0};
    enum err e = part_encode(&plain, part, base);
    if (e == OK) {
        e = squeeze_pack(out, span_buf(&plain));
    }
    buf_wipe(&plain);
    return e;
}

static enum err group(struct sealing *w)
{
    static const struct section_id forbund = {{0}};
    int64_t keys = 0;
    enum err e = db_get_int(&keys, db_use(w->s->db, "SELECT count(DISTINCT key_id) FROM journal"), 0);
    w->parts = e == OK ? arena_array(&w->a, (size_t)keys, sizeof *w->parts) : NULL;
    if (!w->parts) {
        return e == OK ? ERR_MEMORY : e;
    }
    /* The förbund section's part comes first, the others in order of key id. */
    struct db_row *q = db_use(w->s->db, "SELECT j.key_id, h.section_id, count(*) FROM journal j"
                                        " JOIN held_key h ON h.key_id = j.key_id GROUP BY j.key_id"
                                        " ORDER BY h.section_id <> zeroblob(16), j.key_id");
    while (e == OK && db_next(q)) {
        struct sealing_part *p = &w->parts[w->part_count++];
        struct part part;
        db_col_copy(q, 0, p->key.b, ID_LEN);
        db_col_copy(q, 1, p->section.b, ID_LEN);
        p->forbund = memcmp(&p->section, &forbund, sizeof forbund) == 0;
        e = rows_of_key(&part, w, &p->key, (size_t)db_col_int(q, 2));
        if (e == OK) {
            e = pack_part(&p->packed, &part, &w->base);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* ---- the header ---- */

static enum err hash_at(struct hash *out, struct chain_id *chain, struct site *s, int64_t number, uint64_t last)
{
    struct db_row *q = db_use(s->db, "SELECT r.hash, c.chain FROM record r JOIN chain c ON c.id = r.chain"
                                     " WHERE r.chain = ? AND r.last = ? AND r.hash IS NOT NULL");
    db_int(q, 1, number);
    db_int(q, 2, (int64_t)last);
    enum err e = ERR_STORAGE;
    if (db_next(q)) {
        db_col_copy(q, 0, out->b, HASH_LEN);
        db_col_copy(q, 1, chain->b, ID_LEN);
        e = OK;
    }
    enum err end = db_end(q);
    return end != OK ? end : e;
}

static int sort_seen(const void *a, const void *b)
{
    const struct seen *x = a;
    const struct seen *y = b;
    return memcmp(&x->chain, &y->chain, sizeof x->chain);
}

/* Chains that moved between this chain's previous record and the open one. */
static enum err fill_seen(struct sealing *w)
{
    struct site *s = w->s;
    const struct vector *now = NULL;
    struct vector before = {0};
    int64_t previous = 0;
    struct db_row *q = db_use(s->db, "SELECT max(seq) FROM record WHERE chain = ? AND hash IS NOT NULL");
    db_int(q, 1, w->own.id);
    enum err e = db_get_int(&previous, q, 0);
    if (e == OK && previous != 0) {
        const struct vector *v = NULL;
        e = chains_vector(&v, s, previous);
        if (e == OK) {
            e = vector_merge(&before, v);
        }
    }
    if (e == OK) {
        e = chains_vector(&now, s, w->seq);
    }
    struct seen *seen = e == OK ? arena_array(&w->a, now->count, sizeof *seen) : NULL;
    e = e == OK && !seen ? ERR_MEMORY : e;
    size_t n = 0;
    for (size_t i = 0; e == OK && i < now->count; i++) {
        if ((int64_t)i != w->own.id && now->dots[i] > vector_get(&before, (int64_t)i)) {
            seen[n].dot = now->dots[i];
            e = hash_at(&seen[n].hash, &seen[n].chain, s, (int64_t)i, now->dots[i]);
            n++;
        }
    }
    if (e == OK) {
        qsort(seen, n, sizeof *seen, sort_seen);
        w->header.seen = seen;
        w->header.seen_count = n;
    }
    vector_free(&before);
    return e;
}

static enum err fill_header(struct sealing *w)
{
    struct site *s = w->s;
    int64_t first = 0;
    int64_t last = 0;
    enum err e = db_get_int(&first, db_use(s->db, "SELECT min(n) FROM journal"), 0);
    if (e == OK) {
        e = db_get_int(&last, db_use(s->db, "SELECT max(n) FROM journal"), 0);
    }
    if (e == OK) {
        e = chains_open_record(&w->seq, &w->own, s);
    }
    int64_t now_ms = 0;
    if (e == OK) {
        e = sealing_now(&now_ms, s);
    }
    w->header.time = now_ms / 1000;
    w->header.kind = HEADER_PLANS;
    w->header.forbund = s->self.forbund;
    w->header.chain = s->self.chain;
    w->header.first = (uint64_t)first;
    w->header.last = (uint64_t)last;
    w->header.has_opens = !w->own.has_head;
    w->base = (struct part_base){.first_dot = w->header.first, .last_dot = w->header.last, .time = w->header.time};
    return e == OK ? fill_seen(w) : e;
}

static enum err fill_opening(struct sealing *w)
{
    if (!w->header.has_opens) {
        w->header.prev = w->own.hash;
        return OK;
    }
    struct opening o;
    enum err e = chains_opening(&o, w->s);
    if (e != OK) {
        return e;
    }
    opening_encode(&w->opens, &o);
    w->header.opens = ids_hash(span_buf(&w->opens));
    w->header.prev = w->header.opens;
    return buf_check(&w->opens);
}

/* ---- body and envelopes ---- */

/* Bound to what is sealed, so that a cloned machine with a repeated random source cannot repeat a nonce on other
 * content (design: records, "In git"). */
static enum err make_salt(uint8_t salt[SEAL_SALT_LEN], struct sealing *w)
{
    struct buf context = {0};
    uint8_t full[32];
    buf_put(&context, &w->header.chain, sizeof w->header.chain);
    buf_put_u64be(&context, w->header.first);
    for (size_t i = 0; i < w->header.seen_count; i++) {
        buf_put(&context, &w->header.seen[i].hash, sizeof w->header.seen[i].hash);
    }
    for (size_t i = 0; i < w->part_count; i++) {
        buf_put_u64be(&context, w->parts[i].packed.len);
        buf_put_span(&context, span_buf(&w->parts[i].packed));
    }
    enum err e = buf_check(&context);
    if (e == OK) {
        device_hedge(full, w->s->device, span_buf(&context));
        memcpy(salt, full, SEAL_SALT_LEN);
        device_wipe(full, sizeof full);
    }
    buf_wipe(&context);
    return e;
}

static enum err seal_part(struct buf *out, struct sealing *w, size_t i, const uint8_t salt[SEAL_SALT_LEN])
{
    struct section_id section;
    uint8_t key[SECTION_KEY_LEN];
    struct seal_place at = {.forbund = w->header.forbund,
                            .chain = w->header.chain,
                            .first_dot = w->header.first,
                            .key_id = w->parts[i].key,
                            .place = (uint32_t)i};
    memcpy(at.salt, salt, SEAL_SALT_LEN);
    enum err e = epochs_key(&section, key, w->s, &at.key_id);
    if (e == OK) {
        e = seal_seal(out, &at, key, span_buf(&w->parts[i].packed));
    }
    device_wipe(key, sizeof key);
    return e;
}

static enum err make_body(struct sealing *w)
{
    struct body body = {.forbund_first = w->parts[0].forbund, .part_count = w->part_count};
    struct body_part *parts = arena_array(&w->a, w->part_count, sizeof *parts);
    struct buf *sealed = arena_array(&w->a, w->part_count, sizeof *sealed);
    enum err e = parts && sealed ? make_salt(body.salt, w) : ERR_MEMORY;
    for (size_t i = 0; e == OK && i < w->part_count; i++) {
        e = seal_part(&sealed[i], w, i, body.salt);
        parts[i] = (struct body_part){.key = w->parts[i].key, .sealed = span_buf(&sealed[i])};
    }
    if (e == OK) {
        body.parts = parts;
        body_encode(&w->body, &body);
        e = buf_check(&w->body);
    }
    if (e == OK && w->body.len > LIMIT_BODY) {
        e = why_set(&w->s->why, ERR_LIMIT, WHY("too much for one record"), "%zu", w->body.len);
    }
    for (size_t i = 0; sealed && i < w->part_count; i++) {
        buf_free(&sealed[i]);
    }
    w->header.body = ids_hash(span_buf(&w->body));
    return e;
}

static enum err make_envelopes(struct sealing *w)
{
    const struct debt *debts = NULL;
    size_t count = 0;
    struct site *s = w->s;
    static const struct forbund_id none = {{0}};
    if (memcmp(&s->self.forbund, &none, sizeof none) == 0) {
        return OK; /* of the genesis: envelopes name the förbund, which is to get its id from this record */
    }
    enum err e = debts_find(&debts, &count, &w->a, s, SEALING_ENVELOPES_MAX);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct section_id section;
        uint8_t key[SECTION_KEY_LEN];
        uint8_t envelope[ENVELOPE_LEN];
        struct box_id box = ids_box(&debts[i].box);
        e = epochs_key(&section, key, s, &debts[i].key_id);
        if (e == OK) {
            envelope_seal(envelope, &s->self.forbund, &section, key, &debts[i].box);
            buf_put(&w->keys, envelope, sizeof envelope);
            e = debts_note_envelope(s, &debts[i].key_id, &box, w->own.id);
        }
        device_wipe(key, sizeof key);
    }
    if (e == OK && count < SEALING_ENVELOPES_MAX) {
        e = debts_paid(s);
    }
    e = e == OK ? buf_check(&w->keys) : e;
    w->header.has_keys = w->keys.len > 0;
    if (w->header.has_keys) {
        w->header.keys = ids_hash(span_buf(&w->keys));
    }
    return e;
}

enum err sealing_build(struct sealing *w)
{
    enum err (*const steps[])(struct sealing *) = {fill_header, fill_opening, group, make_body, make_envelopes};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof steps[0]; i++) {
        e = steps[i](w);
    }
    return e;
}

void sealing_build_free(struct sealing *w)
{
    for (size_t i = 0; w->parts && i < w->part_count; i++) {
        buf_wipe(&w->parts[i].packed);
    }
    buf_free(&w->body);
    buf_free(&w->keys);
    buf_free(&w->opens);
    arena_free(&w->a);
}
