/* FIELD=VALUE words of a command line, with values from files. */
#ifndef APP_CLI_ASSIGN_H
#define APP_CLI_ASSIGN_H

#include "app/cli/call.h"
#include "app/ops/fields.h"

/* Reads c->args from the word numbered first. "@FILE" as a value reads the file, "@-" standard input (one trailing
 * newline is cut), "@@x" is "@x". In the arena. ERR_INPUT, ERR_NOT_FOUND, ERR_LIMIT. */
MUST_CHECK enum err assign_take(struct fields_changes *out, struct call *c, int first);
/* What a command begins with that writes such fields: assign_take from the word after the first, then session_edit. *ed is
 * set also on failure. */
MUST_CHECK enum err assign_edit(struct fields_changes *out, struct edit **ed, struct call *c);
/* One value with the same rules. Where c->no_files, "@" means nothing, and assign_read is ERR_REFUSED. */
MUST_CHECK enum err assign_value(const char **out, struct call *c, const char *typed);

/* Appends what stands in the file, or on standard input for "-", at most max bytes. */
MUST_CHECK enum err assign_read(struct buf *out, struct call *c, const char *path, size_t max);

#endif
