/* Framing of blob b: the sealed parts of a record. Pure over bytes.
 *
 *   b = salt (16) || flag (1: 1 if the first part is the förbund section's, else 0) || parts
 *   part = key id (16) || length (4, big-endian) || ciphertext
 *   Parts after a flagged first one are in strictly ascending order of key id (without flag: all are), and none has
 *   the flagged one's. At least one. */
#ifndef SYNC_BODY_H
#define SYNC_BODY_H

#include "crypto/seal.h"
#include "sync/arena.h"
#include "sync/header.h"

struct body_part {
    struct key_id key;
    struct span sealed;
};
struct body {
    uint8_t salt[SEAL_SALT_LEN];
    bool forbund_first;
    size_t part_count;
    const struct body_part *parts;
};

void body_encode(struct buf *out, const struct body *b);
/* Spans are borrowed from bytes, the array is in the arena. ERR_INPUT, ERR_LIMIT, ERR_MEMORY. */
MUST_CHECK enum err body_decode(struct body *b, struct arena *a, struct span bytes);

#endif
