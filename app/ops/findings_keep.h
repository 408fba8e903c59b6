/* Krockar and glapp of all plans, kept in the replica and worked out again only where something changed: the plan, who and
 * what of the förbund it names, the förbund's settings, or the day (sync/memo.h keeps, sync/view.h tells what was
 * touched). Texts are kept for each language. What is kept is read by app/ops/findings_kept.h. */
#ifndef APP_OPS_FINDINGS_KEEP_H
#define APP_OPS_FINDINGS_KEEP_H

#include "app/ops/findings.h"

/* Brings what is kept up to date. *kept: false, and nothing else is to be used of what is kept, where it cannot be written
 * now: another process is writing and wait is false or it took too long, or a save is under way on this handle. */
MUST_CHECK enum err findings_keep_refresh(bool *kept, struct findings_refreshed *out, struct ops *o, bool wait);

#endif
