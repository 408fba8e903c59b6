/* The desk: one thread that answers the requests, one after the other, and locks when nobody has asked for a while. */
#ifndef APP_WEB_DESK_H
#define APP_WEB_DESK_H

#include "app/web/web.h"

/* Sets w->desk. ERR_MEMORY. */
MUST_CHECK enum err desk_start(struct web *w);
/* From the library's thread: q is answered in its turn, or at once with 503 if the desk is closing. */
void desk_give(struct web *w, struct http_request *q);
/* Answers what waits, closes the site, and ends; requests that come later are told 503. NULL allowed in w->desk. */
void desk_stop(struct web *w);
/* After http_stop: nobody gives it anything any more. */
void desk_free(struct web *w);
/* Seconds on a clock that only goes forward. */
time_t desk_now(void);

#endif
