#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/ids.h"

/* Consecutive bytes, as in tests/vectors/crypto.json. */
static void fill(uint8_t *out, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
    struct buf b = {0};
    buf_put_hex(&b, span_of(bytes, len));
    assert_string_equal(buf_text(&b), hex);
    buf_free(&b);
}

static void test_blake2b_known_answers(void **state)
{
    (void)state;
    struct hash h = ids_hash((struct span){0});
    assert_hex(h.b, HASH_LEN, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    h = ids_hash(span_str("abc"));
    assert_hex(h.b, HASH_LEN, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void test_golden(void **state)
{
    (void)state;
    struct forbund_id forbund;
    struct uuid plan, owner;
    struct sign_public sign;
    struct incarnation run;
    struct box_public box;
    uint8_t key[SECTION_KEY_LEN];
    fill(forbund.b, ID_LEN, 0x00);
    fill(plan.b, ID_LEN, 0x10);
    fill(owner.b, ID_LEN, 0x20);
    fill(sign.b, SIGN_PUBLIC_LEN, 0x40);
    fill(run.b, INCARNATION_LEN, 0x60);
    fill(key, sizeof key, 0x80);
    fill(box.b, BOX_PUBLIC_LEN, 0xa0);
    const struct uuid nil = {{0}};

    assert_hex(ids_chain(&sign, &run).b, ID_LEN, "511150f0d2a656eeb8fbbfe92327a4de");
    struct section_id section = ids_section(&forbund, &plan, &owner, "h\xc3\xa4lsa");
    assert_hex(section.b, ID_LEN, "6101a92b57f45f6821148afeb344504f");
    assert_hex(ids_section(&forbund, &plan, &nil, "plan").b, ID_LEN, "4b4c8a4da2339164b2e4585d11e7b35f");
    assert_hex(ids_key(&forbund, &section, key).b, ID_LEN, "b83e053e3e68b18738e8559a1a06e1bd");
    assert_hex(ids_box(&box).b, ID_LEN, "14564f21fcec6c000a376475fdeeb21a");

    /* The förbund section's key id is the same before and after the förbund has an id. */
    const struct section_id of_forbund = {{0}};
    const struct forbund_id none = {{0}};
    assert_hex(ids_key(&forbund, &of_forbund, key).b, ID_LEN, "ee19238f81dc9fd7c9d08af0a780ca5e");
    assert_hex(ids_key(&none, &of_forbund, key).b, ID_LEN, "ee19238f81dc9fd7c9d08af0a780ca5e");
}

static void test_uuid_rfc9562(void **state)
{
    (void)state;
    /* RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F. */
    static const uint8_t random[10] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    struct uuid id = uuid_make(0x017F22E279B0, random);
    char text[UUID_TEXT_LEN + 1];
    uuid_format(text, &id);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");

    /* Version and variant hold for any random bytes. */
    uint8_t ones[10];
    memset(ones, 0xff, sizeof ones);
    id = uuid_make(UINT64_MAX, ones);
    uuid_format(text, &id);
    assert_string_equal(text, "ffffffff-ffff-7fff-bfff-ffffffffffff");
}

static void test_uuid_text(void **state)
{
    (void)state;
    const char *good = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    struct uuid id = {{0}};
    assert_true(uuid_is_nil(&id));
    assert_int_equal(uuid_parse(&id, span_str(good)), OK);
    assert_false(uuid_is_nil(&id));
    char text[UUID_TEXT_LEN + 1];
    uuid_format(text, &id);
    assert_string_equal(text, good);

    for (size_t len = 0; len < UUID_TEXT_LEN; len++)
        assert_int_equal(uuid_parse(&id, span_of(good, len)), ERR_INPUT);
    assert_int_equal(uuid_parse(&id, span_str("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0")), ERR_INPUT);
    assert_int_equal(uuid_parse(&id, span_str("017F22E2-79b0-7cc3-98c4-dc0c0c07398f")), ERR_INPUT);
    assert_int_equal(uuid_parse(&id, span_str("017f22e279b0-7cc3-98c4-dc0c0c07398f-")), ERR_INPUT);

    /* Whatever is accepted is what would be written. */
    for (size_t at = 0; at < UUID_TEXT_LEN; at++) {
        for (unsigned c = 0; c < 256; c++) {
            char altered[UUID_TEXT_LEN];
            memcpy(altered, good, sizeof altered);
            altered[at] = (char)c;
            if (uuid_parse(&id, span_of(altered, sizeof altered)) != OK)
                continue;
            uuid_format(text, &id);
            assert_memory_equal(text, altered, UUID_TEXT_LEN);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blake2b_known_answers),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_uuid_rfc9562),
        cmocka_unit_test(test_uuid_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
