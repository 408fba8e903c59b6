/* Making a group with its modules and sessions, letting a plan's person take part, and noting how far each has come.
 * Everything is added to an edit that the caller commits or cancels. */
#ifndef APP_OPS_GROUPS_WRITE_H
#define APP_OPS_GROUPS_WRITE_H

#include "app/ops/groups.h"
#include "app/ops/objects.h"
#include "app/ops/people.h"

struct groups_write_wish {
    const char *of; /* id or name: of an insats (a group, a module) or a group (a session, joining) */
    const char *to; /* a session: the module; joining: the plan */
    struct fields_changes fields;
};
/* ERR_INPUT: no name; otherwise as objects_new and insatser_named. A module without order comes after the others. */
MUST_CHECK enum err groups_write_group(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                                       const struct groups_write_wish *wish);
MUST_CHECK enum err groups_write_module(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                                        const struct groups_write_wish *wish);
/* fields needs when. */
MUST_CHECK enum err groups_write_session(struct uuid *out, struct ops *o, struct edit *ed,
                                         const struct groups_write_wish *wish);
/* The activity of this party by which the plan's person takes part, on the group's days where fields give none.
 * ERR_EXISTS: the person does so already, or by another plan. */
MUST_CHECK enum err groups_write_join(struct uuid *out, struct ops *o, struct edit *ed,
                                      const struct groups_write_wish *wish);

/* What is noted of one participant. */
struct groups_write_note {
    const char *plan;
    const struct groups_one *group;
    size_t module;
    const char *session;   /* id; NULL: of the whole module */
    bool missed;           /* of a session: was not there */
    const char *completed; /* of the module: day, or ja; "": not after all */
};
/* *waits_for gets the id of a module that this one builds on and that is not completed; NULL: none. ERR_NOT_FOUND: the
 * person takes no part in the group, as far as can be read here. */
MUST_CHECK enum err groups_write_progress(const char **waits_for, struct ops *o, struct edit *ed,
                                          const struct groups_write_note *note);

#endif
