/* Krockar and glapp of all plans, kept in the replica and worked out again only where something changed: the plan, who and
 * what of the förbund it names, the förbund's settings, or the day (sync/memo.h keeps, sync/view.h tells what was
 * touched). Texts are kept for each language. */
#ifndef APP_OPS_FINDINGS_KEEP_H
#define APP_OPS_FINDINGS_KEEP_H

#include "app/ops/findings.h"

/* Brings what is kept up to date. *kept: false, and nothing else is to be used of what is kept, where it cannot be written
 * now: another process is writing and wait is false or it took too long, or a save is under way on this handle. */
MUST_CHECK enum err findings_keep_refresh(bool *kept, struct findings_refreshed *out, struct ops *o, bool wait);
/* Appends what is kept of every plan, by id. *out is set also on failure (findings_free). */
MUST_CHECK enum err findings_keep_read(struct findings_list *out, struct ops *o);
/* What is kept of one plan; *found is false where that is nothing, or may be out of date. out->plan is set. */
MUST_CHECK enum err findings_keep_one(bool *found, struct findings_of *out, struct ops *o);
/* Appends the plans (struct uuid) that have that finding. *sure: false where what is kept may be out of date. */
MUST_CHECK enum err findings_keep_search(bool *sure, struct buf *plans, struct ops *o, const char *finding);

#endif
