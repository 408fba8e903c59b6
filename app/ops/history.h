/* A readable sentence for each change, for log and audit. */
#ifndef APP_OPS_HISTORY_H
#define APP_OPS_HISTORY_H

#include "app/ops/people.h"

/* Appends a line: when, who, for which party, what, from what to what, and whether it stands. */
void history_say(struct buf *out, struct arena *a, const struct people *p, const struct view_change *change);

#endif
