/* app/plan/referral: every state of a remiss against every other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/referral.h"

static const char *const states[] = {"anmäld", "mottagen", "avvisad", "överlämnad", "återlämnad"};
#define STATES (sizeof states / sizeof *states)

static void every_way(void **state)
{
    (void)state;
    static const bool may[STATES][STATES] = {
        /* to:       anmäld mottagen avvisad överlämnad återlämnad */
        /* anmäld */ {true, true, true, true, false},
        /* mottagen */ {false, false, false, true, true},
        /* avvisad */ {false, true, false, false, false},
        /* överlämnad */ {false, false, false, false, false},
        /* återlämnad */ {false, false, false, false, false},
    };
    for (size_t i = 0; i < STATES; i++) {
        for (size_t k = 0; k < STATES; k++) {
            assert_int_equal(referral_may(states[i], states[k]), may[i][k]);
        }
    }
    assert_true(referral_may(NULL, "mottagen"));
    assert_true(referral_may("", "mottagen"));
    assert_false(referral_may("", "återlämnad"));
    assert_false(referral_may("anmäld", "klar"));
    assert_false(referral_may("anmäld", NULL));
}

static void words(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATES; i++) {
        assert_int_equal(referral_is_answer(states[i]), i > 0);
        assert_int_equal(referral_needs_reason(states[i]), i == 2 || i == 4);
        assert_int_equal(referral_is_back(states[i]), i == 2 || i == 4);
    }
    assert_false(referral_is_answer(NULL));
    assert_false(referral_is_answer("klar"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
