#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/cli/duration.h"

#define MOST 43200

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t seconds; /* 0: ERR_INPUT */
    } cases[] = {
        {"1", 60},     {"15", 900},  {"15m", 900},  {"90s", 90},    {"8h", 28800},  {"12h", MOST}, {"43200s", MOST},
        {"720", MOST}, {"007", 420}, {"", 0},       {"0", 0},       {"0s", 0},      {"-1", 0},     {"+1", 0},
        {"721", 0},    {"13h", 0},   {"43201s", 0}, {"1.5", 0},     {"1 ", 0},      {" 1", 0},     {"1mm", 0},
        {"m", 0},      {"1d", 0},    {"1H", 0},     {"9999999", 0}, {"999999h", 0}, {"0x10", 0},   {"\xc2\xb2", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t seconds = 0;
        assert_int_equal(duration_parse(&seconds, cases[i].text, MOST), cases[i].seconds ? OK : ERR_INPUT);
        assert_int_equal(seconds, cases[i].seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_durations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
