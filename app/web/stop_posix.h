/* Waiting for SIGINT or SIGTERM. */
#ifndef APP_WEB_STOP_POSIX_H
#define APP_WEB_STOP_POSIX_H

#include "crypto/err.h"

/* From now on the two wait for stop_posix_wait, in this thread and all that it starts (a child process must let them in
 * again). Before any thread is started. ERR_STORAGE. */
MUST_CHECK enum err stop_posix_listen(void);
/* Returns when one has come; another ends the program. */
void stop_posix_wait(void);

#endif
