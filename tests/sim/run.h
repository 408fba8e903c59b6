/* One run: a world, steps drawn by chance, and at the end everybody meets and everything is compared. */
#ifndef TESTS_SIM_RUN_H
#define TESTS_SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define RUN_STEPS_MAX 1000

struct run_options {
    uint64_t seed;
    int steps;                /* 0: the seed says how many */
    bool skip[RUN_STEPS_MAX]; /* steps left out */
    const char *dir;          /* an empty folder */
    FILE *trace;              /* NULL: none */
};

/* Returns if all is well; otherwise the process ends (story.h). */
void run(const struct run_options *o);
int run_steps(uint64_t seed);

#endif
