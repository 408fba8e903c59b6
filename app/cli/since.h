/* Points in time as people give them to --since. */
#ifndef APP_CLI_SINCE_H
#define APP_CLI_SINCE_H

#include "app/cli/call.h"

/* "2026-09-15" (its beginning in UTC) or "2026-09-15T10:00Z", as milliseconds; NULL: INT64_MIN. ERR_INPUT. */
MUST_CHECK enum err since_parse(int64_t *out, struct call *c, const char *text);

#endif
