#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/device.h"
#include "crypto/keyfile.h"

static const char secret[] = "a secret of some length";
static const char pass[] = "korrekt h\xc3\xa4st";
static const struct keyfile_cost cheap = {KEYFILE_KIB_MIN, 1};
static struct buf file; /* secret under pass, cheap */

static int setup(void **state)
{
    (void)state;
    if (device_init_library() != OK)
        return -1;
    return keyfile_seal(&file, span_str(secret), span_str(pass), &cheap) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    buf_wipe(&file);
    return 0;
}

static enum err try_open(struct span bytes, const char *with)
{
    static uint8_t out[KEYFILE_SECRET_MAX];
    size_t len = 0;
    struct keyfile_key key;
    enum err e = keyfile_derive(&key, bytes, span_str(with));
    if (e == OK)
        e = keyfile_open(out, &len, bytes, &key);
    if (e == OK)
        assert_true(span_equal(span_of(out, len), span_str(secret)));
    else
        assert_int_equal(len, 0);
    return e;
}

static void test_open(void **state)
{
    (void)state;
    assert_int_equal(file.len, KEYFILE_HEAD_LEN + strlen(secret) + KEYFILE_TAG_LEN);
    assert_memory_equal(file.ptr, "samplan device key 1\n", 21);
    assert_int_equal(try_open(span_buf(&file), pass), OK);
    assert_int_equal(try_open(span_buf(&file), "korrekt hast"), ERR_PASS);
    assert_int_equal(try_open(span_buf(&file), ""), ERR_PASS);
}

static void test_parameters(void **state)
{
    (void)state;
    struct keyfile_head head;
    struct buf again = {0};
    const struct keyfile_cost interactive = keyfile_cost_of(DEVICE_COST_INTERACTIVE);
    assert_int_equal(keyfile_seal(&again, span_str(secret), span_str(pass), &cheap), OK);
    assert_int_equal(keyfile_decode(&head, span_buf(&again)), OK);
    assert_int_equal(head.memory_kib, 8192);
    assert_int_equal(head.passes, 1);
    /* Salt and nonce are fresh each time. */
    assert_memory_not_equal(again.ptr + 29, file.ptr + 29, KEYFILE_SALT_LEN);
    assert_memory_not_equal(again.ptr + 45, file.ptr + 45, KEYFILE_NONCE_LEN);
    buf_free(&again);
    assert_int_equal(keyfile_seal(&again, span_str(secret), span_str(pass), &interactive), OK);
    assert_int_equal(keyfile_decode(&head, span_buf(&again)), OK);
    assert_int_equal(head.memory_kib, 65536);
    assert_int_equal(head.passes, 2);
    assert_int_equal(try_open(span_buf(&again), pass), OK);
    buf_free(&again);
}

static void test_bounds(void **state)
{
    (void)state;
    static const struct {
        uint32_t kib, passes;
        enum err expected;
    } cases[] = {
        {8192, 1, OK},           {1048576, 16, OK},          {8191, 1, ERR_INPUT},
        {1048577, 1, ERR_INPUT}, {UINT32_MAX, 1, ERR_INPUT}, {0, 1, ERR_INPUT},
        {8192, 0, ERR_INPUT},    {8192, 17, ERR_INPUT},      {8192, UINT32_MAX, ERR_INPUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = {0};
        struct keyfile_head head;
        buf_put_str(&b, KEYFILE_MAGIC);
        buf_put_u32be(&b, cases[i].kib);
        buf_put_u32be(&b, cases[i].passes);
        buf_put_span(&b, span_of(file.ptr + b.len, file.len - b.len));
        assert_int_equal(keyfile_decode(&head, span_buf(&b)), cases[i].expected);
        buf_free(&b);
    }
    static uint8_t large[KEYFILE_MAX + 1];
    struct keyfile_head head;
    struct buf out = {0};
    memcpy(large, file.ptr, KEYFILE_HEAD_LEN);
    assert_int_equal(keyfile_decode(&head, span_of(large, KEYFILE_MAX)), OK);
    assert_int_equal(keyfile_decode(&head, span_of(large, KEYFILE_MAX + 1)), ERR_INPUT);
    assert_int_equal(keyfile_seal(&out, span_of(large, KEYFILE_SECRET_MAX + 1), span_str(pass), &cheap), ERR_LIMIT);
    assert_int_equal(keyfile_seal(&out, span_str(secret), span_of(large, KEYFILE_PASS_MAX + 1), &cheap), ERR_LIMIT);
    assert_int_equal(out.len, 0);
}

/* Bits of the two costs only raise what Argon2id takes, so those are left to test_bounds where they would be slow. */
static void test_every_bit(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < file.len * 8; bit++) {
        size_t at = bit / 8;
        uint8_t flip = (uint8_t)(1u << bit % 8);
        if ((at == 22 && bit % 8 > 0) || (at == 28 && bit % 8 > 2))
            continue;
        file.ptr[at] ^= flip;
        enum err e = try_open(span_buf(&file), pass);
        file.ptr[at] ^= flip;
        assert_true(e == ERR_PASS || (at < KEYFILE_MAGIC_LEN + 8 && e == ERR_INPUT));
    }
    assert_int_equal(try_open(span_buf(&file), pass), OK);
}

static void test_every_length(void **state)
{
    (void)state;
    for (size_t len = 0; len < file.len; len++)
        assert_int_equal(try_open(span_of(file.ptr, len), pass),
                         len < KEYFILE_HEAD_LEN + KEYFILE_TAG_LEN ? ERR_INPUT : ERR_PASS);
    struct buf longer = {0};
    buf_put_span(&longer, span_buf(&file));
    buf_put_u8(&longer, 0);
    assert_int_equal(try_open(span_buf(&longer), pass), ERR_PASS);
    buf_free(&longer);
}

/* A key opens the file that it was derived for, and that one only. */
static void test_key_is_of_one_file(void **state)
{
    (void)state;
    static uint8_t out[KEYFILE_SECRET_MAX];
    struct buf other = {0};
    struct keyfile_key key;
    size_t len = 0;
    assert_int_equal(keyfile_seal(&other, span_str(secret), span_str(pass), &cheap), OK);
    assert_int_equal(keyfile_derive(&key, span_buf(&file), span_str(pass)), OK);
    assert_int_equal(keyfile_open(out, &len, span_buf(&file), &key), OK);
    assert_true(span_equal(span_of(out, len), span_str(secret)));
    len = 0;
    assert_int_equal(keyfile_open(out, &len, span_buf(&other), &key), ERR_PASS);
    key.b[31] ^= 1;
    assert_int_equal(keyfile_open(out, &len, span_buf(&file), &key), ERR_PASS);
    key.b[31] ^= 1;
    key.salt[0] ^= 1;
    assert_int_equal(keyfile_open(out, &len, span_buf(&file), &key), ERR_PASS);
    assert_int_equal(len, 0);
    assert_int_equal(keyfile_derive(&key, span_str("x"), span_str(pass)), ERR_INPUT);
    static const uint8_t large[KEYFILE_PASS_MAX + 1];
    assert_int_equal(keyfile_derive(&key, span_buf(&file), span_of(large, sizeof large)), ERR_LIMIT);
    buf_free(&other);
}

static void test_fit(void **state)
{
    (void)state;
    const uint64_t mib = 1024 * 1024;
    static const struct {
        uint64_t total, available;
        uint32_t expected;
    } machines[] = {
        {3800, 1500, 262144}, {3800, 300, 150 * 1024},  {1900, 1500, 237 * 1024}, {1000, 900, 125 * 1024},
        {512, 400, 65536},    {64000, 50000, 262144},   {3800, 20, 65536},        {0, 0, 65536},
        {4096, 512, 262144},  {UINT32_MAX, 100, 65536}, {2048, 511, 255 * 1024},
    };
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        assert_int_equal(keyfile_fit_memory(machines[i].total * mib, machines[i].available * mib),
                         machines[i].expected);
    assert_int_equal(keyfile_fit_memory(UINT64_MAX, UINT64_MAX), 262144);
    static const struct {
        uint64_t pass_ms;
        uint32_t expected;
    } speeds[] = {{0, 8}, {1, 8}, {62, 8}, {63, 7}, {100, 5}, {125, 4}, {166, 3}, {167, 3}, {4000, 3}, {UINT64_MAX, 3}};
    for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
        assert_int_equal(keyfile_fit_passes(speeds[i].pass_ms), speeds[i].expected);
    assert_int_equal(keyfile_try(&cheap), OK);
    struct keyfile_cost fitted = keyfile_cost_of(DEVICE_COST_FITTED);
    assert_int_equal(fitted.memory_kib, 262144);
    assert_int_equal(fitted.passes, 3);
    assert_int_equal((enum device_cost)0, DEVICE_COST_FITTED); /* who forgets to say gets no cheap one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),         cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_bounds),       cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_every_length), cmocka_unit_test(test_key_is_of_one_file),
        cmocka_unit_test(test_fit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
