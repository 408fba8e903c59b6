/* The bytes of a record's git commit and tree objects, the one shape they may have (docs/record-format.md, "In git").
 * Pure: no object database here (that is sync/log.h). */
#ifndef SYNC_COMMIT_H
#define SYNC_COMMIT_H

#include "crypto/ids.h"

#define OID_LEN 20
struct oid {
    uint8_t b[OID_LEN];
}; /* a git SHA-1 object name: transport, not trust */

/* tree <hex>, parent <hex> (at most one), author and committer "<chain hex> <<chain hex>@samplan> <time> +0000",
 * gpgsig (continuation lines begin with a space), empty line, message. */
struct commit {
    struct oid tree;
    bool has_parent;
    struct oid parent;
    struct chain_id chain;
    int64_t time;
    struct span message;   /* the header's text, borrowed */
    struct span signature; /* armored, no final newline; empty while signing; decode: see below */
};

/* Appends what the signature covers: the commit without gpgsig. */
void commit_payload(struct buf *out, const struct commit *c);
/* Appends the whole commit object's content. */
void commit_encode(struct buf *out, const struct commit *c);
/* Parses exactly what commit_encode writes: a signature that does not end in a newline, no zero bytes. message is
 * borrowed from bytes; armored (must be empty on entry) receives the signature's text without continuation spaces and
 * c->signature borrows it. ERR_INPUT, ERR_LIMIT, ERR_MEMORY. */
MUST_CHECK enum err commit_decode(struct commit *c, struct buf *armored, struct span bytes);

/* What the bytes of any commit name, well-formed as a record or not: its parent (the first of several), and the chain in
 * its author line. For walking past one that is no record. ERR_INPUT: there is no telling. */
struct commit_names {
    bool has_parent;
    struct oid parent;
    bool has_chain;
    struct chain_id chain;
};
MUST_CHECK enum err commit_peek(struct commit_names *out, struct span bytes);

/* The tree: blobs named b, k and o, mode 100644, in that order, exactly those that exist. */
struct commit_tree {
    struct oid body;
    bool has_keys;
    struct oid keys;
    bool has_opens;
    struct oid opens;
};
void commit_tree_encode(struct buf *out, const struct commit_tree *t);
MUST_CHECK enum err commit_tree_decode(struct commit_tree *t, struct span bytes);

#endif
