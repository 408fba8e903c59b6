/* The outcome matrix: what each party that took part thinks an insats led to, each blind to the others until it has
 * answered too, and never merged (design: domain, "outcome matrix").
 *
 * A party's outcomes of a plan are a section of their own (topic matris), which no consent hands out as a whole. With the
 * first outcome of an insats goes a shared mark that the party has scored it. A section is opened to another party when
 * that one has marked every insats that is scored in it; and closed again, by a new epoch, before one is added that it has
 * not. So nobody holds a key to an answer before having given one. */
#ifndef APP_OPS_OUTCOMES_H
#define APP_OPS_OUTCOMES_H

#include "app/ops/consents.h"
#include "app/ops/fields.h"

/* To be called where an outcome is made, before it and after it, in the same edit. ERR_INPUT: no insats is named, or it
 * is not one of the catalogue; ERR_EXISTS: this party has scored it: the outcome that there is is changed instead. */
MUST_CHECK enum err outcomes_before(struct ops *o, struct edit *ed, const struct uuid *plan,
                                    const struct fields_changes *fields);
MUST_CHECK enum err outcomes_after(struct ops *o, struct edit *ed, const struct uuid *plan,
                                   const struct fields_changes *fields);
/* A mark is made with its outcome only. ERR_INPUT otherwise. */
MUST_CHECK enum err outcomes_allow_mark(struct ops *o, const struct uuid *plan, const struct fields_changes *fields);

/* Opens this party's outcomes to those who have scored as much, where a consent for utvärdering in force names them.
 * plan NULL: of every plan. Adds to ed; *count is how many were opened, to a party each. */
MUST_CHECK enum err outcomes_reveal(size_t *count, struct ops *o, struct edit *ed, const struct uuid *plan);

/* One party's answer on one insats: a row of the matrix. */
struct outcomes_row {
    const char *insats; /* id */
    const char *insats_name;
    struct uuid party;
    const char *party_name;
    const struct view_object *outcome; /* NULL: it has scored, and this party may not see it yet */
};
struct outcomes_list {
    size_t count;
    struct outcomes_row *rows; /* by insats, then party */
    size_t blind;              /* insatser that others have scored and this party has not */
};
/* In the arena. */
MUST_CHECK enum err outcomes_list(struct outcomes_list *out, struct ops *o, const struct people *p,
                                  const struct uuid *plan);

#endif
