/* The förbund's settings (objects of type policy): refused when they are set, where no rule could read them. */
#ifndef APP_OPS_POLICIES_H
#define APP_OPS_POLICIES_H

#include "app/ops/ops.h"

/* Is the setting, as it stands in the save under way, one that app/plan/policy.h knows, and its value one for it? One
 * without a value is none: the built-in one holds. ERR_INPUT: no name, no such name, or not a value; the story says
 * what is expected, and in which row. */
MUST_CHECK enum err policies_check(struct ops *o, const struct object_key *key);

#endif
