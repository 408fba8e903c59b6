/* app/plan/rules: G2, G4, G5 and G6: what must fire, exact about the days, and what must not, from real-looking cases. */
#include "tests/unit/test_plan_rules.h"

/* ---- G2: nobody responsible ---- */

static void nobody_responsible(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "coaching", "2026-09-01", "2026-12-18", 100);
    struct rules_plan plan = plan_of(&a, 1);
    const struct {
        const char *responsible;
        enum rules_presence presence;
        const char *text;
    } cases[] = {
        {NULL, RULES_PRESENT, "Nobody is responsible for coaching, Part, from 2026-09-01 to 2026-12-18."},
        {"", RULES_LEFT, "Nobody is responsible for coaching, Part, from 2026-09-01 to 2026-12-18."},
        {"m", RULES_LEFT, "The one responsible for coaching, Part, from 2026-09-01 to 2026-12-18 has left."},
        {"f", RULES_VACANT,
         "Nobody holds the function that is responsible for coaching, Part, from 2026-09-01 to 2026-12-18."},
    };
    finds(&plan, "G2", 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        a.responsible = cases[i].responsible;
        a.presence = cases[i].presence;
        const struct expected found = {"G2", "a", "2026-09-01", "2026-12-18", cases[i].text};
        finds_one(&plan, &found);
    }
}

static void who_needs_nobody(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "coaching", "2026-08-01", TODAY, 100);
    struct rules_plan plan = plan_of(&a, 1);
    a.responsible = NULL;
    finds(&plan, "G2", 1);
    a.to--; /* over */
    finds(&plan, "G2", 0);
    a.from = DATES_OPEN_START;
    a.to = DATES_OPEN_END; /* some time: it takes somebody to find out when */
    finds(&plan, "G2", 1);
    static const char *const done[] = {"klar", "avbruten"};
    for (size_t i = 0; i < COUNT(done); i++) {
        a.status = done[i];
        finds(&plan, "G2", 0);
    }
}

/* ---- G4: a remiss waits ---- */

static void a_remiss_is_not_answered(void **state)
{
    (void)state;
    struct rules_remiss r = {.id = "r",
                             .from = "p",
                             .from_name = "Socialtjänsten",
                             .to = "q",
                             .to_name = "Vårdcentralen",
                             .status = "anmäld",
                             .sent = day("2026-08-31")};
    struct rules_plan plan = plan_of(NULL, 0);
    plan.remisser = &r;
    plan.remiss_count = 1;
    const struct expected found = {
        "G4", "r", "2026-09-14", NULL,
        "The referral of 2026-08-31 from Socialtjänsten to Vårdcentralen is not answered; it "
        "should be within 14 days."};
    finds_one(&plan, &found);
    r.sent++; /* today is the fourteenth day */
    finds(&plan, "G4", 0);
    r.sent = day("2026-01-07");
    r.status = NULL; /* nobody said anything more */
    finds(&plan, "G4", 1);
    static const char *const answered[] = {"mottagen", "avvisad", "överlämnad", "återlämnad"};
    for (size_t i = 0; i < COUNT(answered); i++) {
        r.status = answered[i];
        finds(&plan, "G4", 0);
    }
    r.status = "anmäld";
    r.sent = DATES_OPEN_START; /* nobody knows since when */
    finds(&plan, "G4", 0);
    r.sent = day("2027-01-07"); /* from a clock that is ahead */
    finds(&plan, "G4", 0);
}

/* ---- G5: the consent ends ---- */

static const char *const party_a[] = {"x", "a"};

static struct rules_consent consent(const char *id, const char *from, const char *until)
{
    return (struct rules_consent){.id = id,
                                  .purpose = "utbyte",
                                  .to = party_a,
                                  .to_count = 2,
                                  .from = day(from),
                                  .until = until ? day(until) : DATES_OPEN_END};
}

static struct rules_plan with_consents(const struct rules_activity *a, const struct rules_consent *c, size_t count)
{
    struct rules_plan plan = plan_of(a, 1);
    plan.consents = c;
    plan.consent_count = count;
    return plan;
}

static void the_consent_ends_before(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "praktik", "2026-09-01", "2026-12-18", 500);
    struct rules_consent c[] = {consent("c", "2025-11-01", "2026-10-31"), consent("d", "2026-12-01", "2027-11-30")};
    struct rules_plan plan = with_consents(&a, c, 1);
    const struct expected ends = {"G5", "a c", "2026-11-01", "2026-12-18",
                                  "The consent that names Part ends 2026-10-31, and praktik goes on without one from "
                                  "2026-11-01 to 2026-12-18."};
    finds_one(&plan, &ends);
    plan.consent_count = 2; /* a new one, but not at once */
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "G5", "a c", "2026-11-01", "2026-11-30");
    finding_truncate(&found, 0);
    plan.consent_count = 1;
    c[0].until = day("2026-09-14");
    c[0].withdrawn = true;
    const struct expected withdrawn = {"G5", "a c", "2026-09-15", "2026-12-18",
                                       "The consent that names Part was withdrawn 2026-09-14, and praktik goes on "
                                       "without one from 2026-09-15 to 2026-12-18."};
    finds_one(&plan, &withdrawn);
}

static void the_consent_lasts(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "praktik", "2026-09-01", "2026-12-18", 500);
    struct rules_consent renewed[] = {consent("c", "2025-11-01", "2026-10-31"),
                                      consent("d", "2026-11-01", "2027-10-31")};
    struct rules_consent before[] = {consent("c", "2025-11-01", "2026-10-31"),
                                     consent("d", "2026-09-01", "2027-08-31")};
    struct rules_consent twelve_months[] = {consent("c", "2026-11-22", "2027-11-22")}; /* given while it went on */
    struct rules_consent last_day[] = {consent("c", "2026-01-01", "2026-12-18")};
    struct rules_consent others[] = {consent("c", "2025-11-01", "2026-10-31")};
    others[0].to_count = 1;
    struct rules_consent evaluation[] = {consent("c", "2025-11-01", "2026-10-31")};
    evaluation[0].purpose = "utvärdering";
    struct rules_consent gap_is_over[] = {consent("c", "2025-08-01", "2026-08-31"), consent("d", TODAY, "2027-09-14")};
    struct rules_plan plans[] = {with_consents(&a, renewed, 2),  with_consents(&a, before, 2),
                                 with_consents(&a, last_day, 1), with_consents(&a, twelve_months, 1),
                                 with_consents(&a, others, 1),   with_consents(&a, evaluation, 1),
                                 with_consents(&a, NULL, 0),     with_consents(&a, gap_is_over, 2)};
    for (size_t i = 0; i < COUNT(plans); i++) {
        finds(&plans[i], "G5", 0);
    }
    struct rules_consent ends[] = {consent("c", "2025-11-01", "2026-10-31")};
    struct rules_plan plan = with_consents(&a, ends, 1);
    finds(&plan, "G5", 1);
    a.status = "klar";
    finds(&plan, "G5", 0);
    a.status = "beslutad";
    a.to = day("2026-09-14"); /* over */
    finds(&plan, "G5", 0);
}

static void what_has_no_end_outlives_every_consent(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "praktik", "2026-09-01", NULL, 500);
    struct rules_consent c = consent("c", "2025-11-01", "2026-10-14");
    struct rules_plan plan = with_consents(&a, &c, 1);
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "G5", "a c", "2026-10-15", NULL); /* in 30 days */
    finding_truncate(&found, 0);
    c.until++;
    finds(&plan, "G5", 0);
    c.until = DATES_OPEN_END;
    finds(&plan, "G5", 0);
}

/* ---- G6: the order is broken ---- */

static void before_what_it_builds_on(void **state)
{
    (void)state;
    static const char *const needs[] = {"unknown", "a", "b"};
    struct rules_activity a[] = {
        activity("a", "SFI", "2026-08-01", "2026-11-30", 500),
        activity("b", "praktik", "2026-11-02", "2027-01-31", 500),
    };
    a[1].depends_on = needs;
    a[1].depends_count = COUNT(needs);
    struct rules_plan plan = plan_of(a, 2);
    const struct expected found = {
        "G6", "a b", "2026-11-02", "2026-11-30",
        "Part starts praktik before SFI, Part, which it depends on, is over (from 2026-11-02 to 2026-11-30)."};
    finds_one(&plan, &found);
    a[1].from = day("2026-12-01"); /* the day after */
    finds(&plan, "G6", 0);
    a[1].from = day("2026-11-02");
    static const char *const finished[] = {"klar", "avbruten"};
    for (size_t i = 0; i < COUNT(finished); i++) {
        a[0].status = finished[i];
        finds(&plan, "G6", 0);
    }
    a[0].status = "pågår";
    a[1].status = "avbruten";
    finds(&plan, "G6", 0);
    a[1].status = NULL;
    a[1].from = DATES_OPEN_START; /* nobody knows when it begins */
    finds(&plan, "G6", 0);
    a[1].status = "pågår"; /* it has begun */
    finds(&plan, "G6", 1);
    a[0].to = day("2026-09-14"); /* what has been is no matter now */
    finds(&plan, "G6", 0);
}

static void before_what_has_no_days(void **state)
{
    (void)state;
    static const char *const needs[] = {"a"};
    struct rules_activity a[] = {
        activity("a", "SFI", NULL, NULL, 500),
        activity("b", "praktik", "2026-11-02", "2027-01-31", 500),
    };
    a[1].depends_on = needs;
    a[1].depends_count = 1;
    struct rules_plan plan = plan_of(a, 2);
    finds(&plan, "G6", 0); /* there is time to say when */
    a[1].from = day(TODAY);
    finds(&plan, "G6", 1);
    a[0].from = day("2026-08-01"); /* goes on without end */
    a[1].from = day("2026-11-02");
    finds(&plan, "G6", 1);
    a[0].kind = "utredning"; /* K3 says so, and once is enough */
    finds(&plan, "K3", 1);
}

static void modules_in_order(void **state)
{
    (void)state;
    static const char *const first[] = {"m1", "m9", "m2"};
    struct rules_step steps[] = {
        {.id = "m1", .name = "Motivation", .first = day("2026-09-21"), .last = day("2026-10-05")},
        {.id = "m2", .name = "Studiebesök", .first = day("2026-10-01"), .last = day("2026-10-01")},
    };
    struct rules_activity a = activity("a", "coaching", "2026-09-01", "2026-12-18", 500);
    steps[1].requires = first;
    steps[1].requires_count = COUNT(first);
    a.steps = steps;
    a.step_count = 2;
    struct rules_plan plan = plan_of(&a, 1);
    const struct expected found = {
        "G6", "a m1 m2", "2026-10-01", "2026-10-05",
        "coaching, Part: Studiebesök begins 2026-10-01, but Motivation, which it builds on, goes on until 2026-10-05."};
    finds_one(&plan, &found);
    steps[1].first = day("2026-10-05"); /* in the afternoon */
    finds(&plan, "G6", 0);
    steps[1].first = DATES_OPEN_START; /* not planned yet */
    finds(&plan, "G6", 0);
    steps[1].first = day("2026-10-01");
    steps[0].first = steps[0].last = DATES_OPEN_START;
    finds(&plan, "G6", 0);
    steps[0].last = day("2026-09-14"); /* has been */
    steps[1].first = day("2026-09-07");
    finds(&plan, "G6", 0);
}

/* Where somebody notes how far the person has come, a module that is over and not completed holds up the next. */
static void modules_completed(void **state)
{
    (void)state;
    static const char *const first[] = {"m1"};
    static const char *const both[] = {"m1", "m2"};
    struct rules_step steps[] = {
        {.id = "m1", .name = "Motivation", .first = day("2026-09-07"), .last = day("2026-09-14")},
        {.id = "m2", .name = "Studiebesök", .first = day("2026-10-01"), .last = day("2026-10-02")},
    };
    struct rules_activity a = activity("a", "coaching", "2026-09-01", "2026-12-18", 500);
    steps[1].requires = first;
    steps[1].requires_count = COUNT(first);
    a.steps = steps;
    a.step_count = 2;
    struct rules_plan plan = plan_of(&a, 1);
    finds(&plan, "G6", 0); /* nobody notes anything */
    a.progress_kept = true;
    const struct expected found = {
        "G6", "a m1 m2", "2026-10-01", "2026-10-02",
        "coaching, Part: Studiebesök begins 2026-10-01, but Motivation, which it builds on and which was over "
        "2026-09-14, is not completed."};
    finds_one(&plan, &found);
    steps[1].first = day("2026-09-10"); /* has begun */
    finds(&plan, "G6", 1);
    steps[1].last = day("2026-09-14"); /* is over too */
    finds(&plan, "G6", 0);
    steps[1].last = day("2026-10-02");
    a.completed = first;
    a.completed_count = 1;
    finds(&plan, "G6", 0);
    a.completed = both + 1; /* the later one is done: nothing waits any more */
    finds(&plan, "G6", 0);
    a.completed_count = 0;
    steps[0].last = day("2026-09-15"); /* its last session is today */
    steps[1].first = day("2026-10-01");
    finds(&plan, "G6", 0);
    steps[0].last = day("2026-10-05"); /* the order is broken as it is planned; not where the earlier one is done */
    finds(&plan, "G6", 1);
    a.completed = first;
    a.completed_count = 1;
    finds(&plan, "G6", 0);
    a.completed_count = RULES_COMPLETED_MAX + 1;
    struct findings many = {0};
    struct rules_options options;
    rules_options_init(&options, day(TODAY));
    assert_int_equal(rules_find(&many, &plan, &options), ERR_LIMIT);
}

/* What is accepted stays so as days go by, and falls when its matter changes. */
static void acceptances_hold_as_days_go_by(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "praktik", "2026-09-01", "2026-12-18", 500),
        activity("b", "coaching", "2026-09-01", "2026-10-18", 100),
    };
    static const char *const both[] = {"a", "b"};
    struct rules_consent c = consent("c", "2025-11-01", "2026-10-01");
    c.to = both;
    struct rules_plan plan = plan_of(a, 2);
    plan.consents = &c;
    plan.consent_count = 1;
    a[0].presence = RULES_LEFT;
    struct findings now = find(&plan, TODAY);
    struct findings later = find(&plan, "2026-11-15");
    assert_int_equal(now.count, 3);
    assert_int_equal(later.count, 2); /* b is over */
    for (size_t i = 0; i < later.count; i++) {
        const struct finding *same = finding_by_id(&now, later.items[i].id);
        assert_non_null(same);
        assert_string_equal(same->matter, later.items[i].matter);
    }
    finding_truncate(&later, 0);
    c.until++;
    a[0].responsible = "n";
    later = find(&plan, "2026-11-15");
    assert_int_equal(later.count, 2);
    for (size_t i = 0; i < later.count; i++) {
        const struct finding *same = finding_by_id(&now, later.items[i].id);
        assert_non_null(same);
        assert_string_not_equal(same->matter, later.items[i].matter);
    }
    finding_truncate(&now, 0);
    finding_truncate(&later, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_responsible),
        cmocka_unit_test(who_needs_nobody),
        cmocka_unit_test(a_remiss_is_not_answered),
        cmocka_unit_test(the_consent_ends_before),
        cmocka_unit_test(the_consent_lasts),
        cmocka_unit_test(what_has_no_end_outlives_every_consent),
        cmocka_unit_test(before_what_it_builds_on),
        cmocka_unit_test(before_what_has_no_days),
        cmocka_unit_test(modules_in_order),
        cmocka_unit_test(modules_completed),
        cmocka_unit_test(acceptances_hold_as_days_go_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
