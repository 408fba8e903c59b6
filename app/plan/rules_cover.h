/* Where does what something needs run out? Periods that cover days, and the gaps after they end. Pure arithmetic for the
 * rules on benefits (K5) and consents (G5); knows neither. For rules_*.c only. */
#ifndef APP_PLAN_RULES_COVER_H
#define APP_PLAN_RULES_COVER_H

#include "app/plan/rules.h"

/* First and last day, both included; DATES_OPEN_START and DATES_OPEN_END where there is none. */
struct rules_cover_days {
    int32_t from;
    int32_t to;
};

struct rules_cover_period {
    struct rules_cover_days days;
    const char *id;   /* breaks ties, so that the order given does not matter; borrowed */
    const void *what; /* the caller's */
    bool yields;      /* of periods that end together, one that does not yield is named */
};

struct rules_cover_gap {
    struct rules_cover_days days;
    const struct rules_cover_period *after; /* the period whose end it follows, in periods */
};

/* Fills gaps (room for period_count) with the days of need that no period covers, in order, and gives how many gaps
 * there are. Only days after the end of some period: what was not covered from the beginning is no gap. Periods that end
 * before they begin cover nothing, and after the last day that people write (2199) nothing is missed. Sorts periods in place. O(n log n). */
size_t rules_cover_gaps(struct rules_cover_gap *gaps, struct rules_cover_period *periods, size_t period_count,
                        const struct rules_cover_days *need);

/* What an activity needs, and what is said where it runs out. */
struct rules_cover_need {
    /* Does it need any? */
    bool (*needs)(const struct rules_run *run, const struct rules_activity *a);
    /* Fills in the periods that cover it (room for period_max), and gives how many. */
    size_t (*periods)(struct rules_cover_period *out, const struct rules_run *run, const struct rules_activity *a);
    size_t period_max;
    enum err (*gap)(const struct rules_run *run, const struct rules_activity *a, const struct rules_cover_gap *gap);
};
/* Every gap of every activity that needs something. */
MUST_CHECK enum err rules_cover_walk(const struct rules_run *run, const struct rules_cover_need *need);

#endif
