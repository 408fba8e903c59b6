/* Objects at hand while the operations of one part, or all of one object, are joined: each object is found once, its heads
 * are read once, and what has come of it is written once. Between two calls of gather_flush conflicts and the counts of
 * removals are behind, and operations that are no heads any more may still be entered as such; all rows of operations and
 * objects are there.
 *
 *     struct gather g = {.s = s};
 *     … gather_find, gather_make, gather_join …
 *     e = gather_flush(&g);
 *     gather_free(&g);
 *
 * Holds a bounded number of objects: one that must give way is written first. Inside a transaction of s->db; after a
 * failure that is to be rolled back, gather_free alone. */
#ifndef SYNC_GATHER_H
#define SYNC_GATHER_H

#include "sync/object.h"

#define GATHER_SLOTS 64

struct gather_field;

struct gather_object {
    bool used;
    struct uuid uuid;
    struct object_row row; /* id 0: there is no row of it yet */
    bool bare;             /* it has no heads yet */
    bool entered;          /* its operations are, none of them as a head: to be joined anew */
    bool joined;           /* something was, since it was written last */
    bool removed;          /* so was a removal */
    struct gather_field *fields;
};

struct gather {
    struct site *s;
    struct arena a; /* lives until gather_free: also for what the caller joins */
    struct gather_object slots[GATHER_SLOTS];
};

/* The object, which stays at hand until the next gather_find. All that a gather is asked for must be of one section. */
MUST_CHECK enum err gather_find(struct gather_object **out, struct gather *g, int64_t section, const struct uuid *uuid);
/* Makes its row. type: what the operation that it is made for says that it is; NULL: nothing that counts. */
MUST_CHECK enum err gather_make(struct gather_object *o, struct gather *g, int64_t section,
                                const struct schema_type *type);
/* An object that was cleared of what had come of its operations, to be joined anew. */
struct gather_object *gather_anew(struct gather *g, const struct object_row *row);
/* Enters an accepted operation on an object (object_enter), and gives it its effect. Its row exists, nothing joined before
 * has it in its past, and its value lives until gather_free. */
MUST_CHECK enum err gather_join(struct gather *g, struct gather_object *o, const struct object_op *op);
/* Writes what has come of all of them. They stay at hand. */
MUST_CHECK enum err gather_flush(struct gather *g);
void gather_free(struct gather *g);

#endif
