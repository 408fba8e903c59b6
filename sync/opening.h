/* Blob o: what opens a chain, in its first record. Pure over bytes.
 *
 *   o = CBOR array [1, signing public (32), incarnation (8), meeting public (32), box public (32),
 *                   [chain (16), number] of the certification that it accepted,
 *                   null | [old chain (16), last dot, record hash (32)] ]
 *
 * A device's membership is the one that it names here: whatever else anybody certifies it as does not touch it. The
 * founder's names its own chain and 1. */
#ifndef SYNC_OPENING_H
#define SYNC_OPENING_H

#include "sync/header.h"
#include "sync/part.h"

struct opening {
    struct sign_public sign;
    struct incarnation run;
    struct box_public meeting;
    struct box_public box;
    struct dot certified;
    bool continues; /* an older chain of the same device, after a restore */
    struct seen old;
};
void opening_encode(struct buf *out, const struct opening *o);
MUST_CHECK enum err opening_decode(struct opening *o, struct span bytes);

#endif
