/* The plan on paper, for the person whom it is about: in plain words, with what each authority knows, and lines to sign
 * on (design: domain, "Screens" 9). One HTML page without anything from elsewhere; every text of the plan is escaped.
 *
 * It holds what this device can read of the shared plan and of what parties have handed out under the topic plan: no
 * notes, no health, social or economic matters. */
#ifndef APP_OPS_PRINTING_H
#define APP_OPS_PRINTING_H

#include "app/ops/people.h"

/* Appends the page. plan is an object that ops_plan gave. ERR_REFUSED: the person (or one who is the same) has protected
 * personal data, or whether that is so cannot be read here. */
MUST_CHECK enum err printing_html(struct buf *out, struct ops *o, const struct people *p,
                                  const struct view_object *plan);

#endif
