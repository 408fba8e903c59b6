/* One save: what it takes, what it refuses, and that nothing is left of one that is cancelled. */
#include "tests/unit/sites.h"

static struct home kommun;
static struct place shared;

static int found(void **state)
{
    int bad = sites_setup(state);
    shared = (struct place){.plan = sites_plan(1), .topic = "plan"};
    sites_found(&kommun, 1);
    return bad;
}

static int end(void **state)
{
    sites_close(&kommun);
    return sites_teardown(state);
}

static void values_as_typed(void **state)
{
    (void)state;
    struct object_key goal = sites_make(&kommun, &shared, "goal", "text", "  Ett  mål\r\n");
    struct edit *e = sites_edit(&kommun);
    assert_int_equal(edit_set(e, &goal, sites_field("goal", "target_date"), "i morgon"), ERR_INPUT);
    edit_cancel(e);
    e = sites_edit(&kommun);
    assert_int_equal(edit_add(e, &goal, sites_field("goal", "target_date"), "2027-01-01"), ERR_INPUT);
    edit_cancel(e);
    e = sites_edit(&kommun);
    assert_int_equal(edit_set(e, &goal, sites_field("goal", "text"), "\xff"), ERR_INPUT);
    edit_cancel(e);
    char *text = malloc(LIMIT_TEXT + 2);
    memset(text, 'x', LIMIT_TEXT + 1);
    text[LIMIT_TEXT + 1] = '\0';
    e = sites_edit(&kommun);
    assert_int_equal(edit_set(e, &goal, sites_field("goal", "text"), text), ERR_INPUT);
    edit_cancel(e);
    free(text);
    e = sites_edit(&kommun);
    sites_must(&kommun, edit_set(e, &goal, sites_field("goal", "text"), "")); /* unset */
    sites_save(&kommun, e);
    struct arena a = {0};
    struct view_list list;
    sites_look(&list, &a, &kommun, &goal.id);
    assert_null(view_get(&list.objects[0], "text"));
    arena_free(&a);
}

static void what_is_not_there(void **state)
{
    (void)state;
    struct object_key none = {.section = 1, .id = sites_plan(99)};
    struct edit *e = sites_edit(&kommun);
    assert_int_equal(edit_remove(e, &none), ERR_NOT_FOUND);
    edit_cancel(e);
    struct grant g = {.kind = GRANT_PARTY, .id = sites_plan(98)};
    struct place nowhere = {.plan = sites_plan(97), .topic = "plan"};
    e = sites_edit(&kommun);
    assert_int_equal(edit_exclude(e, &nowhere, &g, 1, ""), ERR_NOT_FOUND);
    edit_cancel(e);
    struct place theirs = {.plan = sites_plan(1), .owner = sites_plan(96), .topic = "plan"};
    int64_t section = 0;
    e = sites_edit(&kommun);
    assert_int_equal(edit_section(&section, e, &theirs), ERR_REFUSED);
    edit_cancel(e);
    e = sites_edit(&kommun);
    sites_must(&kommun, edit_section(&section, e, &shared));
    struct uuid id = sites_plan(50);
    const struct schema_type *activity = schema_type_named(model_schema(), "activity");
    const struct schema_type *goal = schema_type_named(model_schema(), "goal");
    assert_int_equal(edit_new(NULL, e, section, activity, &id), ERR_INPUT);
    edit_cancel(e);
    e = sites_edit(&kommun);
    sites_must(&kommun, edit_section(&section, e, &shared));
    sites_must(&kommun, edit_new(NULL, e, section, goal, &id));
    assert_int_equal(edit_new(NULL, e, section, goal, &id), ERR_EXISTS);
    edit_cancel(e);
}

static void nothing_saved_is_nothing(void **state)
{
    struct dot at = {.n = 7};
    struct buf before = {0};
    struct buf after = {0};
    (void)state;
    sites_digest(&before, &kommun, NULL);
    sites_must(&kommun, edit_commit(sites_edit(&kommun), &at));
    assert_int_equal(at.n, 0);
    struct edit *e = sites_edit(&kommun);
    int64_t section = 0;
    struct object_key key;
    sites_must(&kommun, edit_section(&section, e, &(struct place){.plan = sites_plan(8), .topic = "plan"}));
    sites_must(&kommun, edit_new(&key, e, section, schema_type_named(model_schema(), "goal"), &(struct uuid){{0}}));
    assert_true(edit_size(e) >= 2);
    edit_cancel(e);
    sites_digest(&after, &kommun, NULL);
    assert_string_equal((const char *)before.ptr, (const char *)after.ptr);
    buf_free(&before);
    buf_free(&after);
}

static void grants_are_tidied(void **state)
{
    struct grant to[] = {{.kind = GRANT_MEMBER, .id = sites_plan(3), .writes = false},
                         {.kind = GRANT_PARTY, .id = sites_plan(2), .writes = true},
                         {.kind = GRANT_MEMBER, .id = sites_plan(3), .writes = true}};
    struct arena a = {0};
    struct view_sections list;
    struct place p = {.plan = sites_plan(9), .topic = "plan"};
    (void)state;
    struct edit *e = sites_edit(&kommun);
    sites_must(&kommun, edit_admit(e, &p, to, 3, "prov"));
    size_t size = edit_size(e);
    sites_must(&kommun, edit_admit(e, &p, to, 2, "prov")); /* they have it already */
    assert_int_equal(edit_size(e), size);
    sites_save(&kommun, e);
    sites_must(&kommun, view_sections(&list, &a, kommun.site, &p.plan));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.sections[0].grant_count, 3);
    assert_true(list.sections[0].may_write);
    e = sites_edit(&kommun);
    sites_must(&kommun, edit_exclude(e, &p, to, 1, "prov"));
    sites_save(&kommun, e);
    sites_must(&kommun, view_sections(&list, &a, kommun.site, &p.plan));
    assert_int_equal(list.sections[0].grant_count, 2);
    arena_free(&a);
}

/* A second begin on the same handle is refused and leaves the first as it was. */
static void one_at_a_time(void **state)
{
    (void)state;
    struct object_key goal = sites_make(&kommun, &shared, "goal", "target_date", "2027-01-01");
    struct edit *first = sites_edit(&kommun);
    struct edit *second = NULL;
    sites_must(&kommun, edit_set(first, &goal, sites_field("goal", "target_date"), "2027-02-02"));
    assert_int_not_equal(edit_begin(&second, kommun.site), OK);
    bool still = db_in_transaction(kommun.site->db);
    if (!still) {
        edit_cancel(first);
    }
    assert_true(still);
    sites_save(&kommun, first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_as_typed), cmocka_unit_test(what_is_not_there),
                                       cmocka_unit_test(nothing_saved_is_nothing), cmocka_unit_test(grants_are_tidied),
                                       cmocka_unit_test(one_at_a_time)};
    return cmocka_run_group_tests(tests, found, end);
}
