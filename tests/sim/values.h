/* Values that fields take, by the schema. */
#ifndef TESTS_SIM_VALUES_H
#define TESTS_SIM_VALUES_H

#include "sync/schema.h"
#include "tests/sim/world.h"

#define VALUES_MAX 4000

/* old: what stands there, or NULL; a long text is often a rewording of it. False: this field gets none here. */
bool values_make(char out[VALUES_MAX], struct world *w, const struct schema_type *type, const struct schema_field *f,
                 const char *old);

#endif
