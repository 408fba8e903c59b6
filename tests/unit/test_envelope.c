#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/device_testing.h"
#include "crypto/envelope.h"

static struct forbund_id forbund;
static struct section_id section;
static uint8_t section_key[SECTION_KEY_LEN];
static struct device *anna, *bo;

static int setup(void **state)
{
    (void)state;
    if (device_init_library() != OK || device_new(&anna) != OK || device_new(&bo) != OK)
        return -1;
    device_random(forbund.b, ID_LEN);
    device_random(section.b, ID_LEN);
    device_random(section_key, sizeof section_key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    device_free(anna);
    device_free(bo);
    return 0;
}

static void seal_to(uint8_t out[ENVELOPE_LEN], const struct device *d)
{
    struct box_public to = device_box_public(d);
    envelope_seal(out, &forbund, &section, section_key, &to);
}

/* Does not open for d, and writes nothing. */
static enum err open_refused(const uint8_t in[ENVELOPE_LEN], const struct forbund_id *of, const struct device *d)
{
    struct section_id found;
    uint8_t key[SECTION_KEY_LEN], untouched[SECTION_KEY_LEN];
    memset(&found, 0x5a, sizeof found);
    memset(key, 0x5a, sizeof key);
    memset(untouched, 0x5a, sizeof untouched);
    enum err e = envelope_open(&found, key, in, of, d);
    assert_int_not_equal(e, OK);
    assert_memory_equal(found.b, untouched, ID_LEN);
    assert_memory_equal(key, untouched, sizeof key);
    return e;
}

static void test_open(void **state)
{
    (void)state;
    uint8_t envelope[ENVELOPE_LEN];
    seal_to(envelope, anna);
    struct envelope_label label = envelope_label(envelope);
    struct key_id key_id = ids_key(&forbund, &section, section_key);
    struct box_id box_id = device_box_id(anna);
    assert_memory_equal(label.key.b, key_id.b, ID_LEN);
    assert_memory_equal(label.box.b, box_id.b, ID_LEN);

    struct section_id found;
    uint8_t key[SECTION_KEY_LEN];
    assert_int_equal(envelope_open(&found, key, envelope, &forbund, anna), OK);
    assert_memory_equal(found.b, section.b, ID_LEN);
    assert_memory_equal(key, section_key, sizeof key);
    assert_int_equal(open_refused(envelope, &forbund, bo), ERR_NOT_FOUND);
    struct forbund_id other = forbund;
    other.b[0] ^= 1;
    assert_int_equal(open_refused(envelope, &other, anna), ERR_FORGED);
}

static void test_every_bit(void **state)
{
    (void)state;
    uint8_t envelope[ENVELOPE_LEN];
    seal_to(envelope, anna);
    for (size_t bit = 0; bit < ENVELOPE_LEN * 8; bit++) {
        envelope[bit / 8] ^= (uint8_t)(1u << bit % 8);
        bool in_box_id = bit / 8 >= ID_LEN && bit / 8 < 2 * ID_LEN;
        assert_int_equal(open_refused(envelope, &forbund, anna), in_box_id ? ERR_NOT_FOUND : ERR_FORGED);
        envelope[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

/* A sender who names one key id and seals another key. */
static void test_key_is_committed(void **state)
{
    (void)state;
    uint8_t envelope[ENVELOPE_LEN], other[ENVELOPE_LEN], other_key[SECTION_KEY_LEN] = {1};
    struct box_public to = device_box_public(anna);
    seal_to(envelope, anna);
    envelope_seal(other, &forbund, &section, other_key, &to);
    memcpy(other, envelope, ID_LEN);
    assert_int_equal(open_refused(other, &forbund, anna), ERR_FORGED);
    /* One re-addressed to another device does not open there either. */
    struct box_id bos = device_box_id(bo);
    memcpy(envelope + ID_LEN, bos.b, ID_LEN);
    assert_int_equal(open_refused(envelope, &forbund, bo), ERR_FORGED);
}

static void test_forbund_section(void **state)
{
    (void)state;
    const struct section_id of_forbund = {{0}};
    const struct forbund_id none = {{0}};
    uint8_t envelope[ENVELOPE_LEN], key[SECTION_KEY_LEN];
    struct box_public to = device_box_public(anna);
    envelope_seal(envelope, &none, &of_forbund, section_key, &to);
    struct section_id found;
    assert_int_equal(envelope_open(&found, key, envelope, &forbund, anna), OK);
    assert_memory_equal(found.b, of_forbund.b, ID_LEN);
}

static void test_older_box_key_opens(void **state)
{
    (void)state;
    uint8_t secrets[1 + 4 * 32 + 4 + 3 * 32];
    device_random(secrets, sizeof secrets);
    secrets[0] = 1;
    memcpy(secrets + 129, (const uint8_t[4]){0, 0, 0, 1}, 4);
    struct device *early = NULL, *late = NULL;
    assert_int_equal(device_decode(&early, span_of(secrets, sizeof secrets - 64)), OK);
    secrets[132] = 3;
    assert_int_equal(device_decode(&late, span_of(secrets, sizeof secrets)), OK);
    uint8_t envelope[ENVELOPE_LEN], key[SECTION_KEY_LEN];
    struct section_id found;
    seal_to(envelope, early);
    assert_int_equal(envelope_open(&found, key, envelope, &forbund, late), OK);
    seal_to(envelope, late);
    assert_int_equal(envelope_open(&found, key, envelope, &forbund, late), OK);
    assert_int_equal(open_refused(envelope, &forbund, early), ERR_NOT_FOUND);
    device_free(early);
    device_free(late);
}

static void test_unusable_box_key(void **state)
{
    (void)state;
    const struct box_public low_order = {{0}};
    uint8_t envelope[ENVELOPE_LEN], again[ENVELOPE_LEN];
    envelope_seal(envelope, &forbund, &section, section_key, &low_order);
    envelope_seal(again, &forbund, &section, section_key, &low_order);
    assert_memory_not_equal(envelope + 32, again + 32, 96);
    assert_int_equal(open_refused(envelope, &forbund, anna), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_key_is_committed),
        cmocka_unit_test(test_forbund_section),
        cmocka_unit_test(test_older_box_key_opens),
        cmocka_unit_test(test_unusable_box_key),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
