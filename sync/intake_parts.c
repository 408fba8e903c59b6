#include "sync/intake.h"

#include <stdlib.h>
#include <string.h>

/* A part of a record that has just come. */
struct new_part {
    struct section_id section; /* where its key is held */
    bool held;
    bool open; /* it has been, or was refused */
    bool late;
};

enum err intake_enter_part(struct site *s, const struct intake *in, const struct intake_part *at, const char *why)
{
    struct db_row *q = db_use(s->db, "INSERT INTO part(record, place, key_id, forbund, state, why)"
                                     " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(record, place)"
                                     " DO UPDATE SET state = ?5, why = ?6");
    db_int(q, 1, at->seq);
    db_int(q, 2, at->place);
    db_blob(q, 3, in->body.parts[at->place].key.b, ID_LEN);
    db_int(q, 4, in->body.forbund_first && at->place == 0);
    db_int(q, 5, why ? PART_REFUSED : PART_WAITING);
    db_text(q, 6, why ? why : "");
    return db_run(q);
}

/* It and all after it wait. */
static enum err enter_from(struct site *s, const struct intake *in, const struct intake_part *first)
{
    struct intake_part at = *first;
    enum err e = OK;
    for (; e == OK && at.place < in->body.part_count; at.place++) {
        e = intake_enter_part(s, in, &at, NULL);
    }
    return e;
}

static enum err look_at(struct new_part *out, struct site *s, const struct intake *in, const struct intake_part *at)
{
    struct db_row *q = db_use(s->db, "SELECT section_id FROM held_key WHERE key_id = ?");
    int64_t waits = 0;
    db_blob(q, 1, in->body.parts[at->place].key.b, ID_LEN);
    *out = (struct new_part){.held = db_next(q)};
    if (out->held) {
        db_col_copy(q, 0, out->section.b, ID_LEN);
    }
    enum err e = db_end(q);
    if (e == OK && at->entered) {
        q = db_use(s->db, "SELECT 1 FROM part WHERE record = ? AND place = ? AND state = 1");
        db_int(q, 1, at->seq);
        db_int(q, 2, at->place);
        e = db_get_int(&waits, q, 0);
    }
    out->open = at->entered && waits == 0;
    return e;
}

static int by_section(const void *a, const void *b)
{
    const struct new_part *const *x = a;
    const struct new_part *const *y = b;
    return memcmp(&(*x)->section, &(*y)->section, sizeof(*x)->section);
}

/* Parts that share their section, as far as keys are held: their transactions alternate, so that neither may be taken as a
 * whole before the other without looking again. */
static enum err find_sharing(struct new_part *parts, size_t count)
{
    struct new_part **sorted = calloc(count, sizeof *sorted); /* NOLINT(bugprone-sizeof-expression) */
    size_t held = 0;
    if (!sorted) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].held) {
            sorted[held++] = &parts[i];
        }
    }
    qsort(sorted, held, sizeof *sorted, by_section); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 1; i < held; i++) {
        if (by_section(&sorted[i - 1], &sorted[i]) == 0) {
            sorted[i - 1]->late = sorted[i]->late = true;
        }
    }
    free(sorted);
    return OK;
}

/* In order; what cannot be opened yet is entered as waiting. A part of the förbund section that is shut blocks all after
 * it: what it holds may be what they rest on. */
static enum err open_parts(struct site *s, const struct intake *in, const struct intake_part *record,
                           const struct new_part *parts)
{
    int64_t barriers = 0;
    struct intake_part at = *record;
    struct db_row *q = db_use(s->db, "SELECT count(*) FROM part WHERE state = 1 AND forbund = 1 AND record <> ?");
    db_int(q, 1, record->seq);
    enum err e = db_get_int(&barriers, q, 0);
    bool blocked = barriers > 0 || (in->body.forbund_first && !parts[0].held && !parts[0].open);
    for (at.place = 0; e == OK && !blocked && at.place < in->body.part_count; at.place += blocked ? 0 : 1) {
        const struct new_part *part = &parts[at.place];
        at.late = part->late;
        if (part->held && !part->open) {
            e = intake_open_part(&blocked, s, in, &at);
        } else if (!part->open && !record->entered) {
            e = intake_enter_part(s, in, &at, NULL);
        }
    }
    s->was_shut = s->was_shut || blocked; /* advance looks closer */
    s->fresh_keys = s->fresh_keys || blocked;
    return e == OK && blocked && !record->entered ? enter_from(s, in, &at) : e;
}

enum err intake_open_new(struct site *s, const struct intake *in, int64_t seq, const struct chain_row *chain)
{
    struct project_signer signer = {.known = false};
    /* A key that comes with the record may open earlier ones, which must go first; and what those bring may open parts of
     * this one, which then must find each other waiting. */
    struct intake_part at = {.seq = seq, .chain = chain->id, .row = chain, .signer = &signer, .entered = s->fresh_keys};
    struct new_part *parts = calloc(in->body.part_count, sizeof *parts);
    enum err e = !parts ? ERR_MEMORY : at.entered ? enter_from(s, in, &at) : OK;
    if (e == OK) {
        e = intake_advance(s);
    }
    for (; e == OK && at.place < in->body.part_count; at.place++) {
        e = look_at(&parts[at.place], s, in, &at);
    }
    if (e == OK) {
        e = find_sharing(parts, in->body.part_count);
    }
    if (e == OK) {
        e = open_parts(s, in, &at, parts);
    }
    free(parts);
    return e;
}
