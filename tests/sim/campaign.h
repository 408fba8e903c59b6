/* Runs in processes of their own, several at a time; and a failing one made shorter. */
#ifndef TESTS_SIM_CAMPAIGN_H
#define TESTS_SIM_CAMPAIGN_H

#include "tests/sim/run.h"
#include "tests/sim/story.h"

#define CAMPAIGN_JOBS 64

struct campaign {
    const char *folder; /* where homes are made; best in memory */
    int jobs;
    uint64_t count; /* of seeds, from run.seed; 0: until the time is over */
    double seconds; /* 0: no end but count */
    bool tell;
    bool keep;         /* homes of runs that failed */
    const char *trace; /* of one run, or NULL */
    struct run_options run;
    unsigned long long counts[STORY_COUNT]; /* of all */
    uint64_t failed;
};

/* Each failing seed is told of when it is found, with how to have it again. */
void campaign_run(struct campaign *c);
/* Leaves out steps of one failing run as long as it fails in the same way; prints what is left. */
void campaign_shrink(struct campaign *c);

#endif
