/* What a person was shown when deciding: the heads of a field, by the names of their transactions. If they have changed
 * by the time it is saved, nothing is saved (design: merge, "In the past must mean was shown"). */
#ifndef APP_OPS_SHOWN_H
#define APP_OPS_SHOWN_H

#include "app/ops/ops.h"

/* Zero: nothing is stated. */
struct shown {
    bool stated;
    size_t count; /* 0 and stated: the field had never been set */
    const struct dot *heads;
};

/* "TX,TX" as lists show them (conflicts, blame); "" states that there was nothing; NULL states nothing. ERR_INPUT. */
MUST_CHECK enum err shown_parse(struct shown *out, struct ops *o, const char *text);
/* Holds what is stated against the field now; where nothing is stated, what object (read for this save) has. Call
 * before the change is added to ed. ERR_CHANGED. f is a register or text. */
MUST_CHECK enum err shown_expect(struct ops *o, struct edit *ed, const struct view_object *object,
                                 const struct schema_field *f, const struct shown *shown);
/* The same for a disputed removal, whose values are now. */
MUST_CHECK enum err shown_expect_removal(struct ops *o, const struct view_field *now, const struct shown *shown);

#endif
