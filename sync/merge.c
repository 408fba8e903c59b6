#include "sync/merge.h"

#include <stdlib.h>
#include <string.h>

static bool same_value(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Does op put an end to head, if it has it in its past? */
static bool replaces(const struct merge_op *op, const struct merge_op *head)
{
    switch (op->code) {
    case OP_SET:
        return true;
    case OP_ADD:
    case OP_DROP:
        return same_value(op->value, head->value);
    default:
        return false;
    }
}

enum err merge_join(struct merge_op *heads, size_t *count, const struct merge_op *op, const struct merge_world *w)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool gone = false;
        if (replaces(op, &heads[i])) {
            /* Within one transaction the later operation wins; both carry the same dot. */
            struct stand after = op->at;
            after.n += op->at.tx == heads[i].at.tx ? 1 : 0;
            gone = op->at.tx == heads[i].at.tx && op->at.epoch == heads[i].at.epoch;
            enum err e = gone ? OK : w->past(&gone, w->ctx, &after, &heads[i].at);
            if (e != OK) {
                return e;
            }
        }
        if (!gone) {
            heads[kept++] = heads[i];
        }
    }
    if (op->code != OP_DROP) {
        heads[kept++] = *op;
    }
    *count = kept;
    return OK;
}

bool merge_before(const struct merge_op *a, const struct merge_op *b)
{
    if (a->at.clock_ms != b->at.clock_ms) {
        return a->at.clock_ms > b->at.clock_ms;
    }
    int order = memcmp(&a->chain, &b->chain, sizeof a->chain);
    if (order != 0) {
        return order > 0;
    }
    return a->at.n != b->at.n ? a->at.n > b->at.n : a->id > b->id;
}

bool merge_in_conflict(const struct merge_op *heads, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (!same_value(heads[0].value, heads[i].value)) {
            return true;
        }
    }
    return false;
}

/* Keeps the operations that none has in its past. */
static enum err join_any(struct merge_op *tops, size_t *count, const struct merge_op *op, const struct merge_world *w)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool gone = op->at.tx == tops[i].at.tx && op->at.epoch == tops[i].at.epoch;
        struct stand after = op->at;
        after.n += op->at.tx == tops[i].at.tx ? 1 : 0;
        enum err e = gone ? OK : w->past(&gone, w->ctx, &after, &tops[i].at);
        if (e != OK) {
            return e;
        }
        if (!gone) {
            tops[kept++] = tops[i];
        }
    }
    tops[kept++] = *op;
    *count = kept;
    return OK;
}

enum err merge_life(enum object_life *out, const struct merge_op *ops, size_t count, const struct merge_world *w)
{
    struct merge_op *tops = calloc(count + 1, sizeof *tops);
    if (!tops) {
        return ERR_MEMORY;
    }
    size_t n = 0;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        e = join_any(tops, &n, &ops[i], w);
    }
    size_t removals = 0;
    for (size_t i = 0; i < n; i++) {
        removals += tops[i].code == OP_REMOVE;
    }
    if (e == OK) {
        *out = removals == 0 ? LIFE_HERE : removals == n ? LIFE_REMOVED : LIFE_DISPUTED;
    }
    free(tops);
    return e;
}
