/* Protected personal data (skyddade personuppgifter; design: domain, "The people"): who is named nowhere, and what of a
 * plan is shown to whom. Name, number, places and times stay out of everything that lists several persons, and of what
 * is shown of one plan to a party that has not been expressly chosen.
 *
 * It hides what this device has; that a party gets no more of it is a matter of keys (app/ops/guarded_write.h). What is
 * computed of all that a device can read (dump, digest, a dossier for audit) is as it is sealed, and hides nothing. */
#ifndef APP_OPS_GUARDED_H
#define APP_OPS_GUARDED_H

#include "app/ops/conflicts.h"
#include "app/ops/findings.h"
#include "app/ops/proposals.h"

struct guarded {
    bool protected; /* the person, under whichever id, is known here to be */
    bool chosen; /* not protected; or nobody has chosen yet; or this party or member was chosen, or has protected it */
};
MUST_CHECK enum err guarded_find(struct guarded *out, struct ops *o, const struct people *p,
                                 const struct view_object *plan);
/* The same of the plan with that id; of one that cannot be read here: not protected. */
MUST_CHECK enum err guarded_find_id(struct guarded *out, struct ops *o, const struct people *p,
                                    const struct uuid *plan);
/* Does that field of that type say who or where somebody is? field NULL: does every field of the type? */
bool guarded_tells(const char *type, const char *field);

/* As list, without values that tell: objects that do nothing else are left out. In the arena. */
MUST_CHECK enum err guarded_objects(struct view_list *out, struct ops *o, const struct view_list *list);
/* As changes, with old and new value NULL where they tell. In the arena. */
MUST_CHECK enum err guarded_changes(struct view_changes *out, struct ops *o, const struct view_changes *changes);
/* Marks those that are withheld. all: also from those who are chosen, for a list of several persons. */
MUST_CHECK enum err guarded_conflicts(struct conflicts_list *list, struct ops *o, const struct people *p, bool all);
MUST_CHECK enum err guarded_proposals(struct proposals_list *list, struct ops *o, const struct people *p, bool all);
/* Sentences of krockar that name places and times say only that there are some. */
MUST_CHECK enum err guarded_findings(struct findings_list *list, struct ops *o, const struct people *p, bool all);

#endif
