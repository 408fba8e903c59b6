/* How a run tells of itself, and how it ends if something is wrong. */
#ifndef TESTS_SIM_STORY_H
#define TESTS_SIM_STORY_H

#include <stdbool.h>

#include "crypto/err.h"

struct site;

/* Ends the process: what was found, at which step. */
__attribute__((format(printf, 1, 2), noreturn)) void story_wrong(const char *format, ...);
/* OK, or the run ends with the site's story. */
void story_must(const struct site *s, enum err e);
/* A line of what is done, if the run is told aloud. */
__attribute__((format(printf, 1, 2))) void story_tell(const char *format, ...);
void story_step(int step, const char *name);
void story_aloud(bool yes);

/* What is counted over runs. */
/* clang-format off */
#define STORY_COUNTS(X)                                                                                               \
    X(runs) X(steps) X(saves) X(operations) X(refused) X(conflicts) X(meetings) X(meetings_failed)                    \
    X(transactions_met) X(bundles) X(bundles_lost) X(bundles_again) X(bundles_broken) X(sticks_lost) X(sticks_old)    \
    X(kills) X(power_cuts) X(reopened) X(disk_faults) X(saves_failed) X(clock_jumps) X(rebuilt) X(packed) X(put_back) X(admitted)   \
    X(excluded) X(joined) X(second) X(compared) X(checked) X(unread_past)
/* clang-format on */
enum story_count {
#define X(name) STORY_##name,
    STORY_COUNTS(X)
#undef X
        STORY_COUNT
};

/* What a run leaves to whoever started it: in memory that both see. */
struct story_report {
    unsigned long long counts[STORY_COUNT];
    int step;        /* where it ended */
    char wrong[300]; /* "" if all was well, or if the process died of something else */
};
void story_report_to(struct story_report *report);
void story_add(enum story_count what, unsigned long long n);
#define STORY_ADD(name, n) story_add(STORY_##name, (unsigned long long)(n))
void story_print_counts(const unsigned long long counts[STORY_COUNT]);

#endif
