/* Sections of a plan that are known to be there, but that this device cannot read, or not any more. What is sealed names
 * neither plan nor topic: only what this device has read tells, so there may be others (status counts what waits). */
#ifndef APP_OPS_UNREADABLE_H
#define APP_OPS_UNREADABLE_H

#include "app/ops/consents.h"

enum unreadable_why {
    UNREADABLE_NOT_DISCLOSED, /* the plan names a person whom this device has not got */
    UNREADABLE_ENDED,         /* every consent that it was disclosed on has ended: no further updates */
};
struct unreadable_section {
    const char *id;         /* 32 hex; NULL: not known */
    const char *owner_name; /* NULL: shared */
    struct uuid owner;
    const char *topic;
    enum unreadable_why why;
};
struct unreadable_list {
    size_t count;
    const struct unreadable_section *items;
};
/* In the arena of o. plan is an object that ops_plan gave, consents are its. */
MUST_CHECK enum err unreadable_find(struct unreadable_list *out, struct ops *o, const struct people *p,
                                    const struct view_object *plan, const struct consents_list *consents);
/* "not-disclosed", "ended". Constant. */
const char *unreadable_word(enum unreadable_why why);

#endif
