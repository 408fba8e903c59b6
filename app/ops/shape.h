/* The JSON shapes that other programs rely on (design: cli, "JSON shapes"). Each returns a fresh value, NULL with
 * j->failed where there is no memory. */
#ifndef APP_OPS_SHAPE_H
#define APP_OPS_SHAPE_H

#include "app/ops/conflicts.h"
#include "app/ops/consents.h"
#include "app/ops/findings.h"
#include "app/ops/guarded.h"
#include "app/ops/js.h"
#include "app/ops/proposals.h"
#include "app/ops/same_person.h"
#include "app/ops/unreadable.h"

/* {name: value or [values]}: registers and texts as shown, sets and entries as arrays; what is not set is left out. */
json_t *shape_fields(struct js *j, const struct view_object *object);
/* {"id","type","owner","owner_id","topic","fields"} */
json_t *shape_object(struct js *j, struct ops *o, const struct view_object *object);
json_t *shape_conflict(struct js *j, struct ops *o, const struct conflicts_one *c);
json_t *shape_finding(struct js *j, struct ops *o, const struct people *p, const struct findings_of *of,
                      const struct finding *f);
json_t *shape_change(struct js *j, struct ops *o, const struct view_change *c);
/* A value that stands, with who wrote it: a row of `blame`. */
json_t *shape_writer(struct js *j, struct ops *o, const struct view_object *object, const struct view_field *f,
                     const struct view_value *value);
/* {"id","plan","target","target_type","target_owner","field","value","why","status","member","time" …} */
json_t *shape_proposal(struct js *j, struct ops *o, const struct proposals_one *one);
json_t *shape_consent(struct js *j, struct ops *o, const struct people *p, const struct consents_consent *c);
/* {"kind":"party"|"member","id","name"} */
json_t *shape_grant(struct js *j, struct ops *o, const struct people *p, const struct grant *g);
/* The whole of `plan show`. */
struct shape_plan_parts {
    const struct people *people;
    const struct view_object *plan;
    const struct view_list *objects; /* of the plan */
    const struct consents_list *consents;
    const struct conflicts_list *conflicts;
    const struct findings_list *findings;
    const struct same_person_ids *same_person; /* all ids of the person; count 0: no person */
    const struct same_person_ids *plans;       /* of that person, this one too */
    const struct unreadable_list *unreadable;
    const char *person_name; /* NULL: none that may be shown; a plan that goes on from an earlier one has it there */
    struct guarded guarded;
};
json_t *shape_plan(struct js *j, struct ops *o, const struct shape_plan_parts *parts);

/* The words of history rows: "shown", "superseded" … */
const char *shape_standing(enum view_standing standing);

#endif
