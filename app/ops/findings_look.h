/* Looking at one plan: the rules over the picture of it, what was decided about what they find, and how long that holds. */
#ifndef APP_OPS_FINDINGS_LOOK_H
#define APP_OPS_FINDINGS_LOOK_H

#include "app/ops/findings.h"
#include "app/ops/picture_forbund.h"

/* Unless something is written in the plan: the days on which the same is found, and the ids of all that it rests on in
 * the förbund (sorted, each once; the nil id: on who somebody is, which is not known yet). */
struct findings_hold {
    struct rules_days days;
    struct span rests_on; /* in the arena, as others */
    size_t other_count;   /* the other plans of the same person, which are among them */
    struct uuid *others;
};
/* *there is false, and nothing else set, where there is no such plan to be read. out->found owns memory
 * (finding_truncate), the rest is in the arena of o. A plan that is too large is no error. o->today is today. */
MUST_CHECK enum err findings_look(bool *there, struct findings_of *out, struct findings_hold *hold, struct ops *o,
                                  const struct picture_forbund *f, const struct uuid *plan);

#endif
