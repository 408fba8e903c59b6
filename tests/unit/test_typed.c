/* The typed tables show what the heads say. */
#include "tests/unit/sites.h"

#include "sync/typed.h"

static struct home kommun;

static int found(void **state)
{
    int bad = sites_setup(state);
    sites_found(&kommun, 1);
    return bad;
}

static int end(void **state)
{
    sites_close(&kommun);
    return sites_teardown(state);
}

static int64_t count(const char *sql)
{
    int64_t n = -1;
    assert_int_equal(db_get_int(&n, db_use(kommun.site->db, sql), -1), OK);
    return n;
}

static void rows_follow_heads(void **state)
{
    struct place p = {.plan = sites_plan(1), .topic = "plan"};
    (void)state;
    struct object_key goal = sites_make(&kommun, &p, "goal", "target_date", "2027-01-01");
    assert_int_equal(count("SELECT count(*) FROM t_goal WHERE target_date = '2027-01-01'"), 1);
    sites_must(&kommun, sites_set(&kommun, &goal.id, "goal", "target_date", ""));
    assert_int_equal(count("SELECT count(*) FROM t_goal WHERE target_date IS NULL"), 1);
    sites_must(&kommun, site_rebuild(kommun.site));
    assert_int_equal(count("SELECT count(*) FROM t_goal"), 1);
}

static void every_type_has_its_table(void **state)
{
    const struct schema *m = model_schema();
    struct site *s = kommun.site;
    (void)state;
    assert_int_equal(db_begin(s->db), OK);
    for (size_t i = 0; i < m->type_count; i++) {
        const struct schema_type *t = &m->types[i];
        assert_int_equal(db_run(typed_insert(s, t, 1000)), OK);
        for (size_t k = 0; k < t->field_count; k++) {
            assert_int_equal(typed_set(s, t, &t->fields[k], 1000, "värde"), OK);
            assert_int_equal(typed_set(s, t, &t->fields[k], 1000, NULL), OK);
        }
        assert_int_equal(typed_delete(s, t, 1000), OK);
    }
    assert_int_equal(typed_drop(s), OK);
    assert_int_equal(typed_create(s), OK);
    db_rollback(s->db);
    assert_int_equal(count("SELECT count(*) FROM t_goal"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_follow_heads), cmocka_unit_test(every_type_has_its_table)};
    return cmocka_run_group_tests(tests, found, end);
}
