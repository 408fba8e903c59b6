/* The operations that faults are tried on. */
#ifndef TESTS_FAULTS_OPS_H
#define TESTS_FAULTS_OPS_H

#include "tests/faults/scene.h"

struct op {
    const char *name;
    void (*prepare)(void);    /* on top of ops_world */
    struct command_line line; /* the command that meets the fault */
    const char *makes;        /* a file or folder that is there whole afterwards, or not at all; NULL: none */
    const char *look[4];      /* besides digest and verify: a command whose answer says whether it was done */
    bool again;               /* may be given again though it was done */
    bool steps;               /* done in steps, each whole: told to have failed, some may have been done */
    bool sizes;               /* its answer has sizes of files, which are not looked at */
    bool maybe;               /* what it does besides its answer may be left for the next command */
    bool planted;             /* a defect of the test's own, that must be found */
};
extern const struct op ops_all[]; /* ends with one without a name */

/* Two homes a and b of a förbund that share a plan and have met in a folder; b has left things for a there, and a has
 * saved things for b. */
void ops_world(void);

#endif
