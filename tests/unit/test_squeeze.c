#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/seal.h"
#include "sync/limits.h"
#include "sync/squeeze.h"
#include "tests/unit/vectors.h"

static void pad(struct buf *b)
{
    const size_t more = seal_padded_len(b->len) - b->len;
    assert_true(more == 0 || buf_extend(b, more));
}

static void pack(struct buf *out, struct span plain)
{
    assert_int_equal(squeeze_pack(out, plain), OK);
    pad(out);
}

static void assert_gives(struct span padded, struct span plain)
{
    struct buf out = {0};
    buf_put_str(&out, "before");
    assert_int_equal(squeeze_unpack(&out, padded), OK);
    assert_true(span_equal(span_of(out.ptr + 6, out.len - 6), plain));
    buf_free(&out);
}

/* Is refused, and leaves out as it was. */
static void assert_refused(struct span padded, enum err why)
{
    struct buf out = {0};
    buf_put_str(&out, "kept");
    assert_int_equal(squeeze_unpack(&out, padded), why);
    assert_true(span_equal(span_buf(&out), span_str("kept")));
    buf_free(&out);
}

static void test_there_and_back(void **state)
{
    (void)state;
    static uint8_t bytes[70000];
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        random = random * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(random >> 24); /* does not shrink */
    }
    for (size_t len = 0; len <= sizeof bytes; len += len < 300 ? 1 : 4999) {
        struct buf packed = {0};
        pack(&packed, span_of(bytes, len));
        assert_gives(span_buf(&packed), span_of(bytes, len));
        buf_free(&packed);
    }
}

/* The dictionary is used: its words cost less than they are long, in the smallest part too. */
static void test_dictionary(void **state)
{
    (void)state;
    static const char words[] = "f\xc3\xb6rs\xc3\xb6rjningsst\xc3\xb6"
                                "d rehabilitering v\xc3\xa5rdcentralen";
    struct buf packed = {0};
    assert_int_equal(squeeze_pack(&packed, span_str(words)), OK);
    assert_true(packed.len < sizeof words / 2);
    buf_free(&packed);
}

/* Streams made by hand, from RFC 1951: what a reader must give, whoever packed it. */
static void test_by_hand(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"010300fcff616263", "abc"},                    /* stored */
        {"000300fcff616263010300fcff646566", "abcdef"}, /* two blocks */
        {"0300", ""},                                   /* fixed codes, nothing in it */
        {"4b4c4a0600", "abc"},                          /* fixed codes */
        {"ab000200", "xxxx"},                           /* again, from what has come */
        {"038e200000", " fl"},                          /* the dictionary's beginning */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf padded = {0};
        const size_t len = strlen(table[i][0]) / 2;
        assert_int_equal(hex_decode(buf_extend(&padded, len), len, span_str(table[i][0])), OK);
        pad(&padded);
        assert_gives(span_buf(&padded), span_str(table[i][1]));
        buf_free(&padded);
    }
}

static void check_vector(const char *name, bool good, struct span content)
{
    struct buf padded = {0}, out = {0};
    vectors_hex(&padded, content);
    if (squeeze_unpack(&out, span_buf(&padded)) != (good ? OK : ERR_INPUT)) {
        fail_msg("%s", name);
    }
    buf_free(&padded);
    buf_free(&out);
}

static void test_vectors(void **state)
{
    (void)state;
    assert_int_equal(vectors_each("packed", check_vector), 22);
}

static void test_padding(void **state)
{
    (void)state;
    static const char text[] = "Praktik på ett lager, halvtid.";
    struct buf packed = {0};
    assert_int_equal(squeeze_pack(&packed, span_str(text)), OK);
    const size_t len = packed.len;
    assert_true(len < SEAL_PAD_MIN);
    pad(&packed);
    for (size_t at = len; at < packed.len; at++) { /* a filling that is not zeros */
        packed.ptr[at] = 1;
        assert_refused(span_buf(&packed), ERR_INPUT);
        packed.ptr[at] = 0;
    }
    for (size_t cut = 0; cut < packed.len; cut++) { /* too little of it, or of the stream */
        assert_refused(span_of(packed.ptr, cut), ERR_INPUT);
    }
    buf_put_u8(&packed, 0); /* too much of it */
    assert_refused(span_buf(&packed), ERR_INPUT);
    buf_free(&packed);
}

/* A few kilobytes that would become very much: memory ends at the limit. */
static void test_too_much(void **state)
{
    (void)state;
    static const uint8_t block[] = {0, 0xff, 0xff, 0, 0};
    uint8_t *zeros = calloc(1, LIMIT_PART);
    struct buf most = {0}, more = {0};
    assert_non_null(zeros);
    pack(&most, span_of(zeros, LIMIT_PART));
    assert_true(most.len < 100000);
    assert_gives(span_buf(&most), span_of(zeros, LIMIT_PART));
    for (size_t i = 0; i <= LIMIT_PART / 65535; i++) {
        buf_put(&more, block, sizeof block);
        buf_put(&more, zeros, 65535);
    }
    pad(&more);
    assert_refused(span_buf(&more), ERR_LIMIT);
    buf_free(&more);
    assert_refused(span_of(zeros, LIMIT_BODY + 1u), ERR_LIMIT); /* before any is read */
    buf_free(&most);
    free(zeros);
}

/* The longest plaintext that does not shrink still finds room in a body. */
static void test_fits_into_a_body(void **state)
{
    (void)state;
    const size_t packed = (size_t)LIMIT_PART + 5 * (LIMIT_PART / 16383 + 1); /* stored blocks of zlib's smallest */
    assert_true(seal_padded_len(packed) + SEAL_SALT_LEN + 1 + ID_LEN + 4 + SEAL_TAG_LEN <= LIMIT_BODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),   cmocka_unit_test(test_dictionary), cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_vectors),          cmocka_unit_test(test_padding),    cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_fits_into_a_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
