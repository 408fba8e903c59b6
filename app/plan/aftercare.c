#include "app/plan/aftercare.h"

static const struct {
    const char *word;
    int months;
} points[AFTERCARE_POINTS] = {{"3", 3}, {"6", 6}, {"12", 12}};

const char *aftercare_word(size_t point)
{
    return points[point].word;
}

int32_t aftercare_day(size_t point, int32_t closed)
{
    return dates_months_later(closed, points[point].months);
}

size_t aftercare_next(const bool done[AFTERCARE_POINTS])
{
    size_t next = 0;
    while (next < AFTERCARE_POINTS && done[next]) {
        next++;
    }
    return next;
}

size_t aftercare_meant(const bool done[AFTERCARE_POINTS], int32_t closed, int32_t day)
{
    size_t meant = aftercare_next(done);
    for (size_t i = meant + 1; i < AFTERCARE_POINTS; i++) {
        const int64_t middle = ((int64_t)aftercare_day(i - 1, closed) + aftercare_day(i, closed)) / 2;
        if (!done[i] && day >= middle) {
            meant = i;
        }
    }
    return meant;
}
