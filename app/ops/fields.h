/* Changing fields of objects by name: what "FIELD=VALUE" means for each kind of field, with names of people in place of
 * their ids, and a story that says which value is wrong, where, and what is expected. */
#ifndef APP_OPS_FIELDS_H
#define APP_OPS_FIELDS_H

#include "app/ops/ops.h"

enum fields_how {
    FIELDS_SET,  /* register, text: the value (NULL or "": unset); set: exactly these, cut at ';'; entries: append */
    FIELDS_ADD,  /* set: one more; entries: append */
    FIELDS_DROP, /* set: that one away */
};

/* Borrowed texts. */
struct fields_change {
    const char *name;
    enum fields_how how;
    const char *value;
};
struct fields_changes {
    size_t count;
    const struct fields_change *changes;
};

/* Cuts "NAME=VALUE", "NAME+=VALUE" or "NAME-=VALUE"; value is borrowed from word, name is in the arena. ERR_INPUT. */
MUST_CHECK enum err fields_parse(struct fields_change *out, struct ops *o, const char *word);

/* The last change of that field, or NULL. */
const struct fields_change *fields_find(const struct fields_changes *c, const char *name);

struct fields_target {
    const struct object_key *key;
    const struct schema_type *type;
    const struct view_object *now; /* as it stands, so that a set can be made exactly so; NULL: new and empty */
};
/* Adds the operations to ed. ERR_INPUT: no such field, not a value of it, or not a way to change it; otherwise as
 * edit_set. The caller cancels ed on failure. */
MUST_CHECK enum err fields_apply(struct ops *o, struct edit *ed, const struct fields_target *target,
                                 const struct fields_changes *changes);
/* The same for one register, by the program itself: a value that is known to be good. */
MUST_CHECK enum err fields_put(struct ops *o, struct edit *ed, const struct fields_target *target, const char *name,
                               const char *value);

/* The value as it is kept: clean text, a name of somebody as an id. ERR_INPUT with the story; in the arena. */
MUST_CHECK enum err fields_value(const char **out, struct ops *o, const struct schema_type *type,
                                 const struct schema_field *field, const char *typed);
/* The field of that name. ERR_INPUT with the story. */
MUST_CHECK enum err fields_named(const struct schema_field **out, struct ops *o, const struct schema_type *type,
                                 const char *name);

#endif
