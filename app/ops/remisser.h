/* A remiss: one party refers the person to another party or to a function, which answers: takes it, refuses it, hands it on
 * or, when it has done its part, back. What comes back waits until whoever sent it has taken note (design: domain,
 * "Fields"; the states: app/plan/referral.h). */
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
    const char *to;     /* of överlämnad: to whom a new remiss of this party then goes; NULL */
};
/* *handed_on is that new remiss, nil where there is none. ERR_INPUT: not such a status, not after the one it has, or no
 * reason; ERR_REFUSED: it is to another party; ERR_NOT_FOUND. */
MUST_CHECK enum err remisser_settle(struct uuid *handed_on, struct ops *o, struct edit *ed, const struct people *p,
                                    const struct remisser_answer *answer);
/* Whoever sent it takes note of what has come back. ERR_INPUT: nothing has, or it is noted; ERR_REFUSED: another party
 * sent it. */
MUST_CHECK enum err remisser_note(struct ops *o, struct edit *ed, const struct people *p, const char *id);

/* Does it wait for an answer of this member's party, or of a function that the party keeps; or has it come back to this
 * party, which has not taken note yet? */
MUST_CHECK enum err remisser_waits_for_us(bool *out, struct ops *o, const struct people *p,
                                          const struct view_object *remiss);

/* The same rules where fields of a remiss are set in another way. now NULL: it is made, and then only the party that it
 * is to may say another state than anmäld. Called by objects_new and objects_set. */
MUST_CHECK enum err remisser_check(struct ops *o, const struct view_object *now, const struct fields_changes *fields);

#define REMISSER_ANSWERS 4
struct remisser_row {
    const struct view_object *object;
    const char *status; /* never NULL */
    const char *from;   /* names; "" where not known */
    const char *to;
    bool waits; /* for an answer of this party */
    bool back;  /* come back to this party, which has not taken note */
    size_t answer_count;
    const char *answers[REMISSER_ANSWERS]; /* that this party may give now; constant words */
};
struct remisser_list {
    size_t count;
    struct remisser_row *rows;
};
/* Of a plan, or of all where it is NULL. In the arena. */
MUST_CHECK enum err remisser_list(struct remisser_list *out, struct ops *o, const struct people *p,
                                  const struct uuid *plan);

#endif
