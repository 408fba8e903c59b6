/* The JSON shapes of groups: rows of `group list`, and the whole of `group show`. Fresh values, as those of shape.h. */
#ifndef APP_OPS_SHAPE_GROUP_H
#define APP_OPS_SHAPE_GROUP_H

#include "app/ops/groups.h"
#include "app/ops/js.h"

/* {"id","name","insats","insats_name","from","to","participants","next_session"}: how many take part, and the session
 * from today on, as far as can be read here. */
json_t *shape_group_row(struct js *j, struct ops *o, const struct groups_one *g, const struct groups_participants *all);
/* {"id","name","insats","insats_name","from","to","modules":[{"id","name","order","requires","sessions":[{"id","when"}]}],
 * "participants":[{"plan","activity","person","person_name","protected","left","next","next_session",
 * "modules":[{"module","state","attended","missed","waits_for","out_of_order"}]}]} */
json_t *shape_group_whole(struct js *j, struct ops *o, const struct groups_one *g,
                          const struct groups_participants *all);

#endif
