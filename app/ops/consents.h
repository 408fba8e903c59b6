/* Samtycke: reading, giving, withdrawing, and what it covers on a given day (design: trust, "Samtycke and disclosure"). */
#ifndef APP_OPS_CONSENTS_H
#define APP_OPS_CONSENTS_H

#include "app/ops/ops.h"
#include "app/ops/people.h"

struct consents_consent {
    const struct view_object *object;
    const char *id;
    const char *purpose;
    struct people_grants to;         /* those that are known here */
    const struct view_field *topics; /* NULL: none */
    int32_t from;                    /* where two values are in conflict, the narrower: the latest */
    int32_t until;                   /* the earliest */
    bool withdrawn;                  /* any value says so */
    struct uuid recorded_by;         /* party of the member who wrote whom it is for; nil if not known */
};
struct consents_list {
    size_t count;
    struct consents_consent *consents;
};
/* Those of a plan, in the arena. */
MUST_CHECK enum err consents_list(struct consents_list *out, struct ops *o, const struct people *p,
                                  const struct uuid *plan);
/* In force on that day? */
bool consents_in_force(const struct consents_consent *c, int32_t day);
/* Does it name that topic? */
bool consents_has_topic(const struct consents_consent *c, const char *topic);
/* Does it name that recipient, or the party of that member? */
bool consents_names(const struct consents_consent *c, const struct people *p, const struct grant *whom);

struct consents_wish {
    const char *plan;    /* id as typed */
    const char *to;      /* "A;B" or "alla" */
    const char *topics;  /* "plan,halsa" */
    const char *purpose; /* utbyte, uppföljning, utvärdering, or exchange, followup, evaluation; NULL: utbyte */
    const char *until;   /* NULL: twelve months on */
    const char *form;    /* skriftligt, muntligt, written, oral; NULL: not said */
};
/* Makes the consent and admits those it names to the plan's shared sections of its topics, with the right to write. Adds
 * to ed. */
MUST_CHECK enum err consents_give(struct uuid *out, struct ops *o, struct edit *ed, const struct consents_wish *wish);
/* Marks it withdrawn today and starts new epochs without those whom no other consent in force covers: in the plan's
 * shared sections (never the party that recorded the consent, nor the own one) and in the own party's sections that were
 * disclosed on it. Adds to ed. ERR_NOT_FOUND; ERR_INPUT: not a consent; ERR_EXISTS: withdrawn already. */
MUST_CHECK enum err consents_withdraw(struct ops *o, struct edit *ed, const char *consent);

#endif
