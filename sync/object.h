/* Objects in the replica: their operations, their life, and the recomputation of one object when something about it comes
 * late. Inside sync: sync/project.h judges, sync/gather.h joins operations to heads and shown values. */
#ifndef SYNC_OBJECT_H
#define SYNC_OBJECT_H

#include "sync/judge.h"
#include "sync/merge.h"

/* An operation's row with all that merging needs; value is in the arena. */
struct object_op {
    struct merge_op m;
    int64_t object;
    uint32_t field; /* of OP_NEW: the type */
    enum op_state state;
    bool copy;    /* a twin of it counts (sync/twins.h) */
    size_t place; /* … which then stands where the first of them came: what followed any of them comes after */
    size_t row;
};

struct object_row {
    int64_t id;
    const struct schema_type *type; /* NULL: not known */
    int64_t removals;
};

/* The temporary tables that object_settle and intake_advance work from; once per connection. */
MUST_CHECK enum err object_prepare(struct site *s);
/* What an operation of that kind on an object of that type comes to, where its signer may write. */
enum op_state object_weigh(const char **why, struct site *s, const struct section_row *section,
                           const struct schema_type *type, const struct object_op *op);
/* To be recomputed by object_settle, before the transaction commits. */
MUST_CHECK enum err object_mark_dirty(struct site *s, int64_t object);
MUST_CHECK enum err object_settle(struct site *s);

/* ---- for sync/project.c, sync/gather.c and object_settle ---- */

/* From a row of id, type, removals. */
void object_read(struct object_row *out, struct site *s, const struct db_row *q);
/* Enters an operation whose row has been made among those on its object. */
MUST_CHECK enum err object_enter(struct site *s, int64_t object, bool head, uint32_t field, int64_t op);
/* Makes one of them a head, or no head any more. */
MUST_CHECK enum err object_set_head(struct site *s, int64_t object, bool head, uint32_t field, int64_t op);
/* The heads of a field that the table has; all operations on an object, in an order that never puts one before its past. */
MUST_CHECK enum err object_heads(struct object_op **out, size_t *count, struct arena *a, struct site *s, int64_t object,
                                 uint32_t field);
MUST_CHECK enum err object_ops(struct object_op **out, size_t *count, struct arena *a, struct site *s, int64_t object);
/* Computes its life from its operations. */
MUST_CHECK enum err object_settle_life(struct site *s, int64_t object);

#endif
