/* sync/bookmark and view_history_since: what has not been read yet, whatever clocks say, and over a rebuild. */
#include "tests/unit/sites.h"

#include "sync/bookmark.h"

struct pair {
    struct home a;
    struct home b;
    struct object_key goal;
    struct place shared;
    char folder[SITES_PATH];
};

static void meet(struct pair *p)
{
    struct home *const both[] = {&p->a, &p->b};
    sites_meet_all(both, 2, p->folder);
}

/* A plan with a goal that both know of. */
static void begin(struct pair *p, bool slow)
{
    *p = (struct pair){.b.slow = slow};
    sites_path(p->folder, "place");
    sites_found(&p->a, 1);
    sites_join(&p->b, &p->a, "Regionen", "region", "Rut");
    meet(p);
    p->shared = (struct place){.plan = sites_plan(1), .topic = "plan"};
    p->goal = sites_make(&p->a, &p->shared, "goal", "text", "Ett");
    sites_admit(&p->a, &p->shared, &p->b, true);
    meet(p);
}

static void end(struct pair *p)
{
    sites_close(&p->a);
    sites_close(&p->b);
}

static void look(struct home *h, const char *name)
{
    struct arena a = {0};
    struct view_touched now;
    sites_must(h, view_touched(&now, &a, h->site, INT64_MAX));
    sites_must(h, bookmark_move(h->site, name, now.upto));
    arena_free(&a);
}

/* "old>value" of each change to a field, with spaces between. */
static void unread(struct home *h, const char *name, const char *expected)
{
    struct arena a = {0};
    struct buf text = {0};
    struct view_changes changes;
    const struct view_since since = {.bookmark = name};
    sites_must(h, view_history_since(&changes, &a, h->site, &since));
    for (size_t i = 0; i < changes.count; i++) {
        const struct view_change *c = &changes.changes[i];
        if (c->field) {
            buf_printf(&text, "%s%s>%s", text.len > 0 ? " " : "", c->old ? c->old : "-", c->value ? c->value : "-");
        }
    }
    assert_string_equal(buf_text(&text), expected);
    buf_free(&text);
    arena_free(&a);
}

static void set(struct home *h, const struct pair *p, const char *text)
{
    assert_int_equal(sites_set(h, &p->goal.id, "goal", "text", text), OK);
}

static void each_has_read_for_themselves(void **state)
{
    (void)state;
    struct pair p;
    bool found;
    int64_t place;
    begin(&p, false);
    sites_must(&p.a, bookmark_get(&found, &place, p.a.site, "Anna"));
    assert_false(found);
    look(&p.a, "Anna");
    unread(&p.a, "Anna", "");
    unread(&p.a, "Bo", "->Ett");
    set(&p.b, &p, "Två");
    set(&p.b, &p, "Tre");
    meet(&p);
    unread(&p.a, "Anna", "Ett>Två Två>Tre");
    look(&p.a, "Bo");
    unread(&p.a, "Bo", "");
    unread(&p.a, "Anna", "Ett>Två Två>Tre");
    sites_must(&p.a, bookmark_get(&found, &place, p.a.site, "Bo"));
    sites_must(&p.a, bookmark_move(p.a.site, "Bo", place - 1)); /* never back */
    unread(&p.a, "Bo", "");
    end(&p);
}

/* The other's clock is an hour behind: by the clock it was written before Anna looked. */
static void late_with_an_old_clock_is_news(void **state)
{
    (void)state;
    struct pair p;
    begin(&p, true);
    look(&p.a, "Anna");
    set(&p.b, &p, "Två");
    set(&p.a, &p, "Eget");
    look(&p.a, "Anna");
    meet(&p);
    unread(&p.a, "Anna", "Eget>Två");
    sites_reopen(&p.a);
    unread(&p.a, "Anna", "Eget>Två");
    look(&p.a, "Anna");
    unread(&p.a, "Anna", "");
    end(&p);
}

static void what_can_be_read_late_is_news(void **state)
{
    (void)state;
    struct pair p;
    begin(&p, false);
    const struct place own = {.plan = sites_plan(1), .owner = site_self(p.b.site)->party, .topic = "plan"};
    (void)sites_make(&p.b, &own, "activity", "kind", "vård");
    meet(&p);
    look(&p.a, "Anna");
    sites_admit(&p.b, &own, &p.a, false);
    meet(&p);
    unread(&p.a, "Anna", "->vård");
    end(&p);
}

static void a_rebuild_changes_nothing(void **state)
{
    (void)state;
    struct pair p;
    begin(&p, false);
    const struct place own = {.plan = sites_plan(1), .owner = site_self(p.b.site)->party, .topic = "plan"};
    (void)sites_make(&p.b, &own, "activity", "kind", "vård");
    meet(&p);
    set(&p.a, &p, "Två");
    look(&p.a, "Anna");
    sites_admit(&p.b, &own, &p.a, false); /* its content takes its place among what came earlier, when made anew */
    meet(&p);
    set(&p.b, &p, "Tre");
    meet(&p);
    for (int times = 0; times < 2; times++) {
        sites_must(&p.a, site_rebuild(p.a.site));
        unread(&p.a, "Anna", "->vård Två>Tre");
        unread(&p.a, "Bo", "->Ett ->vård Ett>Två Två>Tre");
    }
    set(&p.b, &p, "Fyra");
    meet(&p);
    unread(&p.a, "Anna", "->vård Två>Tre Tre>Fyra");
    look(&p.a, "Anna");
    unread(&p.a, "Anna", "");
    sites_must(&p.a, site_rebuild(p.a.site));
    unread(&p.a, "Anna", "");
    end(&p);
}

static void by_the_time(void **state)
{
    (void)state;
    struct pair p;
    struct arena a = {0};
    struct view_changes changes;
    begin(&p, false);
    const struct view_since since = {.time_ms = (int64_t)sites_clock_ms};
    set(&p.a, &p, "Två");
    sites_must(&p.a, view_history_since(&changes, &a, p.a.site, &since));
    assert_int_equal(changes.count, 1);
    assert_string_equal(changes.changes[0].old, "Ett");
    assert_string_equal(changes.changes[0].value, "Två");
    const struct view_since all = {.time_ms = 0};
    sites_must(&p.a, view_history_since(&changes, &a, p.a.site, &all));
    assert_true(changes.count > 5);
    arena_free(&a);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_read_for_themselves),
        cmocka_unit_test(late_with_an_old_clock_is_news),
        cmocka_unit_test(what_can_be_read_late_is_news),
        cmocka_unit_test(a_rebuild_changes_nothing),
        cmocka_unit_test(by_the_time),
    };
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
