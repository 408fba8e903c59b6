/* Connections on which a request's head is awaited: each has so many seconds for all of it, however it trickles in. The
 * library has a limit for a connection on which nothing moves, and none for one that moves a byte at a time. */
#ifndef APP_WEB_HEADS_POSIX_H
#define APP_WEB_HEADS_POSIX_H

#include "crypto/buf.h"

struct heads;

/* Starts the thread that shuts down what is too slow; most connections at a time. NULL: no memory. */
struct heads *heads_posix_start(size_t most, unsigned seconds);
/* From now on a head is awaited on the socket. */
void heads_posix_await(struct heads *h, int socket);
/* It is here, or the connection is about to be closed. */
void heads_posix_here(struct heads *h, int socket);
void heads_posix_stop(struct heads *h); /* NULL allowed */

#endif
