/* app/plan/dates: real days only, the round trip over three centuries, weeks at New Year, times and clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/plan/dates.h"

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    assert_int_equal(dates_parse(&day, text), OK);
    return day;
}

static void knows_some_days(void **state)
{
    (void)state;
    assert_int_equal(day_of("1970-01-01"), 0);
    assert_int_equal(day_of("1969-12-31"), -1);
    assert_int_equal(day_of("2000-02-29"), 11016);
    assert_int_equal(day_of("2026-09-15"), 20711);
    assert_int_equal(day_of("1900-01-01"), -25567);
    assert_int_equal(day_of("2199-12-31"), 84005);
}

/* A naive calendar counts along. */
static void every_day_goes_round(void **state)
{
    (void)state;
    int32_t day = -25567;
    int weekday = 1; /* 1900-01-01 was a Monday */
    for (int year = 1900; year <= 2199; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= dates_month_days(year, month); d++, day++, weekday = weekday % 7 + 1) {
                char expected[32];
                char text[DATES_TEXT_LEN + 1];
                snprintf(expected, sizeof expected, "%04d-%02d-%02d", year, month, d);
                dates_format(text, day);
                assert_string_equal(text, expected);
                assert_int_equal(day_of(text), day);
                assert_int_equal(dates_weekday(day), weekday);
            }
        }
    }
}

static void refuses_what_is_no_day(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "2026",       "2026-9-15",  "2026-09-15 ", " 2026-09-15", "2026-02-29", "2100-02-29",
        "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00",  "1899-12-31",  "2200-01-01", "2026/09/15",
        "20260915",   "2026-09-1",  "+026-09-15", "2026-09-1x",  "2026-09-155", "0000-00-00", "2026-0a-11",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int32_t day = 77;
        assert_int_equal(dates_parse(&day, bad[i]), ERR_INPUT);
        assert_int_equal(day, 77);
    }
    assert_int_equal(dates_month_days(2024, 2), 29);
    assert_int_equal(dates_month_days(2024, 0), 0);
    assert_int_equal(dates_month_days(2024, 13), 0);
}

static void far_days_do_not_overflow(void **state)
{
    (void)state;
    struct dates_civil first = dates_to_civil(INT32_MIN + 1);
    struct dates_civil last = dates_to_civil(INT32_MAX - 1);
    assert_int_equal(first.year, -5877641);
    assert_int_equal(first.month, 6);
    assert_int_equal(first.day, 24);
    assert_int_equal(last.year, 5881580);
    assert_int_equal(last.month, 7);
    assert_int_equal(last.day, 10);
    assert_in_range(dates_weekday(INT32_MIN + 1), 1, 7);
    assert_in_range(dates_weekday(INT32_MAX - 1), 1, 7);
}

static void weeks_are_iso(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        int year;
        int week;
    } known[] = {
        {"2026-09-15", 2026, 38}, {"2021-01-03", 2020, 53}, {"2021-01-04", 2021, 1}, {"2024-12-30", 2025, 1},
        {"2016-01-01", 2015, 53}, {"2026-12-31", 2026, 53}, {"1970-01-01", 1970, 1}, {"2022-01-02", 2021, 52},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct dates_week week = dates_week(day_of(known[i].day));
        assert_int_equal(week.year, known[i].year);
        assert_int_equal(week.week, known[i].week);
    }
}

static void times_are_utc(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "2026-09-15",           "2026-09-15T13:00",     "2026-09-15 13:00Z",    "2026-09-15T24:00Z",
        "2026-09-15T13:60Z",    "2026-09-15T13:00:60Z", "2026-09-15T13:00:00",  "2026-09-15T13:00+02:00",
        "2026-02-30T13:00:00Z", "2026-09-15T13:00.00Z", "2026-09-15t13:00:00Z", "2026-09-15T13:00:00Zx",
    };
    int64_t seconds = 0;
    assert_int_equal(dates_parse_time(&seconds, "1970-01-02T00:00:01Z"), OK);
    assert_int_equal(seconds, 86401);
    assert_int_equal(dates_parse_time(&seconds, "2026-09-15T13:30Z"), OK);
    assert_int_equal(seconds, INT64_C(20711) * 86400 + 13 * 3600 + 30 * 60);
    assert_int_equal(dates_parse_time(&seconds, "1969-12-31T23:59:59Z"), OK);
    assert_int_equal(seconds, -1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(dates_parse_time(&seconds, bad[i]), ERR_INPUT);
    }
    assert_int_equal(seconds, -1);
}

static void clocks(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "8:30", "24:00", "23:60", "08.30", "08:30:00", "0830", "08:3", "ab:cd"};
    int minutes = -7;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(dates_parse_clock(&minutes, bad[i]), ERR_INPUT);
    }
    assert_int_equal(minutes, -7);
    assert_int_equal(dates_parse_clock(&minutes, "00:00"), OK);
    assert_int_equal(minutes, 0);
    assert_int_equal(dates_parse_clock(&minutes, "23:59"), OK);
    assert_int_equal(minutes, 1439);
}

static void months_later(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int months;
        const char *to;
    } rows[] = {{"2026-11-30", 3, "2027-02-28"}, {"2027-11-30", 3, "2028-02-29"},  {"2026-01-31", 1, "2026-02-28"},
                {"2026-12-15", 1, "2027-01-15"}, {"2026-12-15", 12, "2027-12-15"}, {"2028-02-29", 12, "2029-02-28"},
                {"2026-05-31", 0, "2026-05-31"}, {"2199-12-31", 1, "2199-12-31"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t from;
        char text[DATES_TEXT_LEN + 1];
        assert_int_equal(dates_parse(&from, rows[i].from), OK);
        dates_format(text, dates_months_later(from, rows[i].months));
        assert_string_equal(text, rows[i].to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_later),
        cmocka_unit_test(knows_some_days),
        cmocka_unit_test(every_day_goes_round),
        cmocka_unit_test(refuses_what_is_no_day),
        cmocka_unit_test(far_days_do_not_overflow),
        cmocka_unit_test(weeks_are_iso),
        cmocka_unit_test(times_are_utc),
        cmocka_unit_test(clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
