/* Making, changing and removing any object of a plan, in the section where it belongs and with the schema's defaults.
 * Everything is added to an edit that the caller commits or cancels. */
#ifndef APP_OPS_OBJECTS_H
#define APP_OPS_OBJECTS_H

#include "app/ops/fields.h"

/* In whose section a new object lives, where its type leaves a choice. */
enum objects_side {
    OBJECTS_DEFAULT, /* a slot: as its activity; otherwise shared where the type allows it */
    OBJECTS_OWN,     /* this member's party's */
    OBJECTS_SHARED,
};

struct objects_wish {
    const char *plan;      /* the plan's id as typed; may be NULL for types of the förbund's own section */
    const struct uuid *id; /* NULL: a fresh one */
    const char *type;
    const char *topic; /* NULL: the type's first */
    enum objects_side side;
    struct fields_changes fields;
};
/* Defaults where wish says nothing: activity: status beslutad, responsible this member; consent: purpose utbyte, from
 * today, until twelve months later. ERR_INPUT: type, topic, side or value; ERR_NOT_FOUND: no such plan; ERR_REFUSED;
 * ERR_EXISTS. */
MUST_CHECK enum err objects_new(struct uuid *out, struct ops *o, struct edit *ed, const struct objects_wish *wish);
/* The object with the id in text, removed or not, for objects_set with these fields, or objects_remove with none: with
 * its own fields only where the change rests on them. As ops_object. */
MUST_CHECK enum err objects_find(const struct view_object **out, struct ops *o, const char *text,
                                 const struct fields_changes *fields);
MUST_CHECK enum err objects_set(struct ops *o, struct edit *ed, const struct view_object *object,
                                const struct fields_changes *fields);
MUST_CHECK enum err objects_remove(struct ops *o, struct edit *ed, const struct view_object *object);

/* The type with that name. ERR_INPUT with the story. */
MUST_CHECK enum err objects_type(const struct schema_type **out, struct ops *o, const char *name);

#endif
