/* G6: a step is planned before what it builds on. */
#ifndef APP_PLAN_RULES_ORDER_H
#define APP_PLAN_RULES_ORDER_H

#include "app/plan/rules.h"

/* An activity that counts begins before one that it depends on is over; not where that one is klar or avbruten, nor where
 * K3 says it already (utredning). One that has no days is waited for only by what has begun. And: within the group that
 * an activity goes through, a module's first session comes on a day before the last session of one that it requires;
 * where that one has no session, the order is not known. And, where somebody notes how far the person has come: a module
 * goes on or is to come, and one that it requires is over without having been completed. Not what is over. */
rules_function rules_order_glapp;

#endif
