/* verify: what it walks, what it finds, and the copy for an auditor. */
#include "tests/unit/sites.h"

static void a_sound_log(void **state)
{
    struct home kommun = {0};
    struct arena a = {0};
    struct check_result r;
    char path[SITES_PATH];
    (void)state;
    sites_found(&kommun, 1);
    struct place p = {.plan = sites_plan(1), .topic = "plan"};
    sites_make(&kommun, &p, "goal", "target_date", "2027-01-01");
    sites_must(&kommun, site_seal(kommun.site));
    sites_must(&kommun, check_log(&r, &a, kommun.site, true));
    assert_true(r.ok);
    assert_int_equal(r.signatures_checked, 2);
    assert_int_equal(r.transactions, 2);
    assert_int_equal(r.device_count, 1);
    assert_string_equal(r.devices[0].member_name, "Karin");
    assert_int_equal(r.devices[0].records, 2);
    sites_path(path, "kopia");
    sites_must(&kommun, check_export(kommun.site, path));
    assert_int_not_equal(check_export(kommun.site, path), OK);
    struct buf command = {0};
    buf_printf(&command, "git -C '%s' fsck --strict >/dev/null 2>&1 && git clone -q '%s' '%s.klon'", path, path, path);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
    arena_free(&a);
    sites_close(&kommun);
}

/* Packs gone from under it: told record by record, not an error. */
static void a_log_that_lost_its_objects(void **state)
{
    struct home kommun = {0};
    struct buf command = {0};
    (void)state;
    sites_found(&kommun, 1);
    sites_close(&kommun);
    buf_printf(&command, "rm -f '%s'/log.git/objects/pack/*", kommun.dir);
    assert_int_equal(system(buf_text(&command)), 0);
    buf_free(&command);
    sites_open(&kommun);
    struct arena a = {0};
    struct check_result r;
    sites_must(&kommun, check_log(&r, &a, kommun.site, true));
    assert_false(r.ok);
    assert_int_equal(r.refused_count, 1);
    arena_free(&a);
    sites_close(&kommun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_sound_log), cmocka_unit_test(a_log_that_lost_its_objects)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
