/* Meetings that go wrong in the ways that sticks, folders and people do. */
#include "tests/unit/sites.h"

#include <unistd.h>

struct scene {
    struct home kommun;
    struct home af;
    char folder[SITES_PATH];
    struct place shared;
    struct object_key goal;
};

static void set_up(struct scene *s)
{
    *s = (struct scene){.shared = {.plan = sites_plan(1), .topic = "plan"}};
    sites_path(s->folder, "sticka");
    sites_found(&s->kommun, 1);
    sites_join(&s->af, &s->kommun, "AF", "af", "Anna");
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s->kommun, &s->shared, &s->af, true);
    struct home *all[] = {&s->kommun, &s->af};
    sites_meet_all(all, 2, s->folder);
}

static void done(struct scene *s)
{
    sites_close(&s->kommun);
    sites_close(&s->af);
}

static void run(const char *format, const char *folder)
{
    struct buf command = {0};
    buf_printf(&command, format, folder, folder);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
}

static void nothing_new_sends_nothing(void **state)
{
    struct scene s;
    struct arena a = {0};
    struct meet_result r;
    (void)state;
    set_up(&s);
    sites_must(&s.kommun, sites_meet_any(&r, &a, &s.kommun, s.folder));
    assert_int_equal(r.sent_bytes + r.received_bytes + r.sent_transactions + r.received_transactions, 0);
    arena_free(&a);
    done(&s);
}

static int64_t may_owe_keys(const struct home *h)
{
    int64_t debts = -1;
    struct db_row *q = db_use(h->site->db, "SELECT value FROM meta WHERE name = 'debts'");
    assert_int_equal(db_get_int(&debts, q, -1), OK);
    return debts;
}

/* It looks for them through all epochs and devices: not at each meeting of somebody who only reads. */
static void keys_owed_are_looked_for_once(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s); /* AF was given keys, and has written nothing */
    assert_int_equal(may_owe_keys(&s.af), 0);
    struct place other = {.plan = sites_plan(2), .topic = "plan"};
    (void)sites_make(&s.kommun, &other, "goal", "target_date", "2027-01-01");
    sites_admit(&s.kommun, &other, &s.af, true);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(may_owe_keys(&s.af), 0);
    done(&s);
}

static bool stop(void *ctx, uint64_t at, uint64_t total)
{
    int *left = ctx;
    assert_true(at <= total);
    return --*left > 0;
}

static void cancelled_half_way(void **state)
{
    struct scene s;
    struct arena a = {0};
    struct meet_result r;
    (void)state;
    set_up(&s);
    for (int i = 0; i < 5; i++) {
        sites_must(&s.kommun,
                   sites_set(&s.kommun, &s.goal.id, "goal", "target_date", i % 2 ? "2028-01-01" : "2028-02-02"));
        sites_must(&s.kommun, site_seal(s.kommun.site));
    }
    sites_meet(&s.kommun, s.folder);
    int left = 3;
    sites_must(&s.af, meet_sync(&r, &a, s.af.site, "ett", stop, &left));
    assert_int_equal(r.received_transactions, 3);
    sites_check_ok(&s.af);
    sites_meet(&s.af, s.folder);
    sites_same(&s.kommun, &s.af);
    arena_free(&a);
    done(&s);
}

static void places_that_are_not(void **state)
{
    struct scene s;
    struct home other = {0};
    struct arena a = {0};
    struct meet_result r;
    (void)state;
    set_up(&s);
    sites_found(&other, 1);
    sites_must(&other, meet_add(other.site, "sticka", s.folder));
    assert_int_equal(meet_sync(&r, &a, other.site, "sticka", NULL, NULL), ERR_REFUSED);
    assert_int_equal(meet_sync(&r, &a, other.site, "ingen", NULL, NULL), ERR_NOT_FOUND);
    assert_int_equal(meet_add(other.site, "sticka", s.folder), ERR_EXISTS);
    assert_int_equal(meet_add(other.site, "Stor", s.folder), ERR_INPUT);
    assert_int_equal(meet_add(other.site, "", s.folder), ERR_INPUT);
    assert_int_equal(meet_add(other.site, "-x", s.folder), ERR_INPUT);
    assert_int_equal(meet_add(other.site, "rel", "relativ/väg"), ERR_INPUT);
    assert_int_equal(meet_add(other.site, "bort", "/finns/inte/alls"), ERR_TRANSPORT);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2028-02-02"));
    run("mv '%s' '%s.undan'", s.folder);
    assert_int_equal(meet_sync(&r, &a, s.kommun.site, "ett", NULL, NULL), ERR_TRANSPORT);
    run("mv '%s.undan' '%s'", s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2028-02-02"), 1);
    arena_free(&a);
    sites_close(&other);
    done(&s);
}

/* A branch's file without content: what a stick has after a power cut. */
static void an_empty_branch_file(void **state)
{
    struct scene s;
    struct arena a = {0};
    struct meet_result r;
    (void)state;
    set_up(&s);
    run("for f in '%s'/refs/heads/*; do : > \"$f\"; done", s.folder);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2028-02-02"));
    enum err e = sites_meet_any(&r, &a, &s.kommun, s.folder);
    arena_free(&a);
    assert_int_equal(e, OK);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2028-02-02"), 1);
    done(&s);
}

/* What a half-copied stick lacked is told of, and no longer once it has come. */
static void a_fault_that_passes(void **state)
{
    struct scene s;
    struct arena a = {0};
    struct meet_result r;
    (void)state;
    set_up(&s);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2028-02-02"));
    run("cp -a '%s' '%s.kopia'", s.folder);
    sites_meet(&s.kommun, s.folder);
    run("mv '%s'/objects '%s'.objects", s.folder);
    run("cp -a '%s.kopia'/objects '%s'/objects", s.folder);
    sites_must(&s.af, sites_meet_any(&r, &a, &s.af, s.folder));
    assert_int_equal(r.fault_count, 1);
    char verdict[32];
    (void)snprintf(verdict, sizeof verdict, "%s", r.faults[0].verdict);
    assert_true(sites_lists(&s.af, verdict, NULL));
    arena_free(&a);
    run("cp -a '%s'.objects/. '%s'/objects/", s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2028-02-02"), 1);
    assert_false(sites_lists(&s.af, verdict, NULL));
    done(&s);
}

/* Through a third place, by a courier who can read nothing of it. */
static void a_courier_carries_what_it_cannot_read(void **state)
{
    struct scene s;
    struct home courier = {0};
    char other[SITES_PATH];
    (void)state;
    set_up(&s);
    sites_path(other, "annan");
    sites_join(&courier, &s.kommun, "Regionen", "region", "Rut");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&courier, s.folder);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2028-02-02"));
    sites_meet(&s.kommun, s.folder);
    sites_meet(&courier, s.folder);
    assert_int_equal(sites_heads(&courier, &s.goal.id, "target_date", NULL), 0);
    sites_meet(&courier, other);
    sites_meet(&s.af, other);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2028-02-02"), 1);
    sites_same(&s.kommun, &s.af);
    sites_check_ok(&courier);
    sites_close(&courier);
    done(&s);
}

#define SECTIONS 8300 /* more than the envelopes of two records */
#define AT_ONCE 60    /* sections of one save */

/* A plan of its own for each; the shared part is the whole party's. */
static void make_many(struct home *h)
{
    const struct uuid nil = {{0}};
    struct place p = {.plan = sites_plan(1), .topic = "plan"};
    for (size_t n = 0; n < SECTIONS;) {
        struct edit *e = sites_edit(h);
        for (size_t k = 0; k < AT_ONCE && n < SECTIONS; k++, n++) {
            struct object_key key;
            int64_t section = 0;
            p.plan.b[8] = (uint8_t)(n >> 8 | 0x80);
            p.plan.b[9] = (uint8_t)n;
            sites_must(h, edit_section(&section, e, &p));
            sites_must(h, edit_new(&key, e, section, schema_type_named(model_schema(), "goal"), &nil));
        }
        sites_save(h, e);
    }
}

/* Who joins a förbund of thousands of plans gets all keys at one meeting with one that holds them. */
static void more_keys_than_two_records_hold(void **state)
{
    struct home old = {0};
    struct home late = {0};
    struct arena a = {0};
    struct meet_result r;
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_found(&old, 1);
    make_many(&old);
    sites_join(&late, &old, "Kommunen", "kommun", "Lena");
    sites_meet(&old, folder);
    sites_must(&late, sites_meet_any(&r, &a, &late, folder));
    assert_int_equal(r.waiting_for_key + r.fault_count, 0);
    struct site_figures had;
    struct site_figures got;
    sites_must(&old, site_figures(&had, old.site));
    sites_must(&late, site_figures(&got, late.site));
    assert_true(had.operations > 2 * SECTIONS);
    assert_int_equal(got.operations, had.operations);
    arena_free(&a);
    sites_close(&late);
    sites_close(&old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_new_sends_nothing),
                                       cmocka_unit_test(keys_owed_are_looked_for_once),
                                       cmocka_unit_test(cancelled_half_way),
                                       cmocka_unit_test(places_that_are_not),
                                       cmocka_unit_test(a_courier_carries_what_it_cannot_read),
                                       cmocka_unit_test(an_empty_branch_file),
                                       cmocka_unit_test(more_keys_than_two_records_hold),
                                       cmocka_unit_test(a_fault_that_passes)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
