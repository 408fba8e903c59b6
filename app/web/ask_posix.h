/* One question to a samplan web that runs already. */
#ifndef APP_WEB_ASK_POSIX_H
#define APP_WEB_ASK_POSIX_H

#include <stdint.h>

#include "crypto/buf.h"

/* POSTs a JSON body to 127.0.0.1:port and appends the body of its answer, at most 64 kB. Waits 5 s. ERR_TRANSPORT: no
 * answer, or not 200. */
struct ask {
    uint16_t port;
    const char *path;
    const char *body;
};
MUST_CHECK enum err ask_posix(struct buf *out, const struct ask *what);

#endif
