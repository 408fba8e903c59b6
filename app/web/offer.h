/* Which commands of the table (app/cli/command.c) the pages may run, by POST /api/c/<words>. A command is not offered
 * unless it is listed: what reads or writes files of the machine, asks for a passphrase, or is for scripts has a route
 * of its own (app/web/api.c) or none. */
#ifndef APP_WEB_OFFER_H
#define APP_WEB_OFFER_H

#include "app/cli/command.h"

/* The command that a path's rest names ("plan/show"); NULL: none such, or not offered. */
const struct command *offer_find(const char *rest);
bool offer_has(const char *name);

#endif
