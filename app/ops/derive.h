/* Ids that follow from what an object stands for, so that two devices which make it without knowing of each other make
 * one object and not two: a row that is imported twice, a pair of persons that is joined at two sites.
 *
 * Never of a personnummer or anything else that can be guessed and must not be: whoever sees such an id could try all
 * numbers. What is derived here is from random ids, and from names in the förbund's open catalogue. */
#ifndef APP_OPS_DERIVE_H
#define APP_OPS_DERIVE_H

#include "app/ops/ops.h"

/* BLAKE2b-256 of "samplan derived 1", the förbund's id, and each part after its length as four bytes; its first ten
 * bytes make a UUIDv7 whose time is 0, which no clock gives. parts ends with NULL. ERR_MEMORY. */
MUST_CHECK enum err derive_id(struct uuid *out, struct ops *o, const char *const *parts);

#endif
