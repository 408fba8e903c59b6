/* May this request come in? Decided by its head alone, before a byte of its body is read (design: trust, "The local web
 * server"). Pure, but for the time that comparing takes, which does not depend on what is compared.
 *
 * A web page elsewhere can make the browser ask this server. It cannot choose Host, Origin or Sec-Fetch-Site, cannot
 * send our header, and does not get our cookie; another program on the machine can do all of the former, and has not the
 * secrets. Each check stands on its own. */
#ifndef APP_WEB_GATE_H
#define APP_WEB_GATE_H

#include "app/web/http.h"

#define GATE_SECRET 32                  /* bytes */
#define GATE_TEXT (2 * GATE_SECRET + 1) /* in hex, with its zero */

/* The secrets of the session that is let in; "" where there is none. */
struct gate_keys {
    char cookie[GATE_TEXT];
    char token[GATE_TEXT];
};

enum gate_need {
    GATE_OPEN,    /* the pages themselves, and entering */
    GATE_COOKIE,  /* what the browser opens by itself: cookie, and an address that was given out for it */
    GATE_SESSION, /* cookie and token */
};

enum gate_verdict {
    GATE_IN,
    GATE_MALFORMED, /* 400 */
    GATE_FOREIGN,   /* 421: another Host */
    GATE_CROSS,     /* 403: from a page elsewhere */
    GATE_STRANGER,  /* 403: without the secrets */
};
enum gate_verdict gate_look(const struct http_request *q, uint16_t port, enum gate_need need,
                            const struct gate_keys *keys);
/* A secret as the browser gave it against the right one ("" is never right). Constant time. */
bool gate_is(const char *given, const char right[GATE_TEXT]);
/* A fresh secret in hex. */
void gate_fresh(char out[GATE_TEXT]);

#endif
