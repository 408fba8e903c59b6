#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "sync/utf8.h"

static bool is_clean(const char *text)
{
    return utf8_is_clean(span_str(text));
}

static void test_accepted(void **state)
{
    (void)state;
    assert_true(utf8_is_clean((struct span){0}));
    assert_true(is_clean("Handläggare på Öckerö\n\tnästa rad"));
    assert_true(is_clean("\xc2\xa0\xef\xbf\xbd\xf4\x8f\xbf\xbd")); /* U+00A0, U+FFFD, U+10FFFD */
    assert_true(is_clean("\xcc\x81"));                             /* a mark alone */
    assert_true(is_clean("\xed\x95\x9c\xea\xb8\x80"));             /* Hangul syllables */
    assert_true(is_clean("\xe2\x80\xae"));                         /* a format character, not a control */
}

static void test_refused(void **state)
{
    (void)state;
    /* clang-format off */
    static const char *const texts[] = {
        /* controls */
        "\x01", "\r", "\r\n", "\x0b", "\x1f", "\x7f", "\xc2\x80", "\xc2\x9f",
        /* the byte order mark, noncharacters */
        "\xef\xbb\xbf_", "_\xef\xbb\xbf", "\xef\xb7\x90", "\xef\xb7\xaf", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf0\x9f\xbf\xbe",
        /* cut short, stray */
        "\x80", "\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xf0\x9f\x98", "\xff", "\xfe",
        /* overlong */
        "\xc0\x80", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
        /* surrogates, past U+10FFFF */
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
        /* not NFC: letters and marks, Hangul, Bengali */
        "a\xcc\x8a", "\xe2\x84\xab", "q\xcc\x87\xcc\xa3", "\xc3\xa0\xcc\xa3", "\xe1\x84\x92\xe1\x85\xa1",
        "\xed\x95\x98\xe1\x86\xab", "\xe0\xa7\x87\xe0\xa6\xbe",
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (is_clean(texts[i])) {
            fail_msg("accepted text %zu", i);
        }
    }
    assert_false(utf8_is_clean(span_of("a\0b", 3)));
}

/* The whole text at once, by the library. */
static bool is_nfc(const uint8_t *ptr, size_t len)
{
    utf8proc_uint8_t *normal = NULL;
    utf8proc_ssize_t n = utf8proc_map(ptr, (utf8proc_ssize_t)len, &normal, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    assert_true(n >= 0);
    bool same = (size_t)n == len && memcmp(ptr, normal, len) == 0;
    free(normal);
    return same;
}

static void test_every_code_point(void **state)
{
    (void)state;
    for (utf8proc_int32_t c = 0xa0; c <= 0x10ffff; c++) {
        if ((c >= 0xd800 && c < 0xe000) || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe || c == 0xfeff) {
            continue;
        }
        uint8_t text[9] = {'a'};
        size_t len = 1 + (size_t)utf8proc_encode_char(c, text + 1);
        text[len++] = 'b';
        if (utf8_is_clean(span_of(text, len)) != is_nfc(text, len)) {
            fail_msg("U+%04X", (unsigned)c);
        }
    }
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

/* Starters and marks that compose, block, reorder and are excluded, in every mixture. */
static void test_against_library(void **state)
{
    (void)state;
    static const utf8proc_int32_t alphabet[] = {
        'a',     'A',     'o',     's',     'e',     0xe0,    0xe5,    0xf4,    0x1a1,   0x1ea1,  0x1e63,  0x1e69,
        0x1ed9,  0x1eb7,  0x300,   0x301,   0x302,   0x303,   0x304,   0x306,   0x307,   0x308,   0x30a,   0x30c,
        0x31b,   0x323,   0x327,   0x328,   0x32d,   0x331,   0x334,   0x338,   0x340,   0x344,   0x345,   0x3b1,
        0x1f00,  0x1f80,  0x313,   0x342,   0x5d0,   0x5b7,   0x5b8,   0x5bc,   0xfb2e,  0x9c7,   0x9be,   0x9d7,
        0x9cb,   0xb92,   0xbd7,   0xc46,   0xc56,   0xcc6,   0xcc2,   0xcca,   0xcd5,   0xdd9,   0xdca,   0xdcf,
        0xddc,   0xddd,   0xf71,   0xf72,   0xf73,   0xf74,   0xf80,   0xf40,   0xfb5,   0x1025,  0x102e,  0x1026,
        0x1100,  0x1112,  0x1161,  0x1175,  0x11a8,  0x11c2,  0xac00,  0xac01,  0xd558,  0x3046,  0x304b,  0x304c,
        0x3099,  0x309a,  0x212b,  0x2126,  0x2adc,  0x1b05,  0x1b35,  0x11131, 0x11127, 0x11347, 0x1133e, 0x114b9,
        0x114ba, 0x114b0, 0x114bd, 0x115b8, 0x115af, 0x1d15e, 0x1d165,
    };
    uint64_t random = 20240131;
    for (int round = 0; round < 400000; round++) {
        uint8_t text[64];
        size_t len = 0;
        /* few letters a round, so that those that meet often belong together */
        uint32_t from = next_random(&random) % (sizeof alphabet / sizeof alphabet[0]);
        uint32_t width = 4 + next_random(&random) % 24;
        for (uint32_t n = 1 + next_random(&random) % 8; n > 0; n--) {
            uint32_t at = (from + next_random(&random) % width) % (sizeof alphabet / sizeof alphabet[0]);
            len += (size_t)utf8proc_encode_char(alphabet[at], text + len);
        }
        bool clean = utf8_is_clean(span_of(text, len));
        if (clean != is_nfc(text, len)) {
            fail_msg("round %d: is_clean %d", round, clean);
        }
        struct buf made = {0};
        assert_int_equal(utf8_clean(&made, span_of(text, len)), OK);
        assert_true(utf8_is_clean(span_buf(&made)));
        assert_true(!clean || span_equal(span_buf(&made), span_of(text, len)));
        buf_free(&made);
    }
}

/* Thousands of marks in the worst order are refused at once, not sorted. */
static void test_many_marks(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_put_str(&text, "a");
    for (int i = 0; i < 100000; i++) {
        buf_put_str(&text, "\xcc\x96"); /* U+0316: one class, so in order */
    }
    assert_true(utf8_is_clean(span_buf(&text)));
    buf_put_str(&text, "\xcc\xb8"); /* U+0338: a lower class */
    assert_false(utf8_is_clean(span_buf(&text)));
    buf_free(&text);
}

static void check_clean(const char *typed, const char *expected)
{
    struct buf out = {0};
    buf_put_str(&out, "<");
    assert_int_equal(utf8_clean(&out, span_str(typed)), OK);
    assert_string_equal(buf_text(&out) + 1, expected);
    buf_free(&out);
}

static void blanks(void **state)
{
    (void)state;
    static const char *const blank[] = {"", " ", "  \t\n", "\u00a0", "\u2003\u200b", "\u3000 \u2060", "\u2028"};
    static const char *const something[] = {"a", " a", "\u00a0å", "-", "\u200bx", "\u0301", "\u2060\u2014"};
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++) {
        assert_true(utf8_is_blank(span_str(blank[i])));
    }
    for (size_t i = 0; i < sizeof something / sizeof *something; i++) {
        assert_false(utf8_is_blank(span_str(something[i])));
    }
}

static void test_clean(void **state)
{
    (void)state;
    check_clean("", "");
    check_clean("Åsa", "Åsa");
    check_clean("A\xcc\x8asa", "Åsa");
    check_clean("a\r\nb\rc\n\r\rd\r", "a\nb\nc\n\n\nd\n");
    check_clean("\xe2\x84\xab\r\n", "\xc3\x85\n");
    static const char *const refused[] = {"\x01", "\xff", "a\xef\xbb\xbf", "\xed\xa0\x80", "a\x7f", "\xcc\x8a\xc2\x85"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct buf out = {0};
        assert_int_equal(utf8_clean(&out, span_str(refused[i])), ERR_INPUT);
        assert_int_equal(out.len, 0);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_against_library),
        cmocka_unit_test(test_many_marks),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
