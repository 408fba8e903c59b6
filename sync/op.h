/* One operation of a part as CBOR (sync/part.h, enum op_code). Internal to part.c. Pure over bytes. */
#ifndef SYNC_OP_H
#define SYNC_OP_H

#include "sync/part.h"
#include "sync/value.h"

/* Does the operation name an object of the part's table? */
bool op_names_object(const struct op *o);

/* Appends o, whose object (if it names one) has this index in the table. What o holds is asserted. */
void op_encode(struct buf *out, const struct op *o, uint32_t index);

struct op_source {
    struct value_source v;
    const struct uuid *objects;
    size_t object_count;
    size_t objects_used; /* the first so many have been named: first use is in the table's order */
};
/* Takes one operation; s->v.r.failed if it is not one. */
void op_decode(struct op *o, struct op_source *s);

#endif
