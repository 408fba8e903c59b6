/* Samtycke: what there is of it in a plan, and what it covers on a given day (design: trust, "Samtycke and
 * disclosure"). Giving and withdrawing: app/ops/consents_write.h. */
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
/* Those of a plan, or of all where it is NULL, in the arena. */
MUST_CHECK enum err consents_list(struct consents_list *out, struct ops *o, const struct people *p,
                                  const struct uuid *plan);
/* In force on that day? */
bool consents_in_force(const struct consents_consent *c, int32_t day);
/* Does it name that topic? */
bool consents_has_topic(const struct consents_consent *c, const char *topic);
/* Does it name that recipient, or the party of that member? */
bool consents_names(const struct consents_consent *c, const struct people *p, const struct grant *whom);

#endif
