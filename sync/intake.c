#include "sync/intake.h"

#include "crypto/envelope.h"
#include "sync/debts.h"
#include "sync/epochs.h"
#include "sync/forks.h"

#include <string.h>

static enum err full_vector(struct buf *out, struct site *s, const struct intake *in)
{
    struct vector v = {0};
    const struct vector *other = NULL;
    enum err e = OK;
    for (size_t i = 0; e == OK && i <= in->header.seen_count; i++) {
        bool own = i == in->header.seen_count;
        struct forks_prev r;
        if (own && in->header.has_opens) {
            break;
        }
        e = forks_prev(&r, s, own ? &in->header.prev : &in->header.seen[i].hash);
        if (e == OK) {
            e = chains_vector(&other, s, r.seq);
        }
        if (e == OK) {
            e = vector_merge(&v, other);
        }
        if (e == OK) {
            e = vector_raise(&v, r.chain, r.last);
        }
    }
    if (e == OK) {
        vector_encode(out, &v);
        e = buf_check(out);
    }
    vector_free(&v);
    return e;
}

static enum err insert_record(int64_t *seq, struct site *s, const struct intake *in, const struct chain_row *chain)
{
    struct buf vector = {0};
    enum err e = full_vector(&vector, s, in);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT INTO record(chain, first, last, time, hash, oid, vector)"
                                         " VALUES(?, ?, ?, ?, ?, ?, ?)");
        db_int(q, 1, chain->id);
        db_int(q, 2, (int64_t)in->header.first);
        db_int(q, 3, (int64_t)in->header.last);
        db_int(q, 4, in->header.time);
        db_blob(q, 5, in->hash.b, HASH_LEN);
        db_blob(q, 6, in->oid.b, OID_LEN);
        db_blob(q, 7, vector.ptr, vector.len);
        e = db_run(q);
        *seq = db_last_id(s->db);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "UPDATE chain SET last = ?, hash = ?, oid = ? WHERE id = ?");
        db_int(q, 1, (int64_t)in->header.last);
        db_blob(q, 2, in->hash.b, HASH_LEN);
        db_blob(q, 3, in->oid.b, OID_LEN);
        db_int(q, 4, chain->id);
        e = db_run(q);
    }
    buf_free(&vector);
    return e;
}

enum err intake_envelopes(struct site *s, const struct intake *in)
{
    enum err e = OK;
    for (size_t at = 0; e == OK && at + ENVELOPE_LEN <= in->k.len; at += ENVELOPE_LEN) {
        struct section_id section;
        uint8_t key[SECTION_KEY_LEN];
        struct envelope_label label = envelope_label(in->k.ptr + at);
        enum err opened = envelope_open(&section, key, in->k.ptr + at, &s->self.forbund, s->device);
        if (opened == OK) {
            e = epochs_keep_key(s, &label.key, &section, key);
        } else if (opened == ERR_MEMORY) {
            e = opened;
        }
        device_wipe(key, sizeof key);
    }
    return e;
}

static enum err note_envelopes(struct site *s, const struct intake *in, int64_t chain)
{
    enum err e = OK;
    for (size_t at = 0; e == OK && at + ENVELOPE_LEN <= in->k.len; at += ENVELOPE_LEN) {
        struct envelope_label label = envelope_label(in->k.ptr + at);
        e = debts_note_envelope(s, &label.key, &label.box, chain);
    }
    return e == OK ? intake_envelopes(s, in) : e;
}

enum err intake_accept(struct site *s, const struct intake *in)
{
    struct chain_row chain;
    int64_t seq = 0;
    const struct forks_record place = {.header = &in->header, .hash = &in->hash, .opening = &in->opening};
    enum err e = forks_seat(&chain, s, &place);
    if (e == OK) {
        e = insert_record(&seq, s, in, &chain);
    }
    if (e == OK) {
        e = note_envelopes(s, in, chain.id);
    }
    if (e == OK) {
        e = intake_open_new(s, in, seq, &chain);
    }
    return e == OK ? intake_advance(s) : e;
}
