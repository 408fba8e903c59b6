/* The strict subset of CBOR that records use (RFC 8949 section 4.2.1, core deterministic encoding): unsigned and
 * negative integers, byte strings, text strings (sync/utf8.h), arrays, null; definite lengths, shortest forms. No maps,
 * tags, floats, simple values or indefinite lengths. What would not re-encode to the same bytes is refused. */
#ifndef SYNC_CBOR_H
#define SYNC_CBOR_H

#include "crypto/buf.h"

void cbor_put_uint(struct buf *b, uint64_t v);
void cbor_put_int(struct buf *b, int64_t v);
void cbor_put_bytes(struct buf *b, struct span v);
void cbor_put_fixed(struct buf *b, const void *ptr, size_t len); /* a byte string: the pair of cbor_fixed */
void cbor_put_text(struct buf *b, struct span v);                /* caller guarantees utf8_is_clean */
void cbor_put_array(struct buf *b, size_t count);
void cbor_put_null(struct buf *b);

enum cbor_type { CBOR_NONE, CBOR_UINT, CBOR_NINT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_NULL };

/* Each get consumes one item head (and the content of a string). A wrong type, a longer form than needed, unclean text
 * or running out sets r->failed and gives zero. Strings are borrowed. */
enum cbor_type cbor_peek(const struct reader *r); /* CBOR_NONE: nothing left, failed, or outside the subset */
uint64_t cbor_uint(struct reader *r, uint64_t max);
int64_t cbor_int(struct reader *r, int64_t min, int64_t max);
struct span cbor_bytes(struct reader *r, size_t max);
/* Copies a byte string of exactly len bytes. */
void cbor_fixed(struct reader *r, void *out, size_t len);
struct span cbor_text(struct reader *r, size_t max);
size_t cbor_array(struct reader *r, size_t max);
/* The head of an array of exactly count items. */
void cbor_items(struct reader *r, size_t count);
void cbor_null(struct reader *r);
/* Steps over one whole item of the subset, nested at most LIMIT_CBOR_DEPTH deep, iteratively; gives its bytes. */
struct span cbor_skip(struct reader *r, size_t max);

#endif
