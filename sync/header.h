/* A record's header: the commit message, canonical text (docs/record-format.md, "Header"). Pure over bytes. */
#ifndef SYNC_HEADER_H
#define SYNC_HEADER_H

#include "crypto/ids.h"
#include "sync/arena.h"

enum header_kind { HEADER_PLANS, HEADER_READS };

/* The last record of another chain that had been applied. */
struct seen {
    struct chain_id chain;
    uint64_t dot; /* that record's last transaction number */
    struct hash hash;
};

struct header {
    enum header_kind kind;
    struct forbund_id forbund; /* zeros in the genesis record */
    struct chain_id chain;
    uint64_t first; /* transaction numbers carried, first <= last, from 1 */
    uint64_t last;
    int64_t time;     /* seconds since 1970, 0 <= time < LIMIT_TIME */
    struct hash prev; /* record hash; of a chain's first record: hash of blob o */
    size_t seen_count;
    const struct seen *seen; /* sorted by chain, unique, never the own chain */
    struct hash body;
    bool has_keys;
    struct hash keys;
    bool has_opens;
    struct hash opens;
};

/* A chain's first record (first == 1), and only that, has opens, and then prev == opens. Numbers of transactions are
 * under LIMIT_DOT. */

/* Appends the text. The caller's struct must be valid (asserted). */
void header_encode(struct buf *out, const struct header *h);
/* Does the text begin as the header of a later version? */
bool header_is_newer(struct span text);
/* Parses exactly what header_encode writes; seen is allocated in the arena. ERR_INPUT, ERR_LIMIT, ERR_MEMORY. */
MUST_CHECK enum err header_decode(struct header *h, struct arena *a, struct span text);

#endif
