/* Where one participant of a group stands: each module of its insats in order, what is next, and what a module waits for.
 *
 * Pure: the caller gives the modules in order, the days of the group's sessions and what has been noted of the person;
 * everything is borrowed for the call. A module is completed when somebody has said so: that every session was attended
 * says nothing of that. */
#ifndef APP_PLAN_COURSE_H
#define APP_PLAN_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/plan/dates.h"

enum course_state {
    COURSE_UNPLANNED, /* the group has no session of it */
    COURSE_COMING,
    COURSE_GOING, /* its first session has been, its last has not; or is today */
    COURSE_OVER,  /* its last session has been, and it is not completed */
    COURSE_COMPLETED,
};

struct course_module {
    const char *id;              /* never NULL */
    const char *const *requires; /* module ids; others than those of the course are passed over */
    size_t requires_count;
    int32_t first; /* day of the group's first session of it; DATES_OPEN_START: none */
    int32_t last;
    bool completed; /* by this participant */
};

struct course_standing {
    enum course_state state;
    /* Of requires, the first that is not completed; NULL: none. */
    const char *waits_for;
    /* It is going on, or was, without one that it requires; or one that it requires is over and not completed. Never of
     * a module that is completed. */
    bool out_of_order;
};

/* Fills in standings, count of them. Gives the index of what is next: the first in order that is not completed; count
 * where all are. */
size_t course_stand(struct course_standing *standings, const struct course_module *modules, size_t count,
                    int32_t today);

/* "unplanned", "coming", "going", "over", "completed". Constant. */
const char *course_state_word(enum course_state state);

#endif
