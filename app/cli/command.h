/* The table of commands, and running one. */
#ifndef APP_CLI_COMMAND_H
#define APP_CLI_COMMAND_H

#include "app/cli/call.h"

struct command {
    const char *name; /* one word or two: "plan new" */
    enum err (*run)(struct call *c);
    const char *usage;   /* what stands after the name; not translated */
    const char *summary; /* msgid, one line */
    const char *about;   /* msgid: what there is to say beyond that; "" */
    const char *example; /* not translated */
};

/* Ended by one without a name. Constant. */
extern const struct command command_table[];

/* The whole program: gives the exit code. */
int command_main(int argc, char **argv, const char *version);
/* The command that the first words name, and how many words that took; NULL. */
const struct command *command_find(int count, char *const *words, int *used);

#endif
