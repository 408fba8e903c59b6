/* Fields that two people set without knowing of each other, and settling them (design: merge, "Conflicts"). */
#ifndef APP_OPS_CONFLICTS_H
#define APP_OPS_CONFLICTS_H

#include "app/ops/shown.h"

#define CONFLICTS_REMOVED "removed" /* the name of the field of a disputed removal */

struct conflicts_one {
    const struct view_object *object;
    const struct view_field *field;    /* field->field NULL: the removal */
    struct view_suggestion suggestion; /* where conflicts_suggest was called */
    bool withheld;                     /* its values are not for whom it is shown to (app/ops/guarded.h) */
};
struct conflicts_list {
    size_t count;
    struct conflicts_one *items; /* oldest first */
};
/* Of a plan, or of all where it is NULL. In the arena. */
MUST_CHECK enum err conflicts_list(struct conflicts_list *out, struct ops *o, const struct uuid *plan);
/* Finds what the values of each started from and, for a text, a suggestion that joins them. It is never shown as anything
 * but a suggestion: words that merge cleanly can still say what nobody wrote. */
MUST_CHECK enum err conflicts_suggest(struct conflicts_list *list, struct ops *o);
/* "removed" for a disputed removal. */
const char *conflicts_field_name(const struct conflicts_one *c);
/* How many of now are not in before, by object and field. */
size_t conflicts_new(const struct conflicts_list *now, const struct conflicts_list *before);

struct conflicts_choice {
    const char *object;
    const char *field;
    const char *take;  /* number of a value, as conflicts shows them; or NULL */
    const char *value; /* a new value; or NULL */
    bool merged;       /* the suggestion; one of the three is given */
    const char *why;   /* a reason, kept as a note of the plan in the same save; NULL: none */
    struct shown shown;
};
/* Adds the settling operation to ed. ERR_NOT_FOUND: no such conflict; ERR_INPUT: not a number, field or value there, or
 * no suggestion; ERR_CHANGED: not as it was shown. */
MUST_CHECK enum err conflicts_settle(struct ops *o, struct edit *ed, const struct conflicts_choice *choice);

#endif
