/* How edits meet, said again as naively as possible: everything is computed anew from the whole history. Written from the
 * design's page on merging and docs/record-format.md alone, and shares nothing with sync/merge.c or sync/object.c. It is
 * the model of tests/model/merge_model.py once more, for speed; check.py holds the two against each other. */
#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include "tests/sim/history.h"

/* What a reader has: how far each chain, and the keys of which epochs. */
struct model_reader {
    uint64_t has[HISTORY_CHAINS];
    bool holds[HISTORY_EPOCHS];
};

/* The content as text, by section and object: what look_content writes of a replica. */
void model_content(struct buf *out, const struct history *h, const struct model_reader *r);
/* Is the epoch one that a member of that party is entitled to have the key of? Reading all of the history. */
bool model_entitled(const struct history *h, int epoch, const struct uuid *party, const struct uuid *member);

#endif
