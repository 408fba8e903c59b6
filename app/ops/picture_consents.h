/* The consents of a plan as the rules look at them, with what app/ops/consents.h says of when they are in force. */
#ifndef APP_OPS_PICTURE_CONSENTS_H
#define APP_OPS_PICTURE_CONSENTS_H

#include "app/ops/picture_forbund.h"

/* Sets the consents of out: those that cover topic plan, where activities are. In the arena of o. */
MUST_CHECK enum err picture_consents_read(struct rules_plan *out, struct ops *o, const struct picture_forbund *f,
                                          const struct uuid *plan);

#endif
