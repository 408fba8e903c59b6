/* The local pages, from start to stop (design: trust, "The local web server"). */
#ifndef APP_WEB_SERVER_H
#define APP_WEB_SERVER_H

#include "app/web/gate.h"
#include "crypto/device.h"
#include "sync/why.h"

#define SERVER_IDLE_S 900u

struct server_options {
    const char *home; /* exists */
    const char *version;
    const char *today;     /* NULL: the clock's */
    uint16_t port;         /* 0: any */
    enum device_cost cost; /* of a device.key that is made here */
    unsigned idle_s;       /* locks after so long without a request */
    /* Called once it answers; address is good for one browser. False: stop at once. */
    bool (*ready)(void *ctx, const char *address);
    void *ctx;
};
/* Serves until SIGINT or SIGTERM. Where another process serves this home, asks it for a fresh address, calls ready with
 * that, and returns. ERR_TRANSPORT: the port is taken, or that process does not answer; ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err server_run(struct why *why, const struct server_options *o);

#endif
