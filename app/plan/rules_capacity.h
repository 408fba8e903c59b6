/* The rule over the sum of what is planned. */
#ifndef APP_PLAN_RULES_CAPACITY_H
#define APP_PLAN_RULES_CAPACITY_H

#include "app/plan/rules.h"

/* K1: the extents of the days add up to more than full time, or than the person's agreed capacity: one finding per
 * unbroken period, with its peak and the activities that add to it (those with an extent). */
rules_function rules_capacity_krock;

#endif
