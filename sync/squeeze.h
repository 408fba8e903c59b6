/* The form in which a part is sealed: its plaintext (sync/part.h) as one raw deflate stream (RFC 1951) with the
 * dictionary sync/squeeze.dict in front of it (docs/record-format.md, section 8). The door to zlib. Pure over bytes; what
 * zlib held of them is wiped. */
#ifndef SYNC_SQUEEZE_H
#define SYNC_SQUEEZE_H

#include "crypto/buf.h"

/* Appends the stream. plain is at most LIMIT_PART bytes. Which one it is of the many that give plain again is not a part
 * of the format. ERR_MEMORY. */
MUST_CHECK enum err squeeze_pack(struct buf *out, struct span plain);
/* Appends what the stream at the start of padded gives; behind it there must be zeros to exactly seal_padded_len. Memory
 * grows with what comes out, to LIMIT_PART at most. ERR_INPUT: no such stream, or something else behind it; ERR_LIMIT:
 * more than LIMIT_PART comes out; ERR_MEMORY. Nothing is appended on failure. */
MUST_CHECK enum err squeeze_unpack(struct buf *out, struct span padded);

#endif
