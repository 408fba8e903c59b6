/* Days, weeks and times of day as numbers, and their one written form each.
 *
 * A day is an int32_t: days since 1970-01-01 in the proleptic Gregorian calendar. People write days of 1900 to 2199
 * only; an open beginning or end is one of two sentinels outside that range, so that comparisons just work. No clock
 * and no time zone is read here: what day it is today, and how UTC is shown in Stockholm, is the caller's business. */
#ifndef APP_PLAN_DATES_H
#define APP_PLAN_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/err.h"

#define DATES_OPEN_START INT32_MIN /* no known beginning; also "no date" where only one date is meant */
#define DATES_OPEN_END INT32_MAX   /* no known end */

#define DATES_YEAR_MIN 1900
#define DATES_YEAR_MAX 2199
#define DATES_TEXT_LEN 10 /* YYYY-MM-DD */

struct dates_civil {
    int year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
};

struct dates_week {
    int year; /* of the week, which may differ from the day's near New Year */
    int week; /* 1 to 53, ISO 8601 */
};

/* 28 to 31; 0 if month is not 1 to 12. Any year, by the Gregorian rule. */
int dates_month_days(int year, int month);
/* The day number of a calendar day. ERR_INPUT if there is no such day or the year is not DATES_YEAR_MIN to _MAX. */
MUST_CHECK enum err dates_from_civil(int32_t *day, const struct dates_civil *civil);
/* The inverse, for every int32_t but the two sentinels. */
struct dates_civil dates_to_civil(int32_t day);

/* Is it a day that people write, of 1900 to 2199? No for the sentinels. */
bool dates_is_written(int32_t day);
/* Exactly YYYY-MM-DD and a real day of 1900 to 2199, nothing before or after; ERR_INPUT otherwise. */
MUST_CHECK enum err dates_parse(int32_t *day, const char *text);
/* Writes YYYY-MM-DD and a zero. day must be one that dates_parse can give (not a sentinel): anything else is a bug. */
void dates_format(char out[DATES_TEXT_LEN + 1], int32_t day);

/* Adds months to a day; where that month is shorter, its last day. day itself where that is not one that is written. */
int32_t dates_months_later(int32_t day, int months);

/* 1 Monday to 7 Sunday (ISO 8601), for every day but the sentinels. */
int dates_weekday(int32_t day);
struct dates_week dates_week(int32_t day);

/* Exactly YYYY-MM-DDTHH:MM:SSZ or YYYY-MM-DDTHH:MMZ, UTC, no leap second: seconds since 1970; ERR_INPUT otherwise. */
MUST_CHECK enum err dates_parse_time(int64_t *seconds, const char *text);
/* Exactly HH:MM, 00:00 to 23:59: minutes since midnight; ERR_INPUT otherwise. */
MUST_CHECK enum err dates_parse_clock(int *minutes, const char *text);

#endif
