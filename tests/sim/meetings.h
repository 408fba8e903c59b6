/* Meetings, and what happens to sticks and letters in between. */
#ifndef TESTS_SIM_MEETINGS_H
#define TESTS_SIM_MEETINGS_H

#include "tests/sim/world.h"

/* At one of the sticks. On a disk that is well both have everything afterwards. */
void meetings_stick(struct world *w, struct replica *r);
/* By a file that is carried between two. */
void meetings_bundle(struct world *w, struct replica *r);
/* A file that is carried gets lost, is copied, comes again, or breaks. */
void meetings_mail(struct world *w, struct replica *r);
/* A stick is lost, or an old copy of it comes back. */
void meetings_old_stick(struct world *w, struct replica *r);
/* Neighbours send each other bundles, none of which is lost any more, until all have everything. */
void meetings_letters(struct world *w);
/* Everybody meets until nothing moves. */
void meetings_everybody(struct world *w);

#endif
