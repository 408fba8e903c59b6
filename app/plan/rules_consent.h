/* G5: a consent ends before the activity that needs it. */
#ifndef APP_PLAN_RULES_CONSENT_H
#define APP_PLAN_RULES_CONSENT_H

#include "app/plan/rules.h"

/* What a party does in the plan needs a consent for utbyte that names the party, on every day that is still to come and
 * that lies after the end of one. One finding for each run of such days of an activity that counts, with the activity
 * and the consent that ended (or was withdrawn) as its objects; a later consent that follows on at once leaves no gap.
 * Where no consent ever named the party, none ends. An activity without an end outlives every consent, so that is told
 * only from consent_days before the gap begins. */
rules_function rules_consent_glapp;

#endif
