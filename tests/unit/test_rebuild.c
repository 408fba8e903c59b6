/* Everything derived is made anew from the log and the keys held, and is the same. */
#include "tests/unit/sites.h"

static void rebuilt_in_the_midst_of_work(void **state)
{
    struct home kommun = {0};
    struct home af = {0};
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_found(&kommun, 1);
    sites_join(&af, &kommun, "AF", "af", "Anna");
    struct home *both[] = {&kommun, &af};
    sites_meet_all(both, 2, folder);
    struct place shared = {.plan = sites_plan(1), .topic = "plan"};
    struct place own = {.plan = sites_plan(1), .owner = site_self(af.site)->party, .topic = "plan"};
    struct object_key goal = sites_make(&kommun, &shared, "goal", "target_date", "2027-01-01");
    struct object_key activity = sites_make(&af, &own, "activity", "kind", "praktik");
    sites_rebuild_same(&kommun); /* with a journal */
    sites_admit(&kommun, &shared, &af, true);
    sites_admit(&af, &own, &kommun, false);
    sites_meet_all(both, 2, folder);
    sites_must(&kommun, sites_set(&kommun, &goal.id, "goal", "target_date", "2027-02-02"));
    sites_must(&af, sites_set(&af, &goal.id, "goal", "target_date", "2027-03-03"));
    sites_remove(&af, &activity.id);
    sites_meet_all(both, 2, folder);
    sites_rebuild_same(&kommun);
    sites_rebuild_same(&af);
    sites_rebuild_same(&af);
    sites_same(&kommun, &af);
    sites_must(&af, sites_set(&af, &goal.id, "goal", "target_date", "2027-04-04"));
    sites_meet_all(both, 2, folder);
    assert_int_equal(sites_heads(&kommun, &goal.id, "target_date", "2027-04-04"), 1);
    sites_check_ok(&kommun);
    sites_close(&kommun);
    sites_close(&af);
}

/* A log that lacks an object: nothing is lost of what the replica has. */
static void a_damaged_log_leaves_the_replica(void **state)
{
    struct home kommun = {0};
    struct buf command = {0};
    struct buf before = {0};
    struct buf after = {0};
    (void)state;
    sites_found(&kommun, 1);
    struct place shared = {.plan = sites_plan(1), .topic = "plan"};
    sites_make(&kommun, &shared, "goal", "target_date", "2027-01-01");
    sites_must(&kommun, site_seal(kommun.site));
    sites_digest(&before, &kommun, NULL);
    buf_printf(&command, "rm -f '%s'/log.git/objects/pack/*", kommun.dir);
    sites_reopen(&kommun);
    assert_int_equal(system(buf_text(&command)), 0);
    sites_reopen(&kommun);
    assert_int_equal(site_rebuild(kommun.site), ERR_STORAGE);
    sites_digest(&after, &kommun, NULL);
    assert_string_equal((const char *)before.ptr, (const char *)after.ptr);
    buf_free(&command);
    buf_free(&before);
    buf_free(&after);
    sites_close(&kommun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rebuilt_in_the_midst_of_work),
                                       cmocka_unit_test(a_damaged_log_leaves_the_replica)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
