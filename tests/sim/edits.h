/* What people do at one replica: saves of every kind. */
#ifndef TESTS_SIM_EDITS_H
#define TESTS_SIM_EDITS_H

#include "tests/sim/world.h"

void edits_save(struct world *w, struct replica *r);     /* new objects and changes, in one transaction */
void edits_resolve(struct world *w, struct replica *r);  /* settles a conflict, having seen it */
void edits_stale(struct world *w, struct replica *r);    /* sets what it was shown, if that is still so */
void edits_disclose(struct world *w, struct replica *r); /* lets somebody into sections of a plan */
void edits_exclude(struct world *w, struct replica *r);  /* a new epoch without somebody */

#endif
