/* A git pack as a stream, format version 2 (git's documentation, "gitformat-pack"): header, objects whole, SHA-1 of all
 * that. No deltas: sealed bytes have no likeness to one another. An object is deflated, or, where the beginning of a blob
 * shows that it would not get shorter, stored in deflate's own way of storing. Pure over a sink. SHA-1 is git's checksum
 * here, and nothing that anybody trusts.
 *
 * The doors to zlib for what is public already (secrets: sync/squeeze.h) and to mbed TLS. */
#ifndef SYNC_PACK_H
#define SYNC_PACK_H

#include "crypto/buf.h"

/* As in an object's header in a pack. */
enum pack_kind { PACK_COMMIT = 1, PACK_TREE = 2, PACK_BLOB = 3 };

struct pack_sink {
    enum err (*put)(void *ctx, struct span piece); /* its error ends the pack, and is what the call gives */
    void *ctx;
};

/* Begins a pack of exactly count objects. Memory is the same for any pack. ERR_MEMORY, with *out NULL. */
struct pack;
MUST_CHECK enum err pack_begin(struct pack **out, struct pack_sink sink, uint32_t count);
#define PACK_OBJECT_MAX ((size_t)1 << 30)
/* An object's content, of at most PACK_OBJECT_MAX bytes. No object may come twice. The sink's errors alone. */
MUST_CHECK enum err pack_object(struct pack *p, enum pack_kind kind, struct span content);
/* After count objects: what is left, and the sum. */
MUST_CHECK enum err pack_end(struct pack *p);
void pack_free(struct pack *p); /* NULL allowed */

#endif
