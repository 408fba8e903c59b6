/* Objects in the replica: their operations joined to heads, their shown values in the typed tables, their life; and the
 * recomputation of one object when something about it comes late. Inside sync: sync/project.h judges, this applies. */
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
    bool fresh; /* this very operation is the first on it */
};

/* The temporary tables that object_settle and intake_advance work from; once per connection. */
MUST_CHECK enum err object_prepare(struct site *s);
/* Finds the object's row, or makes it. */
MUST_CHECK enum err object_find(struct object_row *out, struct site *s, int64_t section, const struct uuid *uuid);
/* What an operation of that kind on an object of that type comes to, where its signer may write. */
enum op_state object_weigh(const char **why, struct site *s, const struct section_row *section,
                           const struct schema_type *type, const struct object_op *op);
/* Gives an accepted operation, whose row exists, its effect. Nothing applied before may have it in its past. */
MUST_CHECK enum err object_apply(struct site *s, struct object_row *object, const struct object_op *op);
/* To be recomputed by object_settle, before the transaction commits. */
MUST_CHECK enum err object_mark_dirty(struct site *s, int64_t object);
MUST_CHECK enum err object_settle(struct site *s);

#endif
