/* Findings of one plan as bytes, for keeping them on this device: never sent, and read by the build that wrote them alone. */
#ifndef APP_OPS_FINDINGS_CODE_H
#define APP_OPS_FINDINGS_CODE_H

#include "app/ops/findings.h"

/* Appends. A failure is out's. */
void findings_code_put(struct buf *out, const struct findings_of *of);
/* out->plan is the caller's. out->found owns memory, the rest is in the arena of o. *good is false, and nothing set, where
 * the bytes are not what findings_code_put writes. ERR_MEMORY. */
MUST_CHECK enum err findings_code_get(bool *good, struct findings_of *out, struct ops *o, struct span bytes);
/* Appends the ids of the findings alone, FINDING_ID_LEN bytes each; of bytes that are not good, those before the fault. */
void findings_code_ids(struct buf *out, struct span bytes);

#endif
