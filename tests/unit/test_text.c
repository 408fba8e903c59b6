/* app/text: the catalogue's bounds, the choice of language, and the lookup in the embedded Swedish catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/text/catalogue.h"
#include "app/text/text.h"

/* What msgfmt makes of: "" -> "h", "one" + plural "ones" -> "en", "flera", "two" -> "två". */
#define KEYS 28
#define TEXTS 52
#define POOL 76
/* clang-format off */
static const uint8_t mo_good[] = {
    0xde, 0x12, 0x04, 0x95, 0, 0, 0, 0, 3, 0, 0, 0, KEYS, 0, 0, 0, TEXTS, 0, 0, 0, 0, 0, 0, 0, POOL, 0, 0, 0,
    0, 0, 0, 0, POOL, 0, 0, 0,      /* "" */
    8, 0, 0, 0, POOL + 1, 0, 0, 0,  /* "one\0ones" */
    3, 0, 0, 0, POOL + 10, 0, 0, 0, /* "two" */
    1, 0, 0, 0, POOL + 14, 0, 0, 0, /* "h" */
    8, 0, 0, 0, POOL + 16, 0, 0, 0, /* "en\0flera" */
    4, 0, 0, 0, POOL + 25, 0, 0, 0, /* "två" */
    0, 'o', 'n', 'e', 0, 'o', 'n', 'e', 's', 0, 't', 'w', 'o', 0, 'h', 0, 'e', 'n', 0, 'f', 'l', 'e', 'r', 'a', 0,
    't', 'v', 0xc3, 0xa5, 0,
};
/* clang-format on */

static void finds_texts_and_forms(void **state)
{
    (void)state;
    struct catalogue c;
    assert_int_equal(catalogue_open(&c, span_of(mo_good, sizeof mo_good)), OK);
    assert_string_equal(catalogue_find(&c, "two"), "två");
    assert_string_equal(catalogue_find(&c, "one"), "en");
    assert_string_equal(catalogue_find_form(&c, "one", 1), "flera");
    assert_null(catalogue_find_form(&c, "one", 2));
    assert_null(catalogue_find_form(&c, "two", 1));
    assert_null(catalogue_find(&c, "three"));
    assert_null(catalogue_find(&c, "ones"));
}

static void refuses_what_is_cut_short(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof mo_good; len++) {
        struct catalogue c;
        assert_int_equal(catalogue_open(&c, span_of(mo_good, len)), ERR_INPUT);
        assert_int_equal(c.count, 0);
    }
}

/* Whatever one byte becomes, opening refuses it or every lookup stays inside (the sanitizers look on). */
static void survives_any_one_byte(void **state)
{
    (void)state;
    uint8_t mo[sizeof mo_good];
    for (size_t at = 0; at < sizeof mo; at++) {
        for (unsigned value = 0; value < 256; value++) {
            memcpy(mo, mo_good, sizeof mo);
            mo[at] = (uint8_t)value;
            struct catalogue c;
            if (catalogue_open(&c, span_of(mo, sizeof mo)) == OK) {
                const char *found = catalogue_find_form(&c, "one", 1);
                assert_true(!found || strlen(found) < sizeof mo);
            }
        }
    }
}

static void refuses_keys_out_of_order(void **state)
{
    (void)state;
    uint8_t mo[sizeof mo_good];
    memcpy(mo, mo_good, sizeof mo);
    mo[POOL + 10] = 'a'; /* "two" becomes "awo", after "one" */
    struct catalogue c;
    assert_int_equal(catalogue_open(&c, span_of(mo, sizeof mo)), ERR_INPUT);
}

static void chooses_the_first_language_there_is(void **state)
{
    (void)state;
    static const struct {
        const char *wanted;
        bool chosen;
        const char *language;
    } cases[] = {
        {"en_GB.UTF-8", true, "en"}, {"sv_SE.UTF-8", true, "sv"}, {"fr:en:sv", true, "en"}, {"de::sv:en", true, "sv"},
        {"en", true, "en"},          {"C.UTF-8", false, "en"},    {"", false, "en"},        {NULL, false, "en"},
        {"svx:eng", false, "en"},    {"sv@formal", true, "sv"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(text_choose(cases[i].wanted), cases[i].chosen);
        assert_string_equal(text_language(), cases[i].language);
    }
}

static void english_is_the_source(void **state)
{
    (void)state;
    assert_true(text_choose("en"));
    assert_string_equal(tr("not in any catalogue"), "not in any catalogue");
    assert_string_equal(trn("one plan", "many plans", 1), "one plan");
    assert_string_equal(trn("one plan", "many plans", 0), "many plans");
}

/* Also opens the embedded catalogue, which aborts unless it is well-formed. */
static void swedish_falls_back_to_the_source(void **state)
{
    (void)state;
    assert_true(text_choose("sv"));
    assert_string_equal(tr(""), ""); /* not the catalogue's header */
    assert_string_equal(tr("not in any catalogue"), "not in any catalogue");
    assert_string_equal(trn("one such plan", "many such plans", 2), "many such plans");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_texts_and_forms),
        cmocka_unit_test(refuses_what_is_cut_short),
        cmocka_unit_test(survives_any_one_byte),
        cmocka_unit_test(refuses_keys_out_of_order),
        cmocka_unit_test(chooses_the_first_language_there_is),
        cmocka_unit_test(english_is_the_source),
        cmocka_unit_test(swedish_falls_back_to_the_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
