#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/page.h"

#define PLAIN_LEN 48

static void fill(uint8_t *out, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

/* The key of these tests: derived from 80 81 … with the salt c0 c1 …; *key is fresh. */
static void make_key(struct page_key **key)
{
    uint8_t secret[PAGE_KEY_LEN], salt[PAGE_SALT_LEN];
    struct page_key *parent = NULL;
    fill(secret, sizeof secret, 0x80);
    fill(salt, sizeof salt, 0xc0);
    assert_int_equal(page_key_new(&parent, secret), OK);
    assert_int_equal(page_key_derive(key, parent, salt), OK);
    page_key_free(parent);
}

static void assert_refused(const struct page_key *key, struct page_place at, struct span sealed)
{
    uint8_t out[PLAIN_LEN + 1], zeros[PLAIN_LEN + 1] = {0};
    memset(out, 0xee, sizeof out);
    assert_int_equal(page_open(out, key, at, sealed), ERR_FORGED);
    if (sealed.len >= PAGE_EXTRA)
        assert_memory_equal(out, zeros, sealed.len - PAGE_EXTRA);
}

/* Made by another implementation: Python's hashlib (BLAKE2b) and a ChaCha20-Poly1305 written from RFC 8439 and
 * draft-irtf-cfrg-xchacha-03, with the nonce 40 41 … */
static void test_golden(void **state)
{
    (void)state;
    static const char sealed_hex[] =
        "be70cafe3f2c6b91393a37ac7a181b2f34b395fd847ad44b803ad3b02882cfe8688b909029ea132b2ff88791"
        "97b51f88404142434445464748494a4b4c4d4e4f5051525354555657295db58561a05321617d69ac841f2341";
    uint8_t sealed[PLAIN_LEN + PAGE_EXTRA], plain[PLAIN_LEN], expected[PLAIN_LEN];
    struct page_key *key = NULL;
    make_key(&key);
    fill(expected, sizeof expected, 0);
    assert_int_equal(hex_decode(sealed, sizeof sealed, span_str(sealed_hex)), OK);
    struct page_place at = {.kind = PAGE_WAL_PAGE, .number = 0x0102030405060708};
    assert_int_equal(page_open(plain, key, at, span_of(sealed, sizeof sealed)), OK);
    assert_memory_equal(plain, expected, sizeof plain);
    page_key_free(key);
}

static void test_in_place_and_beside(void **state)
{
    (void)state;
    uint8_t plain[PLAIN_LEN], beside[PLAIN_LEN + PAGE_EXTRA], in_place[PLAIN_LEN + PAGE_EXTRA];
    struct page_key *key = NULL;
    struct page_place at = {.kind = PAGE_DATABASE, .number = 7};
    make_key(&key);
    fill(plain, sizeof plain, 1);
    memcpy(in_place, plain, sizeof plain);
    page_seal(beside, key, at, span_of(plain, sizeof plain));
    page_seal(in_place, key, at, span_of(in_place, sizeof plain));
    assert_memory_not_equal(beside, in_place, sizeof beside); /* another nonce, so another everything */
    assert_memory_not_equal(beside, plain, sizeof plain);
    assert_int_equal(page_open(in_place, key, at, span_of(in_place, sizeof in_place)), OK);
    assert_memory_equal(in_place, plain, sizeof plain);
    assert_int_equal(page_open(in_place, key, at, span_of(beside, sizeof beside)), OK);
    assert_memory_equal(in_place, plain, sizeof plain);
    page_key_free(key);
}

static void test_every_bit_and_length(void **state)
{
    (void)state;
    uint8_t plain[PLAIN_LEN], sealed[PLAIN_LEN + PAGE_EXTRA];
    struct page_key *key = NULL;
    struct page_place at = {.kind = PAGE_DATABASE, .number = 1};
    make_key(&key);
    fill(plain, sizeof plain, 1);
    page_seal(sealed, key, at, span_of(plain, sizeof plain));
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_refused(key, at, span_of(sealed, sizeof sealed));
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < sizeof sealed; len++)
        assert_refused(key, at, span_of(sealed, len));
    for (size_t start = 1; start < sizeof sealed; start++)
        assert_refused(key, at, span_of(sealed + start, sizeof sealed - start));
    page_key_free(key);
}

static void test_place_and_key_are_bound(void **state)
{
    (void)state;
    uint8_t plain[PLAIN_LEN] = {0}, sealed[PLAIN_LEN + PAGE_EXTRA], salt[PAGE_SALT_LEN];
    struct page_key *key = NULL, *other = NULL;
    struct page_place at = {.kind = PAGE_DATABASE, .number = 1};
    make_key(&key);
    page_seal(sealed, key, at, span_of(plain, sizeof plain));
    struct span s = span_of(sealed, sizeof sealed);
    for (int kind = PAGE_DATABASE; kind <= PAGE_WAL_PAGE; kind++) {
        for (unsigned bit = 0; bit < 64; bit++)
            assert_refused(key, (struct page_place){(enum page_kind)kind, 1 ^ (uint64_t)1 << bit}, s);
        if (kind != PAGE_DATABASE)
            assert_refused(key, (struct page_place){(enum page_kind)kind, 1}, s);
    }
    fill(salt, sizeof salt, 0xc0);
    assert_int_equal(page_key_derive(&other, key, salt), OK); /* the child's child is another */
    assert_refused(other, at, s);
    page_key_free(other);
    page_key_free(key);
}

static void test_key_change(void **state)
{
    (void)state;
    uint8_t secret[PAGE_KEY_LEN], salt[PAGE_SALT_LEN], plain[PLAIN_LEN] = {0}, sealed[PLAIN_LEN + PAGE_EXTRA];
    struct page_key *parent = NULL, *a = NULL, *b = NULL;
    struct page_place at = {.kind = PAGE_WAL_HEAD, .number = 0};
    fill(secret, sizeof secret, 0x80);
    fill(salt, sizeof salt, 0);
    assert_int_equal(page_key_new(&parent, secret), OK);
    assert_int_equal(page_key_derive(&a, parent, salt), OK);
    page_seal(sealed, a, at, span_of(plain, sizeof plain));
    for (size_t bit = 0; bit < sizeof salt * 8; bit++) {
        salt[bit / 8] ^= (uint8_t)(1u << bit % 8);
        page_key_change(a, parent, salt);
        assert_refused(a, at, span_of(sealed, sizeof sealed));
        salt[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    page_key_change(a, parent, salt);
    assert_int_equal(page_open(plain, a, at, span_of(sealed, sizeof sealed)), OK);
    secret[31] ^= 1;
    page_key_free(parent);
    assert_int_equal(page_key_new(&parent, secret), OK);
    assert_int_equal(page_key_derive(&b, parent, salt), OK);
    assert_refused(b, at, span_of(sealed, sizeof sealed));
    page_key_free(parent);
    page_key_free(a);
    page_key_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_in_place_and_beside),
        cmocka_unit_test(test_every_bit_and_length),
        cmocka_unit_test(test_place_and_key_are_bound),
        cmocka_unit_test(test_key_change),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
