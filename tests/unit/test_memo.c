/* sync/memo: what app keeps of what it has worked out; and what view_touched tells of what came since. */
#include "tests/unit/sites.h"

#include "sync/memo.h"

#define KIND "prov"

static const struct uuid one = {{1}};
static const struct uuid two = {{2}};
static const struct uuid three = {{3}};

static void put(struct home *h, const char *kind, const struct uuid *key, int32_t from, int32_t to,
                const struct uuid *rests_on)
{
    const struct memo_row row = {.key = *key,
                                 .from = from,
                                 .to = to,
                                 .rests_on = span_of(rests_on, rests_on ? sizeof *rests_on : 0),
                                 .value = span_str("värde")};
    sites_must(h, memo_put(h->site, kind, &row));
}

/* The keys that are due that day, by their first bytes. */
static void due(struct home *h, int32_t day, const char *expected)
{
    struct buf keys = {0};
    char found[10] = "";
    sites_must(h, memo_due(&keys, h->site, KIND, day, 5));
    for (size_t at = 0; at < keys.len; at += ID_LEN) {
        found[at / ID_LEN] = (char)('0' + keys.ptr[at]);
    }
    buf_free(&keys);
    assert_string_equal(found, expected);
}

static enum err count(void *ctx, const struct memo_row *row)
{
    assert_true(span_equal(row->value, span_str("värde")));
    ++*(size_t *)ctx;
    return OK;
}

static size_t rows_of(struct home *h)
{
    size_t rows = 0;
    sites_must(h, memo_each(h->site, KIND, count, &rows));
    return rows;
}

static void rows_hold_for_their_days(void **state)
{
    (void)state;
    struct home h = {0};
    bool got;
    sites_found(&h, 1);
    sites_must(&h, memo_begin(&got, h.site, false));
    assert_true(got);
    put(&h, KIND, &one, 10, 20, &three);
    put(&h, KIND, &two, 15, INT32_MAX, NULL);
    put(&h, "annat", &three, 0, 0, NULL);
    due(&h, 9, "12");
    due(&h, 10, "2");
    due(&h, 15, "");
    due(&h, 20, "");
    due(&h, 21, "1");
    put(&h, KIND, &one, 10, 30, &three); /* takes the place of the other */
    due(&h, 21, "");
    sites_must(&h, memo_spoil(h.site, KIND, &three)); /* nothing is kept there yet */
    due(&h, 21, "3");
    assert_int_equal(rows_of(&h), 2);
    sites_must(&h, memo_spoil_resting_on(h.site, KIND, &two, 1));
    due(&h, 21, "3");
    sites_must(&h, memo_spoil_resting_on(h.site, KIND, &three, 1));
    due(&h, 21, "13");
    due(&h, INT32_MAX, "13");
    due(&h, INT32_MIN, "123");
    sites_must(&h, memo_spoil_resting_on(h.site, KIND, NULL, 0));
    due(&h, 21, "123");
    sites_must(&h, memo_drop(h.site, KIND, &one));
    due(&h, 21, "23");
    sites_must(&h, memo_drop_all(h.site, KIND));
    due(&h, 21, "");
    sites_must(&h, memo_commit(h.site));
    sites_close(&h);
}

static bool is_kept(struct home *h)
{
    struct arena a = {0};
    struct memo_row row;
    bool found;
    sites_must(h, memo_get(&found, &row, &a, h->site, KIND, &one));
    assert_true(!found || (span_equal(row.value, span_str("värde")) && row.rests_on.len == ID_LEN));
    arena_free(&a);
    return found;
}

static void it_is_derived_and_never_in_the_way(void **state)
{
    (void)state;
    struct home h = {0};
    struct home other;
    struct edit *ed;
    bool got;
    sites_found(&h, 1);
    sites_second(&other, &h);
    sites_must(&other, edit_begin(&ed, other.site));
    sites_must(&h, memo_begin(&got, h.site, false));
    assert_false(got); /* the other process writes */
    edit_cancel(ed);
    sites_must(&h, edit_begin(&ed, h.site));
    sites_must(&h, memo_begin(&got, h.site, true));
    assert_false(got); /* a save is under way on this handle */
    edit_cancel(ed);
    sites_must(&h, memo_begin(&got, h.site, true));
    put(&h, KIND, &one, 0, 0, &two);
    memo_cancel(h.site);
    assert_false(is_kept(&h));
    sites_must(&h, memo_begin(&got, h.site, true));
    put(&h, KIND, &one, 0, 0, &two);
    sites_must(&h, memo_commit(h.site));
    assert_true(is_kept(&h));
    assert_true(is_kept(&other));
    sites_must(&h, site_rebuild(h.site));
    assert_false(is_kept(&h));
    sites_close(&other);
    sites_close(&h);
}

static int64_t touched(struct home *h, int64_t since, const struct uuid *plan, const char *type)
{
    struct arena a = {0};
    struct view_touched t;
    bool found = false;
    sites_must(h, view_touched(&t, &a, h->site, since));
    for (size_t i = 0; i < t.count; i++) {
        const struct view_touch *one_of = &t.touches[i];
        found = found || (memcmp(&one_of->plan, plan, sizeof *plan) == 0 && one_of->type &&
                          strcmp(one_of->type->name, type) == 0);
    }
    assert_int_equal(t.count > 0, found); /* what the tests below write is in one plan, of one type */
    arena_free(&a);
    return found ? t.upto : -1;
}

/* What came late counts from when it can be read here, not from when it was written. */
static void touched_is_what_came_since(void **state)
{
    (void)state;
    struct home a = {0};
    struct home b = {0};
    struct arena arena = {0};
    struct view_touched t;
    char folder[SITES_PATH];
    sites_path(folder, "place");
    sites_found(&a, 1);
    sites_join(&b, &a, "Regionen", "region", "Rut");
    struct home *const both[] = {&a, &b};
    sites_meet_all(both, 2, folder);
    const struct place own = {.plan = sites_plan(1), .owner = site_self(a.site)->party, .topic = "plan"};
    const struct object_key key = sites_make(&a, &own, "activity", "kind", "vård");
    sites_meet_all(both, 2, folder);
    sites_must(&b, view_touched(&t, &arena, b.site, INT64_MAX)); /* only how far it has come */
    const int64_t sealed = t.upto;
    assert_int_equal(touched(&b, sealed, &own.plan, "activity"), -1);
    sites_admit(&a, &own, &b, false);
    sites_meet_all(both, 2, folder);
    sites_must(&b, view_touched(&t, &arena, b.site, sealed));
    assert_true(t.upto > sealed && t.count > 0);
    const int64_t opened = t.upto;
    assert_int_equal(sites_set(&a, &key.id, "activity", "kind", "coaching"), OK);
    sites_meet_all(both, 2, folder);
    assert_true(touched(&b, opened, &own.plan, "activity") > opened);
    arena_free(&arena);
    sites_close(&a);
    sites_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_hold_for_their_days),
        cmocka_unit_test(it_is_derived_and_never_in_the_way),
        cmocka_unit_test(touched_is_what_came_since),
    };
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
