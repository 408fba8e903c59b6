/* A readable sentence for each change, for log and audit. */
#ifndef APP_OPS_HISTORY_H
#define APP_OPS_HISTORY_H

#include "app/ops/ops.h"

/* Appends one or two lines: when, who, for which party, what, from what to what, and whether it stands. */
void history_say(struct buf *out, struct arena *a, const struct view_change *change);

#endif
