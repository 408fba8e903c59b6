#include "sync/edit_core.h"

#include "sync/home.h"
#include "sync/mark.h"
#include "sync/object.h"
#include "sync/sealing.h"

#include <stdlib.h>
#include <string.h>

#define TX_BYTES (6u << 20)     /* encoded operations of one save */
#define RECORD_BYTES (4u << 20) /* gathered in one record: with a save more, and padding, still below LIMIT_BODY */
#define RECORD_PARTS 512        /* (transaction, section) pairs gathered; a save adds at most EDIT_EPOCHS_MAX */

enum err edit_refuse(struct site *s, const char *text)
{
    return why_set(&s->why, ERR_REFUSED, text, "%s", "");
}

/* Whether one more save might make a record that is over a cap. Each save is bounded by what is left here. */
static bool journal_is_full(const struct core_journal *j)
{
    return j->rows >= RECORD_PARTS || j->ops >= LIMIT_OPS / 2 || j->bytes >= RECORD_BYTES;
}

/* Seals first if the open record has enough: its size stays bounded whatever the number of saves. */
static enum err begin_record(struct edit *e)
{
    enum err r = sealing_count(e->s);
    if (r == OK && journal_is_full(&e->s->journal)) {
        e->sealed = true;
        r = sealing_run(e->s);
        r = r == OK ? sealing_count(e->s) : r;
    }
    if (r == OK) {
        r = chains_open_record(&e->record, &e->own, e->s);
    }
    return r == OK ? sealing_next(&e->n, &e->clock_ms, e->s, &e->own) : r;
}

enum err edit_begin(struct edit **out, struct site *s)
{
    *out = NULL;
    if (db_in_transaction(s->db)) {
        return why_set(&s->why, ERR_BUSY, WHY("another save is under way in this program"), "%s", "");
    }
    struct edit *e = calloc(1, sizeof *e);
    if (!e) {
        return ERR_MEMORY;
    }
    e->s = s;
    s->spliced = 0;
    enum err r = db_begin(s->db);
    if (r == OK) {
        r = home_follow(s);
    }
    if (r == OK && s->self.stage != SITE_MEMBER) {
        r = home_load_self(s); /* another process may have met the others meanwhile */
    }
    if (r == OK && s->self.stage != SITE_MEMBER) {
        r = edit_refuse(s, WHY("this device is not a member yet: accept the invitation and meet the others first"));
    }
    if (r == OK) {
        r = begin_record(e);
    }
    if (r != OK) {
        edit_cancel(e);
        return r;
    }
    *out = e;
    return OK;
}

static void edit_free(struct edit *e)
{
    for (size_t i = 0; i < e->part_count; i++) {
        buf_free(&e->parts[i]->ops);
    }
    arena_free(&e->a);
    free(e);
}

void edit_cancel(struct edit *e)
{
    if (e) {
        db_rollback(e->s->db);
        log_forget(e->s->log);
        chains_forget(e->s);
        edit_free(e);
    }
}

size_t edit_size(const struct edit *e)
{
    return e->count;
}

/* The part of this transaction under that key. */
static enum err part_for(struct edit_part **out, struct edit *e, const struct key_id *key)
{
    for (size_t i = 0; i < e->part_count; i++) {
        if (memcmp(&e->parts[i]->p.key_id, key, sizeof *key) == 0) {
            *out = e->parts[i];
            return OK;
        }
    }
    if (e->part_count == EDIT_EPOCHS_MAX) {
        return why_set(&e->s->why, ERR_LIMIT, WHY("too many sections in one save"), "%d", EDIT_EPOCHS_MAX);
    }
    const bool at_hand = e->at.id != 0 && memcmp(&e->at.key_id, key, sizeof *key) == 0;
    struct project_source from = {.chain = &e->own,
                                  .record = e->record,
                                  .first = e->own.last + 1,
                                  .key_id = *key,
                                  .epoch = at_hand ? &e->at : NULL};
    struct edit_part *part = arena_alloc(&e->a, sizeof *part);
    enum err r = part ? project_begin(&part->p, e->s, &from, e->n, e->clock_ms) : ERR_MEMORY;
    if (r == OK) {
        e->parts[e->part_count++] = *out = part;
    }
    return r;
}

enum err edit_add_op(struct edit *e, const struct key_id *key, const struct op *op)
{
    struct edit_part *part = NULL;
    const char *refused = NULL;
    enum err r = part_for(&part, e, key);
    if (r == OK && e->count >= LIMIT_OPS / 2) {
        r = why_set(&e->s->why, ERR_LIMIT, WHY("too many operations in one save"), "%zu", e->count);
    }
    if (op->code == OP_OPEN || op->code == OP_ADMIT) {
        e->at = (struct epoch_row){0};
    }
    if (r == OK) {
        r = project_op(&refused, &part->p, op);
    }
    if (r == OK && refused) {
        return edit_refuse(e->s, refused);
    }
    if (r == OK) {
        buf_put(&part->ops, op, sizeof *op);
        r = buf_check(&part->ops);
        e->count++;
    }
    return r;
}

enum err edit_member_op(struct edit *e, const struct op *op)
{
    struct epoch_row epoch;
    struct place forbund = {.topic = CORE_FORBUND_TOPIC};
    enum err r = edit_epoch_of(&epoch, e, &forbund);
    return r == OK ? edit_add_op(e, &epoch.key_id, op) : r;
}

static enum err note_part(struct edit *e, struct edit_part *part)
{
    struct part_tx tx = {.n = e->n,
                         .clock_ms = e->clock_ms,
                         .op_count = part->ops.len / sizeof(struct op),
                         .ops = (const struct op *)(const void *)part->ops.ptr};
    struct part whole = {.tx_count = 1, .txs = &tx};
    struct part_base base = {.first_dot = e->n, .last_dot = e->n, .time = e->clock_ms / 1000};
    struct buf bytes = {0};
    enum err r = part_encode(&bytes, &whole, &base);
    e->bytes += bytes.len;
    if (r == OK && e->bytes > TX_BYTES) {
        r = why_set(&e->s->why, ERR_LIMIT, WHY("too much in one save"), "%zu", e->bytes);
    }
    if (r == OK) {
        r = sealing_note(e->s, &tx, &part->p.key_id, span_buf(&bytes));
    }
    buf_wipe(&bytes);
    return r;
}

enum err edit_commit(struct edit *e, struct dot *at)
{
    struct dot dot = {.chain = e->s->self.chain, .n = e->n};
    if (e->count == 0) {
        edit_cancel(e);
        if (at) {
            *at = (struct dot){0};
        }
        return OK;
    }
    enum err r = OK;
    for (size_t i = 0; r == OK && i < e->part_count; i++) {
        if (e->parts[i]->ops.len > 0) {
            r = note_part(e, e->parts[i]);
        }
    }
    if (r == OK) {
        r = object_settle(e->s);
    }
    if (r == OK) {
        r = db_commit(e->s->db);
    }
    if (r != OK) {
        edit_cancel(e);
        return r;
    }
    bool sealed = e->sealed;
    struct site *s = e->s;
    mark_saved(s, dot.n);
    edit_free(e);
    if (at) {
        *at = dot;
    }
    /* The save stands whatever becomes of the branch; the next open mends it. */
    if (sealed && sealing_mend(s) == ERR_MEMORY) {
        return ERR_MEMORY;
    }
    return OK;
}
