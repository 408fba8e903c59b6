/* Text to copy into the own authority's journal, so that nothing is typed twice: the plan's frame, the own party's
 * activities and the joint decisions. It names no person: the journal it goes into is that person's. Where the person
 * has protected personal data, or that is not known here, places and times of the week are left out too. */
#ifndef APP_OPS_COPYOUT_H
#define APP_OPS_COPYOUT_H

#include "app/ops/people.h"

/* Appends plain text. plan is an object that ops_plan gave. */
MUST_CHECK enum err copyout_text(struct buf *out, struct ops *o, const struct people *p,
                                 const struct view_object *plan);

#endif
