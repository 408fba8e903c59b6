/* Ctrl-C, as a question that a long command asks itself now and then. */
#ifndef APP_CLI_CANCEL_POSIX_H
#define APP_CLI_CANCEL_POSIX_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM is only remembered; a second one ends the program as ever. */
void cancel_posix_listen(void);
bool cancel_posix_asked(void);

#endif
