/* The glapp rules: where a person is left between authorities. One function per row of the table. */
#ifndef APP_PLAN_RULES_GLAPP_H
#define APP_PLAN_RULES_GLAPP_H

#include "app/plan/rules.h"

/* K7: no huvudansvarig. */
rules_function rules_glapp_responsible;
/* G1: a plan that is aktiv has nothing beslutad or pågår today, and nothing that starts within N days. What is only
 * föreslagen holds nobody. */
rules_function rules_glapp_idle;
/* G3: no date for the next follow-up, or one that has passed; a decision past its due date, one finding each. */
rules_function rules_glapp_follow_up;

#endif
