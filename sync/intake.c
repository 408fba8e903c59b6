#include "sync/intake.h"

#include "crypto/envelope.h"
#include "sync/epochs.h"
#include "sync/forks.h"

#include <stdlib.h>
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

static enum err insert_parts(struct site *s, const struct intake *in, int64_t seq)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < in->body.part_count; i++) {
        struct db_row *q = db_use(s->db, "INSERT INTO part(record, place, key_id, forbund, state, why)"
                                         " VALUES(?, ?, ?, ?, 1, '')");
        db_int(q, 1, seq);
        db_int(q, 2, (int64_t)i);
        db_blob(q, 3, in->body.parts[i].key.b, ID_LEN);
        db_int(q, 4, in->body.forbund_first && i == 0);
        e = db_run(q);
    }
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
        e = epochs_note_envelope(s, &label.key, &label.box, chain);
    }
    return e == OK ? intake_envelopes(s, in) : e;
}

struct part_section {
    struct section_id section;
    size_t place;
};

static int by_section(const void *a, const void *b)
{
    const struct part_section *x = a;
    const struct part_section *y = b;
    return memcmp(&x->section, &y->section, sizeof x->section);
}

/* Of the parts whose keys are held. list has room for each. */
static enum err list_sections(struct part_section *list, size_t *count, struct site *s, const struct intake *in)
{
    enum err e = OK;
    *count = 0;
    for (size_t i = 0; e == OK && i < in->body.part_count; i++) {
        struct db_row *q = db_use(s->db, "SELECT section_id FROM held_key WHERE key_id = ?");
        db_blob(q, 1, in->body.parts[i].key.b, ID_LEN);
        if (db_next(q)) {
            db_col_copy(q, 0, list[*count].section.b, ID_LEN);
            list[(*count)++].place = i;
        }
        e = db_end(q);
    }
    return e;
}

/* Which parts of a record share their section with another part of it, open or not: their transactions alternate, so that
 * neither may be taken as a whole before the other without looking again. late has room for each part. As far as keys
 * are held. */
static enum err find_sharing(bool *late, struct site *s, const struct intake *in)
{
    size_t count = 0;
    struct part_section *list = calloc(in->body.part_count, sizeof *list);
    enum err e = list ? list_sections(list, &count, s, in) : ERR_MEMORY;
    if (e == OK && count > 1) {
        qsort(list, count, sizeof *list, by_section);
    }
    for (size_t i = 1; e == OK && i < count; i++) {
        if (by_section(&list[i - 1], &list[i]) == 0) {
            late[list[i - 1].place] = late[list[i].place] = true;
        }
    }
    free(list);
    return e;
}

static enum err may_open(bool *waits, bool *held, struct site *s, const struct intake_part *at)
{
    struct db_row *q = db_use(s->db, "SELECT p.state, h.key_id IS NOT NULL FROM part p"
                                     " LEFT JOIN held_key h ON h.key_id = p.key_id WHERE p.record = ? AND p.place = ?");
    db_int(q, 1, at->seq);
    db_int(q, 2, at->place);
    if (db_next(q)) {
        *waits = db_col_int(q, 0) == PART_WAITING;
        *held = db_col_int(q, 1) != 0;
    }
    return db_end(q);
}

/* One part, if its key is held. *shut: all after it has to wait. */
static enum err open_new_part(bool *shut, struct site *s, const struct intake *in, const struct intake_part *at)
{
    bool waits = false;
    bool held = false;
    enum err e = may_open(&waits, &held, s, at);
    *shut = at->place == 0 && in->body.forbund_first && waits && !held;
    return e == OK && waits && held ? intake_open_part(shut, s, in, at) : e;
}

/* Parts of a record that has just come, in order; what cannot be opened yet stays waiting. */
static enum err open_new_parts(struct site *s, const struct intake *in, int64_t seq, int64_t chain)
{
    int64_t barriers = 0;
    struct db_row *q = db_use(s->db, "SELECT count(*) FROM part WHERE state = 1 AND forbund = 1 AND record <> ?");
    db_int(q, 1, seq);
    enum err e = db_get_int(&barriers, q, 0);
    bool blocked = barriers > 0; /* advance looks closer */
    bool *late = calloc(in->body.part_count, sizeof *late);
    e = e == OK && !late ? ERR_MEMORY : e;
    if (e == OK && in->body.part_count > 1) {
        e = find_sharing(late, s, in);
    }
    for (size_t i = 0; e == OK && !blocked && i < in->body.part_count; i++) {
        const struct intake_part at = {.seq = seq, .chain = chain, .place = (uint32_t)i, .late = late[i]};
        e = open_new_part(&blocked, s, in, &at);
    }
    free(late);
    s->was_shut = s->was_shut || blocked;
    s->fresh_keys = s->fresh_keys || blocked;
    return e;
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
        e = insert_parts(s, in, seq);
    }
    if (e == OK) {
        e = note_envelopes(s, in, chain.id);
    }
    /* A key that comes with the record may open earlier ones, which must go first. */
    if (e == OK) {
        e = intake_advance(s);
    }
    if (e == OK) {
        e = open_new_parts(s, in, seq, chain.id);
    }
    return e == OK ? intake_advance(s) : e;
}
