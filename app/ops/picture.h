/* The plain picture of one plan that app/plan/rules.h looks at, drawn from what this device can read, and nothing else. */
#ifndef APP_OPS_PICTURE_H
#define APP_OPS_PICTURE_H

#include "app/ops/picture_forbund.h"

struct picture {
    struct rules_plan plan;
    size_t list_count;
    const struct view_list *lists; /* all that can be read: of the plan first, then of others of the same person */
    const struct uuid *others;     /* those plans: list_count - 1 */
};
/* All of it is in the arena of o, and borrows from f. One pass over the objects of each plan. Of other plans of the same
 * person that are not closed, what the person does, aims at and lives on is in it too. *there is false, and out not set,
 * where there is no plan object with that id in its own shared section. */
MUST_CHECK enum err picture_draw(bool *there, struct picture *out, struct ops *o, const struct picture_forbund *f,
                                 const struct uuid *plan);

#endif
