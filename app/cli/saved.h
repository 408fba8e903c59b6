/* What commands answer that have saved something. */
#ifndef APP_CLI_SAVED_H
#define APP_CLI_SAVED_H

#include "app/cli/call.h"
#include "crypto/ids.h"

/* {"id","tx"}, or a line with the id: of what was made. */
MUST_CHECK enum err saved_made(struct call *c, const struct uuid *id, const char *tx);
/* The same, or a remark (a msgid): of what people know the id of. */
MUST_CHECK enum err saved_known(struct call *c, const char *id, const char *tx, const char *remark);

#endif
