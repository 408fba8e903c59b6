/* K6: the same insats or activity planned twice, by different owners. */
#ifndef APP_PLAN_RULES_TWICE_H
#define APP_PLAN_RULES_TWICE_H

#include "app/plan/rules.h"

/* One finding for each two activities that count, of different parties, with a day in common, and either the same insats
 * or the same kind and the same text (but for capital letters and white space). Its days are those in common: an insats
 * that one party continues after another is not planned twice. */
rules_function rules_twice_krock;

#endif
