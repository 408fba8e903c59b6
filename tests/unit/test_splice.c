/* A text as an edit of another: what is made applies, on character boundaries, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/limits.h"
#include "sync/splice.h"
#include "sync/utf8.h"

static void round_trip(const char *old, const char *new)
{
    struct buf made = {0};
    struct splice edit = splice_make(span_str(old), span_str(new));
    assert_true(edit.insert.len == 0 || utf8_is_clean(edit.insert));
    assert_int_equal(splice_apply(&made, span_str(old), &edit), OK);
    assert_true(span_equal(span_buf(&made), span_str(new)));
    buf_free(&made);
}

static void what_is_made_applies(void **state)
{
    (void)state;
    round_trip("hej", "hej");
    round_trip("hej", "hejsan");
    round_trip("hejsan", "hej");
    round_trip("aaa", "aa");
    round_trip("aa", "aaa");
    round_trip("kan arbeta heltid", "kan inte arbeta heltid");
    round_trip("å", "ä"); /* the same first byte */
    round_trip("åå", "åäå");
    round_trip("x", "helt annat");
}

static void it_is_short(void **state)
{
    (void)state;
    struct splice edit = splice_make(span_str("kan arbeta heltid"), span_str("kan inte arbeta heltid"));
    assert_int_equal(edit.insert.len, strlen("inte "));
    assert_int_equal(edit.drop, 0);
    edit = splice_make(span_str("xåy"), span_str("xäy"));
    assert_int_equal(edit.skip, 1);
    assert_int_equal(edit.drop, 2); /* the whole character */
    assert_int_equal(edit.insert.len, 2);
}

/* Seeded: every pair of texts over a few characters, some of two bytes. */
static void any_two_texts(void **state)
{
    static const char *const letters[] = {"a", "b", " ", "å", "ä", "\n"};
    char text[2][64];
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        for (int t = 0; t < 2; t++) {
            text[t][0] = '\0';
            seed = seed * 1664525u + 1013904223u;
            for (uint32_t n = 1 + (seed >> 24) % 12; n > 0; n--) {
                seed = seed * 1664525u + 1013904223u;
                strcat(text[t], letters[(seed >> 24) % 6]);
            }
        }
        round_trip(text[0], text[1]);
    }
}

static void what_does_not_fit(void **state)
{
    struct buf made = {0};
    const struct span old = span_str("åäö");
    const struct splice wrong[] = {
        {.skip = 7},                              /* past the end */
        {.skip = 4, .drop = 3},                   /* likewise */
        {.skip = UINT32_MAX, .drop = UINT32_MAX}, /* overflow */
        {.skip = 1},                              /* fine as such: keeps all; see below */
        {.skip = 1, .drop = 1},                   /* cuts a character in half */
        {.drop = 6},                              /* leaves nothing */
        {.insert = span_str("\x07")},             /* a control character */
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        enum err e = splice_apply(&made, old, &wrong[i]);
        assert_int_equal(e, i == 3 ? OK : ERR_INPUT);
        buf_cut(&made, 0);
    }
    buf_free(&made);
}

static void no_longer_than_a_text_may_be(void **state)
{
    struct buf long_text = {0};
    struct buf made = {0};
    (void)state;
    for (size_t i = 0; i < LIMIT_TEXT; i++) {
        buf_put_u8(&long_text, 'x');
    }
    struct splice edit = {.insert = span_str("y")};
    assert_int_equal(splice_apply(&made, span_buf(&long_text), &edit), ERR_INPUT);
    edit.drop = 1;
    assert_int_equal(splice_apply(&made, span_buf(&long_text), &edit), OK);
    buf_free(&long_text);
    buf_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_made_applies), cmocka_unit_test(it_is_short),
                                       cmocka_unit_test(any_two_texts), cmocka_unit_test(what_does_not_fit),
                                       cmocka_unit_test(no_longer_than_a_text_may_be)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
