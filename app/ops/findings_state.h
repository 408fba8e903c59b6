/* How far the plans have been gone through for what is kept of their krockar and glapp: where in the order of arrival that
 * was, and the marks of the förbund then. Kept beside what it tells of, under the name of the build that wrote it. */
#ifndef APP_OPS_FINDINGS_STATE_H
#define APP_OPS_FINDINGS_STATE_H

#include "app/ops/picture_forbund.h"

/* Names of the rows (sync/memo.h), in the chosen language. */
struct findings_kinds {
    const char *plans; /* a row for each plan: app/ops/findings_code.h */
    const char *state; /* this */
};

struct findings_state {
    bool known; /* false: nothing is kept, or by another build of the program */
    int64_t upto;
    struct hash policies;
    size_t mark_count;
    const struct picture_forbund_mark *marks; /* by id */
};

/* In the arena of o. ERR_MEMORY. */
MUST_CHECK enum err findings_state_kinds(struct findings_kinds *out, struct ops *o);
MUST_CHECK enum err findings_state_load(struct findings_state *out, struct ops *o, const struct findings_kinds *kinds);
MUST_CHECK enum err findings_state_save(const struct findings_state *state, struct ops *o,
                                        const struct findings_kinds *kinds);
/* *out: nothing has been written since the plans were last gone through. */
MUST_CHECK enum err findings_state_is_current(bool *out, struct ops *o, const struct findings_kinds *kinds);

#endif
