/* Vectors: what a record has in its past, as bytes and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/vector.h"

static void round_trip(void **state)
{
    static const uint64_t dots[] = {0, 1, 127, 128, 16383, 16384, ((uint64_t)1 << 48) - 1, UINT64_MAX, 0, 5};
    struct vector v = {0};
    struct vector back;
    struct buf bytes = {0};
    struct buf again = {0};
    (void)state;
    for (int64_t i = 0; i < 10; i++) {
        assert_int_equal(vector_raise(&v, i, dots[i]), OK);
    }
    vector_encode(&bytes, &v);
    assert_int_equal(vector_decode(&back, span_buf(&bytes)), OK);
    for (int64_t i = 0; i < 20; i++) {
        assert_true(vector_get(&back, i) == (i < 10 ? dots[i] : 0));
    }
    vector_encode(&again, &back);
    assert_true(span_equal(span_buf(&bytes), span_buf(&again)));
    vector_free(&back);
    for (size_t len = 0; len < bytes.len; len++) { /* cut short: refused in the midst of a number, else a shorter one */
        bool inside = len > 0 && (bytes.ptr[len - 1] & 0x80) != 0;
        assert_int_equal(vector_decode(&back, span_of(bytes.ptr, len)), inside ? ERR_STORAGE : OK);
        vector_free(&back);
    }
    buf_free(&bytes);
    buf_free(&again);
    vector_free(&v);
}

static void raised_never_lowered(void **state)
{
    struct vector v = {0};
    struct vector w = {0};
    (void)state;
    assert_int_equal(vector_raise(&v, 3, 9), OK);
    assert_int_equal(vector_raise(&v, 3, 4), OK);
    assert_int_equal(vector_raise(&v, -1, 4), OK);
    assert_true(vector_get(&v, 3) == 9 && vector_get(&v, -1) == 0 && vector_get(&v, 0) == 0 && vector_get(&v, 99) == 0);
    assert_int_equal(vector_raise(&w, 3, 5), OK);
    assert_int_equal(vector_raise(&w, 7, 2), OK);
    assert_int_equal(vector_merge(&v, &w), OK);
    assert_true(vector_get(&v, 3) == 9 && vector_get(&v, 7) == 2);
    assert_int_equal(vector_merge(&v, &(struct vector){0}), OK);
    assert_int_equal(vector_raise(&v, INT64_MAX, 1), ERR_LIMIT);
    assert_int_equal(vector_raise(&v, 1000000, 1), ERR_LIMIT);
    assert_true(vector_get(&v, 7) == 2);
    vector_free(&v);
    vector_free(&w);
}

static void not_a_vector(void **state)
{
    static const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
    static const uint8_t zeros[] = {0, 0, 0};
    struct vector v;
    struct buf bytes = {0};
    (void)state;
    assert_int_equal(vector_decode(&v, span_of(endless, sizeof endless)), ERR_STORAGE);
    assert_int_equal(vector_decode(&v, span_of(zeros, sizeof zeros)), OK);
    vector_encode(&bytes, &v);
    assert_int_equal(bytes.len, 0);
    vector_free(&v);
    assert_int_equal(vector_decode(&v, span_of(NULL, 0)), OK);
    vector_free(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(raised_never_lowered),
                                       cmocka_unit_test(not_a_vector)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
