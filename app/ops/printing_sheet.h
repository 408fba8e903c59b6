/* What the printed plan and the text to copy out are made from, sorted for reading: of a plan, and of the person's other
 * plans that are not closed (of the same id, or of one that a decision joins it with), as far as they can be read here.
 * For the person it is one plan. */
#ifndef APP_OPS_PRINTING_SHEET_H
#define APP_OPS_PRINTING_SHEET_H

#include "app/ops/consents.h"
#include "app/plan/dates.h"

struct printing_sheet_list {
    size_t count;
    const struct view_object **items;
};
struct printing_sheet {
    struct ops *ops; /* borrowed */
    const struct people *people;
    const struct view_object *plan;
    struct printing_sheet_list others; /* plans of the same person that are in it too */
    const struct view_object *person;  /* NULL: cannot be read here */
    struct view_list functions;
    struct view_list insatser;
    struct view_list groups;
    struct printing_sheet_list goals;
    struct printing_sheet_list activities; /* by first day */
    struct printing_sheet_list slots;
    struct printing_sheet_list decisions; /* by due day */
    struct printing_sheet_list meetings;  /* by time */
    struct consents_list consents;
    struct view_sections sections;
    bool guarded; /* the person has protected personal data, or that cannot be known */
};
/* In the arena of o. */
MUST_CHECK enum err printing_sheet_load(struct printing_sheet *out, struct ops *o, const struct people *p,
                                        const struct view_object *plan);
/* Is an activity over: done, broken off, or past its last day? */
bool printing_sheet_over(const struct printing_sheet *s, const struct view_object *activity);
/* The insats that an activity is part of, also by a group of it; NULL. */
const struct view_object *printing_sheet_insats(const struct printing_sheet *s, const struct view_object *activity);
/* The name of whom a field names; "". */
const char *printing_sheet_whom(const struct printing_sheet *s, const struct view_object *object, const char *field);

#endif
