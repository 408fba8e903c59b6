#include "app/plan/dates.h"

#include <assert.h>
#include <string.h>

#define DAYS_PER_400_YEARS 146097
#define MINUTES_PER_HOUR 60
#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_DAY 86400

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int dates_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month < 1 || month > 12) {
        return 0;
    }
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin in March, so that the
 * leap day comes last; 719468 days lie between 0000-03-01 and 1970-01-01. year is 0 or more here. */
static int32_t day_number(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * DAYS_PER_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

enum err dates_from_civil(int32_t *day, const struct dates_civil *civil)
{
    if (civil->year < DATES_YEAR_MIN || civil->year > DATES_YEAR_MAX || civil->day < 1 ||
        civil->day > dates_month_days(civil->year, civil->month)) {
        return ERR_INPUT;
    }
    *day = day_number(civil->year, civil->month, civil->day);
    return OK;
}

struct dates_civil dates_to_civil(int32_t day)
{
    assert(day != DATES_OPEN_START && day != DATES_OPEN_END);
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_400_YEARS - 1)) / DAYS_PER_400_YEARS;
    int of_era = (int)(shifted - era * DAYS_PER_400_YEARS);
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * of_year + 2) / 153;
    int month = march_month < 10 ? march_month + 3 : march_month - 9;

    return (struct dates_civil){
        .year = (int)(era * 400) + year_of_era + (month <= 2 ? 1 : 0),
        .month = month,
        .day = of_year - (153 * march_month + 2) / 5 + 1,
    };
}

/* The first count bytes of text as a decimal number, or -1. Stops at the first that is no digit, the final zero too. */
static int digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Is text exactly len bytes long? Never looks further than len + 1 bytes: a value may be long. */
static bool has_length(const char *text, size_t len)
{
    return memchr(text, '\0', len + 1) == text + len;
}

/* The date at the start of text, which has at least DATES_TEXT_LEN bytes. */
static enum err date_at(int32_t *day, const char *text)
{
    struct dates_civil civil = {digits(text, 4), digits(text + 5, 2), digits(text + 8, 2)};

    if (text[4] != '-' || text[7] != '-') {
        return ERR_INPUT;
    }
    return dates_from_civil(day, &civil);
}

enum err dates_parse(int32_t *day, const char *text)
{
    if (!has_length(text, DATES_TEXT_LEN)) {
        return ERR_INPUT;
    }
    return date_at(day, text);
}

/* value as width digits at out, without a zero. */
static void put_digits(char *out, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

bool dates_is_written(int32_t day)
{
    return day >= day_number(DATES_YEAR_MIN, 1, 1) && day <= day_number(DATES_YEAR_MAX, 12, 31);
}

void dates_format(char out[DATES_TEXT_LEN + 1], int32_t day)
{
    struct dates_civil civil = dates_to_civil(day);

    assert(civil.year >= DATES_YEAR_MIN && civil.year <= DATES_YEAR_MAX);
    put_digits(out, civil.year, 4);
    out[4] = '-';
    put_digits(out + 5, civil.month, 2);
    out[7] = '-';
    put_digits(out + 8, civil.day, 2);
    out[DATES_TEXT_LEN] = '\0';
}

int dates_weekday(int32_t day)
{
    assert(day != DATES_OPEN_START && day != DATES_OPEN_END);
    /* 1970-01-01 was a Thursday, 4. */
    int64_t from_monday = ((int64_t)day + 3) % 7;

    return (int)(from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

/* ISO 8601: a week belongs to the year that its Thursday lies in. */
struct dates_week dates_week(int32_t day)
{
    int64_t thursday = (int64_t)day - dates_weekday(day) + 4;
    /* The days at the very ends of int32_t have no Thursday in range; they are millions of years away. */
    assert(thursday > DATES_OPEN_START && thursday < DATES_OPEN_END);
    int year = dates_to_civil((int32_t)thursday).year;
    int64_t new_year = day_number(year, 1, 1);

    return (struct dates_week){.year = year, .week = (int)((thursday - new_year) / 7) + 1};
}

int32_t dates_months_later(int32_t day, int months)
{
    struct dates_civil c = dates_to_civil(day);
    const int month = c.month - 1 + months;
    c.year += month / 12;
    c.month = month % 12 + 1;
    const int last = dates_month_days(c.year, c.month);
    c.day = c.day < last ? c.day : last;
    int32_t later;
    return dates_from_civil(&later, &c) == OK ? later : day;
}

/* HH:MM at the start of text, which has at least five bytes; -1 if it is none. */
static int clock_at(const char *text)
{
    int hour = digits(text, 2);
    int minute = digits(text + 3, 2);

    if (text[2] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return -1;
    }
    return hour * MINUTES_PER_HOUR + minute;
}

enum err dates_parse_time(int64_t *seconds, const char *text)
{
    bool with_seconds = has_length(text, strlen("YYYY-MM-DDTHH:MM:SSZ"));
    int32_t day = 0;

    if (!with_seconds && !has_length(text, strlen("YYYY-MM-DDTHH:MMZ"))) {
        return ERR_INPUT;
    }
    int minutes = clock_at(text + 11);
    int second = with_seconds ? digits(text + 17, 2) : 0;
    if (date_at(&day, text) != OK || text[10] != 'T' || minutes < 0 || second < 0 || second > 59 ||
        (with_seconds && text[16] != ':') || text[with_seconds ? 19 : 16] != 'Z') {
        return ERR_INPUT;
    }
    *seconds = (int64_t)day * SECONDS_PER_DAY + (int64_t)minutes * SECONDS_PER_MINUTE + second;
    return OK;
}

enum err dates_parse_clock(int *minutes, const char *text)
{
    if (!has_length(text, strlen("HH:MM"))) {
        return ERR_INPUT;
    }
    int value = clock_at(text);
    if (value < 0) {
        return ERR_INPUT;
    }
    *minutes = value;
    return OK;
}
