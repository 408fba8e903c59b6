/* One command of the table, within the site that is open. */
#ifndef APP_WEB_RUN_H
#define APP_WEB_RUN_H

#include "app/cli/command.h"
#include "app/web/http.h"

struct run_options {
    struct site *site; /* borrowed */
    const char *home;
    const char *version;
    const char *today; /* NULL: the clock's */
    bool takes_files;
};
/* Reads body (app/web/request.h), runs the command as with --json, and answers with {"result":…,"look":…}, or with its
 * error. Where it failed because a field was set by somebody else meanwhile, the error has "conflict": the field as it
 * stands, in the shape of samplan conflicts. */
void run_command(struct http_answer *a, const struct command *command, struct span body, const struct run_options *o);

#endif
