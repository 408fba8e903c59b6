/* K4: main goals of two owners that contradict. */
#ifndef APP_PLAN_RULES_GOALS_H
#define APP_PLAN_RULES_GOALS_H

#include "app/plan/rules.h"

/* One finding for each two goals of different parties that are not reached, whose kinds contradict (the table of
 * rules_options), and that have the same horizon: target dates at most goal_days apart, or neither has one. Not where one
 * of the two also has, for that horizon, a main goal of the other's kind: then they agree on that one, and the other is a
 * way there. A shared goal is everybody's, and a delmål is no main goal: neither contradicts. to is the later date. */
rules_function rules_goals_krock;

#endif
