/* Ändringsförslag: what somebody proposes to an object that another party owns, and the owner's answer (design: domain,
 * "Ownership"). A proposal is shared, so that everybody with consent sees what was proposed and answered; what is
 * accepted is written by the owner's own member. */
#ifndef APP_OPS_PROPOSALS_H
#define APP_OPS_PROPOSALS_H

#include "app/ops/fields.h"

struct proposals_wish {
    const char *target; /* id of the object */
    struct fields_change change;
    const char *why; /* NULL: nothing is said */
};
/* Adds a proposal to ed. ERR_INPUT: the target is this party's own or shared (then it is changed, not proposed), the
 * field holds several values, or not a value of it; ERR_NOT_FOUND; ERR_REFUSED. */
MUST_CHECK enum err proposals_add(struct uuid *out, struct ops *o, struct edit *ed, const struct proposals_wish *wish);

struct proposals_one {
    const struct view_object *object;
    const struct view_object *target; /* NULL: cannot be read here, or is removed */
    bool waiting;                     /* not answered; where two answers are in conflict it is not waiting */
    bool ours;                        /* the target is this party's: a member of it answers */
    bool withheld;                    /* its value is not for whom it is shown to (app/ops/guarded.h) */
};
struct proposals_list {
    size_t count;
    struct proposals_one *items;
};
/* Of a plan, or of all where it is NULL. In the arena. */
MUST_CHECK enum err proposals_list(struct proposals_list *out, struct ops *o, const struct uuid *plan);

struct proposals_answer {
    const char *id;
    bool accept; /* the value is set in the same save; otherwise declined */
};
/* ERR_NOT_FOUND: no such proposal, or its target cannot be read; ERR_EXISTS: it is answered; ERR_REFUSED: the target is
 * another party's; ERR_INPUT: the value is no longer one that the field takes. */
MUST_CHECK enum err proposals_settle(struct ops *o, struct edit *ed, const struct proposals_answer *answer);

#endif
