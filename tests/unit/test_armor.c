/* Armored bytes: one way to write them; every other is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/armor.h"

static void any_length_comes_back(void **state)
{
    uint8_t data[200];
    (void)state;
    for (size_t len = 1; len <= sizeof data; len++) {
        struct buf text = {0};
        struct buf back = {0};
        memset(data, (int)len, len);
        armor_encode(&text, "SAMPLAN PROV", span_of(data, len));
        assert_int_equal(armor_decode(&back, "SAMPLAN PROV", span_buf(&text)), OK);
        assert_true(span_equal(span_buf(&back), span_of(data, len)));
        buf_cut(&back, 0);
        assert_int_equal(armor_decode(&back, "SAMPLAN ANNAT", span_buf(&text)), ERR_INPUT);
        for (size_t cut = 0; cut < text.len; cut++) {
            assert_int_equal(armor_decode(&back, "SAMPLAN PROV", span_of(text.ptr, cut)), ERR_INPUT);
        }
        buf_free(&text);
        buf_free(&back);
    }
}

static void no_other_way_to_write_it(void **state)
{
    struct buf text = {0};
    struct buf back = {0};
    uint8_t data[100] = {1, 2, 3};
    (void)state;
    armor_encode(&text, "X", span_of(data, sizeof data));
    for (size_t i = 0; i < text.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct buf again = {0};
            text.ptr[i] ^= (uint8_t)(1u << bit);
            buf_cut(&back, 0);
            if (armor_decode(&back, "X", span_buf(&text)) == OK) {
                armor_encode(&again, "X", span_buf(&back));
                assert_true(span_equal(span_buf(&again), span_buf(&text)));
            }
            text.ptr[i] ^= (uint8_t)(1u << bit);
            buf_free(&again);
        }
    }
    buf_put_str(&text, "\n");
    buf_cut(&back, 0);
    assert_int_equal(armor_decode(&back, "X", span_buf(&text)), ERR_INPUT);
    buf_free(&text);
    buf_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_length_comes_back),
                                       cmocka_unit_test(no_other_way_to_write_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
