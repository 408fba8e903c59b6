/* The content that this device can read, as canonical JSON: what two replicas are compared by. Equal keys and equal
 * transactions give equal bytes. */
#ifndef APP_OPS_DUMP_H
#define APP_OPS_DUMP_H

#include "app/ops/ops.h"

/* Appends one line, without a final newline. */
MUST_CHECK enum err dump_write(struct buf *out, struct ops *o);

#endif
