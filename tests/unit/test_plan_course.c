/* app/plan/course: where a participant stands, module after module. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/course.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TODAY 20000

static const char *const needs_a[] = {"a"};
static const char *const needs_ab[] = {"b", "a", "c", "elsewhere"};

/* a was over yesterday, b goes on, c needs both (and itself, and one that is not of the course). */
static void usual(struct course_module out[3])
{
    const struct course_module m[] = {
        {.id = "a", .first = TODAY - 9, .last = TODAY - 1},
        {.id = "b", .requires = needs_a, .requires_count = 1, .first = TODAY, .last = TODAY + 5},
        {.id = "c", .requires = needs_ab, .requires_count = COUNT(needs_ab), .first = TODAY + 6, .last = TODAY + 6},
    };
    memcpy(out, m, sizeof m);
}

static void states_by_day(void **state)
{
    (void)state;
    const struct course_module m[] = {
        {.id = "none", .first = DATES_OPEN_START, .last = DATES_OPEN_START},
        {.id = "tomorrow", .first = TODAY + 1, .last = TODAY + 1},
        {.id = "begins", .first = TODAY, .last = TODAY + 1},
        {.id = "ends", .first = TODAY - 1, .last = TODAY},
        {.id = "was", .first = TODAY - 2, .last = TODAY - 1},
        {.id = "done", .first = TODAY + 2, .last = TODAY + 3, .completed = true},
    };
    static const char *const expected[] = {"unplanned", "coming", "going", "going", "over", "completed"};
    struct course_standing s[COUNT(m)];
    assert_int_equal(course_stand(s, m, COUNT(m), TODAY), 0);
    for (size_t i = 0; i < COUNT(m); i++) {
        assert_string_equal(course_state_word(s[i].state), expected[i]);
        assert_null(s[i].waits_for);
        assert_false(s[i].out_of_order);
    }
}

static void what_waits(void **state)
{
    (void)state;
    struct course_module m[3];
    struct course_standing s[3];
    usual(m);
    assert_int_equal(course_stand(s, m, 3, TODAY), 0);
    assert_null(s[0].waits_for);
    assert_string_equal(s[1].waits_for, "a");
    assert_true(s[1].out_of_order); /* it goes on without */
    assert_string_equal(s[2].waits_for, "b");
    assert_true(s[2].out_of_order); /* b can still be completed, but a is over */
    m[0].completed = true;
    assert_int_equal(course_stand(s, m, 3, TODAY), 1);
    assert_null(s[1].waits_for);
    assert_false(s[1].out_of_order);
    assert_string_equal(s[2].waits_for, "b");
    assert_false(s[2].out_of_order); /* there is time */
    m[1].completed = true;
    assert_int_equal(course_stand(s, m, 3, TODAY), 2);
    assert_null(s[2].waits_for);
    m[2].completed = true;
    assert_int_equal(course_stand(s, m, 3, TODAY), 3);
}

static void what_is_completed_waits_for_nothing(void **state)
{
    (void)state;
    struct course_module m[3];
    struct course_standing s[3];
    usual(m);
    m[1].completed = true;
    assert_int_equal(course_stand(s, m, 3, TODAY), 0);
    assert_null(s[1].waits_for);
    assert_false(s[1].out_of_order);
    assert_string_equal(s[2].waits_for, "a");
    assert_int_equal(course_stand(s, m, 0, TODAY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_by_day),
        cmocka_unit_test(what_waits),
        cmocka_unit_test(what_is_completed_waits_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
