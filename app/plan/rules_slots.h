/* K2: booked times of the week that overlap, or leave no time to get from one place to the other. */
#ifndef APP_PLAN_RULES_SLOTS_H
#define APP_PLAN_RULES_SLOTS_H

#include "app/plan/rules.h"

/* One finding for each two slots, with both slots and both activities as its objects, from the first to the last day on
 * which both are. Slots of activities that count only. Places are compared only where both are known; how far apart two
 * are is not known, so any two need travel_minutes. Two slots of one activity clash only if they overlap in different
 * places: otherwise it is one booking, written twice. */
rules_function rules_slots_krock;

#endif
