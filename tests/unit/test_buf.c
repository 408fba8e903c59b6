#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/buf.h"

static void test_spans(void **state)
{
    (void)state;
    assert_true(span_equal(span_str("abc"), span_of("abc", 3)));
    assert_false(span_equal(span_str("abc"), span_str("abd")));
    assert_false(span_equal(span_str("abc"), span_str("ab")));
    assert_true(span_equal((struct span){0}, span_str("")));
}

static void test_put_and_read_back(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_u8(&b, 0xab);
    buf_put_u32be(&b, 0x01020304);
    buf_put_u64be(&b, 0x1122334455667788);
    buf_put_str(&b, "hej");
    buf_put(&b, NULL, 0);
    buf_put_span(&b, (struct span){0});
    assert_int_equal(buf_check(&b), OK);
    static const uint8_t expected[] = {0xab, 1, 2, 3, 4, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 'h', 'e', 'j'};
    assert_true(span_equal(span_buf(&b), span_of(expected, sizeof expected)));

    struct reader r = reader_of(span_buf(&b));
    assert_int_equal(reader_u8(&r), 0xab);
    assert_int_equal(reader_u32be(&r), 0x01020304);
    assert_true(reader_u64be(&r) == 0x1122334455667788);
    assert_false(reader_done(&r));
    char word[3];
    reader_copy(&r, word, sizeof word);
    assert_memory_equal(word, "hej", 3);
    assert_true(reader_done(&r));
    buf_free(&b);
    assert_null(b.ptr);
}

static void test_text_and_printf(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_string_equal(buf_text(&b), "");
    buf_printf(&b, "%d-%s", 42, "x");
    assert_int_equal(b.len, 4);
    assert_string_equal(buf_text(&b), "42-x");
    assert_int_equal(b.len, 4);
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%04d", i);
    assert_int_equal(b.len, 4004);
    assert_memory_equal(buf_text(&b) + 4000, "0999", 5);
    buf_wipe(&b);
    buf_put_hex(&b, span_of("\x00\xff\x1a", 3));
    assert_string_equal(buf_text(&b), "00ff1a");
    buf_free(&b);
}

static void test_extend_and_cut(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_str(&b, "abc");
    uint8_t *more = buf_extend(&b, 1000);
    assert_non_null(more);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(more[i], 0);
    memset(more, 'x', 1000);
    buf_cut(&b, 4);
    assert_string_equal(buf_text(&b), "abcx");
    buf_cut(&b, 0);
    assert_int_equal(b.ptr[1], 0);
    buf_free(&b);
}

static void test_failure_is_sticky(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_str(&b, "kept");
    assert_null(buf_extend(&b, BUF_MAX));
    assert_int_equal(buf_check(&b), ERR_MEMORY);
    assert_int_equal(b.len, 4);
    buf_put_u8(&b, 1);
    buf_put_hex(&b, span_str("a"));
    buf_printf(&b, "a");
    assert_int_equal(b.len, 4);
    assert_null(buf_text(&b));
    buf_free(&b);
    assert_int_equal(buf_check(&b), OK);
    buf_put_hex(&b, span_of("", SIZE_MAX / 2));
    assert_int_equal(buf_check(&b), ERR_MEMORY);
    buf_free(&b);
}

static void test_reader_never_runs_past(void **state)
{
    (void)state;
    static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    for (size_t len = 0; len < sizeof bytes; len++) {
        struct reader r = reader_of(span_of(bytes, len));
        assert_true(reader_u64be(&r) == 0);
        assert_true(r.failed);
        assert_int_equal(reader_u8(&r), 0);
        assert_false(reader_done(&r));
        uint8_t copy[2] = {9, 9};
        reader_copy(&r, copy, sizeof copy);
        assert_int_equal(copy[0] | copy[1], 0);
        assert_int_equal(reader_take(&r, 0).len, 0);
    }
    struct reader r = reader_of(span_of(bytes, 8));
    assert_int_equal(reader_take(&r, SIZE_MAX).len, 0);
    assert_true(r.failed);
    r = reader_of((struct span){0});
    assert_int_equal(reader_take(&r, 0).len, 0);
    reader_copy(&r, NULL, 0);
    assert_true(reader_done(&r));
}

static void test_hex(void **state)
{
    (void)state;
    uint8_t out[2] = {7, 7};
    static const char *const refused[] = {"", "0", "00f", "00FF", "00fg", "00ff0", "00ff00", " 0ff", "0x0f", "00f\n"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(hex_decode(out, sizeof out, span_str(refused[i])), ERR_INPUT);
        assert_int_equal(out[0], 7);
    }
    assert_int_equal(hex_decode(out, sizeof out, span_str("a09f")), OK);
    assert_memory_equal(out, "\xa0\x9f", 2);
    assert_int_equal(hex_decode(out, 0, (struct span){0}), OK);
    for (unsigned c = 0; c < 256; c++) {
        char text[2] = {'0', (char)c};
        int accepted = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        assert_int_equal(hex_decode(out, 1, span_of(text, 2)) == OK, accepted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_put_and_read_back),
        cmocka_unit_test(test_text_and_printf),
        cmocka_unit_test(test_extend_and_cut),
        cmocka_unit_test(test_failure_is_sticky),
        cmocka_unit_test(test_reader_never_runs_past),
        cmocka_unit_test(test_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
