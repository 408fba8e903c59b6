/* The courier: a round of meetings in a thread of its own, with its own handle on the home, so that the pages go on
 * reading. One at a time. What it meets it tells as lines of JSON (docs/api.md), and keeps how far it has come. */
#ifndef APP_WEB_COURIER_H
#define APP_WEB_COURIER_H

#include "app/ops/js.h"
#include "app/web/web.h"

struct courier_wish {
    size_t count; /* 0: all places */
    const char *const *remotes;
    const char *language; /* of what it tells: "sv" or "en" */
};
/* Sets w->courier. ERR_MEMORY. */
MUST_CHECK enum err courier_new(struct web *w);
/* At the desk, while the site is open. *out is fresh, the answer's. ERR_BUSY: one is under way; and what opening the home
 * once more fails with. */
MUST_CHECK enum err courier_start(struct http_stream **out, struct why *why, struct web *w,
                                  const struct courier_wish *wish);
/* It ends soon; what had arrived is kept. From any thread. */
void courier_cancel(struct web *w);
bool courier_is_running(struct web *w);
/* How far it is: {"running","remote","phase","done","total"}. */
json_t *courier_state(struct js *j, struct web *w);
/* Cancels and waits. */
void courier_stop(struct web *w);
void courier_free(struct web *w); /* NULL allowed in w->courier */

#endif
