/* What a call leaves behind: standard output, one error, an exit code. */
#ifndef APP_CLI_OUT_H
#define APP_CLI_OUT_H

#include "app/cli/call.h"

/* Collects text for people. */
#define out_say(c, ...) buf_printf(&(c)->text, __VA_ARGS__)
/* A result that is one line for people and {"id"/…} for programs is the caller's; this keeps c->result. value is
 * taken. */
void out_json(struct call *c, json_t *value);
/* Collects a text and spaces after it, so that it takes at least width characters: bytes are not columns. */
void out_column(struct call *c, const char *text, size_t width);
/* A remark on the side, to standard error: not with --json or --quiet. text is translated already. */
void out_note(const struct call *c, const char *text);
/* Prints a value over several lines with an indent in front of each but the first. */
void out_lines(struct call *c, const char *value, int indent);

/* Writes everything and gives the exit code. e is what the command returned. */
int out_finish(struct call *c, enum err e);
/* The word for an error in JSON: "refused" … */
const char *out_code(const struct call *c, enum err e);
/* The story as one line in the chosen language, in the arena. */
const char *out_story(struct call *c, enum err e);

#endif
