/* The journal into a record: a signed, sealed commit on this device's chain (design: records, "From save to record").
 *
 * Order: objects on disk (fsync), then the database says which record the journal went into, then the branch moves. A
 * crash in between leaves stray objects, or a branch that sealing_mend moves at the next open. */
#ifndef SYNC_SEALING_H
#define SYNC_SEALING_H

#include "sync/chains.h"
#include "sync/part.h"

/* Inside a transaction of s->db. Nothing in the journal: OK, nothing done. */
MUST_CHECK enum err sealing_run(struct site *s);
/* If envelopes are owed and the journal is empty, adds an empty transaction to carry them and seals. */
MUST_CHECK enum err sealing_pay_debts(struct site *s);
/* Outside a transaction: moves this log's branches to where the database says that the chains stand. */
MUST_CHECK enum err sealing_mend(struct site *s);
/* At opening, after that: sets s->log_ahead too if this log has a chain of which the database knows nothing. */
MUST_CHECK enum err sealing_look_ahead(struct site *s);
/* Is the oldest entry an hour old, or are there 256? */
MUST_CHECK enum err sealing_due(bool *due, struct site *s);

/* One transaction's part for the journal. */
MUST_CHECK enum err sealing_note(struct site *s, const struct part_tx *tx, const struct key_id *key, struct span body);
/* The time of this machine, as a record can have it. ERR_STORAGE: its clock stands outside that (limits.h). */
MUST_CHECK enum err sealing_now(int64_t *now_ms, struct site *s);
/* The hybrid clock never goes back, in any process; but from where no clock is followed (CORE_CLOCK_AHEAD_MS) it does. */
MUST_CHECK enum err sealing_keep_clock(struct site *s, int64_t clock_ms);
/* Counts what the journal has: s->journal. Inside a transaction, before anything is noted in it. */
MUST_CHECK enum err sealing_count(struct site *s);
/* The number and clock that the next transaction of this device gets, on its own chain. After sealing_count. */
MUST_CHECK enum err sealing_next(uint64_t *n, int64_t *clock_ms, struct site *s, const struct chain_row *own);

#endif
