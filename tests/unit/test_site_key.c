#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/plan/model.h"
#include "crypto/guard.h"
#include "sync/home_key.h"
#include "sync/posix.h"

static char dir[64];
static char key_path[96];
static struct keyfile_key *key; /* of "one" */

static struct site_options options(const char *passphrase)
{
    return (struct site_options){
        .dir = dir, .passphrase = span_str(passphrase), .schema = model_schema(), .cost = DEVICE_COST_CHEAP};
}

static int setup(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/samplan-key-XXXXXX");
    if (device_init_library() != OK || !mkdtemp(dir))
        return -1;
    (void)snprintf(key_path, sizeof key_path, "%s/device.key", dir);
    struct site *s = NULL;
    const struct site_options o = options("one");
    const struct site_founding f = {.forbund = "F", .party = "P", .kind = "kommun", .person = "A", .quorum = 1};
    const enum err e = site_found(&s, &o, &f);
    site_close(s);
    struct why why;
    key = guard_alloc(sizeof *key);
    return e == OK && key && site_key(key, &why, dir, span_str("one")) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    guard_free(key);
    posix_remove_tree(dir);
    return 0;
}

static enum err open_with(const char *passphrase, const struct keyfile_key *with)
{
    struct site *s = NULL;
    struct site_options o = options(passphrase);
    o.key = with;
    const enum err e = site_open(&s, &o);
    site_close(s);
    return e;
}

static void test_key_opens(void **state)
{
    (void)state;
    assert_int_equal(open_with("", key), OK);
    assert_int_equal(open_with("one", NULL), OK);
    key->b[0] ^= 1;
    assert_int_equal(open_with("one", key), ERR_PASS); /* a key is not mended by a passphrase beside it */
    key->b[0] ^= 1;
    struct keyfile_key other;
    struct why why;
    assert_int_equal(site_key(&other, &why, dir, span_str("two")), ERR_PASS);
    assert_int_equal(site_key(&other, &why, "/nonexistent", span_str("one")), ERR_NOT_FOUND);
    uint8_t salt[KEYFILE_SALT_LEN];
    assert_int_equal(site_key_salt(salt, &why, dir), OK);
    assert_memory_equal(salt, key->salt, sizeof salt);
}

static void test_passwd(void **state)
{
    (void)state;
    struct why why;
    struct keyfile_cost cost;
    char unfinished[128], kept[128];
    (void)snprintf(unfinished, sizeof unfinished, "%s.4711.new", key_path);
    (void)snprintf(kept, sizeof kept, "%s.copy.new", key_path);
    assert_int_equal(posix_write_file(unfinished, span_str("x")), OK);
    assert_int_equal(posix_write_file(kept, span_str("x")), OK);
    const struct site_passwd to = {.key = key, .passphrase = span_str("two"), .cost = DEVICE_COST_CHEAP};
    assert_int_equal(site_passwd(&cost, &why, dir, &to), OK);
    assert_int_equal(cost.memory_kib, KEYFILE_KIB_MIN);
    assert_false(posix_exists(unfinished)); /* of one that was killed */
    assert_true(posix_exists(kept));        /* somebody's own */
    assert_int_equal(open_with("one", NULL), ERR_PASS);
    assert_int_equal(open_with("", key), ERR_PASS);
    assert_int_equal(open_with("two", NULL), OK);
    assert_int_equal(site_passwd(NULL, &why, dir, &to), ERR_CHANGED); /* that key is an older file's */
    assert_int_equal(open_with("two", NULL), OK);
    assert_int_equal(site_key(key, &why, dir, span_str("two")), OK);
    const struct site_passwd back = {.key = key, .passphrase = span_str("one"), .cost = DEVICE_COST_CHEAP};
    assert_int_equal(site_passwd(NULL, &why, dir, &back), OK);
    assert_int_equal(site_key(key, &why, dir, span_str("one")), OK);
}

static void test_replaced_meanwhile(void **state)
{
    (void)state;
    struct why why;
    struct buf now = {0};
    assert_int_equal(home_key_read(&now, &why, dir), OK);
    assert_int_equal(home_key_replace(&why, dir, span_str("not that"), span_str("anything")), ERR_CHANGED);
    struct buf after = {0};
    assert_int_equal(home_key_read(&after, &why, dir), OK);
    assert_true(span_equal(span_buf(&now), span_buf(&after)));
    buf_free(&now);
    buf_free(&after);
}

static void test_damaged(void **state)
{
    (void)state;
    struct why why;
    struct buf now = {0};
    struct keyfile_key other;
    uint8_t salt[KEYFILE_SALT_LEN];
    assert_int_equal(home_key_read(&now, &why, dir), OK);
    assert_int_equal(posix_write_file(key_path, span_str("samplan device key 1\nnonsense")), OK);
    const struct site_passwd to = {.key = key, .passphrase = span_str("two"), .cost = DEVICE_COST_CHEAP};
    assert_int_equal(site_key(&other, &why, dir, span_str("one")), ERR_STORAGE);
    assert_int_equal(site_key_salt(salt, &why, dir), ERR_STORAGE);
    assert_int_equal(site_passwd(NULL, &why, dir, &to), ERR_STORAGE);
    assert_int_equal(posix_write_file(key_path, span_buf(&now)), OK);
    buf_free(&now);
}

/* What is fitted is within what a file may ask for, and is what comes to stand in it. */
static void test_fitted(void **state)
{
    (void)state;
    struct why why;
    struct keyfile_cost cost;
    const struct site_passwd to = {.key = key, .passphrase = span_str("three"), .cost = DEVICE_COST_FITTED};
    assert_int_equal(site_passwd(&cost, &why, dir, &to), OK);
    assert_in_range(cost.memory_kib, KEYFILE_FIT_KIB_MIN, KEYFILE_FIT_KIB_MAX);
    assert_in_range(cost.passes, KEYFILE_FIT_PASSES_MIN, KEYFILE_FIT_PASSES_MAX);
    struct buf file = {0};
    struct keyfile_head head;
    assert_int_equal(home_key_read(&file, &why, dir), OK);
    assert_int_equal(keyfile_decode(&head, span_buf(&file)), OK);
    assert_int_equal(head.memory_kib, cost.memory_kib);
    assert_int_equal(head.passes, cost.passes);
    buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_opens), cmocka_unit_test(test_passwd), cmocka_unit_test(test_replaced_meanwhile),
        cmocka_unit_test(test_damaged),   cmocka_unit_test(test_fitted),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
