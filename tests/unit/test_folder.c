/* A folder that sites meet in. */
#include "tests/unit/sites.h"

#include "sync/folder.h"
#include "sync/posix.h"

static struct why why = {.text = ""};

static void made_entered_and_left(void **state)
{
    char path[SITES_PATH];
    struct folder f;
    (void)state;
    sites_path(path, "sticka");
    assert_int_equal(folder_enter(&f, &why, path), ERR_TRANSPORT);
    assert_int_equal(f.lock, -1);
    assert_int_equal(folder_prepare(&why, path), OK);
    assert_int_equal(folder_prepare(&why, path), OK); /* as it is */
    assert_int_equal(folder_enter(&f, &why, path), OK);
    assert_non_null(f.log);
    folder_leave(&f);
    folder_leave(&f);
    assert_int_equal(folder_enter(&f, &why, path), OK);
    folder_leave(&f);
}

static void what_is_no_meeting_place(void **state)
{
    char path[SITES_PATH];
    char inner[SITES_PATH + 10];
    struct folder f;
    (void)state;
    sites_path(path, "mapp");
    assert_int_equal(folder_prepare(&why, "mapp"), ERR_INPUT);
    assert_int_equal(folder_prepare(&why, ""), ERR_INPUT);
    (void)snprintf(inner, sizeof inner, "%s/djup", path);
    assert_int_equal(folder_prepare(&why, inner), ERR_TRANSPORT);
    assert_int_equal(posix_make_dir(path), OK);
    assert_int_equal(folder_enter(&f, &why, path), ERR_TRANSPORT);
    assert_int_equal(posix_write_file(inner, span_str("en fil")), OK);
    assert_int_equal(folder_prepare(&why, inner), ERR_TRANSPORT);
    (void)snprintf(inner, sizeof inner, "%s/HEAD", path);
    assert_int_equal(posix_write_file(inner, span_str("skräp")), OK);
    assert_int_equal(folder_prepare(&why, path), ERR_TRANSPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(made_entered_and_left),
                                       cmocka_unit_test(what_is_no_meeting_place)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
