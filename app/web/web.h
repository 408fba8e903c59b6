/* Inside app/web: the server's state, and who may touch which part of it.
 *
 *     http     connections; the library's thread
 *     heads    heads of requests that trickle in; a thread of its own
 *     gate     may a request come in (pure)
 *     request  bodies into words (pure)
 *     api      the table of routes; each runs at the desk
 *     desk     one thread, to which the open site belongs; one request after the other
 *     run      a command of the command line, within that site
 *     courier  a meeting, in a thread and with a handle of its own, so that reading goes on
 *     pages    the embedded pages, by a table
 *     server   all of it, from start to stop */
#ifndef APP_WEB_WEB_H
#define APP_WEB_WEB_H

#include <pthread.h>
#include <time.h>

#include "app/web/gate.h"
#include "sync/site.h"

struct courier;
struct desk;

struct web {
    /* constant once the server runs */
    const char *home;
    const char *version;
    const char *today; /* NULL: the clock's */
    unsigned idle_s;
    enum device_cost cost; /* of a device.key that is made here */
    uint16_t port;
    struct http *http;
    struct desk *desk;
    struct courier *courier;

    pthread_mutex_t lock; /* of what stands below, up to the blank line */
    struct gate_keys keys;
    char ticket[GATE_TEXT]; /* good for one entry; "" when used */
    /* The page that used which one, and may once more until its session is used: it may have been reloaded before it had
     * the answer. "" where there is none. */
    char entered_ticket[GATE_TEXT];
    char entered_page[GATE_TEXT];
    char secret[GATE_TEXT]; /* of HOME/web.address: asks for a fresh ticket */

    /* the desk's thread alone */
    struct site *site;         /* NULL: locked */
    time_t active_s;           /* when somebody last asked for something */
    char print_key[GATE_TEXT]; /* "/print/<key>", good once */
    struct buf print_page;
    char print_policy[160];
};

#endif
