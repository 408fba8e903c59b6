/* Reading a passphrase without leaving copies: into the caller's guarded memory, past no buffer of anybody's. */
#ifndef APP_CLI_PASSPHRASE_POSIX_H
#define APP_CLI_PASSPHRASE_POSIX_H

#include "crypto/keyfile.h"

/* What the functions below need room for: the longest passphrase, and the end of its line. */
#define PASSPHRASE_POSIX_ROOM (KEYFILE_PASS_MAX + 2)

/* Are standard input and standard error a terminal? */
bool passphrase_posix_can_ask(void);
/* One line from the terminal, without its newline and without showing it. ERR_REFUSED: end of input, or no terminal;
 * ERR_LIMIT. The terminal is as before afterwards; Ctrl-C is ERR_REFUSED. */
MUST_CHECK enum err passphrase_posix_ask(uint8_t out[PASSPHRASE_POSIX_ROOM], size_t *len, const char *question);
/* A whole file (or pipe), as it is. ERR_NOT_FOUND; ERR_LIMIT: longer than the room; ERR_INPUT: cannot be read. */
MUST_CHECK enum err passphrase_posix_read(uint8_t out[PASSPHRASE_POSIX_ROOM], size_t *len, const char *path);

#endif
