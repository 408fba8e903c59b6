/* The history that a replica shows: every operation that it can read, once, and nothing else. */
#ifndef TESTS_SIM_LISTED_H
#define TESTS_SIM_LISTED_H

#include "tests/sim/world.h"

void listed_compare(struct world *w, struct replica *r, const struct model_reader *m);

#endif
