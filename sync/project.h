/* Operations into rows: the one way into the replica, for own edits and for what arrived alike. */
#ifndef SYNC_PROJECT_H
#define SYNC_PROJECT_H

#include "sync/chains.h"
#include "sync/gather.h"
#include "sync/judge.h"

/* Who signed a record, as found for one of its transactions: so it is for those after it, too. */
struct project_signer {
    bool known;
    uint64_t n;
    struct standing standing;
};

/* One transaction's part in one epoch, while its operations are projected in order. */
struct projection {
    struct site *s;
    struct gather *gather; /* NULL: what an operation does is written with it */
    struct chain_id chain;
    struct stand at; /* at.epoch is set once the epoch is known */
    struct key_id key_id;
    bool genesis; /* the record founds the förbund */
    bool late;    /* something that has this in its past may have been projected before */
    struct epoch_row epoch;
    struct section_row section;
    bool opened;                   /* the epoch was, in the past of at */
    struct project_signer *signer; /* of the whole record; NULL: nobody keeps it */
    bool standing_known;
    struct standing standing;
    bool write_known;
    const char *write_why;
};

/* Where the transaction comes from. */
struct project_source {
    const struct chain_row *chain;
    int64_t record;
    uint64_t first; /* number of the record's first transaction */
    struct key_id key_id;
    const struct epoch_row *epoch; /* of that key, where it is at hand; NULL: it is looked up */
    bool genesis;
    bool late;
    struct gather *gather;         /* what the operations do is written when the caller flushes it; NULL: at once */
    struct project_signer *signer; /* kept from part to part of a record; NULL: not */
};

MUST_CHECK enum err project_begin(struct projection *p, struct site *s, const struct project_source *from, uint64_t n,
                                  int64_t clock_ms);
/* The next transaction of the same part of the same record. */
MUST_CHECK enum err project_next(struct projection *p, const struct project_source *from, uint64_t n, int64_t clock_ms);
/* Judges and projects one operation. *refused: NULL, or a constant phrase saying why it is kept but has no effect. */
MUST_CHECK enum err project_op(const char **refused, struct projection *p, const struct op *op);

#endif
