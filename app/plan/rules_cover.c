#include "app/plan/rules_cover.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/dates.h"

static int compare(const void *left, const void *right)
{
    const struct rules_cover_period *a = left;
    const struct rules_cover_period *b = right;

    if (a->days.from != b->days.from) {
        return a->days.from < b->days.from ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

/* Is b, rather than a, the one to name as what ends an unbroken run? */
static bool ends_it(const struct rules_cover_period *a, const struct rules_cover_period *b)
{
    if (a->days.to != b->days.to) {
        return b->days.to > a->days.to;
    }
    if (a->yields != b->yields) {
        return a->yields;
    }
    return strcmp(b->id, a->id) < 0;
}

size_t rules_cover_gaps(struct rules_cover_gap *gaps, struct rules_cover_period *periods, size_t period_count,
                        const struct rules_cover_days *need)
{
    const struct rules_cover_period *end = NULL; /* of the run so far */
    size_t count = 0;

    if (period_count > 1) {
        qsort(periods, period_count, sizeof(*periods), compare);
    }
    for (size_t i = 0; i <= period_count; i++) {
        const struct rules_cover_period *next = i < period_count ? &periods[i] : NULL;
        if (next && (next->days.from > next->days.to || next->days.to == DATES_OPEN_START)) {
            continue;
        }
        /* In int64_t: the day after an open end is one that no activity has. */
        int64_t first = end ? (int64_t)end->days.to + 1 : 0;
        int64_t last = next ? (int64_t)next->days.from - 1 : DATES_OPEN_END;
        if (end && first <= last) {
            first = first > need->from ? first : need->from;
            last = last < need->to ? last : need->to;
            if (first <= last && dates_is_written((int32_t)first)) {
                gaps[count++] = (struct rules_cover_gap){{(int32_t)first, (int32_t)last}, end};
            }
            end = NULL;
        }
        if (next && (!end || ends_it(end, next))) {
            end = next;
        }
    }
    return count;
}

static enum err walk_one(const struct rules_run *run, const struct rules_cover_need *need,
                         const struct rules_activity *a, struct rules_cover_period *periods,
                         struct rules_cover_gap *gaps)
{
    const struct rules_cover_days days = {a->from, a->to};
    const size_t count = rules_cover_gaps(gaps, periods, need->periods(periods, run, a), &days);
    enum err err = OK;

    for (size_t i = 0; err == OK && i < count; i++) {
        err = need->gap(run, a, &gaps[i]);
    }
    return err;
}

enum err rules_cover_walk(const struct rules_run *run, const struct rules_cover_need *need)
{
    struct rules_cover_period *periods = malloc((need->period_max + 1) * sizeof(*periods));
    struct rules_cover_gap *gaps = malloc((need->period_max + 1) * sizeof(*gaps));
    enum err err = periods && gaps ? OK : ERR_MEMORY;

    for (size_t i = 0; err == OK && i < run->plan->activity_count; i++) {
        const struct rules_activity *a = &run->plan->activities[i];
        if (need->needs(run, a)) {
            err = walk_one(run, need, a, periods, gaps);
        }
    }
    free(periods);
    free(gaps);
    return err;
}
