/* Inside sync/sealing*.c: what one record is built from. */
#ifndef SYNC_SEALING_BUILD_H
#define SYNC_SEALING_BUILD_H

#include "sync/chains.h"
#include "sync/header.h"
#include "sync/part.h"

#define SEALING_ENVELOPES_MAX (LIMIT_KEYS / 128u)

/* Everything that one sealing builds. */
struct sealing {
    struct site *s;
    struct arena a;
    int64_t seq; /* the open record's row */
    struct chain_row own;
    struct header header;
    struct part_base base;
    size_t part_count;
    struct sealing_part *parts;
    struct buf body;
    struct buf keys;
    struct buf opens;
};

struct sealing_part {
    struct key_id key;
    struct section_id section;
    bool forbund;
    struct buf packed; /* its plaintext, as it is sealed */
};

/* Header, opening, parts, body and envelopes from the journal, in w (zeroed but for s); the header is then whole. */
MUST_CHECK enum err sealing_build(struct sealing *w);
void sealing_build_free(struct sealing *w);

#endif
