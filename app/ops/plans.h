/* A new plan with its person, and what is read of plans in lists. */
#ifndef APP_OPS_PLANS_H
#define APP_OPS_PLANS_H

#include "app/ops/fields.h"

struct plans_wish {
    const struct uuid *id;        /* NULL: a fresh one */
    struct fields_changes plan;   /* the plan's fields; person: an existing person */
    struct fields_changes person; /* fields of the person to be made, and number; none with an existing one */
};
struct plans_made {
    struct uuid plan;
    const char *person; /* id; in the arena */
};
/* The plan lives in shared/plan of its own id, a new person in its shared/person: without a name and a number it
 * is anonymous. A number becomes an identity object whose kind is told by its day. Adds to ed. ERR_INPUT: a value; ERR_EXISTS. */
MUST_CHECK enum err plans_new(struct plans_made *out, struct ops *o, struct edit *ed, const struct plans_wish *wish);

struct plans_row {
    const struct view_object *plan;
    const struct view_object *person; /* NULL: not set, or cannot be read */
    bool protected;                   /* the person, under whichever id, is known to be: no list says the name */
};
struct plans_list {
    size_t count;
    struct plans_row *rows;
};
/* Plans in which query (NULL: no filter) stands in the title, the person's name or the id, whatever the case of ASCII
 * letters; or, where query is an id: that plan, or every plan of the person who has it, also under ids that are joined
 * with it. In the arena. */
MUST_CHECK enum err plans_list(struct plans_list *out, struct ops *o, const char *query);

/* The person of a plan; where that one has no name that can be read here, one who was decided to be the same and has. *out
 * is NULL where it is not set or cannot be read. */
MUST_CHECK enum err plans_person(const struct view_object **out, struct ops *o, const struct view_object *plan);

#endif
