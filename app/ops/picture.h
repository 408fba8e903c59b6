/* The plain picture of one plan that app/plan/rules.h looks at, drawn from what this device can read, and nothing else. */
#ifndef APP_OPS_PICTURE_H
#define APP_OPS_PICTURE_H

#include "app/ops/picture_forbund.h"

struct picture {
    struct rules_plan plan;
    struct view_list objects; /* all of the plan that can be read */
};
/* All of it is in the arena of o, and borrows from f. One pass over the plan's objects. *there is false, and out not set,
 * where there is no plan object with that id in its own shared section. */
MUST_CHECK enum err picture_draw(bool *there, struct picture *out, struct ops *o, const struct picture_forbund *f,
                                 const struct uuid *plan);

#endif
