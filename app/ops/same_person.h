/* One person under several ids: what decisions to join say (app/ops/duplicates.h), asked for one person at a time, without
 * reading everybody; and that person's plans. */
#ifndef APP_OPS_SAME_PERSON_H
#define APP_OPS_SAME_PERSON_H

#include "app/ops/ops.h"

struct same_person_ids {
    size_t count;
    const struct uuid *ids; /* sorted, each once */
};
/* All ids of the person with that id: itself, and whom decisions join it with, directly or through others. In the arena. */
MUST_CHECK enum err same_person_ids(struct same_person_ids *out, struct ops *o, const struct uuid *person);
/* The plans that are about one of them, as far as can be read here: their ids, sorted. In the arena. */
MUST_CHECK enum err same_person_plans(struct same_person_ids *out, struct ops *o, const struct same_person_ids *person);
/* Is the person of a plan, under whichever id, known here to have protected personal data? Lists, searches, news and
 * what is printed name nobody of whom that is true. */
MUST_CHECK enum err same_person_protected(bool *out, struct ops *o, const struct view_object *plan);
/* Whom a plan is about, as its shown value says. False: nobody, or not an id. */
bool same_person_of(struct uuid *out, const struct view_object *plan);

#endif
