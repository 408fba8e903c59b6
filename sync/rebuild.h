/* Everything derived, made anew from log.git and the keys held. */
#ifndef SYNC_REBUILD_H
#define SYNC_REBUILD_H

#include "sync/core.h"

/* Seals the journal, drops the derived tables and takes in every record again, in the order in which they came; one
 * transaction, so that a failure leaves the replica as it was. ERR_STORAGE: the log is damaged. */
MUST_CHECK enum err rebuild_run(struct site *s);

#endif
