/* What must hold after a command that met a fault. */
#ifndef TESTS_FAULTS_JUDGE_H
#define TESTS_FAULTS_JUDGE_H

#include "tests/faults/ops.h"

#define JUDGE_TEXT 3000

/* How it goes without faults: the command's answer, and what is there before, after, and when all have met. */
struct reference {
    const struct op *op;
    struct said said;
    char *before;
    char *after;
    char *settled;
    uint64_t fingerprint_before;
    uint64_t made; /* fingerprint of what it makes */
    struct fault counted;
};

/* The scene is prepared and kept as number 1. */
void judge_learn(struct reference *out, const struct op *op);
void judge_forget(struct reference *r);
/* The command once, with a fault. */
void judge_run(struct said *said, const struct reference *r, struct fault *f);
/* Leaves the scene as it was kept if it has changed. What is wrong in text, "" if nothing is. */
void judge_say(char text[JUDGE_TEXT], const struct reference *r, const struct said *said);

#endif
