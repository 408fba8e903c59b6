/* The headings that import understands without being told, in Swedish and English. */
#ifndef APP_OPS_IMPORT_HEADINGS_H
#define APP_OPS_IMPORT_HEADINGS_H

#include "app/ops/import_map.h"

/* What a column with that heading (folded) means in a table of that kind: "type.field", "plan.id", "key" …, and what is
 * put in front of its cells. NULL: nothing. Constant. */
const char *import_headings_find(const char **prefix, enum import_kind kind, const char *folded);

#endif
