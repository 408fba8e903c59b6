#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/cbor.h"
#include "sync/limits.h"
#include "tests/unit/vectors.h"

/* One item of the subset and nothing after it, written anew head by head (arrays have no end mark). */
static bool recode(struct buf *again, struct span bytes)
{
    struct reader whole = reader_of(bytes);
    struct span item = cbor_skip(&whole, SIZE_MAX);
    if (!reader_done(&whole)) {
        return false;
    }
    struct reader r = reader_of(item);
    while (r.left > 0) {
        switch (cbor_peek(&r)) {
        case CBOR_UINT:
            cbor_put_uint(again, cbor_uint(&r, UINT64_MAX));
            break;
        case CBOR_NINT:
            if (*r.ptr == 0x3b && r.ptr[1] >= 0x80) { /* below INT64_MIN: nothing here writes or reads these */
                buf_put_span(again, reader_take(&r, 9));
            } else {
                cbor_put_int(again, cbor_int(&r, INT64_MIN, -1));
            }
            break;
        case CBOR_BYTES:
            cbor_put_bytes(again, cbor_bytes(&r, SIZE_MAX));
            break;
        case CBOR_TEXT:
            cbor_put_text(again, cbor_text(&r, SIZE_MAX));
            break;
        case CBOR_ARRAY:
            cbor_put_array(again, cbor_array(&r, SIZE_MAX));
            break;
        case CBOR_NULL:
            cbor_null(&r);
            cbor_put_null(again);
            break;
        case CBOR_NONE:
            fail_msg("skipped what cannot be read");
        }
        assert_false(r.failed);
    }
    return true;
}

static bool accepts_hex(const char *hex)
{
    struct buf bytes = {0};
    vectors_hex(&bytes, span_str(hex));
    bool accepted = vectors_accepts(recode, span_buf(&bytes));
    buf_free(&bytes);
    return accepted;
}

/* RFC 8949, appendix A: those of the subset. */
static const char *const inside[] = {
    "00",
    "01",
    "0a",
    "17",
    "1818",
    "1819",
    "1864",
    "1903e8",
    "1a000f4240",
    "1b000000e8d4a51000",
    "1bffffffffffffffff",
    "3bffffffffffffffff",
    "20",
    "29",
    "3863",
    "3903e7",
    "f6",
    "40",
    "4401020304",
    "60",
    "6161",
    "6449455446",
    "62225c",
    "62c3bc",
    "63e6b0b4",
    "64f0908591",
    "80",
    "83010203",
    "8301820203820405",
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
};

/* The others of appendix A, longer forms, heads without content, and what RFC 8949 does not define. */
static const char *const outside[] = {
    "c249010000000000000000",
    "c349010000000000000000",
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "f93e00",
    "f97bff",
    "fa47c35000",
    "fa7f7fffff",
    "fb7e37e43c8800759c",
    "f90001",
    "f90400",
    "f9c400",
    "fbc010666666666666",
    "f97c00",
    "f97e00",
    "f9fc00",
    "fa7f800000",
    "fb7ff8000000000000",
    "f4",
    "f5",
    "f7",
    "f0",
    "f8ff",
    "c074323031332d30332d32315432303a30343a30305a",
    "c11a514b67b0",
    "d74401020304",
    "d818456449455446",
    "a0",
    "a201020304",
    "a26161016162820203",
    "826161a161626163",
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "83018202039f0405ff",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "1817",
    "190017",
    "1900ff",
    "1a0000ffff",
    "1b00000000ffffffff",
    "3817",
    "3900ff",
    "5800",
    "780161",
    "9800",
    "99000100",
    "9b000000000000000100",
    "1c",
    "1d",
    "1e",
    "1f",
    "3f",
    "5c",
    "7e",
    "9d",
    "ff",
    "f816",
    "f8f6",
    "",
    "18",
    "19ff",
    "1b00",
    "41",
    "61",
    "81",
    "8200",
    "9bffffffffffffffff",
    "5bffffffffffffffff",
    "bb",
    "61ff",
    "63610a0d",
    "6100",
    "63efbbbf",
    "6461cc8a62",
};

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        if (!accepts_hex(inside[i])) {
            fail_msg("refused %s", inside[i]);
        }
        struct buf bytes = {0};
        vectors_hex(&bytes, span_str(inside[i]));
        assert_int_equal(vectors_harass(recode, span_buf(&bytes)), 0);
        buf_free(&bytes);
    }
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        if (accepts_hex(outside[i])) {
            fail_msg("accepted %s", outside[i]);
        }
    }
}

static void check_put(const struct buf *b, const char *hex)
{
    struct buf expected = {0};
    vectors_hex(&expected, span_str(hex));
    assert_true(span_equal(span_buf(b), span_buf(&expected)));
    buf_free(&expected);
}

static void test_put(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        const char *hex;
    } ints[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {65535, "19ffff"},
        {65536, "1a00010000"},
        {4294967295, "1affffffff"},
        {4294967296, "1b0000000100000000"},
        {INT64_MAX, "1b7fffffffffffffff"},
        {-1, "20"},
        {-24, "37"},
        {-25, "3818"},
        {-256, "38ff"},
        {-257, "390100"},
        {INT64_MIN, "3b7fffffffffffffff"},
    };
    for (size_t i = 0; i < sizeof ints / sizeof ints[0]; i++) {
        struct buf b = {0};
        cbor_put_int(&b, ints[i].v);
        check_put(&b, ints[i].hex);
        struct reader r = reader_of(span_buf(&b));
        assert_true(cbor_int(&r, INT64_MIN, INT64_MAX) == ints[i].v);
        assert_true(reader_done(&r));
        buf_free(&b);
    }
    struct buf b = {0};
    cbor_put_uint(&b, UINT64_MAX);
    cbor_put_fixed(&b, "ab", 2);
    cbor_put_text(&b, span_str("å"));
    cbor_put_array(&b, 24);
    cbor_put_null(&b);
    check_put(&b, "1bffffffffffffffff"
                  "426162"
                  "62c3a5"
                  "9818"
                  "f6");
    buf_free(&b);
}

/* Everything that has failed stays failed and gives zeros. */
static void test_wrong(void **state)
{
    (void)state;
    static const uint8_t five = 5, minus[] = {0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0}, text[] = {0x62, 'a', 'b'};
    struct reader r = reader_of(span_of(&five, 1));
    assert_int_equal(cbor_peek(&r), CBOR_UINT);
    assert_int_equal(r.left, 1);
    assert_int_equal(cbor_uint(&r, 4), 0);
    assert_true(r.failed);
    assert_int_equal(cbor_peek(&r), CBOR_NONE);
    assert_int_equal(cbor_uint(&r, UINT64_MAX), 0);

    r = reader_of(span_of(minus, sizeof minus)); /* INT64_MIN - 1 */
    assert_int_equal(cbor_peek(&r), CBOR_NINT);
    assert_int_equal(cbor_int(&r, INT64_MIN, INT64_MAX), 0);
    assert_true(r.failed);

    r = reader_of(span_of(text, sizeof text));
    assert_int_equal(cbor_text(&r, 1).len, 0);
    assert_true(r.failed);

    uint8_t fixed[3] = {1, 2, 3};
    const uint8_t two[] = {0x42, 7, 7};
    r = reader_of(span_of(two, sizeof two));
    cbor_fixed(&r, fixed, 3);
    assert_true(r.failed);
    assert_memory_equal(fixed, ((uint8_t[3]){0}), 3);

    r = reader_of(span_of(&five, 1));
    assert_int_equal(cbor_bytes(&r, 9).len, 0);
    assert_true(r.failed);
    r = reader_of(span_of(&five, 1));
    cbor_null(&r);
    assert_true(r.failed);
    r = reader_of(span_of(&five, 0));
    assert_int_equal(cbor_peek(&r), CBOR_NONE);
    assert_false(r.failed);
    const uint8_t pair[] = {0x82, 1, 2};
    r = reader_of(span_of(pair, sizeof pair));
    cbor_items(&r, 2);
    assert_false(r.failed);
    r = reader_of(span_of(pair, sizeof pair));
    cbor_items(&r, 3);
    assert_true(r.failed);
}

static void test_skip(void **state)
{
    (void)state;
    uint8_t deep[LIMIT_CBOR_DEPTH + 2];
    memset(deep, 0x81, sizeof deep);
    deep[LIMIT_CBOR_DEPTH - 1] = 0x80;
    struct reader r = reader_of(span_of(deep, sizeof deep));
    struct span item = cbor_skip(&r, SIZE_MAX);
    assert_int_equal(item.len, LIMIT_CBOR_DEPTH);
    assert_int_equal(r.left, 2);
    r = reader_of(span_of(deep, sizeof deep));
    assert_int_equal(cbor_skip(&r, LIMIT_CBOR_DEPTH - 1).len, 0); /* longer than max */
    assert_true(r.failed);
    deep[LIMIT_CBOR_DEPTH - 1] = 0x81;
    deep[LIMIT_CBOR_DEPTH] = 0x80;
    r = reader_of(span_of(deep, sizeof deep));
    assert_int_equal(cbor_skip(&r, SIZE_MAX).len, 0); /* too deep */
    assert_true(r.failed);
    static const uint8_t wide[] = {0x84, 0x80, 0x81, 0x80, 0x42, 1, 2, 0x82, 0xf6, 0x61, 'x', 0x05};
    r = reader_of(span_of(wide, sizeof wide));
    assert_int_equal(cbor_skip(&r, SIZE_MAX).len, sizeof wide - 1);
    assert_int_equal(cbor_uint(&r, 9), 5);
    assert_true(reader_done(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_skip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
