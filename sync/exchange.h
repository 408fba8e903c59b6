/* What two logs do for each other: this site's and a place's. Exactly what each lacks, chain by chain; nothing is
 * negotiated by guess (design: records, "Finding out what the other lacks"). Knows no transport: the place is a log. */
#ifndef SYNC_EXCHANGE_H
#define SYNC_EXCHANGE_H

#include "sync/core.h"
#include "sync/intake.h"
#include "sync/meet.h"

/* A chain of the place, and the records of it that this site lacks, oldest last. */
struct exchange_offer {
    struct chain_id chain;
    struct buf lacking; /* struct oid, newest first */
    uint64_t reached;   /* the last transaction up to which place and site agree */
    int64_t known;      /* the record (its row) up to which they agree; 0: none */
    bool joins;         /* what it goes on from is lacking, too, and is on another git branch's list */
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
    uint64_t own_last;   /* this device's own transactions that were in a record when it took in what was there */
    uint64_t total;
    uint64_t done;
    bool cancelled;
    bool borrows; /* the place reads this site's objects where they lie: only its branches are moved */
    bool anew;    /* a new replica is made of the own log: its own chain goes on */
    bool (*progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
    struct meet_result *told; /* the caller's: it sees the phase there while the meeting lasts; NULL allowed */
};

/* Tells how far it has come. False: the caller of the meeting wants it to end (m->cancelled). */
bool exchange_tell(struct exchange *m, const char *phase, uint64_t done, uint64_t total);
/* Keeps a fault for the caller and for verify. detail is constant or in the arena. */
MUST_CHECK enum err exchange_fault(struct exchange *m, const struct chain_id *chain, const struct hash *hash,
                                   const char *verdict, const char *detail);

/* A record here. */
struct exchange_record {
    int64_t seq;  /* 0: not here */
    int64_t last; /* its last transaction */
    bool on_branch;
};
/* The record of that git name. on_branch: it may stand on the git branch of that name, as a record of that chain, or of
 * a branch that goes on from it; of a name that is not known here, any may. */
MUST_CHECK enum err exchange_find(struct exchange_record *out, struct site *s, const struct oid *oid,
                                  const struct chain_id *branch);
/* Finds out what the place has that this site lacks. ERR_TRANSPORT: it cannot be read, or has too many branches. */
MUST_CHECK enum err exchange_look(struct exchange *m);
/* Is something left there that may come in later, when what it waits for has come? Asked after exchange_take_in. */
bool exchange_waits(const struct exchange *m);
/* Takes in what may come in, and copies its objects into this site's log. Inside a transaction of s->db. */
MUST_CHECK enum err exchange_take_in(struct exchange *m);
/* What is missing for a record to come in, as a detail in the arena; NULL if that cannot be told. in was read and
 * waits; *record is set to the hash of the record that waits. */
MUST_CHECK enum err exchange_gap(const char **detail, struct hash *record, struct exchange *m,
                                 const struct exchange_offer *o, const struct intake *in);
/* "transactions 4-9 of chain 0123… are missing", in the arena. ERR_MEMORY. */
MUST_CHECK enum err exchange_gap_text(const char **detail, struct arena *a, const struct chain_id *chain,
                                      uint64_t first, uint64_t last);
/* Gives the place what it lacks, and moves its branches. Outside a transaction. ERR_TRANSPORT. */
MUST_CHECK enum err exchange_hand_over(struct exchange *m);
/* Appends the git names of all objects (struct oid) of a chain's records after transaction have; adds to *txs how many
 * transactions they carry. */
MUST_CHECK enum err exchange_after(struct buf *objects, uint64_t *txs, struct site *s, int64_t chain, uint64_t have);
/* Forgets what was looked at, and the faults, for another look at this or another place; what was counted stays. */
void exchange_renew(struct exchange *m);
/* Frees what it holds (results are in the arena). */
void exchange_free(struct exchange *m);

#endif
