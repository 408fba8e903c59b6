/* The tables among the förbund's settings: rows of two sides each. How they are written: policy.h. */
#ifndef APP_PLAN_POLICY_ROWS_H
#define APP_PLAN_POLICY_ROWS_H

#include "app/plan/policy.h"

/* *rows is fresh (to be freed, never NULL) and has *count rows; the kinds in it are the schema's own words. ERR_INPUT with
 * *fault; ERR_MEMORY. On an error nothing is set but *fault. */
MUST_CHECK enum err policy_rows_exclusions(struct rules_exclusion **rows, size_t *count, struct policy_fault *fault,
                                           const char *value);
MUST_CHECK enum err policy_rows_contradictions(struct rules_contradiction **rows, size_t *count,
                                               struct policy_fault *fault, const char *value);

#endif
