/* How much of a week something takes, in permille of full time (100 % = 40 hours = 10 half-days).
 *
 * Written `75%`, `30h` or `4halvdagar` a week (and `1halvdag`): a whole number or one decimal after a point or comma,
 * no spaces, no sign, no leading zeros. From EXTENT_MIN to EXTENT_MAX. What is not a whole permille (2.5h is 62.5) is
 * rounded down, so that parts of one full week never add up to more than a full week. */
#ifndef APP_PLAN_EXTENT_H
#define APP_PLAN_EXTENT_H

#include <stdint.h>

#include "crypto/err.h"

#define EXTENT_FULL 1000    /* permille: full time */
#define EXTENT_MIN 1        /* nothing at all is said by leaving the field empty */
#define EXTENT_MAX 2000     /* 200%, 80h, 20halvdagar: more than that is a slip of the finger */
#define EXTENT_UNKNOWN (-1) /* a field that is not set */

/* ERR_INPUT if text is not an extent as above. */
MUST_CHECK enum err extent_parse(int32_t *permille, const char *text);

#endif
