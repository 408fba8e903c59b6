/* Everything derived, made anew from log.git and the keys held. */
#ifndef SYNC_REBUILD_H
#define SYNC_REBUILD_H

#include "sync/core.h"

/* Seals the journal, drops the derived tables and takes in every record again, in the order in which they came; one
 * transaction, so that a failure leaves the replica as it was. ERR_STORAGE: the log is damaged. */
MUST_CHECK enum err rebuild_run(struct site *s);
/* The same without sealing, whatever shape the derived tables have: what is not sealed is projected from the journal.
 * Inside a transaction; needs s->self.forbund and nothing else of s->self but the chain. */
MUST_CHECK enum err rebuild_anew(struct site *s);
/* Does work, which makes rows of chains anew, in one transaction; what s remembers of chains is forgotten. */
MUST_CHECK enum err rebuild_within(struct site *s, enum err (*work)(struct site *s));

#endif
