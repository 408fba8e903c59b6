/* Looking things up in a schema; and that the real one is sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/plan/model.h"

static void looked_up(void **state)
{
    const struct schema *m = model_schema();
    const struct schema_type *goal = schema_type_named(m, "goal");
    (void)state;
    assert_non_null(goal);
    assert_ptr_equal(schema_type_numbered(m, goal->number), goal);
    assert_null(schema_type_named(m, "Goal"));
    assert_null(schema_type_numbered(m, 0));
    assert_null(schema_type_numbered(m, (uint64_t)goal->number + 65536));
    const struct schema_field *date = schema_field_named(goal, "target_date");
    assert_ptr_equal(schema_field_numbered(goal, date->number), date);
    assert_null(schema_field_named(goal, ""));
    assert_null(schema_field_numbered(goal, (uint64_t)date->number + 65536));
    assert_true(schema_allows(goal, PLACE_SHARED, "plan") && schema_allows(goal, PLACE_OWNED, "plan"));
    assert_false(schema_allows(goal, PLACE_FORBUND, "plan") || schema_allows(goal, PLACE_SHARED, "halsa"));
}

static void numbers_are_unique(void **state)
{
    const struct schema *m = model_schema();
    (void)state;
    for (size_t i = 0; i < m->type_count; i++) {
        const struct schema_type *t = &m->types[i];
        assert_ptr_equal(schema_type_numbered(m, t->number), t);
        assert_ptr_equal(schema_type_named(m, t->name), t);
        assert_true(t->places != 0 && t->topics[0] != NULL && t->number > 0);
        for (size_t k = 0; k < t->field_count; k++) {
            assert_ptr_equal(schema_field_numbered(t, t->fields[k].number), &t->fields[k]);
            assert_ptr_equal(schema_field_named(t, t->fields[k].name), &t->fields[k]);
            assert_true((t->fields[k].form == FORM_WORD) == (t->fields[k].words != NULL));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looked_up), cmocka_unit_test(numbers_are_unique)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
