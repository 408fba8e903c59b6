/* What two logs do for each other: this site's and a place's. Exactly what each lacks, chain by chain; nothing is
 * negotiated by guess (design: records, "Finding out what the other lacks"). Knows no transport: the place is a log. */
#ifndef SYNC_EXCHANGE_H
#define SYNC_EXCHANGE_H

#include "sync/core.h"
#include "sync/meet.h"

/* A chain of the place, and the records of it that this site lacks, oldest last. */
struct exchange_offer {
    struct chain_id chain;
    struct buf lacking; /* struct oid, newest first */
    uint64_t reached;   /* the last transaction up to which place and site agree */
    bool stuck;         /* its next record was refused: nothing after it can be taken in */
    bool spoiled;       /* and it is no record of that chain at all */
};

struct exchange {
    struct site *s;
    struct arena *a;
    struct log *place;
    struct meet_result result;
    struct buf faults; /* struct meet_fault */
    size_t offer_count;
    struct exchange_offer *offers;
    struct buf accepted; /* struct oid of every object to copy */
    uint64_t total;
    uint64_t done;
    bool cancelled;
    bool (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
};

/* The record of that git name here: its last transaction, and whether it is of that chain. last -1: not here. */
MUST_CHECK enum err exchange_find(int64_t *last, bool *of_chain, struct site *s, const struct oid *oid,
                                  const struct chain_id *chain);
/* Finds out what the place has that this site lacks. ERR_TRANSPORT: it cannot be read, or has too many branches. */
MUST_CHECK enum err exchange_look(struct exchange *m);
/* Takes in what may come in, and copies its objects into this site's log. Inside a transaction of s->db. */
MUST_CHECK enum err exchange_take_in(struct exchange *m);
/* Gives the place what it lacks, and moves its branches. Outside a transaction. ERR_TRANSPORT. */
MUST_CHECK enum err exchange_hand_over(struct exchange *m);
/* Frees what it holds (results are in the arena). */
void exchange_free(struct exchange *m);

#endif
