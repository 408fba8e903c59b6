/* What a record has in its past: for each chain, the last transaction number. Indexed by this replica's own small chain
 * numbers, so a lookup is one load. Pure. */
#ifndef SYNC_VECTOR_H
#define SYNC_VECTOR_H

#include "crypto/buf.h"

struct vector {
    size_t count;
    uint64_t *dots; /* [chain number]; beyond count: 0 */
};

uint64_t vector_get(const struct vector *v, int64_t chain);
/* Raises one entry, never lowers it. ERR_MEMORY. */
MUST_CHECK enum err vector_raise(struct vector *v, int64_t chain, uint64_t dot);
MUST_CHECK enum err vector_merge(struct vector *v, const struct vector *other);
/* What is above dot on one chain is on another: the chain has split. ERR_MEMORY. */
MUST_CHECK enum err vector_split(struct vector *v, int64_t from, uint64_t dot, int64_t to);
/* LEB128 numbers in order of chain number; trailing zeros are left out. */
void vector_encode(struct buf *out, const struct vector *v);
MUST_CHECK enum err vector_decode(struct vector *v, struct span bytes);
void vector_free(struct vector *v);

#endif
