/* Where a passphrase comes from: a file that is named, $SAMPLAN_PASSPHRASE_FILE, or the terminal. Never an argument. */
#ifndef APP_CLI_PASSPHRASE_H
#define APP_CLI_PASSPHRASE_H

#include "app/cli/call.h"

/* In guarded memory; {0} before, passphrase_free after, whatever passphrase_get gave. */
struct passphrase {
    uint8_t *ptr;
    size_t len;
};
void passphrase_free(struct passphrase *p);
struct span passphrase_span(const struct passphrase *p);

/* The one that the home has, or will have: --passphrase-file, $SAMPLAN_PASSPHRASE_FILE, the terminal. fresh: it is
 * being chosen, so a prompt asks twice, and it must not be empty.
 * ERR_INPUT, ERR_NOT_FOUND, ERR_LIMIT: the file; ERR_REFUSED: nobody to ask, as with --json or without a terminal. */
MUST_CHECK enum err passphrase_get(struct passphrase *out, struct call *c, bool fresh);
/* The one that it is changed to: path (--new-passphrase-file), or where that is NULL the terminal, twice. */
MUST_CHECK enum err passphrase_get_new(struct passphrase *out, struct call *c, const char *path);

/* Says to people, before they choose one, what a forgotten passphrase means. */
void passphrase_warn(const struct call *c);

#endif
