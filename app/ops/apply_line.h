/* One line of an apply file: from JSON to operations in an edit. */
#ifndef APP_OPS_APPLY_LINE_H
#define APP_OPS_APPLY_LINE_H

#include <jansson.h>

#include "app/ops/ops.h"

/* Parses a line that is not blank. *out is fresh (json_decref). ERR_INPUT: not a JSON object. */
MUST_CHECK enum err apply_line_parse(json_t **out, struct ops *o, struct span line);
/* Its "tx", borrowed; NULL if it has none. */
const char *apply_line_tx(const json_t *line);
/* Adds what it says to ed. Errors as the operations' own; the caller cancels. */
MUST_CHECK enum err apply_line_do(struct ops *o, struct edit *ed, const json_t *line);

#endif
