#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/device.h"
#include "crypto/seal.h"

static void fill(uint8_t *out, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

/* The place of tests/vectors/crypto.json. */
static struct seal_place golden_place(uint8_t key[SECTION_KEY_LEN])
{
    struct seal_place at = {.first_dot = 0x0102030405060708, .place = 3};
    fill(at.forbund.b, ID_LEN, 0);
    fill(at.salt, SEAL_SALT_LEN, 0xc0);
    fill(key, SECTION_KEY_LEN, 0x80);
    assert_int_equal(hex_decode(at.chain.b, ID_LEN, span_str("511150f0d2a656eeb8fbbfe92327a4de")), OK);
    assert_int_equal(hex_decode(at.key_id.b, ID_LEN, span_str("b83e053e3e68b18738e8559a1a06e1bd")), OK);
    return at;
}

static const char golden_plain[] = "Praktikplats, tv\xc3\xa5 dagar i veckan";
static const char golden_sealed[] =
    "229ecfe2fa5c8797365a183595780fb5ab219ceef40b3a2dd75da132179a7f76bb73e41f03556763149c79f3a93b88b1"
    "e5fd03efe67100c26f0bb7f95e0a273a5b7ab5a690cf53276c5efcfc6f56ecfc48bd4d978d0ff1f9bff7e7db01ca3cc5"
    "3f408559889ed03adcbe6a9f562677b2";

/* That libsodium's primitive is the one of draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
static void test_primitive_is_the_specified_one(void **state)
{
    (void)state;
    static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                                "future, sunscreen would be it.";
    static const char expected[] =
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
        "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";
    uint8_t key[32], nonce[24], ad[12] = {0x50, 0x51, 0x52, 0x53}, sealed[sizeof plain - 1 + 16];
    fill(key, sizeof key, 0x80);
    fill(nonce, sizeof nonce, 0x40);
    fill(ad + 4, 8, 0xc0);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, (const uint8_t *)plain, sizeof plain - 1, ad, sizeof ad,
                                               NULL, nonce, key);
    struct buf hex = {0};
    buf_put_hex(&hex, span_of(sealed, sizeof sealed));
    assert_string_equal(buf_text(&hex), expected);
    buf_free(&hex);
}

static void test_golden(void **state)
{
    (void)state;
    uint8_t key[SECTION_KEY_LEN];
    struct seal_place at = golden_place(key);
    struct buf sealed = {0}, hex = {0}, plain = {0};
    assert_int_equal(seal_seal(&sealed, &at, key, span_str(golden_plain)), OK);
    buf_put_hex(&hex, span_buf(&sealed));
    assert_string_equal(buf_text(&hex), golden_sealed);

    buf_put_str(&plain, "before ");
    assert_int_equal(seal_open(&plain, &at, key, span_buf(&sealed)), OK);
    assert_int_equal(plain.len, 7 + SEAL_PAD_MIN);
    assert_memory_equal(plain.ptr, "before ", 7);
    assert_memory_equal(plain.ptr + 7, golden_plain, sizeof golden_plain - 1);
    for (size_t i = 7 + sizeof golden_plain - 1; i < plain.len; i++)
        assert_int_equal(plain.ptr[i], 0);
    buf_free(&sealed);
    buf_free(&hex);
    buf_free(&plain);
}

/* Does not open, and leaves out as it was. */
static void assert_refused(const struct seal_place *at, const uint8_t *key, struct span sealed)
{
    struct buf out = {0};
    buf_put_str(&out, "kept");
    assert_int_equal(seal_open(&out, at, key, sealed), ERR_FORGED);
    assert_true(span_equal(span_buf(&out), span_str("kept")));
    buf_free(&out);
}

static void test_every_bit_and_length(void **state)
{
    (void)state;
    uint8_t key[SECTION_KEY_LEN];
    struct seal_place at = golden_place(key);
    struct buf sealed = {0};
    assert_int_equal(seal_seal(&sealed, &at, key, span_str(golden_plain)), OK);
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_refused(&at, key, span_buf(&sealed));
        sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_refused(&at, key, span_of(sealed.ptr, len));
    buf_put_u8(&sealed, 0);
    assert_refused(&at, key, span_buf(&sealed));
    buf_free(&sealed);
}

static void test_place_is_bound(void **state)
{
    (void)state;
    uint8_t key[SECTION_KEY_LEN];
    struct seal_place at = golden_place(key);
    struct buf sealed = {0};
    assert_int_equal(seal_seal(&sealed, &at, key, span_str(golden_plain)), OK);
    struct seal_place other = at;
    other.forbund.b[15] ^= 1;
    assert_refused(&other, key, span_buf(&sealed));
    other = at;
    other.chain.b[0] ^= 1;
    assert_refused(&other, key, span_buf(&sealed));
    other = at;
    other.first_dot++;
    assert_refused(&other, key, span_buf(&sealed));
    other = at;
    other.key_id.b[7] ^= 1;
    assert_refused(&other, key, span_buf(&sealed));
    other = at;
    other.place ^= 0x01000000;
    assert_refused(&other, key, span_buf(&sealed));
    other = at;
    other.salt[0] ^= 1;
    assert_refused(&other, key, span_buf(&sealed));
    key[31] ^= 1;
    assert_refused(&at, key, span_buf(&sealed));
    buf_free(&sealed);
}

static void test_padme(void **state)
{
    (void)state;
    static const size_t table[][2] = {
        {0, 96},
        {1, 96},
        {95, 96},
        {96, 96},
        {97, 104},
        {104, 104},
        {127, 128},
        {128, 128},
        {129, 144},
        {136, 144},
        {137, 144},
        {200, 208},
        {255, 256},
        {256, 256},
        {257, 272},
        {1000, 1024},
        {1023, 1024},
        {1024, 1024},
        {1025, 1088},
        {4097, 4352},
        {65537, 67584},
        {1000000, 1015808},
        {(size_t)1 << 30, (size_t)1 << 30},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(seal_padded_len(table[i][0]), table[i][1]);
    size_t before = 0;
    for (size_t len = 0; len < 300000; len++) {
        size_t padded = seal_padded_len(len);
        assert_true(padded >= len && padded >= before && seal_padded_len(padded) == padded);
        assert_true(len < SEAL_PAD_MIN || (padded - len) * 100 <= len * 12); /* the paper's bound */
        before = padded;
    }
    assert_true(seal_padded_len(SIZE_MAX) == SIZE_MAX);
}

static void test_sizes(void **state)
{
    (void)state;
    uint8_t key[SECTION_KEY_LEN], plain[1200];
    struct seal_place at = golden_place(key);
    fill(plain, sizeof plain, 1);
    for (size_t len = 0; len <= sizeof plain; len += 7) {
        struct buf sealed = {0}, opened = {0};
        assert_int_equal(seal_seal(&sealed, &at, key, span_of(len > 0 ? plain : NULL, len)), OK);
        assert_int_equal(sealed.len, seal_padded_len(len) + SEAL_TAG_LEN);
        assert_int_equal(seal_open(&opened, &at, key, span_buf(&sealed)), OK);
        assert_int_equal(opened.len, seal_padded_len(len));
        assert_memory_equal(opened.ptr, plain, len);
        buf_free(&sealed);
        buf_free(&opened);
    }
    struct buf out = {0};
    assert_int_equal(seal_seal(&out, &at, key, span_of(plain, BUF_MAX + 1)), ERR_LIMIT);
    assert_int_equal(seal_seal(&out, &at, key, span_of(plain, BUF_MAX)), ERR_MEMORY);
    buf_free(&out);
}

static int setup(void **state)
{
    (void)state;
    return device_init_library() == OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_primitive_is_the_specified_one),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_every_bit_and_length),
        cmocka_unit_test(test_place_is_bound),
        cmocka_unit_test(test_padme),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
