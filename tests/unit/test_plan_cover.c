/* app/plan/rules_cover against a count day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/plan/dates.h"
#include "app/plan/rules_cover.h"

#define DAYS 40
#define MANY 5

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static bool covers(const struct rules_cover_period *p, int32_t d)
{
    return p->days.from <= d && d <= p->days.to;
}

/* Is d needed, not covered, and after the end of something? */
static bool missed(const struct rules_cover_period *p, const struct rules_cover_days *need, int32_t d)
{
    bool after = false;
    for (size_t i = 0; i < MANY; i++) {
        if (covers(&p[i], d)) {
            return false;
        }
        after = after || (p[i].days.from <= p[i].days.to && p[i].days.to < d);
    }
    return after && need->from <= d && d <= need->to;
}

static void check(const struct rules_cover_period *p, const struct rules_cover_days *need)
{
    struct rules_cover_period sorted[MANY];
    struct rules_cover_gap gaps[MANY];
    size_t at = 0;
    for (size_t i = 0; i < MANY; i++) {
        sorted[i] = p[i];
    }
    size_t count = rules_cover_gaps(gaps, sorted, MANY, need);
    for (int32_t d = 0; d < DAYS; d++) {
        if (!missed(p, need, d)) {
            continue;
        }
        int32_t first = d;
        while (d + 1 < DAYS && missed(p, need, d + 1)) {
            d++;
        }
        assert_true(at < count);
        assert_int_equal(gaps[at].days.from, first);
        assert_int_equal(gaps[at].days.to, d);
        assert_true(gaps[at].after->days.to < first);
        for (size_t i = 0; i < MANY; i++) { /* nothing ended later, but before the gap */
            assert_false(p[i].days.from <= p[i].days.to && p[i].days.to < first &&
                         p[i].days.to > gaps[at].after->days.to);
        }
        at++;
    }
    assert_int_equal(at, count);
}

static void agrees_with_a_naive_count(void **state)
{
    (void)state;
    static const char *const ids[MANY] = {"a", "b", "c", "d", "e"};
    uint32_t seed = 20260915;
    for (int round = 0; round < 20000; round++) {
        struct rules_cover_period p[MANY];
        for (size_t i = 0; i < MANY; i++) {
            int32_t from = (int32_t)(next(&seed) % DAYS);
            p[i] = (struct rules_cover_period){{from, from + (int32_t)(next(&seed) % 9) - 2}, ids[i], NULL, false};
        }
        int32_t from = (int32_t)(next(&seed) % DAYS);
        const struct rules_cover_days need = {from, from + (int32_t)(next(&seed) % (uint32_t)(DAYS - from))};
        check(p, &need);
    }
}

static void open_ends(void **state)
{
    (void)state;
    const struct rules_cover_days ever = {DATES_OPEN_START, DATES_OPEN_END};
    struct rules_cover_gap gap;
    struct rules_cover_period one = {{DATES_OPEN_START, DATES_OPEN_END}, "a", NULL, false};
    assert_int_equal(rules_cover_gaps(&gap, &one, 1, &ever), 0);
    one.days.to = 100;
    assert_int_equal(rules_cover_gaps(&gap, &one, 1, &ever), 1);
    assert_int_equal(gap.days.from, 101);
    assert_int_equal(gap.days.to, DATES_OPEN_END);
    assert_ptr_equal(gap.after, &one);
    one.days.to = DATES_OPEN_START;
    assert_int_equal(rules_cover_gaps(&gap, &one, 1, &ever), 0);
    assert_int_equal(dates_parse(&one.days.to, "2199-12-31"), OK);
    assert_int_equal(rules_cover_gaps(&gap, &one, 1, &ever), 0);
    assert_int_equal(rules_cover_gaps(&gap, NULL, 0, &ever), 0);
}

static void of_equal_ends_one_that_does_not_yield_is_named(void **state)
{
    (void)state;
    const struct rules_cover_days need = {0, 200};
    for (int turned = 0; turned < 2; turned++) {
        struct rules_cover_gap gaps[2];
        struct rules_cover_period p[] = {{{0, 100}, "a", NULL, true}, {{50, 100}, "b", NULL, false}};
        if (turned) {
            p[0].days.from = 60;
        }
        assert_int_equal(rules_cover_gaps(gaps, p, 2, &need), 1);
        assert_string_equal(gaps[0].after->id, "b");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_naive_count),
        cmocka_unit_test(open_ends),
        cmocka_unit_test(of_equal_ends_one_that_does_not_yield_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
