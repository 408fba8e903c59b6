/* Chains that have split: two records with one prev (design: trust, "Forks"). A home was copied or put back from a copy, or
 * its holder lies. Nothing is refused for it: the records before stay the chain's, and each branch becomes a chain of its
 * own under it, so that everything else sees chains that are straight.
 *
 *     before      C: 1 2 3 4 5           and now comes 4', whose prev is 3
 *     after       C: 1 2 3   A: 4 5   B: 4'      A and B have C as their parent, since 3
 *
 * A branch is named by its first record (ids_branch), so it has the same name everywhere. What comes out is the same in
 * whatever order the records came. */
#ifndef SYNC_FORKS_H
#define SYNC_FORKS_H

#include "sync/chains.h"
#include "sync/header.h"

/* A record on its way in. */
struct forks_record {
    const struct header *header;
    const struct hash *hash;
    const struct opening *opening; /* where header->has_opens */
};

/* The record that one follows; out->seq 0: it is not here. */
struct forks_prev {
    int64_t seq;
    int64_t chain; /* the branch, where its chain has split */
    uint64_t last;
    struct oid oid;
    struct chain_id header_chain; /* the chain that its header names */
};
MUST_CHECK enum err forks_prev(struct forks_prev *out, struct site *s, const struct hash *hash);
/* Would the record split a chain that has as many branches as may be? */
MUST_CHECK enum err forks_too_many(bool *out, struct site *s, const struct forks_record *r);
/* The chain to whose end the record belongs; made, and others split, where that must be. Inside a transaction, when
 * nothing is left unsealed. Objects whose order may have changed are marked. */
MUST_CHECK enum err forks_seat(struct chain_row *out, struct site *s, const struct forks_record *r);

/* Does a chain descend from another, or is it that one? */
MUST_CHECK enum err forks_under(bool *out, struct site *s, int64_t chain, int64_t top);
/* The chain that a dot's name means to who names it at that place; 0: none. A branch has a name only for whose past holds
 * another branch: so it means the same to all who have that past. */
MUST_CHECK enum err forks_named(int64_t *out, struct site *s, const struct chain_id *name, const struct stand *at);

#endif
