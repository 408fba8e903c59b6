/* K5: an activity goes on after the benefit that it depends on has ended by another party's decision. */
#ifndef APP_PLAN_RULES_BENEFIT_H
#define APP_PLAN_RULES_BENEFIT_H

#include "app/plan/rules.h"

/* One finding for each run of days of an activity that no decision on the benefit covers, after one that did has ended;
 * its objects are the activity and that decision. Decisions of one kind follow each other whoever made them: a prolonged
 * benefit has not ended. Where no decision at all is known, or the first begins after the activity, nothing has ended;
 * where the activity's own party's decision ends, that party knows. */
rules_function rules_benefit_krock;

#endif
