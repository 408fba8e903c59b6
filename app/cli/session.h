/* Finding the home and opening the site for a command. */
#ifndef APP_CLI_SESSION_H
#define APP_CLI_SESSION_H

#include "app/cli/call.h"

/* --home, $SAMPLAN_HOME, $XDG_DATA_HOME/samplan, $HOME/.local/share/samplan. In the arena. ERR_INPUT: none of them. */
MUST_CHECK enum err session_home(const char **out, struct call *c);
/* Opens the site: c->ops.site is set. */
MUST_CHECK enum err session_open(struct call *c);
/* Fills in what found and request need. passphrase is the caller's to wipe; cost is cheap, interactive, moderate or
 * NULL. Makes the folders above the home. */
struct session_new {
    struct site_options options;
    struct buf passphrase;
};
MUST_CHECK enum err session_prepare(struct session_new *out, struct call *c, const char *cost);
/* Keeps a site that was just made (also a failed one, for its story) and gives e back. */
MUST_CHECK enum err session_keep(struct call *c, struct site *site, enum err e);
/* Seals what is due and closes. Story as ever. */
MUST_CHECK enum err session_end(struct call *c, enum err e);

/* Begins an edit; after that either session_commit or, if e is an error, the same, which cancels and gives e back.
 * tx (may be NULL) gets the name of the transaction, or NULL if there was nothing to do. */
MUST_CHECK enum err session_begin(struct edit **out, struct call *c);
MUST_CHECK enum err session_commit(const char **tx, struct call *c, struct edit *ed, enum err e);

#endif
