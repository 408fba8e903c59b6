/* Options and words of a command. */
#ifndef APP_CLI_ARGS_H
#define APP_CLI_ARGS_H

#include "app/cli/call.h"

/* One of flag, value and list is set. */
struct args_option {
    const char *name;   /* "--to", "-o" */
    bool *flag;         /* given or not */
    const char **value; /* "--name value" or "--name=value"; given twice: usage */
    const char **list;  /* as value; given again, the values are joined by ';' */
};
/* Reads c->rest: the global options, those of options (ended by one without a name; may be NULL), and the words into
 * c->args, min to max of them. "--" ends the options. ERR_INPUT with c->usage. */
MUST_CHECK enum err args_take(struct call *c, const struct args_option *options, int min, int max);
/* Global options in front of the command; *used is how many words they are. ERR_INPUT with c->usage. */
MUST_CHECK enum err args_global(struct call *c, int *used);
/* Does "--json" stand anywhere? Asked before anything else, so that errors have the right shape. */
bool args_has_json(int count, char **words);

#define ARGS_ANY 1000000

#endif
