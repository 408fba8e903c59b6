/* Reading the krockar and glapp that app/ops/findings_keep.h keeps. */
#ifndef APP_OPS_FINDINGS_KEPT_H
#define APP_OPS_FINDINGS_KEPT_H

#include "app/ops/findings.h"

/* Appends what is kept of every plan, by id. *out is set also on failure (findings_free). */
MUST_CHECK enum err findings_kept_read(struct findings_list *out, struct ops *o);
/* What is kept of one plan; *found is false where that is nothing, or may be out of date. out->plan is set. */
MUST_CHECK enum err findings_kept_one(bool *found, struct findings_of *out, struct ops *o);
/* Appends the plans (struct uuid) that have that finding. *sure: false where what is kept may be out of date. */
MUST_CHECK enum err findings_kept_search(bool *sure, struct buf *plans, struct ops *o, const char *finding);

#endif
