/* Fields of objects as the numbers that the rules reckon with. */
#ifndef APP_OPS_PICTURE_FIELDS_H
#define APP_OPS_PICTURE_FIELDS_H

#include "app/ops/ops.h"

/* A date as a day; none where it is not set (or says "ja": a day that is not known). */
int32_t picture_fields_day(const struct view_object *object, const char *field, int32_t none);
int32_t picture_fields_extent(const struct view_object *object, const char *field, int32_t none);
/* Minutes since midnight, or RULES_NO_CLOCK. */
int picture_fields_clock(const struct view_object *object, const char *field);
/* Is it set, and to something else than nej? */
bool picture_fields_yes(const char *value);
/* The day in Sweden when something was written; none if no clock can have said so. */
int32_t picture_fields_written(const struct view_author *by, int32_t none);
/* The members of a set; in the arena of o. *count is 0 where there are none. */
const char *const *picture_fields_members(size_t *count, struct ops *o, const struct view_object *object,
                                          const char *field);

#endif
