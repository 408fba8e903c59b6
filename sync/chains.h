/* Chains and records as rows, and the one question that merging asks: is b in the past of a? */
#ifndef SYNC_CHAINS_H
#define SYNC_CHAINS_H

#include "sync/core.h"
#include "sync/opening.h"

struct chain_row {
    int64_t id; /* 0: not known */
    struct chain_id chain;
    struct sign_public sign;
    struct dot certified;
    uint64_t last;
    bool has_head;
    struct hash hash;
    struct oid oid;
    int64_t root;   /* the chain that its records' headers name; its own id unless it is a branch */
    int64_t parent; /* of a branch: the chain that it goes on from, after transaction since. 0: none */
    uint64_t since;
    bool split; /* branches go on from its end, so that nothing else does */
};

MUST_CHECK enum err chains_find(struct chain_row *out, struct site *s, const struct chain_id *chain);
MUST_CHECK enum err chains_by_number(struct chain_row *out, struct site *s, int64_t id);
/* The row of a chain that opens so. */
MUST_CHECK enum err chains_add(struct chain_row *out, struct site *s, const struct chain_id *chain,
                               const struct opening *by);
/* The number of the record that the journal will be sealed into, and the chain that it continues, this device's own; made
 * if there is none, as having seen all that this replica holds. */
MUST_CHECK enum err chains_open_record(int64_t *seq, struct chain_row *own, struct site *s);
/* The full vector of a record; borrowed until the next call. */
MUST_CHECK enum err chains_vector(const struct vector **out, struct site *s, int64_t seq);
/* Is b in the past of a, it or a twin of it (sync/twins.h; b's epoch says of which part)? Epochs are looked at where both are given (design: merge, "Terms"). Not so for b itself. */
MUST_CHECK enum err chains_past(bool *out, struct site *s, const struct stand *a, const struct stand *b);
/* The place in history of a transaction (epoch 0). */
MUST_CHECK enum err chains_stand(struct stand *out, struct site *s, int64_t tx);
/* The same from the chain and the first number of its record. */
struct stand chains_at(int64_t tx, int64_t chain, uint64_t first);
/* How this device opens its own chain. */
MUST_CHECK enum err chains_opening(struct opening *out, struct site *s);
/* Forgets what is kept at hand of records: after a rollback or rebuild. */
void chains_forget(struct site *s);

#endif
