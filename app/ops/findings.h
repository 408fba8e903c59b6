/* Krockar and glapp of the plans that this device can read: draws the picture that app/plan/rules.h looks at. */
#ifndef APP_OPS_FINDINGS_H
#define APP_OPS_FINDINGS_H

#include "app/ops/people.h"
#include "app/plan/finding.h"

struct findings_of {
    struct uuid plan;
    struct findings found; /* owns memory: findings_free */
};
struct findings_list {
    size_t count;
    struct findings_of *plans; /* in the arena of the ops */
};
/* Of one plan (an object that ops_plan gave), or of every plan where it is NULL. o->today is today. The texts are in
 * the chosen language. *out is set also on failure: call findings_free in any case. */
MUST_CHECK enum err findings_find(struct findings_list *out, struct ops *o, const struct people *p,
                                  const struct view_object *plan);
void findings_free(struct findings_list *list);
/* How many findings in all. */
size_t findings_count(const struct findings_list *list);
/* How many of now are not in before, by id. */
size_t findings_new(const struct findings_list *now, const struct findings_list *before);

#endif
