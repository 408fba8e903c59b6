/* app/plan/rules: the case that started it all, what must fire, what must not, and K1 against a count day by day. */
#include "tests/unit/test_plan_rules.h"

static void finds_nothing(const struct rules_activity *activities, size_t count)
{
    struct rules_plan plan = plan_of(activities, count);
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 0);
    finding_truncate(&found, 0);
}

/* tests/data/three-plans.json (2011, Hässleholm). */
static void three_plans(struct rules_activity a[3])
{
    a[0] = activity("a0", "studier", "2026-08-24", "2026-12-18", 750);
    a[1] = activity("a1", "praktik", "2026-09-14", "2026-11-06", 1000);
    a[2] = activity("a2", "vila/sjukskrivning", "2026-09-01", "2026-10-31", 1000);
    a[0].owner_name = "Hässleholms kommun, arbetsmarknadsenheten";
    a[1].owner_name = "Arbetsförmedlingen Hässleholm";
    a[2].owner_name = "Region Skåne, psykiatrin";
}

static void the_case_that_started_it_all(void **state)
{
    (void)state;
    struct rules_activity a[3];
    three_plans(a);
    struct rules_plan plan = plan_of(a, 3);
    plan.huvudansvarig_count = 0;
    plan.follow_up = DATES_OPEN_START;
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 5);
    is(&found.items[0], "K1", "a0 a1 a2", "2026-09-01", "2026-11-06");
    assert_int_equal(found.items[0].peak_percent, 275);
    assert_int_equal(found.items[0].party_count, 3);
    assert_string_equal(found.items[0].text,
                        "studier, Hässleholms kommun, arbetsmarknadsenheten (75%); vila/sjukskrivning, Region Skåne, "
                        "psykiatrin (100%); praktik, Arbetsförmedlingen Hässleholm (100%): together up to 275% of full "
                        "time from 2026-09-01 to 2026-11-06.");
    is(&found.items[1], "K3", "a0 a2", "2026-09-01", "2026-10-31");
    assert_int_equal(found.items[1].peak_percent, FINDING_NO_PEAK);
    is(&found.items[2], "K3", "a1 a2", "2026-09-14", "2026-10-31");
    assert_string_equal(found.items[2].text,
                        "Region Skåne, psykiatrin plans vila/sjukskrivning (100%) and Arbetsförmedlingen Hässleholm "
                        "plans praktik (100%) from 2026-09-14 to 2026-10-31; one rules out the other.");
    is(&found.items[3], "K7", "plan", NULL, NULL);
    assert_int_equal(found.items[3].kind, FINDING_GLAPP);
    is(&found.items[4], "G3", "plan", NULL, NULL);
    for (size_t i = 0; i < found.count; i++) {
        assert_false(found.items[i].past);
        assert_ptr_equal(finding_by_id(&found, found.items[i].id), &found.items[i]);
    }
    finding_truncate(&found, 0);
}

static void krockar_do_not_depend_on_today(void **state)
{
    (void)state;
    struct rules_activity a[3];
    three_plans(a);
    struct rules_plan plan = plan_of(a, 3);
    struct findings now = find(&plan, TODAY);
    struct findings later = find(&plan, "2026-11-06");
    struct findings over = find(&plan, "2026-11-07");
    assert_int_equal(now.count, 3);
    assert_int_equal(later.count, 3);
    assert_int_equal(over.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(now.items[i].id, over.items[i].id);
        assert_string_equal(now.items[i].matter, over.items[i].matter);
        assert_true(over.items[i].past);
        assert_int_equal(later.items[i].past, i > 0);
    }
    finding_truncate(&now, 0);
    finding_truncate(&later, 0);
    finding_truncate(&over, 0);
}

static void order_of_the_picture_does_not_matter(void **state)
{
    (void)state;
    struct rules_activity a[3];
    three_plans(a);
    struct rules_activity turned[] = {a[2], a[0], a[1]};
    struct rules_plan plan = plan_of(a, 3);
    struct rules_plan other = plan_of(turned, 3);
    struct findings one = find(&plan, TODAY);
    struct findings two = find(&other, TODAY);
    assert_int_equal(one.count, two.count);
    for (size_t i = 0; i < one.count; i++) {
        assert_string_equal(one.items[i].id, two.items[i].id);
        assert_string_equal(one.items[i].matter, two.items[i].matter);
        assert_string_equal(one.items[i].text, two.items[i].text);
    }
    finding_truncate(&one, 0);
    finding_truncate(&two, 0);
}

static void what_is_a_method_is_no_finding(void **state)
{
    (void)state;
    struct rules_activity therapy_and_coaching[] = {
        activity("a", "KBT/behandling", "2026-09-01", "2026-12-31", 200),
        activity("b", "coaching", "2026-09-01", "2026-12-31", 800),
        activity("c", "annat", "2026-09-01", "2026-12-31", EXTENT_UNKNOWN),
    };
    struct rules_activity halves[] = {
        activity("a", "studier", "2026-09-01", "2026-12-31", 500),
        activity("b", "praktik", "2026-09-01", "2026-12-31", 500),
    };
    struct rules_activity rest_ends_the_day_before[] = {
        activity("a", "vila/sjukskrivning", "2026-08-01", "2026-09-13", 1000),
        activity("b", "praktik", "2026-09-14", "2026-12-31", 1000),
    };
    struct rules_activity half_rest[] = {
        activity("a", "vila/sjukskrivning", "2026-08-01", NULL, 500),
        activity("b", "arbetsträning", "2026-09-14", NULL, 500),
    };
    struct rules_activity rest_and_care[] = {
        activity("a", "vila/sjukskrivning", "2026-08-01", NULL, 1000),
        activity("b", "vård", "2026-09-14", NULL, EXTENT_UNKNOWN),
    };
    struct rules_activity of_unknown_extent[] = {
        activity("a", "studier", "2026-09-01", NULL, EXTENT_UNKNOWN),
        activity("b", "praktik", "2026-09-01", NULL, EXTENT_UNKNOWN),
    };
    finds_nothing(therapy_and_coaching, COUNT(therapy_and_coaching));
    finds_nothing(halves, COUNT(halves));
    finds_nothing(rest_ends_the_day_before, COUNT(rest_ends_the_day_before));
    finds_nothing(half_rest, COUNT(half_rest));
    finds_nothing(rest_and_care, COUNT(rest_and_care));
    finds_nothing(of_unknown_extent, COUNT(of_unknown_extent));
    finds_nothing(NULL, 0);
}

static void only_what_is_planned_counts(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        size_t krockar;
    } cases[] = {{NULL, 2}, {"", 2}, {"föreslagen", 2}, {"beslutad", 2}, {"pågår", 2}, {"avbruten", 0}, {"klar", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rules_activity a[] = {
            activity("a", "vila/sjukskrivning", "2026-09-01", NULL, 1000),
            activity("b", "praktik", "2026-09-01", NULL, 500),
        };
        a[1].status = cases[i].status;
        struct rules_plan plan = plan_of(a, 2);
        struct findings found = find(&plan, TODAY);
        assert_int_equal(found.count, cases[i].krockar);
        finding_truncate(&found, 0);
    }
}

static void open_ends_and_no_dates(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "vila/sjukskrivning", NULL, "2026-09-20", EXTENT_UNKNOWN), /* a rest is whole unless it says */
        activity("b", "SFI", "2026-09-10", NULL, EXTENT_UNKNOWN),
        activity("c", "praktik", NULL, NULL, 1000),                 /* beslutad, but nobody knows when */
        activity("d", "praktik", "2026-09-20", "2026-09-01", 1000), /* ends before it begins */
    };
    struct rules_plan plan = plan_of(a, COUNT(a));
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K3", "a b", "2026-09-10", "2026-09-20");
    finding_truncate(&found, 0);

    a[2].status = "pågår";
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 2);
    is(&found.items[0], "K3", "a c", NULL, "2026-09-20");
    assert_string_equal(found.items[0].text,
                        "Part plans vila/sjukskrivning (no extent given) and Part plans praktik (100%) "
                        "until 2026-09-20; one rules out the other.");
    finding_truncate(&found, 0);
}

static void full_time_twice(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("b", "praktik", "2026-09-01", NULL, 1000),
        activity("a", "studier", "2026-10-01", NULL, 1000),
    };
    a[0].owner = a[1].owner = "p";
    struct rules_plan plan = plan_of(a, 2);
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 2);
    is(&found.items[0], "K1", "a b", "2026-10-01", NULL);
    is(&found.items[1], "K3", "a b", "2026-10-01", NULL);
    assert_int_equal(found.items[1].party_count, 1);
    assert_string_equal(found.items[1].text,
                        "Part plans both praktik (100%) and studier (100%) from 2026-10-01 on; one "
                        "rules out the other.");
    finding_truncate(&found, 0);
}

static void what_waits_must_wait(void **state)
{
    (void)state;
    static const char *const needs[] = {"x", "a"};
    struct rules_activity a[] = {
        activity("b", "praktik", "2026-10-01", "2027-01-31", 500),
        activity("a", "utredning", "2026-09-01", "2026-10-15", 100),
    };
    a[0].depends_on = needs;
    a[0].depends_count = 2;
    struct rules_plan plan = plan_of(a, 2);
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K3", "a b", "2026-10-01", "2026-10-15");
    finding_truncate(&found, 0);

    a[1].to = day("2026-09-30");
    finds_nothing(a, 2);
    a[1].to = day("2026-10-15");
    a[1].status = "klar";
    finds_nothing(a, 2);
}

static void the_matrix_can_be_changed(void **state)
{
    (void)state;
    static const struct rules_exclusion matrix[] = {{{"coaching", 0, false}, {"coaching", 0, false}, false}};
    struct rules_activity a[] = {
        activity("a", "coaching", "2026-09-01", "2026-10-01", 100),
        activity("b", "coaching", "2026-09-01", "2026-10-01", 100),
        activity("c", "vila/sjukskrivning", "2026-09-01", "2026-10-01", 500),
    };
    struct rules_plan plan = plan_of(a, COUNT(a));
    struct rules_options options = {.today = day(TODAY), .exclusions = matrix, .exclusion_count = 1};
    struct findings found = {0};
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K3", "a b", "2026-09-01", "2026-10-01");
    finding_truncate(&found, 0);
    options.exclusion_count = 0; /* an empty matrix, not the default one */
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 0);
}

static void capacity_is_besides_rest(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "vila/sjukskrivning", "2026-09-01", "2026-12-31", 500),
        activity("b", "arbetsträning", "2026-09-01", "2026-12-31", 500),
        activity("c", "coaching", "2026-10-01", "2026-10-31", 51),
    };
    struct rules_plan plan = plan_of(a, 2);
    plan.capacity_permille = 500;
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 0);
    plan.activity_count = 3; /* now also over full time, rest included */
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K1", "a b c", "2026-10-01", "2026-10-31");
    assert_int_equal(found.items[0].peak_percent, 106);
    finding_truncate(&found, 0);
    a[0].extent_permille = 250; /* within full time, over what is agreed */
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K1", "b c", "2026-10-01", "2026-10-31");
    assert_int_equal(found.items[0].peak_percent, 56);
    assert_non_null(strstr(found.items[0].text, "up to 56% from 2026-10-01 to 2026-10-31, but 50% is what is agreed."));
    finding_truncate(&found, 0);
}

static void periods_that_touch_are_one(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "coaching", "2026-09-01", "2026-12-31", 800),
        activity("b", "SFI", "2026-09-01", "2026-09-30", 300),
        activity("c", "SFI", "2026-10-01", "2026-10-31", 400),
        activity("d", "SFI", "2026-11-02", "2026-11-30", 400),
    };
    struct rules_plan plan = plan_of(a, COUNT(a));
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 2);
    is(&found.items[0], "K1", "a b c", "2026-09-01", "2026-10-31");
    assert_int_equal(found.items[0].peak_percent, 120);
    is(&found.items[1], "K1", "a d", "2026-11-02", "2026-11-30");
    finding_truncate(&found, 0);
}

/* An acceptance is held against id and matter: id stays while the same objects clash, matter falls with what counts. */
static void matter_follows_what_matters(void **state)
{
    (void)state;
    struct rules_activity a[3];
    three_plans(a);
    struct rules_plan plan = plan_of(a, 3);
    struct findings before = find(&plan, TODAY);

    a[1].text = "another text";
    a[1].responsible = "m";
    a[1].owner_name = "Arbetsförmedlingen";
    a[1].status = "beslutad"; /* what it was by default */
    struct findings same = find(&plan, TODAY);
    a[1].to = day("2026-11-05");
    struct findings other = find(&plan, TODAY);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(before.items[i].id, same.items[i].id);
        assert_string_equal(before.items[i].matter, same.items[i].matter);
        assert_string_equal(before.items[i].id, other.items[i].id);
    }
    assert_string_not_equal(before.items[0].matter, other.items[0].matter);
    assert_string_equal(before.items[1].matter, other.items[1].matter); /* a0 and a2 are as they were */
    assert_string_not_equal(before.items[2].matter, other.items[2].matter);
    finding_truncate(&before, 0);
    finding_truncate(&same, 0);
    finding_truncate(&other, 0);
}

static void huvudansvariga(void **state)
{
    (void)state;
    struct rules_head heads[] = {{"m2", "Bo", "q"}, {"m1", "Anna", "p"}, {"m2", "Bo", "q"}, {"", NULL, NULL}};
    struct rules_plan plan = plan_of(NULL, 0);
    plan.huvudansvariga = heads;
    plan.huvudansvarig_count = 4;
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], "K7", "plan", NULL, NULL);
    assert_int_equal(found.items[0].kind, FINDING_KROCK);
    assert_int_equal(found.items[0].party_count, 2);
    assert_string_equal(found.items[0].text, "More than one is set as huvudansvarig: Anna; Bo.");
    char two[FINDING_ID_LEN + 1];
    memcpy(two, found.items[0].id, sizeof two);
    finding_truncate(&found, 0);

    heads[1] = heads[0]; /* the same value twice is no conflict */
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 0);

    plan.huvudansvariga = &heads[3]; /* unset */
    plan.huvudansvarig_count = 1;
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.items[0].kind, FINDING_GLAPP);
    assert_string_not_equal(found.items[0].id, two); /* to have accepted the one is not to have accepted the other */
    finding_truncate(&found, 0);

    plan.status = "avslutad";
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 0);
}

static size_t idle_count(const struct rules_activity *a, const char *status)
{
    struct rules_plan plan = plan_of(a, 1);
    plan.status = status;
    struct findings found = find(&plan, TODAY);
    size_t count = found.count;
    if (count > 0) {
        is(&found.items[0], "G1", "plan", NULL, NULL);
    }
    finding_truncate(&found, 0);
    return count;
}

static void between_chairs(void **state)
{
    (void)state;
    struct rules_activity a = activity("a", "SFI", "2026-08-01", "2026-09-14", 500);
    assert_int_equal(idle_count(&a, "aktiv"), 1);
    assert_int_equal(idle_count(&a, "utkast"), 0);
    assert_int_equal(idle_count(&a, "vilande"), 0);
    assert_int_equal(idle_count(&a, NULL), 0);
    a.to = day(TODAY);
    assert_int_equal(idle_count(&a, "aktiv"), 0);
    a.status = "avbruten";
    assert_int_equal(idle_count(&a, "aktiv"), 1);
    a.status = "föreslagen";
    assert_int_equal(idle_count(&a, "aktiv"), 1);
    a = activity("a", "SFI", "2026-10-15", NULL, 500); /* in 30 days */
    assert_int_equal(idle_count(&a, "aktiv"), 0);
    a.from = day("2026-10-16");
    assert_int_equal(idle_count(&a, "aktiv"), 1);
    a = activity("a", "SFI", NULL, NULL, 500);
    assert_int_equal(idle_count(&a, "aktiv"), 1);
    a.status = "pågår";
    assert_int_equal(idle_count(&a, "aktiv"), 0);
}

static void follow_up_and_decisions(void **state)
{
    (void)state;
    char long_text[200] = "x"; /* and 80 å: byte 120 is in the middle of one */
    for (size_t at = 1; at < 161; at += 2) {
        memcpy(long_text + at, "å", 3);
    }
    struct rules_decision decisions[] = {
        {.id = "d1", .party = "p", .party_name = "Kommunen", .text = "Ring skolan", .due = day("2026-09-14")},
        {.id = "d2", .party = "p", .due = day(TODAY)},
        {.id = "d3", .party = "p", .due = day("2026-09-01"), .done = true},
        {.id = "d4", .party = "p", .due = DATES_OPEN_START},
        {.id = "d5", .text = long_text, .due = day("2026-09-13")},
    };
    struct rules_plan plan = plan_of(NULL, 0);
    plan.decisions = decisions;
    plan.decision_count = COUNT(decisions);
    plan.follow_up = day("2026-09-14");
    struct findings found = find(&plan, TODAY);
    assert_int_equal(found.count, 3);
    is(&found.items[0], "G3", "d5", "2026-09-13", NULL);
    assert_non_null(strstr(found.items[0].text, "a party"));
    assert_string_equal(found.items[0].text + strlen(found.items[0].text) - strlen("åå…"), "åå…");
    assert_int_equal(strlen(strstr(found.items[0].text, ": x")), strlen(": ") + 119 + strlen("…"));
    for (size_t i = 1; i < 3; i++) {
        bool of_plan = strcmp(found.items[i].objects[0], "plan") == 0;
        is(&found.items[i], "G3", of_plan ? "plan" : "d1", "2026-09-14", NULL);
        assert_string_equal(found.items[i].text,
                            of_plan ? "The follow-up was to be on 2026-09-14, and no new date is set."
                                    : "The decision for Kommunen was due 2026-09-14 and is not done: Ring skolan");
    }
    finding_truncate(&found, 0);
    plan.follow_up = day(TODAY);
    plan.decision_count = 0;
    found = find(&plan, TODAY);
    assert_int_equal(found.count, 0);
}

/* xorshift; the seed is in the failure's line by the loop's number. */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

#define DAYS 60
#define MANY 7

/* The sum of extents on a day: 0 where nothing is over the limit. */
static int32_t over_on(const struct rules_activity *a, int32_t d)
{
    int32_t sum = 0;
    for (size_t i = 0; i < MANY; i++) {
        sum += a[i].from <= d && d <= a[i].to && a[i].extent_permille > 0 ? a[i].extent_permille : 0;
    }
    return sum > EXTENT_FULL ? sum : 0;
}

static void check_against_days(const struct rules_activity *a, const struct findings *found)
{
    size_t at = 0;
    for (int32_t d = 0; d < DAYS; d++) {
        if (over_on(a, d) == 0) {
            continue;
        }
        int32_t first = d;
        int32_t peak = 0;
        for (; over_on(a, d) > 0; d++) {
            peak = over_on(a, d) > peak ? over_on(a, d) : peak;
        }
        assert_true(at < found->count);
        assert_int_equal(found->items[at].from, first);
        assert_int_equal(found->items[at].to, d - 1);
        assert_int_equal(found->items[at].peak_percent, (peak + 9) / 10);
        at++;
    }
    assert_int_equal(at, found->count);
}

static void sums_agree_with_a_naive_count(void **state)
{
    (void)state;
    static const char *const ids[MANY] = {"a", "b", "c", "d", "e", "f", "g"};
    uint32_t seed = 20260915;
    for (int round = 0; round < 3000; round++) {
        struct rules_activity a[MANY];
        for (size_t i = 0; i < MANY; i++) {
            a[i] = activity(ids[i], "annat", NULL, NULL, (int32_t)(next(&seed) % 900) - 100);
            a[i].from = (int32_t)(next(&seed) % (DAYS - 1));
            a[i].to = a[i].from + (int32_t)(next(&seed) % (uint32_t)(DAYS - 1 - a[i].from));
        }
        struct rules_plan plan = plan_of(a, MANY);
        struct findings found = find(&plan, TODAY);
        check_against_days(a, &found);
        for (size_t i = 0; i < found.count; i++) {
            assert_ptr_equal(finding_by_id(&found, found.items[i].id), &found.items[i]); /* no two share an id */
        }
        finding_truncate(&found, 0);
    }
}

static void limits_hold(void **state)
{
    (void)state;
    static struct rules_activity a[RULES_ACTIVITIES_MAX + 1];
    static char ids[RULES_ACTIVITIES_MAX + 1][8];
    struct rules_options options = {.today = day(TODAY)};
    struct findings found = {0};
    for (size_t i = 0; i < COUNT(a); i++) {
        snprintf(ids[i], sizeof ids[i], "%zu", i);
        a[i] = activity(ids[i], i % 2 == 0 ? "studier" : "praktik", NULL, "2026-12-31", EXTENT_MAX);
    }
    struct rules_plan plan = plan_of(a, 1);
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    size_t before = found.count;
    assert_int_equal(before, 1);
    plan.activity_count = COUNT(a);
    assert_int_equal(rules_find(&found, &plan, &options), ERR_LIMIT);
    plan.activity_count = RULES_ACTIVITIES_MAX; /* a quarter of a million pairs clash */
    assert_int_equal(rules_find(&found, &plan, &options), ERR_LIMIT);
    assert_int_equal(found.count, before);
    plan.activity_count = 20;
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, before + 1 + 100);
    assert_non_null(strstr(found.items[before].text, " and 12 more: together"));
    finding_truncate(&found, 0);
}

static const char *backwards(const char *msgid)
{
    return strncmp(msgid, "{a} plans {kind_a}", 18) == 0 ? "{when}: {kind_b}/{kind_a} {}{unknown} {b}" : msgid;
}

static void translations_may_reorder(void **state)
{
    (void)state;
    struct rules_activity a[] = {
        activity("a", "vila/sjukskrivning", "2026-09-01", "2026-09-02", EXTENT_UNKNOWN),
        activity("b", "SFI", "2026-09-02", "2026-09-03", EXTENT_UNKNOWN),
    };
    a[1].owner_name = "{kind_a}"; /* a value is not searched for placeholders */
    struct rules_plan plan = plan_of(a, 2);
    struct rules_options options = {.today = day(TODAY), .tr = backwards};
    struct findings found = {0};
    assert_int_equal(rules_find(&found, &plan, &options), OK);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.items[0].text,
                        "from 2026-09-02 to 2026-09-02: SFI/vila/sjukskrivning {}{unknown} {kind_a}");
    finding_truncate(&found, 0);
}

static void the_table_is_whole(void **state)
{
    (void)state;
    static const char *const ids[] = {"K1", "K2", "K3", "K4", "K5", "K6", "K7",
                                      "K7", "G1", "G2", "G3", "G4", "G5", "G6"};
    size_t count = 0;
    const struct rules_rule *rules = rules_all(&count);
    assert_int_equal(count, COUNT(ids));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(rules[i].id, ids[i]);
        assert_non_null(rules[i].find);
        assert_true(strlen(rules[i].why) > 0);
    }
    assert_string_equal(finding_kind_word(FINDING_KROCK), "krock");
    assert_string_equal(finding_kind_word(FINDING_GLAPP), "glapp");
    assert_string_equal(finding_severity_word(FINDING_WARN), "warn");
    assert_string_equal(finding_severity_word(FINDING_STOP), "stop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_case_that_started_it_all),
        cmocka_unit_test(krockar_do_not_depend_on_today),
        cmocka_unit_test(order_of_the_picture_does_not_matter),
        cmocka_unit_test(what_is_a_method_is_no_finding),
        cmocka_unit_test(only_what_is_planned_counts),
        cmocka_unit_test(open_ends_and_no_dates),
        cmocka_unit_test(full_time_twice),
        cmocka_unit_test(what_waits_must_wait),
        cmocka_unit_test(the_matrix_can_be_changed),
        cmocka_unit_test(capacity_is_besides_rest),
        cmocka_unit_test(periods_that_touch_are_one),
        cmocka_unit_test(matter_follows_what_matters),
        cmocka_unit_test(huvudansvariga),
        cmocka_unit_test(between_chairs),
        cmocka_unit_test(follow_up_and_decisions),
        cmocka_unit_test(sums_agree_with_a_naive_count),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(translations_may_reorder),
        cmocka_unit_test(the_table_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
