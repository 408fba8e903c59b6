/* The thresholds, the exclusion matrix and the other settings of the rules that the förbund decides, as text.
 *
 * A setting is an object of type policy: a name and a value. What is not set is as rules.h says. Pure; the caller hands
 * in one setting after the other. Names and what their values look like (nothing else is taken, no spaces around):
 *
 *   K1.capacity         an extent (75%, 30h, 4halvdagar): what a person can manage where the plan does not say
 *   K2.travel_minutes   0 to 600: minutes between two places
 *   K3.exclusions       the exclusion matrix, whole: it takes the place of the built-in one
 *   K4.contradictions   pairs of goal kinds that contradict, all of them
 *   K4.days             1 to 3660: how far apart the dates of goals for the same time may be
 *   G1.days             1 to 3660: something must be going on, or begin within so many days
 *   G4.days             1 to 3660: a remiss is to be answered within so many days
 *   G5.days             1 to 3660: how long before its end a consent is told of, for what has no end
 *
 * Matrix and pairs are rows, one a line (or cut at ;), or the word inga. A row is two sides with " x " (or " × ") between
 * them: these exclude each other; in the matrix also " -> " (or " → "): the second must wait until the first, which it
 * depends on, is over. A side of the matrix is a kind of activity, or * for any, and may end in the least extent at which
 * it counts, with ? after it where a missing extent is taken for full time:
 *
 *   studier 100% x praktik 100%
 *   vila/sjukskrivning 100%? x anställning med stöd
 *   utredning -> *
 */
#ifndef APP_PLAN_POLICY_H
#define APP_PLAN_POLICY_H

#include "app/plan/rules.h"

#define POLICY_DAYS_MAX 3660
#define POLICY_MINUTES_MAX 600

/* Begin with policy_init, end with policy_free. */
struct policy {
    int32_t capacity_permille;
    int travel_minutes;
    int goal_days;
    int glapp_start_days;
    int remiss_days;
    int consent_days;
    struct rules_exclusion *exclusions; /* owned; NULL: the built-in matrix */
    size_t exclusion_count;
    struct rules_contradiction *contradictions; /* owned; NULL: the built-in ones */
    size_t contradiction_count;
};

/* Why a setting was not taken. */
struct policy_fault {
    const char *expects; /* msgid: completes "expected ..."; constant */
    size_t row;          /* of a matrix, from 1; 0: the value as a whole */
};

void policy_init(struct policy *p);
void policy_free(struct policy *p);
/* Takes one setting; a later one of the same name takes the place of the earlier. On any error p is as it was, and
 * *fault says why: ERR_NOT_FOUND: no such name; ERR_INPUT: not a value for it; ERR_MEMORY (fault is not set). */
MUST_CHECK enum err policy_set(struct policy *p, struct policy_fault *fault, const char *name, const char *value);
/* Puts all settings into options, which was made with rules_options_init and borrows p's tables from then on. */
void policy_apply(struct rules_options *options, const struct policy *p);

/* The name of setting number i from 0; NULL after the last. Constant. */
const char *policy_name(size_t i);

#endif
