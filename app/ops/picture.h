/* The plain picture of one plan that app/plan/rules.h looks at, drawn from what this device can read, and nothing else. */
#ifndef APP_OPS_PICTURE_H
#define APP_OPS_PICTURE_H

#include "app/ops/picture_forbund.h"

struct picture {
    struct rules_plan plan;
    struct view_list objects; /* all of the plan that can be read */
};
/* All of it is in the arena of o, and borrows from f and plan. One pass over the plan's objects. */
MUST_CHECK enum err picture_draw(struct picture *out, struct ops *o, const struct picture_forbund *f,
                                 const struct view_object *plan);

#endif
