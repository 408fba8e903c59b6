/* When a closed plan is followed up: three, six and twelve months after it was closed (design: domain, "follow-up"). Pure. */
#ifndef APP_PLAN_AFTERCARE_H
#define APP_PLAN_AFTERCARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/plan/dates.h"

#define AFTERCARE_POINTS 3

/* The schema's words of followup.point, in order: "3", "6", "12". Constant. */
const char *aftercare_word(size_t point);
/* The day of that point for a plan that was closed on a day. */
int32_t aftercare_day(size_t point, int32_t closed);
/* The first point that is not done; AFTERCARE_POINTS where all are. */
size_t aftercare_next(const bool done[AFTERCARE_POINTS]);
/* The one that a follow-up on a day is of: of those not done, the last that is nearer than the one before it; else the
 * first. AFTERCARE_POINTS where all are done. */
size_t aftercare_meant(const bool done[AFTERCARE_POINTS], int32_t closed, int32_t day);

#endif
