/* Groups: rounds of an insats that some persons go through together, module after module (design: domain, "Fields").
 *
 * The group, its modules and sessions are the förbund's and name nobody. A person takes part by an activity of the own
 * plan whose insats is the group; how far that person has come is noted in the plan too (type progress), each party in
 * its own section, and what all parties have noted that can be read here is taken together. */
#ifndef APP_OPS_GROUPS_H
#define APP_OPS_GROUPS_H

#include "app/ops/ops.h"
#include "app/plan/course.h"

struct groups_session {
    const struct view_object *object;
    size_t module; /* index in groups_one.modules */
    int32_t day;   /* in Sweden */
};
struct groups_one {
    const struct view_object *group;
    const struct view_object *insats; /* NULL: not set, or it is not in the catalogue */
    size_t module_count;
    const struct view_object **modules; /* of the insats, in order */
    struct course_module *course;       /* the same, as far as the group goes; completed is false */
    size_t session_count;
    struct groups_session *sessions; /* of the group, by time; those of no module of the insats are left out */
};
/* By id or exact name. ERR_NOT_FOUND; ERR_INPUT: several have the name. In the arena, as all of this is. */
MUST_CHECK enum err groups_named(struct groups_one *out, struct ops *o, const char *text);
MUST_CHECK enum err groups_read(struct groups_one *out, struct ops *o, const struct view_object *group);
/* The module of the group with that id or name, as an index. ERR_NOT_FOUND; ERR_INPUT: several have the name. */
MUST_CHECK enum err groups_module(size_t *out, struct ops *o, const struct groups_one *g, const char *text);

struct groups_list {
    size_t count;
    const struct view_object **items; /* by first day */
};
MUST_CHECK enum err groups_list(struct groups_list *out, struct ops *o);

struct groups_step {
    struct course_standing standing; /* out_of_order only where something has been noted of the person */
    size_t attended;                 /* sessions of the module */
    size_t missed;                   /* those that nobody says the person attended */
};
/* What is noted of a person and a session. */
enum groups_noted { GROUPS_UNNOTED, GROUPS_ATTENDED, GROUPS_MISSED };
struct groups_participant {
    const struct view_object *activity;
    const struct view_object *plan;            /* NULL: cannot be read here */
    const struct view_object *person;          /* NULL: cannot be read here, or protected */
    bool protected;                            /* personal data that no list shows */
    bool left;                                 /* the activity is avbruten */
    bool ours;                                 /* the activity is of this party */
    struct groups_step *steps;                 /* one for each module */
    enum groups_noted *noted;                  /* one for each session; attended where any party says so */
    size_t next;                               /* module; module_count: all are completed */
    const struct groups_session *next_session; /* of what is not completed, today or later; NULL */
};
struct groups_participants {
    size_t count;
    struct groups_participant *items; /* those whose activity can be read here, by plan */
};
MUST_CHECK enum err groups_participants(struct groups_participants *out, struct ops *o, const struct groups_one *g);

/* Does the field name that object? */
bool groups_refers(const struct view_object *object, const char *field, const struct uuid *to);

#endif
