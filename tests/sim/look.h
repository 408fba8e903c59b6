/* Looking at replicas: what they show against what the model says, and against each other. */
#ifndef TESTS_SIM_LOOK_H
#define TESTS_SIM_LOOK_H

#include "tests/sim/world.h"

/* Content, conflicts and keys of one replica as it is now. */
void look_at(struct world *w, struct replica *r);
/* At the end, when everybody has everything: every replica, and every two of them section by section; verify, rebuild and
 * opening again change nothing. */
void look_at_all(struct world *w);

#endif
