/* A remiss: one party refers the person to another party or to a function, which answers (design: domain, "Fields"). */
#ifndef APP_OPS_REMISSER_H
#define APP_OPS_REMISSER_H

#include "app/ops/objects.h"
#include "app/ops/people.h"

struct remisser_wish {
    const char *plan;
    struct fields_changes fields; /* to is needed */
};
/* Adds a remiss to ed, from this member's party and anmäld where the fields say nothing else. ERR_INPUT: no to, or a
 * value; otherwise as objects_new. */
MUST_CHECK enum err remisser_new(struct uuid *out, struct ops *o, struct edit *ed, const struct remisser_wish *wish);

struct remisser_answer {
    const char *id;
    const char *status; /* mottagen, avvisad, överlämnad, återlämnad */
    const char *why;    /* needed for avvisad and återlämnad; NULL */
};
/* ERR_INPUT: not such a status, or no reason; ERR_REFUSED: it is to another party; ERR_NOT_FOUND. */
MUST_CHECK enum err remisser_settle(struct ops *o, struct edit *ed, const struct people *p,
                                    const struct remisser_answer *answer);

/* Does it wait for an answer of this member's party, or of a function that the party keeps? */
MUST_CHECK enum err remisser_waits_for_us(bool *out, struct ops *o, const struct people *p,
                                          const struct view_object *remiss);

#endif
