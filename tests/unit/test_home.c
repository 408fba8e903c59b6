/* A home: made whole or not at all, and opened only as it was left. */
#include "tests/unit/sites.h"

#include "sync/home.h"
#include "sync/posix.h"

static void in_home(char out[SITES_PATH + 30], const struct home *h, const char *name)
{
    (void)snprintf(out, SITES_PATH + 30, "%s/%s", h->dir, name);
}

static enum err open_again(struct home *h)
{
    struct site_options o = sites_options(h);
    enum err e = site_open(&h->site, &o);
    sites_close(h);
    return e;
}

static void damaged_in_one_place(void **state)
{
    static const char *const names[] = {"device.key", "incarnation", "replica.db", "log.git/HEAD"};
    static const enum err missing[] = {ERR_NOT_FOUND, ERR_STORAGE, ERR_DAMAGED, ERR_STORAGE};
    char path[SITES_PATH + 30];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct home h = {0};
        sites_found(&h, 1);
        sites_close(&h);
        assert_int_equal(open_again(&h), OK);
        in_home(path, &h, names[i]);
        assert_int_equal(posix_write_file(path, span_str("skräp skräp skräp")), OK);
        if (i < 3) { /* nothing is read from HEAD; it only must be there */
            assert_int_equal(open_again(&h), i == 2 ? ERR_DAMAGED : ERR_STORAGE);
        }
        posix_remove_tree(path);
        assert_int_equal(open_again(&h), missing[i]);
    }
}

/* A crash before device.key was written leaves no home; founding there again works. */
static void half_made_is_no_home(void **state)
{
    struct home h = {0};
    char path[SITES_PATH + 30];
    (void)state;
    sites_found(&h, 1);
    sites_close(&h);
    in_home(path, &h, "device.key");
    posix_remove_tree(path);
    assert_int_equal(open_again(&h), ERR_NOT_FOUND);
    struct site_options o = sites_options(&h);
    struct site_founding f = {.forbund = "Prov", .party = "P", .kind = "kommun", .person = "Q", .quorum = 1};
    sites_must(&h, site_found(&h.site, &o, &f));
    sites_check_ok(&h);
    sites_close(&h);
}

static void founding_refused(void **state)
{
    struct home h = {0};
    (void)state;
    sites_path(h.dir, "home");
    struct site_options o = sites_options(&h);
    struct site_founding bad[] = {{.forbund = "", .party = "P", .kind = "kommun", .person = "Q", .quorum = 1},
                                  {.forbund = "F", .party = "två\nrader", .kind = "kommun", .person = "Q", .quorum = 1},
                                  {.forbund = "F", .party = "P", .kind = "stat", .person = "Q", .quorum = 1},
                                  {.forbund = "F", .party = "P", .kind = "kommun", .person = "\xc3", .quorum = 1},
                                  {.forbund = "F", .party = "P", .kind = "kommun", .person = "Q", .quorum = 0}};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(site_found(&h.site, &o, &bad[i]), ERR_INPUT);
        sites_close(&h);
        assert_false(posix_exists(h.dir));
    }
}

static void names_and_memory(void **state)
{
    struct home h = {0};
    struct arena a = {0};
    const char *out = NULL;
    char name[LIMIT_NAME + 2];
    uint8_t blob[4] = {1, 2, 3, 4};
    bool found = true;
    (void)state;
    sites_found(&h, 1);
    memset(name, 'x', sizeof name - 1);
    name[LIMIT_NAME + 1] = '\0';
    assert_int_equal(home_clean_name(&out, &a, h.site, name), ERR_INPUT);
    name[LIMIT_NAME] = '\0';
    assert_int_equal(home_clean_name(&out, &a, h.site, name), OK);
    assert_int_equal(home_clean_name(&out, &a, h.site, "a\tb"), ERR_INPUT);
    assert_int_equal(home_clean_name(&out, &a, h.site, "A\xcc\x8a"), OK); /* NFC */
    assert_string_equal(out, "Å");
    assert_int_equal(home_get_blob(&found, h.site, "prov", blob, 4), OK);
    assert_false(found);
    assert_int_equal(home_put_blob(h.site, "prov", blob, 4), OK);
    assert_int_equal(home_get_blob(&found, h.site, "prov", blob, 3), OK);
    assert_false(found);
    blob[0] = 9;
    assert_int_equal(home_put_blob(h.site, "prov", blob, 4), OK);
    blob[0] = 0;
    assert_int_equal(home_get_blob(&found, h.site, "prov", blob, 4), OK);
    assert_true(found && blob[0] == 9);
    assert_true(home_is_kind("af") && !home_is_kind("") && home_is_role("revisor") && !home_is_role("Revisor"));
    arena_free(&a);
    sites_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_in_one_place), cmocka_unit_test(half_made_is_no_home),
                                       cmocka_unit_test(founding_refused), cmocka_unit_test(names_and_memory)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
