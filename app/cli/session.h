/* Finding the home and opening the site for a command. */
#ifndef APP_CLI_SESSION_H
#define APP_CLI_SESSION_H

#include "app/cli/call.h"
#include "app/cli/passphrase.h"
#include "app/ops/people.h"

/* --home, $SAMPLAN_HOME, $XDG_DATA_HOME/samplan, $HOME/.local/share/samplan. In the arena. ERR_INPUT: none of them. */
MUST_CHECK enum err session_home(const char **out, struct call *c);
/* As session_home, and there is a folder. ERR_NOT_FOUND. */
MUST_CHECK enum err session_find(const char **out, struct call *c);
/* Opens the site, or takes c->held: c->ops.site is set. By the key that an agent holds (app/agent/agent.h), unless
 * --passphrase-file is given; where there is none, or it is not this home's any more, by the passphrase that is found or
 * asked for. ERR_NOT_FOUND: no home there; ERR_PASS; ERR_REFUSED: nobody to ask for it. */
MUST_CHECK enum err session_open(struct call *c);
/* As session_open, but nobody is asked: only by an agent; or with a passphrase that the caller has (in guarded memory, and
 * borrowed for the call); or with what it comes to (site_key, agent_key). ERR_PASS where it does not open the home. */
MUST_CHECK enum err session_open_agent(struct call *c);
MUST_CHECK enum err session_open_passphrase(struct call *c, struct span passphrase);
MUST_CHECK enum err session_open_key(struct call *c, const struct keyfile_key *key);

/* What a command begins with that shows a plan: session_open; the plan that its first argument names, where it has one,
 * else *plan stays as it is; and everybody's names. ERR_INPUT, ERR_NOT_FOUND as ops_plan. */
MUST_CHECK enum err session_plan(const struct view_object **plan, struct people *people, struct call *c);

/* Fills in what found and request need, after saying what a forgotten passphrase means. cost is as for session_cost.
 * Makes the folders above the home. On failure too, passphrase is the caller's to free (passphrase_free). */
struct session_new {
    struct site_options options;
    struct passphrase passphrase;
};
MUST_CHECK enum err session_prepare(struct session_new *out, struct call *c, const char *cost);
/* The same for restore: the passphrase is asked for once, and is that of the backup. */
MUST_CHECK enum err session_prepare_restore(struct session_new *out, struct call *c);
/* fitted, moderate, interactive or cheap; NULL leaves *out as it is. ERR_INPUT, a usage error: another word. */
MUST_CHECK enum err session_cost(enum device_cost *out, struct call *c, const char *cost);
/* Keeps a site that was just made (also a failed one, for its story) and gives e back. */
MUST_CHECK enum err session_keep(struct call *c, struct site *site, enum err e);
/* Seals what is due, and closes what session_open has opened. Story as ever. */
MUST_CHECK enum err session_end(struct call *c, enum err e);

/* The home's folder, made with those above it where they are missing; there need be no home in it yet. Checks --today. */
MUST_CHECK enum err session_folder(const char **out, struct call *c);

/* Begins an edit; after that either session_commit or, if e is an error, the same, which cancels and gives e back.
 * tx (may be NULL) gets the name of the transaction, or NULL if there was nothing to do. */
MUST_CHECK enum err session_begin(struct edit **out, struct call *c);
/* session_open and session_begin. */
MUST_CHECK enum err session_edit(struct edit **out, struct call *c);
MUST_CHECK enum err session_commit(const char **tx, struct call *c, struct edit *ed, enum err e);

#endif
