/* What the tests of the rules share: pictures that give no findings of themselves, and looking at findings. */
#ifndef TESTS_UNIT_TEST_PLAN_RULES_H
#define TESTS_UNIT_TEST_PLAN_RULES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/rules.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TODAY "2026-09-15" /* a Tuesday */

static inline int32_t day(const char *text)
{
    int32_t value = 0;
    assert_int_equal(dates_parse(&value, text), OK);
    return value;
}

/* NULL: open. Each is of another party, named as its id, and somebody is responsible. */
static inline struct rules_activity activity(const char *id, const char *kind, const char *from, const char *to,
                                             int32_t extent_permille)
{
    struct rules_activity a;
    rules_activity_init(&a, id);
    a.owner = id;
    a.owner_name = "Part";
    a.kind = kind;
    a.responsible = "m";
    a.from = from ? day(from) : DATES_OPEN_START;
    a.to = to ? day(to) : DATES_OPEN_END;
    a.extent_permille = extent_permille;
    return a;
}

static const struct rules_head one_head = {.whom = "m", .name = "Anna", .party = "p"};

/* A plan that has what it needs, so that only what is put in can give findings. */
static inline struct rules_plan plan_of(const struct rules_activity *activities, size_t count)
{
    struct rules_plan plan;
    rules_plan_init(&plan, "plan");
    plan.huvudansvariga = &one_head;
    plan.huvudansvarig_count = 1;
    plan.follow_up = day("2199-01-01");
    plan.activities = activities;
    plan.activity_count = count;
    return plan;
}

static inline struct findings find(const struct rules_plan *plan, const char *today)
{
    struct findings found = {0};
    struct rules_options options;
    rules_options_init(&options, day(today));
    assert_int_equal(rules_find(&found, plan, &options), OK);
    return found;
}

/* As many findings as that, today, all of that rule; frees them. */
static inline void finds(const struct rules_plan *plan, const char *rule, size_t count)
{
    struct findings found = find(plan, TODAY);
    for (size_t i = 0; i < found.count; i++) {
        assert_string_equal(found.items[i].rule, rule);
    }
    assert_int_equal(found.count, count);
    finding_truncate(&found, 0);
}

/* objects: space between ids. from, to: NULL for none. */
static inline void is(const struct finding *f, const char *rule, const char *objects, const char *from, const char *to)
{
    char joined[256] = "";
    for (size_t i = 0; i < f->object_count; i++) {
        size_t len = strlen(joined);
        snprintf(joined + len, sizeof joined - len, "%s%s", i > 0 ? " " : "", f->objects[i]);
    }
    assert_string_equal(f->rule, rule);
    assert_string_equal(joined, objects);
    assert_int_equal(f->from, from ? day(from) : DATES_OPEN_START);
    assert_int_equal(f->to, to ? day(to) : DATES_OPEN_END);
    assert_int_equal(strlen(f->id), FINDING_ID_LEN);
    assert_int_equal(strlen(f->matter), FINDING_ID_LEN);
    assert_true(strlen(f->text) > 0);
    assert_null(strchr(f->text, '{')); /* every placeholder was known */
}

/* Exactly one finding, with that sentence; frees it. */
struct expected {
    const char *rule;
    const char *objects;
    const char *from;
    const char *to;
    const char *text;
};
static inline void finds_one(const struct rules_plan *plan, const struct expected *e)
{
    struct findings found = find(plan, TODAY);
    assert_int_equal(found.count, 1);
    is(&found.items[0], e->rule, e->objects, e->from, e->to);
    assert_string_equal(found.items[0].text, e->text);
    finding_truncate(&found, 0);
}

#endif
