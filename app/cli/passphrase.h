/* Where the passphrase comes from: --passphrase-file, $SAMPLAN_PASSPHRASE_FILE, or the terminal. Never an argument. */
#ifndef APP_CLI_PASSPHRASE_H
#define APP_CLI_PASSPHRASE_H

#include "app/cli/call.h"

/* Appends it to out, which the caller wipes (buf_wipe). fresh: it is being chosen, so a prompt asks twice.
 * ERR_INPUT, ERR_NOT_FOUND, ERR_STORAGE: the file; ERR_REFUSED: nobody to ask, as with --json or without a terminal. */
MUST_CHECK enum err passphrase_get(struct buf *out, struct call *c, bool fresh);

#endif
