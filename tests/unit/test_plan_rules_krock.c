/* app/plan/rules: K2, K4, K5 and K6: what must fire, exact about the days, and what must not, from real-looking cases. */
#include "tests/unit/test_plan_rules.h"

/* ---- K2: booked times ---- */

static struct rules_slot slot(const char *id, const char *of, int weekday, const char *start, const char *end)
{
    struct rules_slot s = {
        .id = id, .activity = of, .weekday = weekday, .start = RULES_NO_CLOCK, .end = RULES_NO_CLOCK};
    assert_int_equal(dates_parse_clock(&s.start, start), OK);
    assert_int_equal(dates_parse_clock(&s.end, end), OK);
    return s;
}

/* Coaching at the kommun on Mondays, treatment at the region's, from different days on. */
static void two_parties(struct rules_activity a[2], struct rules_slot s[2], struct rules_plan *plan)
{
    a[0] = activity("a", "coaching", "2026-09-01", "2026-12-18", 100);
    a[1] = activity("b", "KBT/behandling", "2026-09-16", "2026-11-10", 100);
    a[0].owner_name = "Kommunen";
    a[1].owner_name = "Regionen";
    s[0] = slot("s", "a", 1, "09:00", "11:30");
    s[1] = slot("t", "b", 1, "11:00", "12:00");
    *plan = plan_of(a, 2);
    plan->slots = s;
    plan->slot_count = 2;
}

static void times_that_overlap(void **state)
{
    (void)state;
    struct rules_activity a[2];
    struct rules_slot s[2];
    struct rules_plan plan;
    two_parties(a, s, &plan);
    /* 2026-09-16 is a Wednesday and 2026-11-10 a Tuesday: the first and last Monday of both lie within. */
    const struct expected found = {"K2", "a b s t", "2026-09-21", "2026-11-09",
                                   "Kommunen has booked coaching 09:00–11:30 and Regionen has booked KBT/behandling "
                                   "11:00–12:00 on the same days: Mondays from 2026-09-21 to 2026-11-09."};
    finds_one(&plan, &found);
    struct rules_slot turned[] = {s[1], s[0]};
    plan.slots = turned;
    finds_one(&plan, &found);
}

static void times_that_do_not_clash(void **state)
{
    (void)state;
    struct rules_activity a[2];
    struct rules_slot s[2];
    struct rules_plan plan;
    two_parties(a, s, &plan);
    s[1].weekday = 2; /* the day after */
    finds(&plan, "K2", 0);
    s[1].weekday = 1;
    s[1].start = s[0].end; /* at once, nobody says where */
    finds(&plan, "K2", 0);
    a[0].place = "Arbetsmarknadsenheten, Storgatan 1";
    a[1].place = "arbetsmarknadsenheten,  storgatan 1 "; /* at once, in the same place */
    finds(&plan, "K2", 0);
    a[1].place = "Vårdcentralen";
    s[1].start = s[0].end + 30; /* with time to get there */
    finds(&plan, "K2", 0);
    two_parties(a, s, &plan);
    a[0].to = day("2026-09-15"); /* other weeks */
    finds(&plan, "K2", 0);
    a[0].to = day("2026-09-20"); /* days in common, but no Monday */
    finds(&plan, "K2", 0);
    a[0].to = day("2026-09-21");
    finds(&plan, "K2", 1);
    a[0].status = "avbruten";
    finds(&plan, "K2", 0);
}

static void times_that_are_not_whole(void **state)
{
    (void)state;
    struct rules_activity a[2];
    struct rules_slot s[2];
    struct rules_plan plan;
    two_parties(a, s, &plan);
    s[1].end = RULES_NO_CLOCK;
    finds(&plan, "K2", 0);
    s[1].end = s[1].start; /* takes no time: a slip */
    finds(&plan, "K2", 0);
    two_parties(a, s, &plan);
    s[1].weekday = 0;
    finds(&plan, "K2", 0);
    s[1].weekday = 1;
    s[1].activity = "x"; /* of an activity that cannot be read here */
    finds(&plan, "K2", 0);
    s[1].activity = NULL;
    finds(&plan, "K2", 0);
    s[0].activity = s[1].activity = "a"; /* one booking, written twice */
    finds(&plan, "K2", 0);
    s[0].place = "Biblioteket";
    s[1].place = "Vuxenskolan";
    finds(&plan, "K2", 1);
}

static void no_time_to_travel(void **state)
{
    (void)state;
    struct rules_activity a[2];
    struct rules_slot s[2];
    struct rules_plan plan;
    two_parties(a, s, &plan);
    a[0].place = "Storgatan 1";
    s[1].place = "Vårdcentralen"; /* a slot's own place goes before its activity's */
    a[1].place = "Storgatan 1";
    s[1].start = s[0].end + 29;
    const struct expected found = {
        "K2", "a b s t", "2026-09-21", "2026-11-09",
        "Kommunen has booked coaching 09:00–11:30 at Storgatan 1 and Regionen has booked "
        "KBT/behandling 11:59–12:00 at Vårdcentralen, Mondays from 2026-09-21 to 2026-11-09: "
        "less than 30 minutes between."};
    finds_one(&plan, &found);
    struct rules_options options;
    struct findings none = {0};
    rules_options_init(&options, day(TODAY));
    options.travel_minutes = 0;
    assert_int_equal(rules_find(&none, &plan, &options), OK);
    assert_int_equal(none.count, 0);
    options.travel_minutes = 29;
    assert_int_equal(rules_find(&none, &plan, &options), OK);
    assert_int_equal(none.count, 0);
}

static void times_without_end(void **state)
{
    (void)state;
    struct rules_activity a[2];
    struct rules_slot s[2];
    struct rules_plan plan;
    two_parties(a, s, &plan);
    a[0].from = a[1].from = DATES_OPEN_START;
    a[0].to = a[1].to = DATES_OPEN_END;
    a[0].status = a[1].status = "pågår";
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K2", "a b s t", NULL, NULL);
    finding_truncate(&found, 0);
    a[0].from = day("2199-12-31"); /* a Tuesday: no Monday follows that could be written */
    finds(&plan, "K2", 0);
}

/* ---- K4: main goals ---- */

static struct rules_goal goal(const char *id, const char *owner, const char *kind, const char *date)
{
    return (struct rules_goal){
        .id = id, .owner = owner, .owner_name = owner, .kind = kind, .target_date = date ? day(date) : DATES_OPEN_END};
}

static struct rules_plan with_goals(const struct rules_goal *goals, size_t count)
{
    struct rules_plan plan = plan_of(NULL, 0);
    plan.goals = goals;
    plan.goal_count = count;
    return plan;
}

static void goals_that_contradict(void **state)
{
    (void)state;
    struct rules_goal g[] = {
        goal("g", "AF", "arbete", "2027-06-30"), goal("h", "Kommunen", "studier", "2027-01-01"), /* 180 days earlier */
    };
    struct rules_plan plan = with_goals(g, 2);
    const struct expected found = {
        "K4", "g h", NULL, "2027-06-30",
        "AF aims at arbete by 2027-06-30 and Kommunen at studier by 2027-01-01: the main goals contradict each other."};
    finds_one(&plan, &found);
    g[1].target_date--; /* first one, then the other */
    finds(&plan, "K4", 0);
    g[1].target_date = DATES_OPEN_END; /* some time */
    finds(&plan, "K4", 0);
    g[0].target_date = DATES_OPEN_END; /* both now */
    const struct expected now = {"K4", "g h", NULL, NULL,
                                 "AF aims at arbete and Kommunen at studier: the main goals contradict each other."};
    finds_one(&plan, &now);
}

static void goals_that_go_together(void **state)
{
    (void)state;
    struct rules_goal steps[] = {goal("g", "AF", "arbete", NULL), goal("h", "Kommunen", "delmål", NULL)};
    struct rules_goal aims[] = {goal("g", "AF", "arbete", NULL), goal("h", "Kommunen", "egen försörjning", NULL),
                                goal("i", "Regionen", "hälsa", NULL)};
    struct rules_goal one_owner[] = {goal("g", "AF", "arbete", NULL), goal("h", "AF", "studier", NULL)};
    struct rules_goal shared[] = {goal("g", NULL, "arbete", NULL), goal("h", "Kommunen", "studier", NULL),
                                  goal("i", "", "studier", NULL)};
    struct rules_goal reached[] = {goal("g", "AF", "arbete", NULL), goal("h", "Kommunen", "studier", NULL)};
    reached[1].reached = true;
    struct rules_goal way_there[] = {goal("g", "AF", "arbete", NULL), goal("h", "Kommunen", "studier", NULL),
                                     goal("i", "Kommunen", "arbete", NULL)};
    struct rules_goal unsaid[] = {goal("g", "AF", NULL, NULL), goal("h", "Kommunen", "", NULL)};
    struct rules_plan plans[] = {with_goals(steps, 2),  with_goals(aims, 3),    with_goals(one_owner, 2),
                                 with_goals(shared, 3), with_goals(reached, 2), with_goals(way_there, 3),
                                 with_goals(unsaid, 2)};
    for (size_t i = 0; i < COUNT(plans); i++) {
        finds(&plans[i], "K4", 0);
    }
}

static void contradictions_can_be_changed(void **state)
{
    (void)state;
    static const struct rules_contradiction table[] = {{"hälsa", "arbete"}};
    struct rules_goal g[] = {goal("g", "AF", "arbete", NULL), goal("h", "Regionen", "hälsa", NULL),
                             goal("i", "Kommunen", "studier", NULL)};
    struct rules_plan plan = with_goals(g, 3);
    struct rules_options options;
    struct findings found = {0};
    rules_options_init(&options, day(TODAY));
    options.contradictions = table;
    options.contradiction_count = 1;
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K4", "g h", NULL, NULL);
    finding_truncate(&found, 0);
    options.contradiction_count = 0;
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 0);
}

/* ---- K5: the benefit ends ---- */

static struct rules_income income(const char *id, const char *owner, const char *kind, const char *from, const char *to)
{
    return (struct rules_income){.id = id,
                                 .owner = owner,
                                 .owner_name = owner,
                                 .kind = kind,
                                 .from = from ? day(from) : DATES_OPEN_START,
                                 .to = to ? day(to) : DATES_OPEN_END};
}

static struct rules_plan with_incomes(const struct rules_activity *a, const struct rules_income *incomes, size_t count)
{
    struct rules_plan plan = plan_of(a, 1);
    plan.incomes = incomes;
    plan.income_count = count;
    return plan;
}

static void the_benefit_ends_before(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "arbetsträning", "2026-09-01", "2026-12-18", 500);
    struct rules_income i[] = {
        income("i", "FK", "sjukpenning", "2026-06-01", "2026-10-31"),
        income("j", "FK", "sjukpenning", "2026-12-01", "2027-01-31"),
        income("k", "AF", "aktivitetsstöd", "2026-06-01", NULL), /* another one */
    };
    a.depends_benefit = "sjukpenning";
    struct rules_plan plan = with_incomes(&a, i, COUNT(i));
    const struct expected gap = {"K5", "a i", "2026-11-01", "2026-11-30",
                                 "Part plans arbetsträning that depends on sjukpenning, which by FK's decision ends "
                                 "2026-10-31: it lacks it from 2026-11-01 to 2026-11-30."};
    finds_one(&plan, &gap);
    plan.income_count = 1;
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K5", "a i", "2026-11-01", "2026-12-18");
    assert_int_equal(found.items[0].party_count, 2);
    finding_truncate(&found, 0);
    i[0].to = day("2026-08-15"); /* over before it begins */
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K5", "a i", "2026-09-01", "2026-12-18");
    finding_truncate(&found, 0);
    i[0].to = day("2199-12-31");
    a.to = DATES_OPEN_END;
    finds(&plan, "K5", 0);
}

static void the_benefit_lasts(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "arbetsträning", "2026-09-01", "2026-12-18", 500);
    struct rules_income prolonged[] = {
        income("i", "FK", "sjukpenning", "2026-06-01", "2026-10-31"),
        income("j", "FK", "sjukpenning", "2026-11-01", "2026-12-31"),
    };
    struct rules_income on_the_last_day[] = {income("i", "FK", "sjukpenning", NULL, "2026-12-18")};
    struct rules_income without_end[] = {income("i", "FK", "sjukpenning", "2026-06-01", NULL)};
    struct rules_income begins_later[] = {income("i", "FK", "sjukpenning", "2026-10-01", NULL)};
    struct rules_income own[] = {income("i", "a", "sjukpenning", NULL, "2026-10-31")};
    a.depends_benefit = "sjukpenning";
    struct rules_plan plans[] = {with_incomes(&a, prolonged, 2),   with_incomes(&a, on_the_last_day, 1),
                                 with_incomes(&a, without_end, 1), with_incomes(&a, begins_later, 1),
                                 with_incomes(&a, own, 1),         with_incomes(&a, NULL, 0)};
    for (size_t i = 0; i < COUNT(plans); i++) {
        finds(&plans[i], "K5", 0);
    }
    struct rules_income ends[] = {income("i", "FK", "sjukpenning", NULL, "2026-10-31")};
    struct rules_plan plan = with_incomes(&a, ends, 1);
    finds(&plan, "K5", 1);
    a.status = "klar";
    finds(&plan, "K5", 0);
    a.status = "beslutad";
    a.depends_benefit = NULL;
    finds(&plan, "K5", 0);
    a.depends_benefit = ends[0].kind = "ingen";
    finds(&plan, "K5", 0);
}

/* ---- K6: planned twice ---- */

static void the_same_insats_twice(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("b", "coaching", "2026-09-01", "2026-11-30", 100),
        activity("a", "arbetsträning", "2026-10-01", "2027-01-31", 500),
    };
    a[0].insats = a[1].insats = "språnget";
    a[0].insats_name = a[1].insats_name = "Språnget";
    a[0].owner_name = "Klippans kommun";
    a[1].owner_name = "Arbetsförmedlingen";
    a[0].kind = a[1].kind = a[0].text = a[1].text = "coaching"; /* the same text too, but told once */
    struct rules_plan plan = plan_of(a, 2);
    const struct expected found = {"K6", "a b", "2026-10-01", "2026-11-30",
                                   "Klippans kommun and Arbetsförmedlingen have both planned the insats Språnget from "
                                   "2026-10-01 to 2026-11-30."};
    finds_one(&plan, &found);
    a[1].from = day("2026-12-01"); /* one takes over from the other */
    finds(&plan, "K6", 0);
    a[1].from = day("2026-10-01");
    a[1].owner = a[0].owner; /* in two steps */
    finds(&plan, "K6", 0);
}

static void the_same_activity_twice(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "utredning", "2026-09-01", "2026-11-30", 100),
        activity("b", "utredning", "2026-10-01", NULL, 100),
    };
    a[0].text = "Utredning av arbetsförmåga";
    a[1].text = " utredning  AV arbetsFÖRMÅGA\n";
    struct rules_plan plan = plan_of(a, 2);
    const struct expected found = {
        "K6", "a b", "2026-10-01", "2026-11-30",
        "Part and Part have both planned utredning from 2026-10-01 to 2026-11-30: “Utredning "
        "av arbetsförmåga”."};
    finds_one(&plan, &found);
    a[1].text = "Utredning av läs- och skrivförmåga";
    finds(&plan, "K6", 0);
    a[1].text = "Utredning av arbetsformaga";
    finds(&plan, "K6", 0);
    a[1].text = NULL; /* nothing is known to be the same */
    a[0].text = "";
    finds(&plan, "K6", 0);
    a[0].text = a[1].text = "Varje vecka";
    a[1].kind = "coaching"; /* therapy and coaching, in the same words */
    finds(&plan, "K6", 0);
    a[1].kind = "utredning";
    finds(&plan, "K6", 1);
    a[1].status = "avbruten";
    finds(&plan, "K6", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_that_overlap),       cmocka_unit_test(times_that_do_not_clash),
        cmocka_unit_test(times_that_are_not_whole), cmocka_unit_test(no_time_to_travel),
        cmocka_unit_test(times_without_end),        cmocka_unit_test(goals_that_contradict),
        cmocka_unit_test(goals_that_go_together),   cmocka_unit_test(contradictions_can_be_changed),
        cmocka_unit_test(the_benefit_ends_before),  cmocka_unit_test(the_benefit_lasts),
        cmocka_unit_test(the_same_insats_twice),    cmocka_unit_test(the_same_activity_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
