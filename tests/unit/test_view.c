/* Reading: filters, order, history and sections. */
#include "tests/unit/sites.h"

static void filtered_and_told(void **state)
{
    struct home kommun = {0};
    struct arena a = {0};
    struct view_list list;
    struct view_changes log;
    struct view_sections sections;
    (void)state;
    sites_found(&kommun, 1);
    struct uuid plans[] = {sites_plan(1), sites_plan(2)};
    struct place one = {.plan = plans[0], .topic = "plan"};
    struct place two = {.plan = plans[1], .topic = "plan"};
    struct object_key x = sites_make(&kommun, &one, "goal", "target_date", "2027-01-01");
    struct object_key y = sites_make(&kommun, &two, "note", "text", "anteckning");
    sites_must(&kommun, sites_set(&kommun, &x.id, "goal", "target_date", "2027-02-02"));
    sites_remove(&kommun, &y.id);
    struct view_query q = {.plan = &plans[0]};
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 1);
    assert_string_equal(view_get(&list.objects[0], "target_date"), "2027-02-02");
    assert_null(view_get(&list.objects[0], "text"));
    const struct view_object goal = list.objects[0];
    assert_string_equal(view_field(&list.objects[0], "target_date")->values[0].by.member_name, "Karin");
    q.bare = true;
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.objects[0].field_count, 0);
    assert_ptr_equal(list.objects[0].type, goal.type);
    assert_memory_equal(&list.objects[0].place.plan, &plans[0], ID_LEN);
    q = (struct view_query){.type = "note"};
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 0);
    q.removed_too = true;
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 1);
    assert_true(list.objects[0].removed);
    q = (struct view_query){.type = "finns_inte"};
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 0);
    q = (struct view_query){.plan = &plans[0], .id = &y.id, .removed_too = true};
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 0);
    q = (struct view_query){.type = "goal", .field = "target_date", .value = "2027-01-01"};
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 0); /* not any more */
    q.value = view_get(&goal, "target_date");
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 1);
    assert_memory_equal(&list.objects[0].key.id, &goal.key.id, ID_LEN);
    q.plan = &plans[1];
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 0);
    q = (struct view_query){.conflicts_only = true};
    sites_must(&kommun, view_objects(&list, &a, kommun.site, &q));
    assert_int_equal(list.count, 0);
    sites_must(&kommun, view_history(&log, &a, kommun.site, &plans[0], "target_date"));
    assert_int_equal(log.count, 2);
    assert_int_equal(log.changes[0].standing, VIEW_SUPERSEDED);
    assert_int_equal(log.changes[1].standing, VIEW_SHOWN);
    assert_string_equal(log.changes[1].old, "2027-01-01");
    assert_string_equal(log.changes[1].commit, "");
    sites_must(&kommun, site_seal(kommun.site));
    sites_must(&kommun, view_history(&log, &a, kommun.site, NULL, NULL));
    assert_int_equal(strlen(log.changes[0].commit), 40);
    sites_must(&kommun, view_sections(&sections, &a, kommun.site, &plans[1]));
    assert_int_equal(sections.count, 1);
    assert_true(sections.sections[0].may_write);
    arena_free(&a);
    sites_close(&kommun);
}

static enum err first_only(void *ctx, const struct view_object *o)
{
    (void)o;
    ++*(int *)ctx;
    return ERR_BUSY;
}

static void a_callback_may_stop(void **state)
{
    struct home kommun = {0};
    int calls = 0;
    (void)state;
    sites_found(&kommun, 1);
    struct place p = {.plan = sites_plan(1), .topic = "plan"};
    sites_make(&kommun, &p, "goal", "target_date", "2027-01-01");
    sites_make(&kommun, &p, "goal", "target_date", "2027-01-01");
    assert_int_equal(view_each(kommun.site, first_only, &calls), ERR_BUSY);
    assert_int_equal(calls, 1);
    sites_close(&kommun);
}

static size_t who_names(struct home *h, const char *type, const char *field, const char *value)
{
    struct arena a = {0};
    struct view_list list;
    const struct view_query q = {.type = type, .field = field, .value = value};
    sites_must(h, view_objects(&list, &a, h->site, &q));
    const size_t count = list.count;
    arena_free(&a);
    return count;
}

/* One head is enough, shown or not; what was there before is not. */
static void by_whom_a_field_names(void **state)
{
    static const char *const people[] = {"0190f000-0000-7000-8000-000000000001", "0190f000-0000-7000-8000-000000000002",
                                         "0190f000-0000-7000-8000-000000000003"};
    struct home one = {0};
    struct home two = {0};
    struct home *const both[] = {&one, &two};
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "named");
    sites_found(&one, 1);
    sites_join(&two, &one, "Regionen", "region", "Rut");
    sites_meet_all(both, 2, folder);
    struct place p = {.plan = sites_plan(3), .topic = "plan"};
    struct object_key x = sites_make(&one, &p, "decision", "party", people[0]);
    (void)sites_make(&one, &p, "decision", "meeting", people[0]); /* the same value in another field */
    sites_admit(&one, &p, &two, true);
    sites_meet_all(both, 2, folder);
    assert_int_equal(who_names(&two, "decision", "party", people[0]), 1);
    sites_must(&one, sites_set(&one, &x.id, "decision", "party", people[1]));
    sites_must(&two, sites_set(&two, &x.id, "decision", "party", people[2]));
    sites_meet_all(both, 2, folder);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(who_names(both[i], "decision", "party", people[0]), 0);
        assert_int_equal(who_names(both[i], "decision", "party", people[1]), 1);
        assert_int_equal(who_names(both[i], "decision", "party", people[2]), 1);
        assert_int_equal(who_names(both[i], "remiss", "to", people[2]), 0);
    }
    sites_must(&one, sites_set(&one, &x.id, "decision", "party", ""));
    sites_meet_all(both, 2, folder);
    assert_int_equal(who_names(&two, "decision", "party", people[1]), 0);
    sites_close(&one);
    sites_close(&two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(filtered_and_told), cmocka_unit_test(by_whom_a_field_names),
                                       cmocka_unit_test(a_callback_may_stop)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
