/* app/plan/policy: what each setting takes and refuses, and that it reaches the rules. */
#include "tests/unit/test_plan_rules.h"

#include "app/plan/policy.h"

static void takes(struct policy *p, const char *name, const char *value)
{
    struct policy_fault fault = {0};
    assert_int_equal(policy_set(p, &fault, name, value), OK);
}

static void refuses(const char *name, const char *value, size_t row)
{
    struct policy p;
    struct policy_fault fault = {0};
    policy_init(&p);
    assert_int_equal(policy_set(&p, &fault, name, value), ERR_INPUT);
    assert_true(strlen(fault.expects) > 0);
    assert_int_equal(fault.row, row);
    assert_null(p.exclusions);
    assert_null(p.contradictions);
    policy_free(&p);
}

static void numbers(void **state)
{
    (void)state;
    struct policy p;
    struct rules_options options;
    policy_init(&p);
    takes(&p, "K1.capacity", "30h");
    takes(&p, "K2.travel_minutes", "0");
    takes(&p, "K4.days", "3660");
    takes(&p, "G1.days", "45");
    takes(&p, "G4.days", "1");
    takes(&p, "G5.days", "60");
    takes(&p, "G5.days", "90"); /* the later one */
    rules_options_init(&options, day(TODAY));
    policy_apply(&options, &p);
    assert_int_equal(options.capacity_permille, 750);
    assert_int_equal(options.travel_minutes, 0);
    assert_int_equal(options.goal_days, 3660);
    assert_int_equal(options.glapp_start_days, 45);
    assert_int_equal(options.remiss_days, 1);
    assert_int_equal(options.consent_days, 90);
    size_t count;
    assert_ptr_equal(options.exclusions, rules_default_exclusions(&count));
    assert_int_equal(options.exclusion_count, count);
    policy_free(&p);
}

static void bad_numbers(void **state)
{
    (void)state;
    static const char *const days[] = {
        "", "0", "-1", "+1", " 1", "1 ", "01", "1.5", "3661", "1e1", "x", "99999999999999999999", "4 days"};
    for (size_t i = 0; i < COUNT(days); i++) {
        refuses("G4.days", days[i], 0);
    }
    refuses("K2.travel_minutes", "601", 0);
    refuses("K2.travel_minutes", "30 min", 0);
    refuses("K1.capacity", "75", 0);
    refuses("K1.capacity", "201%", 0);
    struct policy p;
    struct policy_fault fault = {0};
    policy_init(&p);
    assert_int_equal(policy_set(&p, &fault, "G4.Days", "14"), ERR_NOT_FOUND);
    assert_non_null(fault.expects);
    assert_int_equal(policy_set(&p, &fault, "", "14"), ERR_NOT_FOUND);
    policy_free(&p);
}

/* The built-in matrix, written out, is the built-in matrix. */
static void the_matrix_as_text(void **state)
{
    (void)state;
    static const char text[] = "studier 100% x praktik 40h\n"
                               "vila/sjukskrivning 100%? × studier;vila/sjukskrivning 10halvdagar? x SFI;  "
                               "vila/sjukskrivning 100%? x praktik\n"
                               "vila/sjukskrivning 100%? x arbetsträning\n"
                               "vila/sjukskrivning 100%? x anställning med stöd\n"
                               "utredning → *\n";
    struct policy p;
    size_t count;
    const struct rules_exclusion *built_in = rules_default_exclusions(&count);
    policy_init(&p);
    takes(&p, "K3.exclusions", text);
    assert_int_equal(p.exclusion_count, count);
    for (size_t i = 0; i < count; i++) {
        const struct rules_side *sides[] = {&p.exclusions[i].a, &built_in[i].a, &p.exclusions[i].b, &built_in[i].b};
        assert_int_equal(p.exclusions[i].waits, built_in[i].waits);
        for (size_t k = 0; k < 4; k += 2) {
            const char *x = sides[k]->kind;
            const char *y = sides[k + 1]->kind;
            assert_true(x && y ? strcmp(x, y) == 0 : x == y);
            assert_int_equal(sides[k]->min_permille, sides[k + 1]->min_permille);
            assert_int_equal(sides[k]->missing_is_full, sides[k + 1]->missing_is_full);
        }
    }
    takes(&p, "K3.exclusions", "inga");
    assert_int_equal(p.exclusion_count, 0);
    assert_non_null(p.exclusions); /* not the built-in one */
    takes(&p, "K3.exclusions", "* -> utredning 10%");
    assert_int_equal(p.exclusion_count, 1);
    assert_true(p.exclusions[0].waits);
    policy_free(&p);
}

static void bad_tables(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        size_t row;
    } bad[] = {
        {"", 1},
        {"studier", 1},
        {"studier x ", 1},
        {" x praktik", 1},
        {"studier xpraktik", 1},
        {"studier x praktik x SFI", 1},
        {"studier x praktik -> SFI", 1},
        {"studier x jobb", 1},
        {"Studier x praktik", 1},
        {"studier 100 x praktik", 1},
        {"studier 0% x praktik", 1},
        {"studier 100%! x praktik", 1},
        {"studier 100%?? x praktik", 1},
        {"studier  100% x praktik", 1},
        {"studier x praktik ", 1},
        {"studier x praktik\n\nstudier x SFI", 2},
        {"studier x praktik; studier x SFI; inga", 3},
        {"studier x praktik\r\nstudier x SFI", 1},
        {"inga\n", 1},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        refuses("K3.exclusions", bad[i].value, bad[i].row);
    }
    refuses("K4.contradictions", "arbete x arbete", 1);
    refuses("K4.contradictions", "arbete -> studier", 1);
    refuses("K4.contradictions", "arbete x studier; hälsa x delmål", 2);
    refuses("K4.contradictions", "arbete x *", 1);

    char many[RULES_EXCLUSIONS_MAX * 20 + 40] = "";
    for (size_t i = 0; i <= RULES_EXCLUSIONS_MAX; i++) {
        memcpy(many + 10 * i, "SFI x SFI;", 11);
    }
    refuses("K3.exclusions", many, RULES_EXCLUSIONS_MAX + 1);
    many[(size_t)10 * RULES_EXCLUSIONS_MAX] = '\0';
    struct policy p;
    policy_init(&p);
    takes(&p, "K3.exclusions", many);
    assert_int_equal(p.exclusion_count, RULES_EXCLUSIONS_MAX);
    policy_free(&p);
}

static void a_refused_setting_changes_nothing(void **state)
{
    (void)state;
    struct policy p;
    struct policy_fault fault = {0};
    policy_init(&p);
    takes(&p, "K3.exclusions", "coaching x coaching");
    takes(&p, "G4.days", "7");
    takes(&p, "K1.capacity", "50%");
    assert_int_equal(policy_set(&p, &fault, "K3.exclusions", "coaching x"), ERR_INPUT);
    assert_int_equal(policy_set(&p, &fault, "G4.days", "0"), ERR_INPUT);
    assert_int_equal(policy_set(&p, &fault, "K1.capacity", "0%"), ERR_INPUT);
    assert_int_equal(p.exclusion_count, 1);
    assert_int_equal(p.remiss_days, 7);
    assert_int_equal(p.capacity_permille, 500);
    policy_free(&p);
}

static void settings_reach_the_rules(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "coaching", "2026-09-01", "2026-10-01", 300),
        activity("b", "vård", "2026-09-01", "2026-10-01", 300),
    };
    struct rules_plan plan = plan_of(a, 2);
    struct rules_options options;
    struct findings found = {0};
    struct policy p;
    finds(&plan, "", 0);
    policy_init(&p);
    takes(&p, "K1.capacity", "50%");
    takes(&p, "K3.exclusions", "coaching 10% x vård");
    rules_options_init(&options, day(TODAY));
    policy_apply(&options, &p);
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 2);
    is(&found.items[0], "K1", "a b", "2026-09-01", "2026-10-01");
    is(&found.items[1], "K3", "a b", "2026-09-01", "2026-10-01");
    finding_truncate(&found, 0);
    plan.capacity_permille = EXTENT_FULL; /* what is agreed for the person goes before */
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 1);
    finding_truncate(&found, 0);
    policy_free(&p);
}

static void names_are_listed(void **state)
{
    (void)state;
    size_t i = 0;
    for (; policy_name(i); i++) {
        struct policy p;
        struct policy_fault fault = {0};
        policy_init(&p);
        assert_int_equal(policy_set(&p, &fault, policy_name(i), "\x01"), ERR_INPUT);
        policy_free(&p);
    }
    assert_int_equal(i, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(bad_numbers),
        cmocka_unit_test(the_matrix_as_text),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(a_refused_setting_changes_nothing),
        cmocka_unit_test(settings_reach_the_rules),
        cmocka_unit_test(names_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
