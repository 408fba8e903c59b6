/* One row of a table as operations in an edit: which object it is about, whether that is there already, and what of it
 * differs.
 *
 * How a row is known again. An insats: by its key or name, which its id is derived from, or by the name of one that
 * somebody made by hand. A participant: by plan.id, or the personnummer, or (for those without one) the plan's title;
 * never by the name. An activity: by its plan and key, or, without a key, its kind and first day, and its number among
 * the file's rows that have the same. Nothing is derived from a personnummer: who sees an id could try all numbers. */
#ifndef APP_OPS_IMPORT_ROW_H
#define APP_OPS_IMPORT_ROW_H

#include "app/ops/import_cell.h"
#include "app/ops/objects.h"

enum import_action { IMPORT_SAME, IMPORT_NEW, IMPORT_CHANGED, IMPORT_REFUSED };

struct import_change {
    const struct schema_field *field;
    const char *old; /* NULL: not set */
    const char *value;
};

/* Texts are in the arena of ops, which is the row's own. */
struct import_row {
    struct ops *ops;
    const struct import_index *ix;
    const struct import_map *map;
    struct import_seen *seen;
    size_t line;
    size_t value_count;
    struct import_value *values; /* what the row says: one for each field, empty cells left out */

    /* filled in */
    struct import_problem problem;
    enum import_action action;
    struct uuid id; /* of the plan, activity or insats */
    const char *label;
    size_t change_count;
    struct import_change *changes; /* room for one for each value */
};

/* Adds to ed. ERR_INPUT with row->problem.reason set: refused; other errors of the row itself have the story in
 * ops->why. The caller cancels. */
MUST_CHECK enum err import_row_write(struct import_row *row, struct edit *ed);

/* For the three kinds of row. */
const struct import_value *import_row_find(const struct import_row *row, enum import_to to, const char *field);
MUST_CHECK enum err import_row_refuse(struct import_row *row, const struct import_value *value, const char *reason,
                                      const char *expected);
/* Those values of type that differ from what object says (NULL: all of them), as changes; they are kept in the row. */
MUST_CHECK enum err import_row_differing(struct fields_changes *out, struct import_row *row, const char *type,
                                         const struct view_object *object);
/* Notes that the row stands for id; *times is how many rows have by now. */
MUST_CHECK enum err import_row_note(struct import_seen_before *before, struct import_row *row, const struct uuid *id);
/* The same, and refuses the row if it is not the first. */
MUST_CHECK enum err import_row_once(struct import_row *row, const struct uuid *id);
/* The object of that type and id in that section's plan; NULL: none; *removed: it is there, but removed. */
MUST_CHECK enum err import_row_object(const struct view_object **out, bool *removed, struct import_row *row,
                                      const struct uuid *id, const char *type);

/* Which of a person's plans a row is about: the only one, or the only one that is not closed; where they came from several
 * registrations that somebody has joined, the first made of those that are not closed. ERR_NOT_FOUND: it cannot be told. */
MUST_CHECK enum err import_row_plan(struct uuid *out, const struct import_row *row,
                                    const struct import_index_pair *plans, size_t count);
MUST_CHECK enum err import_row_refuse_removed(struct import_row *row);
/* Makes the object that wish says, or sets what differs in now (NULL: there is none). */
MUST_CHECK enum err import_row_put(struct import_row *row, struct edit *ed, struct objects_wish *wish,
                                   const struct view_object *now);

MUST_CHECK enum err import_row_activity(struct import_row *row, struct edit *ed);
MUST_CHECK enum err import_row_participant(struct import_row *row, struct edit *ed);

#endif
