/* Which operations are heads: the pure rule by which edits meet (design: merge, "Fields"). Knows no database: the
 * causal question is a function that the caller gives. */
#ifndef SYNC_MERGE_H
#define SYNC_MERGE_H

#include "sync/core.h"
#include "sync/part.h"

/* One operation on one field of one object. */
struct merge_op {
    int64_t id; /* the caller's name for it */
    struct stand at;
    struct chain_id chain; /* the chain's own id, for an order that is the same everywhere */
    enum op_code code;
    const char *value; /* borrowed; NULL: unset */
};

/* Is b in the past of a? */
struct merge_world {
    enum err (*past)(bool *out, void *ctx, const struct stand *a, const struct stand *b);
    void *ctx;
};

/* Joins op to the heads of its field, of which there are *count with room for one more. op must not be in the past of
 * any operation joined before. Registers and texts (OP_SET): op replaces the heads in its past and joins the others.
 * Sets: OP_ADD replaces additions of the same value in its past; OP_DROP removes those and is no head itself. Entries
 * (OP_APPEND): all stay. */
MUST_CHECK enum err merge_join(struct merge_op *heads, size_t *count, const struct merge_op *op,
                               const struct merge_world *w);

/* Which head of a register is shown first: the latest hybrid clock, then chain id, then number. */
bool merge_before(const struct merge_op *a, const struct merge_op *b);
/* Do the heads of a register hold different values? */
bool merge_in_conflict(const struct merge_op *heads, size_t count);

/* An object's life from all accepted operations on it, in an order that never puts one before its past: removed if
 * every operation that is no removal has a removal after it; disputed if some have and others have not. */
MUST_CHECK enum err merge_life(enum object_life *out, const struct merge_op *ops, size_t count,
                               const struct merge_world *w);

#endif
