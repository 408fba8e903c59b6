/* What can be said of a passphrase without knowing who chose it. Pure. */
#ifndef APP_CLI_PASSPHRASE_ADVICE_H
#define APP_CLI_PASSPHRASE_ADVICE_H

#include "crypto/buf.h"

#define PASSPHRASE_ADVICE_LETTERS 16 /* fewer letters than this are few */
#define PASSPHRASE_ADVICE_DISTINCT 6 /* … and fewer different ones a pattern */

/* A msgid for people, or NULL: nothing to say. It is advice: what is weak is taken all the same. */
const char *passphrase_advice(struct span passphrase);

#endif
