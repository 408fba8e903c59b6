/* Putting an insats into the catalogue, which everybody in the förbund reads. */
#ifndef APP_OPS_INSATSER_WRITE_H
#define APP_OPS_INSATSER_WRITE_H

#include "app/ops/objects.h"
#include "app/ops/people.h"

/* Adds one to ed; it is this party's where fields have no owner_party. ERR_INPUT: no name, or a value; ERR_EXISTS: there is
 * one of that name. */
MUST_CHECK enum err insatser_write_new(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                                       const struct fields_changes *fields);

#endif
