/* The end of a plan and what comes after it: what is still open, closing with what was learned, follow-ups, and opening it
 * again (design: domain, "Fields"). */
#ifndef APP_OPS_CLOSING_H
#define APP_OPS_CLOSING_H

#include "app/ops/objects.h"
#include "app/ops/people.h"

enum closing_kind {
    CLOSING_ACTIVITY, /* planned, and its last day has not passed */
    CLOSING_DECISION, /* not done */
    CLOSING_REMISS,   /* neither refused nor handed back or on */
    CLOSING_PROPOSAL, /* not answered */
};
struct closing_matter {
    enum closing_kind kind;
    const struct view_object *object;
    bool ours; /* an activity of this party */
};
struct closing_open {
    size_t count;
    struct closing_matter *items; /* by kind */
};
/* What of a plan is open. In the arena. */
MUST_CHECK enum err closing_look(struct closing_open *out, struct ops *o, const struct view_object *plan);
/* "activity", "decision", "remiss", "proposal". Constant. */
const char *closing_kind_word(enum closing_kind kind);

bool closing_is_closed(const struct view_object *plan);

struct closing_wish {
    const char *plan;
    struct fields_changes fields;   /* of the plan: closing_reason is needed */
    struct fields_changes followup; /* of the follow-up at closing; none: it is not made */
    const char *end;                /* what the own party's open activities become: klar or avbruten; NULL: left open */
    const char *leave;              /* why what is open stays so; NULL */
};
/* Closes it today, if fields have no closed; the next follow-up is three months after that, if fields have no follow_up,
 * and none where the person has died or the plan was a mistake. ERR_EXISTS: it is closed; ERR_INPUT: no reason, or a value;
 * ERR_REFUSED: something is open that neither end nor leave decides about. */
MUST_CHECK enum err closing_close(struct ops *o, struct edit *ed, const struct closing_wish *wish);

struct closing_followup {
    const char *plan;
    struct fields_changes fields; /* of the follow-up; point where it is not told by the day */
    const char *next;             /* day of the next one; NULL: as of a closed plan; "": none */
};
/* Of a closed plan: what was found, and when the next one is. *point is constant. ERR_INPUT: it is not closed, or a value. */
MUST_CHECK enum err closing_follow(struct uuid *out, const char **point, struct ops *o, struct edit *ed,
                                   const struct closing_followup *wish);

struct closing_again {
    const char *plan;
    const char *why;
    bool anew;                    /* a new plan, that names this one; it stays closed */
    struct fields_changes fields; /* of the plan that goes on */
};
/* *out is the plan that goes on. What had stood at the closing is kept beside it (type reentry). ERR_INPUT: it is not
 * closed, no reason, or a value. */
MUST_CHECK enum err closing_reopen(struct uuid *out, struct ops *o, struct edit *ed, const struct closing_again *wish);

#endif
