/* What comes late: a key that came after the records it opens, records that a replica had once. Each was found by tests/sim. */
#include "tests/unit/sites.h"

/* An invited device meets at a place where its approval is not, and then at one where it is: the key that it is given there
 * opens what it has had since the first meeting, and so it knows the others. */
static void an_invited_device_that_met_an_old_place(void **state)
{
    struct home kommun = {0};
    struct home region = {0};
    struct home af = {0};
    char old[SITES_PATH];
    char fresh[SITES_PATH];
    (void)state;
    sites_path(old, "gammal");
    sites_path(fresh, "ny");
    sites_found(&kommun, 1);
    sites_join(&region, &kommun, "Regionen", "region", "Rut");
    struct home *two[] = {&kommun, &region};
    sites_meet_all(two, 2, fresh);
    sites_join(&af, &region, "AF", "af", "Anna");
    sites_meet(&kommun, old);
    sites_meet(&af, old);
    struct home *all[] = {&kommun, &region, &af};
    sites_meet(&region, fresh);
    sites_meet_all(all, 3, fresh);
    assert_int_equal(site_self(af.site)->stage, SITE_MEMBER);
    sites_same(&kommun, &af);
    for (size_t i = 0; i < 3; i++) {
        sites_check_ok(all[i]);
        sites_close(all[i]);
    }
}

/* Two devices of a party open its section at once; one joins the two openings and goes on writing, record by record. A
 * reader of one of them is given the key of the joint epoch later. Its opening waits then for the other that it joins, and
 * what was written after it must wait with it. */
static void an_epoch_that_waits_for_what_it_joins(void **state)
{
    struct home first = {0};
    struct home second = {0};
    struct home reader = {0};
    struct uuid ids[3];
    char folder[SITES_PATH];
    char between[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_path(between, "annan");
    sites_found(&first, 1);
    sites_join(&second, &first, "Kommunen", "kommun", "Kim");
    sites_join(&reader, &first, "AF", "af", "Anna");
    struct home *all[] = {&first, &second, &reader};
    sites_meet_all(all, 3, folder);
    struct place own = {.plan = sites_plan(1), .owner = site_self(first.site)->party, .topic = "plan"};
    ids[0] = sites_make(&first, &own, "activity", "kind", "praktik").id;
    (void)sites_make(&second, &own, "activity", "kind", "vård");
    sites_meet(&first, between);
    sites_meet(&second, between); /* has both now, and joins them with its next save */
    ids[1] = sites_make(&second, &own, "activity", "kind", "SFI").id;
    sites_must(&second, site_seal(second.site));
    ids[2] = sites_make(&second, &own, "activity", "kind", "studier").id;
    sites_must(&second, site_seal(second.site));
    sites_admit(&first, &own, &reader, false); /* in its own epoch: it does not know of the joint one */
    sites_meet_all(all, 3, folder);
    sites_meet_all(all, 3, folder);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(sites_heads(&reader, &ids[i], "kind", NULL), 1);
        sites_check_ok(all[i]);
    }
    sites_same(&first, &reader);
    for (size_t i = 0; i < 3; i++) {
        sites_close(all[i]);
    }
}

/* A replica.db that is put back from before somebody's first record came: the log has that record still. */
static void put_back_from_before_a_chain(void **state)
{
    struct home kommun = {0};
    struct home af = {0};
    struct buf keep = {0};
    struct buf put_back = {0};
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_found(&kommun, 1);
    sites_join(&af, &kommun, "AF", "af", "Anna");
    struct home *both[] = {&kommun, &af};
    sites_meet_all(both, 2, folder);
    struct place shared = {.topic = CORE_FORBUND_TOPIC};
    buf_printf(&keep, "cp '%s'/replica.db '%s'/old", kommun.dir, kommun.dir);
    buf_printf(&put_back, "mv '%s'/old '%s'/replica.db", kommun.dir, kommun.dir);
    sites_close(&kommun);
    assert_int_equal(system(buf_text(&keep)), 0); /* NOLINT: our own path */
    sites_open(&kommun);
    struct uuid id = sites_make(&af, &shared, "insats", "name", "Ny väg").id;
    sites_meet(&af, folder);
    sites_meet(&kommun, folder);
    assert_int_equal(sites_heads(&kommun, &id, "name", "Ny väg"), 1);
    sites_close(&kommun);
    assert_int_equal(system(buf_text(&put_back)), 0); /* NOLINT: our own path */
    sites_open(&kommun);
    assert_int_equal(sites_heads(&kommun, &id, "name", "Ny väg"), 1);
    sites_close(&kommun);
    sites_close(&af);
    buf_free(&keep);
    buf_free(&put_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_invited_device_that_met_an_old_place),
                                       cmocka_unit_test(an_epoch_that_waits_for_what_it_joins),
                                       cmocka_unit_test(put_back_from_before_a_chain)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
