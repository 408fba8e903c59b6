/* Nobody answers: G2, for an activity; G4, to a remiss. */
#ifndef APP_PLAN_RULES_ANSWER_H
#define APP_PLAN_RULES_ANSWER_H

#include "app/plan/rules.h"

/* G2: an activity that is föreslagen, beslutad or pågår and not over has no responsible, or one who has left, or a
 * function that nobody holds. */
rules_function rules_answer_responsible;
/* G4: a remiss that is still anmäld more than remiss_days after it became so. from: the last day on which the answer was
 * not late. */
rules_function rules_answer_remiss;

#endif
