/* The krock rules that look at what is planned side by side, pair by pair; K1, which adds up, is rules_capacity.h.
 * One function per row of the table. */
#ifndef APP_PLAN_RULES_KROCK_H
#define APP_PLAN_RULES_KROCK_H

#include "app/plan/rules.h"

/* K3: two activities of kinds that the matrix says exclude each other, at their extents, on at least one common day;
 * or one that begins before what it waits for is over. One finding per pair. A missing extent counts as full time
 * where the matrix says so, and otherwise reaches no least extent. */
rules_function rules_krock_exclusion;
/* Does K3 say of b, which counts, that it begins before a, which it depends on, is over? Then G6 need not. */
bool rules_krock_waits(const struct rules_options *options, const struct rules_activity *a,
                       const struct rules_activity *b);
/* K7: several different huvudansvariga, set by parties that did not know of each other. */
rules_function rules_krock_responsible;

#endif
