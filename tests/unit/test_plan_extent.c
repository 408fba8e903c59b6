/* app/plan/extent: the three units agree, one decimal, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/plan/extent.h"

static void reads_extents(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t permille;
    } good[] = {
        {"100%", 1000},        {"40h", 1000},  {"10halvdagar", 1000}, {"75%", 750},        {"30h", 750},
        {"4halvdagar", 400},   {"1%", 10},     {"0.1%", 1},           {"0,1%", 1},         {"37.5%", 375},
        {"37,5h", 937},        {"2.5h", 62},   {"0.5halvdagar", 50},  {"200%", 2000},      {"80h", 2000},
        {"20halvdagar", 2000}, {"33.3%", 333}, {"1halvdag", 100},     {"1halvdagar", 100}, {"100.0%", 1000},
        {"0.1h", 2},           {"12.5h", 312},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int32_t permille = 0;
        assert_int_equal(extent_parse(&permille, good[i].text), OK);
        assert_int_equal(permille, good[i].permille);
    }
}

static void refuses_what_is_no_extent(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "75",
        "%",          "75 %",
        "75%%",       "075%",
        "00%",        "0%",
        "0.0%",       "201%",
        "200.1%",     "80.1h",
        "1000%",      "99999999999999999999%",
        "-5%",        "+5%",
        "7.55%",      "7.%",
        ".5%",        "75H",
        "75 procent", "4dagar",
        "2halvdag",   "1halvdagarna",
        "1e2%",       "20.1halvdagar",
        "75%\n",      " 75%",
        "1halvdag ",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int32_t permille = 77;
        assert_int_equal(extent_parse(&permille, bad[i]), ERR_INPUT);
        assert_int_equal(permille, 77);
    }
}

/* Parts of one full week never add up to more than it, whatever the units. */
static void rounding_makes_no_krock(void **state)
{
    (void)state;
    int32_t a = 0;
    int32_t b = 0;
    assert_int_equal(extent_parse(&a, "2.5h"), OK);
    assert_int_equal(extent_parse(&b, "37.5h"), OK);
    assert_true(a + b <= EXTENT_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_extents),
        cmocka_unit_test(refuses_what_is_no_extent),
        cmocka_unit_test(rounding_makes_no_krock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
