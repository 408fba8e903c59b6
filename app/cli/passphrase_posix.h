/* Asking at the terminal without showing what is typed. */
#ifndef APP_CLI_PASSPHRASE_POSIX_H
#define APP_CLI_PASSPHRASE_POSIX_H

#include <stdbool.h>

#include "crypto/buf.h"

/* Are standard input and standard error a terminal? */
bool passphrase_posix_can_ask(void);
/* Appends one line, without its newline. ERR_REFUSED: end of input, or no terminal; ERR_LIMIT; ERR_MEMORY. The
 * terminal is as before afterwards; Ctrl-C is ERR_REFUSED. */
MUST_CHECK enum err passphrase_posix_ask(struct buf *out, const char *question);

#endif
