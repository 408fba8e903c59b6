/* app/plan/aftercare: which follow-up after a closing is next, and which one a day means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/aftercare.h"

static int32_t day(const char *text)
{
    int32_t out;
    assert_int_equal(dates_parse(&out, text), OK);
    return out;
}

static void days_and_words(void **state)
{
    (void)state;
    static const char *const words[] = {"3", "6", "12"};
    static const char *const days[] = {"2027-02-28", "2027-05-30", "2027-11-30"};
    for (size_t i = 0; i < AFTERCARE_POINTS; i++) {
        assert_string_equal(aftercare_word(i), words[i]);
        assert_int_equal(aftercare_day(i, day("2026-11-30")), day(days[i]));
    }
}

static void the_first_that_is_not_done_is_next(void **state)
{
    (void)state;
    bool done[AFTERCARE_POINTS] = {false};
    for (size_t i = 0; i < AFTERCARE_POINTS; i++) {
        assert_int_equal(aftercare_next(done), i);
        done[i] = true;
    }
    assert_int_equal(aftercare_next(done), AFTERCARE_POINTS);
    done[1] = false;
    assert_int_equal(aftercare_next(done), 1);
}

static void a_day_means_the_nearest(void **state)
{
    (void)state;
    bool done[AFTERCARE_POINTS] = {false};
    const int32_t closed = day("2026-11-22"); /* 2027-02-22, 2027-05-22, 2027-11-22 */
    assert_int_equal(aftercare_meant(done, closed, closed), 0);
    assert_int_equal(aftercare_meant(done, closed, day("2027-04-06")), 0);
    assert_int_equal(aftercare_meant(done, closed, day("2027-04-07")), 1);
    assert_int_equal(aftercare_meant(done, closed, day("2027-08-21")), 1);
    assert_int_equal(aftercare_meant(done, closed, day("2027-08-22")), 2);
    assert_int_equal(aftercare_meant(done, closed, day("2030-01-01")), 2);
    done[0] = done[1] = true;
    assert_int_equal(aftercare_meant(done, closed, day("2027-03-01")), 2);
    done[2] = true;
    assert_int_equal(aftercare_meant(done, closed, day("2027-03-01")), AFTERCARE_POINTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_words),
        cmocka_unit_test(the_first_that_is_not_done_is_next),
        cmocka_unit_test(a_day_means_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
