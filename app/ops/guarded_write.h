/* Protecting a person's data in the middle of a case: name and number are withdrawn from all who are not expressly chosen. */
#ifndef APP_OPS_GUARDED_WRITE_H
#define APP_OPS_GUARDED_WRITE_H

#include "app/ops/guarded.h"

#define GUARDED_WRITE_NO "nej"

struct guarded_write_wish {
    const char *who;  /* id of a person, or of a plan about one */
    const char *kind; /* sekretessmarkering …; nej: not protected any more */
    const char *keep; /* "WHOM;WHOM": who besides the own party still gets name and number; NULL: nobody */
};
/* Of the person under every id that can be written here: says so under the key that all have, so that each replica hides
 * it; then goes over to a key that only those chosen get. *count is how many recipients were left out. With nej nobody is
 * let in again: that takes a consent. Adds to ed. ERR_NOT_FOUND; ERR_INPUT: a word or a name; ERR_REFUSED. */
MUST_CHECK enum err guarded_write_protect(size_t *count, struct ops *o, struct edit *ed,
                                          const struct guarded_write_wish *wish);
/* ERR_REFUSED, with its story, where that type tells who somebody is, and this party was not chosen to know: what it wrote
 * would stand beside what it cannot see. */
MUST_CHECK enum err guarded_write_may_write(struct ops *o, const struct schema_type *type, const struct uuid *plan);
/* ERR_REFUSED, with its story, where the plan's person is protected and one of those was not chosen. */
MUST_CHECK enum err guarded_write_may_admit(struct ops *o, const struct people *p, const struct uuid *plan,
                                            const struct people_grants *to);

#endif
