/* Fields that two people set without knowing of each other, and settling them (design: merge, "Conflicts"). */
#ifndef APP_OPS_CONFLICTS_H
#define APP_OPS_CONFLICTS_H

#include "app/ops/ops.h"

#define CONFLICTS_REMOVED "removed" /* the name of the field of a disputed removal */

struct conflicts_one {
    const struct view_object *object;
    const struct view_field *field; /* field->field NULL: the removal */
};
struct conflicts_list {
    size_t count;
    struct conflicts_one *items; /* oldest first */
};
/* Of a plan, or of all where it is NULL. In the arena. */
MUST_CHECK enum err conflicts_list(struct conflicts_list *out, struct ops *o, const struct uuid *plan);
/* "removed" for a disputed removal. */
const char *conflicts_field_name(const struct conflicts_one *c);
/* How many of now are not in before, by object and field. */
size_t conflicts_new(const struct conflicts_list *now, const struct conflicts_list *before);

struct conflicts_choice {
    const char *object;
    const char *field;
    const char *take;  /* number of a value, as conflicts shows them; or NULL */
    const char *value; /* a new value; NULL if take is given */
};
/* Adds the settling operation to ed. ERR_NOT_FOUND: no such conflict; ERR_INPUT: not a number, field or value there. */
MUST_CHECK enum err conflicts_settle(struct ops *o, struct edit *ed, const struct conflicts_choice *choice);

#endif
