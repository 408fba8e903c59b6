/* How far what is shown of a plan has come: only here, sent, received by how many of those who may read it. Computed from
 * what this device has sealed and sent, and from what the others' own records say that they have taken in; nobody is
 * asked, so a device that has received something and written nothing since does not count yet. */
#ifndef APP_OPS_REACH_H
#define APP_OPS_REACH_H

#include "app/ops/people.h"

enum reach_state {
    REACH_LOCAL,    /* something of it has not left this device */
    REACH_SENT,     /* all of it lies at a place to meet, or came from another device */
    REACH_RECEIVED, /* and every other device that may read it is known to have it */
};
struct reach_object {
    const struct view_object *object;
    enum reach_state state;
    size_t readers;             /* other devices that may read its section */
    size_t received;            /* of them, those known to have all that is shown of it */
    const char *const *missing; /* the members of the others, by name, each once; ended by NULL */
    size_t waiting;             /* changes whose right to stand cannot be told yet: a key or a record is missing */
    size_t set_aside;           /* changes that do not stand: written after a revocation, or refused */
};
struct reach {
    size_t count;
    const struct reach_object *objects; /* as view_objects has them, removed ones too */
    size_t local;                       /* how many of them are REACH_LOCAL */
    uint64_t waiting_for_key;           /* parts of records that this device cannot open, of whatever plan */
};
/* Everything in the arena. plan is an object that ops_plan gave. */
MUST_CHECK enum err reach_find(struct reach *out, struct ops *o, const struct people *p,
                               const struct view_object *plan);
/* "local", "sent", "received". */
const char *reach_word(enum reach_state state);

#endif
