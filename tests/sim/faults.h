/* Faults of the disk around one thing that a replica does, and what comes after them. */
#ifndef TESTS_SIM_FAULTS_H
#define TESTS_SIM_FAULTS_H

#include "tests/sim/world.h"

/* Now and then the disk is told to fail within the next calls: at the replica's home, or at that place (NULL: none). */
void faults_may_come(struct world *w, const struct replica *r, const char *place);
/* What was tried came to e. True: no fault came, and it went well; other errors than `allowed` end the run. False: a fault
 * came; the replica is open again, by a new process or, if stay, perhaps by the same. */
bool faults_over(struct world *w, struct replica *r, enum err e, bool stay);
void faults_off(void); /* for the rest of the run */
void faults_on(void);
bool faults_are_on(void);

#endif
