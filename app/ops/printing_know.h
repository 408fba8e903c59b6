/* "Which authority knows what": the part of the printed plan that says who may read what, and on whose word. */
#ifndef APP_OPS_PRINTING_KNOW_H
#define APP_OPS_PRINTING_KNOW_H

#include "app/ops/printing_sheet.h"

/* Appends two sections of HTML: a table of parties and members with what each can read of what can be read here, and the
 * samtycken. */
void printing_know_put(struct buf *out, const struct printing_sheet *s);

/* Appends text with & < > " ' escaped. NULL: nothing. */
void printing_know_escape(struct buf *out, const char *text);

#endif
