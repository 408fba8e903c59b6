#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/resource.h>

#include "crypto/device_testing.h"

static const struct keyfile_cost cheap = {KEYFILE_KIB_MIN, 1};

#define SECRETS_LEN(boxes) (1 + 4 * 32 + 4 + (boxes)*32)

static void from_hex(uint8_t *out, size_t len, const char *hex)
{
    assert_int_equal(hex_decode(out, len, span_str(hex)), OK);
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
    struct buf b = {0};
    buf_put_hex(&b, span_of(bytes, len));
    assert_string_equal(buf_text(&b), hex);
    buf_free(&b);
}

/* A device with this Ed25519 seed, and RFC 7748's two secrets as meeting and box secret. */
static struct device *device_of(const char *seed)
{
    uint8_t secrets[SECRETS_LEN(1)] = {1};
    from_hex(secrets + 1, 32, seed);
    from_hex(secrets + 33, 32, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    secrets[132] = 1;
    from_hex(secrets + 133, 32, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    struct device *d = NULL;
    assert_int_equal(device_decode(&d, span_of(secrets, sizeof secrets)), OK);
    return d;
}

/* RFC 8032, section 7.1. */
static void test_ed25519_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *seed, *public, *message;
        size_t message_len;
        const char *signature;
    } vectors[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", 0,
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
         "d25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72", 1,
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
         "387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82", 2,
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
         "4a7c15e9716ed28dc027beceea1ec40a"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct device *d = device_of(vectors[i].seed);
        assert_hex(device_sign_public(d).b, SIGN_PUBLIC_LEN, vectors[i].public);
        uint8_t signature[SIGNATURE_LEN];
        device_sign(signature, d, span_of(vectors[i].message, vectors[i].message_len));
        assert_hex(signature, sizeof signature, vectors[i].signature);
        device_free(d);
    }
}

/* RFC 7748, section 6.1. */
static void test_x25519_vectors(void **state)
{
    (void)state;
    struct device *d = device_of("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    struct box_public box = device_box_public(d);
    assert_hex(device_meeting_public(d).b, BOX_PUBLIC_LEN,
               "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    assert_hex(box.b, BOX_PUBLIC_LEN, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    struct box_id id = device_box_id(d), expected = ids_box(&box);
    assert_memory_equal(id.b, expected.b, ID_LEN);
    device_free(d);
}

static void assert_same_device(const struct device *a, const struct device *b)
{
    assert_memory_equal(device_sign_public(a).b, device_sign_public(b).b, SIGN_PUBLIC_LEN);
    assert_memory_equal(device_meeting_public(a).b, device_meeting_public(b).b, BOX_PUBLIC_LEN);
    assert_memory_equal(device_box_public(a).b, device_box_public(b).b, BOX_PUBLIC_LEN);
    assert_memory_equal(device_page_key(a), device_page_key(b), 32);
}

static void test_seal_open(void **state)
{
    (void)state;
    struct device *d = NULL, *again = NULL;
    struct buf file = {0};
    assert_int_equal(device_new(&d), OK);
    assert_int_equal(device_seal(&file, d, span_str("l\xc3\xb6senord"), &cheap), OK);
    assert_int_equal(device_open(&again, span_buf(&file), span_str("losenord")), ERR_PASS);
    assert_null(again);
    assert_int_equal(device_open(&again, span_str("x"), span_str("losenord")), ERR_INPUT);
    assert_int_equal(device_open(&again, span_buf(&file), span_str("l\xc3\xb6senord")), OK);
    assert_same_device(d, again);
    device_free(d);
    device_free(again);
    device_free(NULL);
    buf_wipe(&file);
}

static void test_new_devices_differ(void **state)
{
    (void)state;
    struct device *a = NULL, *b = NULL;
    assert_int_equal(device_new(&a), OK);
    assert_int_equal(device_new(&b), OK);
    assert_memory_not_equal(device_sign_public(a).b, device_sign_public(b).b, SIGN_PUBLIC_LEN);
    assert_memory_not_equal(device_meeting_public(a).b, device_box_public(a).b, BOX_PUBLIC_LEN);
    assert_memory_not_equal(device_page_key(a), device_page_key(b), 32);
    uint8_t one[32], two[32];
    device_hedge(one, a, span_str("context"));
    device_hedge(two, a, span_str("context"));
    assert_memory_not_equal(one, two, 32);
    device_wipe(one, sizeof one);
    device_hedge(one, a, (struct span){0});
    assert_memory_not_equal(one, (const uint8_t[32]){0}, 32);
    device_free(a);
    device_free(b);
}

static void test_decode_is_strict(void **state)
{
    (void)state;
    uint8_t secrets[SECRETS_LEN(DEVICE_BOXES_MAX) + 32];
    struct device *d = NULL;
    memset(secrets, 0x42, sizeof secrets);
    secrets[0] = 1;
    for (uint32_t boxes = 0; boxes <= DEVICE_BOXES_MAX + 1; boxes++) {
        memcpy(secrets + 129, (const uint8_t[4]){0, 0, 0, (uint8_t)boxes}, 4);
        enum err expected = boxes >= 1 && boxes <= DEVICE_BOXES_MAX ? OK : ERR_INPUT;
        size_t len = SECRETS_LEN(boxes);
        assert_int_equal(device_decode(&d, span_of(secrets, len)), expected);
        device_free(d);
        assert_int_equal(device_decode(&d, span_of(secrets, len - 1)), ERR_INPUT);
        assert_null(d);
        if (len < sizeof secrets)
            assert_int_equal(device_decode(&d, span_of(secrets, len + 1)), ERR_INPUT);
    }
    secrets[129] = 0x80;
    assert_int_equal(device_decode(&d, span_of(secrets, sizeof secrets)), ERR_INPUT);
    memcpy(secrets + 129, (const uint8_t[4]){0, 0, 0, 1}, 4);
    for (size_t len = 0; len < SECRETS_LEN(1); len++)
        assert_int_equal(device_decode(&d, span_of(secrets, len)), ERR_INPUT);
    secrets[0] = 2;
    assert_int_equal(device_decode(&d, span_of(secrets, SECRETS_LEN(1))), ERR_INPUT);
}

static void test_unseal_lengths(void **state)
{
    (void)state;
    struct device *d = NULL;
    assert_int_equal(device_new(&d), OK);
    struct box_id to = device_box_id(d);
    uint8_t sealed[DEVICE_BOX_EXTRA + 8] = {0}, out[8];
    for (size_t len = 0; len <= sizeof sealed; len++)
        assert_int_equal(device_unseal(out, sizeof out, d, &to, span_of(sealed, len)), ERR_FORGED);
    to.b[0] ^= 1;
    assert_int_equal(device_unseal(out, sizeof out, d, &to, span_of(sealed, sizeof sealed)), ERR_NOT_FOUND);
    device_free(d);
}

/* Last: the limit stays lowered for this process. */
static void test_without_locked_memory(void **state)
{
    (void)state;
    assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &(const struct rlimit){0, 0}), 0);
    struct device *d = NULL, *again = NULL;
    struct buf file = {0};
    assert_int_equal(device_new(&d), OK);
    assert_int_equal(device_seal(&file, d, span_str("x"), &cheap), OK);
    assert_int_equal(device_open(&again, span_buf(&file), span_str("x")), OK);
    assert_same_device(d, again);
    device_free(d);
    device_free(again);
    buf_wipe(&file);
}

static int setup(void **state)
{
    (void)state;
    return device_init_library() == OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ed25519_vectors),
        cmocka_unit_test(test_x25519_vectors),
        cmocka_unit_test(test_seal_open),
        cmocka_unit_test(test_new_devices_differ),
        cmocka_unit_test(test_decode_is_strict),
        cmocka_unit_test(test_unseal_lengths),
        cmocka_unit_test(test_without_locked_memory),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
