/* How long, as people write it. Pure. */
#ifndef APP_CLI_DURATION_H
#define APP_CLI_DURATION_H

#include <stdint.h>

#include "crypto/err.h"

/* "15" is minutes; so is "15m"; "90s" is seconds, "8h" hours. Digits, at most six, and one letter or none. ERR_INPUT:
 * anything else, or not 1 to most seconds. */
MUST_CHECK enum err duration_parse(uint32_t *seconds, const char *text, uint32_t most);

#endif
