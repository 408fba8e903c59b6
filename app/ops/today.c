#include "app/ops/today.h"

#include <stdio.h>

#include "app/plan/dates.h"

#define DAY_S ((int64_t)86400)
#define HOUR_S ((int64_t)3600)
#define MIN_S (-DAY_S * 719162) /* 0001-01-01 */
#define MAX_S (DAY_S * 2932896) /* 9999-12-31 */

static int64_t floor_day(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY_S : -((-seconds + DAY_S - 1) / DAY_S);
}

static int64_t clamp(int64_t seconds)
{
    return seconds < MIN_S ? MIN_S : seconds > MAX_S ? MAX_S : seconds;
}

/* Is it summer time at that time, UTC? */
static bool is_summer(int64_t seconds)
{
    const int32_t day = (int32_t)floor_day(seconds);
    const struct dates_civil c = dates_to_civil(day);
    if (c.month < 3 || c.month > 10) {
        return false;
    }
    if (c.month > 3 && c.month < 10) {
        return true;
    }
    /* March and October have 31 days; the last Sunday is the 31st less the weekday of the 31st (7 counts as 0). */
    const int32_t last = day + (31 - c.day);
    const int32_t sunday = last - dates_weekday(last) % 7;
    const bool after = seconds >= (int64_t)sunday * DAY_S + HOUR_S;
    return c.month == 3 ? after : !after;
}

static int64_t to_local(int64_t seconds)
{
    return seconds + (is_summer(seconds) ? 2 : 1) * HOUR_S;
}

int32_t today_in_sweden(int64_t seconds)
{
    return (int32_t)floor_day(to_local(clamp(seconds)));
}

void today_format_utc(char out[TODAY_TIME_LEN + 1], int64_t seconds)
{
    const int64_t s = clamp(seconds);
    const int64_t day = floor_day(s);
    const struct dates_civil c = dates_to_civil((int32_t)day);
    const unsigned rest = (unsigned)(s - day * DAY_S);
    /* The masks tell the compiler what clamp has seen to: that every number fits its digits. */
    (void)snprintf(out, TODAY_TIME_LEN + 1, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)c.year % 10000u,
                   (unsigned)c.month % 100u, (unsigned)c.day % 100u, rest / 3600 % 24, rest / 60 % 60, rest % 60);
}

void today_format_local(char out[TODAY_LOCAL_LEN + 1], int64_t seconds)
{
    const int64_t s = to_local(clamp(seconds));
    const int64_t day = floor_day(s);
    const struct dates_civil c = dates_to_civil((int32_t)day);
    const unsigned rest = (unsigned)(s - day * DAY_S);
    (void)snprintf(out, TODAY_LOCAL_LEN + 1, "%04u-%02u-%02u %02u:%02u", (unsigned)c.year % 10000u,
                   (unsigned)c.month % 100u, (unsigned)c.day % 100u, rest / 3600 % 24, rest / 60 % 60);
}
