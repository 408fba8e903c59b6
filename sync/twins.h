/* Saves that were sealed twice: a home was copied while its journal was not empty, so that a device and its copy begin
 * their branches with the same transactions. Those are one, or else an edit that followed one of them would stand against
 * the other, and an entry would be shown twice.
 *
 * Two transactions are twins in an epoch if they have the same number and the same clock in it, in the first records of
 * two branches that go on from the same record and had seen the same, and all transactions before them in those two parts
 * are twins. Who has one of them in his past has the other, too; of their operations, those on the branch with the lowest
 * id count. All that is decided by the parts of one epoch alone, and is the same in whatever order they came. */
#ifndef SYNC_TWINS_H
#define SYNC_TWINS_H

#include "sync/chains.h"
#include "sync/part.h"

/* Before a part is projected: which of its transactions have twins that are here. */
MUST_CHECK enum err twins_note(struct site *s, int64_t record, const struct key_id *key, const struct part *part);
/* Has that transaction any, in the epoch at->epoch? */
MUST_CHECK enum err twins_has(bool *out, struct site *s, const struct stand *at);
/* Are these two twins (or one), in the epoch b->epoch? */
MUST_CHECK enum err twins_are(bool *out, struct site *s, const struct stand *a, const struct stand *b);
/* Sets s->twins: are there any here at all? */
MUST_CHECK enum err twins_load(struct site *s);

#endif
