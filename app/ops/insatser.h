/* The catalogue of insatser ("Samverkanskartan"): what exists and whom to ask. Everybody in the förbund reads it. */
#ifndef APP_OPS_INSATSER_H
#define APP_OPS_INSATSER_H

#include "app/ops/js.h"
#include "app/ops/people.h"

struct insatser_one {
    const struct view_object *object;
    const char *name;    /* "" if it has none */
    const char *owner;   /* name of the party that runs it; "" if not known */
    const char *contact; /* name of the function to ask, or of whom stands in its place; "" */
    const char *holder;  /* name of the member who holds the function now; "" */
    bool over;           /* its last day has passed on o->today */
    unsigned rank;       /* of a search, more is better */
};
struct insatser_list {
    size_t count;
    struct insatser_one *items; /* best first, then what is not over, then by name */
};
/* All of them, or those in which every word of query stands, whatever the case: in the name, target groups, area,
 * places, purpose, goals, referral, owner or contact. A word in the name or a target group counts for more. */
MUST_CHECK enum err insatser_find(struct insatser_list *out, struct ops *o, const struct people *p, const char *query);
/* The one with that id or name. ERR_NOT_FOUND; ERR_INPUT: several have the name. */
MUST_CHECK enum err insatser_named(struct insatser_one *out, struct ops *o, const struct people *p, const char *text);

/* What belongs to an insats. */
struct insatser_parts {
    size_t module_count;
    const struct view_object **modules; /* in order */
    size_t group_count;
    const struct view_object **groups; /* by first day */
    size_t session_count;
    const struct view_object **sessions; /* of those groups or modules, by time */
};
MUST_CHECK enum err insatser_parts(struct insatser_parts *out, struct ops *o, const struct view_object *insats);

/* As shape_object, and "owner_name", "contact_name", "contact_holder", "over". Fresh. */
json_t *insatser_json(struct js *j, struct ops *o, const struct insatser_one *one);

#endif
