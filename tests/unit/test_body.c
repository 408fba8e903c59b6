#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/body.h"
#include "sync/limits.h"
#include "sync/opening.h"
#include "tests/unit/vectors.h"

static bool recode_body(struct buf *again, struct span bytes)
{
    struct arena a = {0};
    struct body b;
    bool accepted = body_decode(&b, &a, bytes) == OK;
    if (accepted) {
        body_encode(again, &b);
    }
    arena_free(&a);
    return accepted;
}

static bool recode_opening(struct buf *again, struct span bytes)
{
    struct opening o;
    bool accepted = opening_decode(&o, bytes) == OK;
    if (accepted) {
        opening_encode(again, &o);
    }
    return accepted;
}

static void test_body(void **state)
{
    (void)state;
    static const uint8_t sealed[144] = {0x5e};
    struct body_part parts[3] = {
        {.key = {{9}}, .sealed = span_of(sealed, sizeof sealed)},
        {.key = {{1}}, .sealed = span_of(sealed, 3)},
        {.key = {{2}}, .sealed = span_of(sealed, 0)},
    };
    struct body b = {.salt = {7}, .forbund_first = true, .part_count = 3, .parts = parts};
    struct buf bytes = {0};
    body_encode(&bytes, &b);
    assert_int_equal(vectors_harass(recode_body, span_buf(&bytes)), 2); /* parts are not counted in advance */
    struct arena a = {0};
    struct body got;
    assert_int_equal(body_decode(&got, &a, span_buf(&bytes)), OK);
    assert_memory_equal(got.salt, b.salt, SEAL_SALT_LEN);
    assert_true(got.forbund_first);
    assert_int_equal(got.part_count, 3);
    assert_int_equal(got.parts[0].key.b[0], 9);
    assert_int_equal(got.parts[0].sealed.len, sizeof sealed);
    assert_ptr_equal(got.parts[0].sealed.ptr, bytes.ptr + 16 + 1 + 16 + 4);
    arena_free(&a);

    bytes.ptr[16] = 0; /* no flag: 9 before 1 is out of order */
    assert_false(vectors_accepts(recode_body, span_buf(&bytes)));
    bytes.ptr[16] = 2;
    assert_false(vectors_accepts(recode_body, span_buf(&bytes)));
    bytes.ptr[16] = 1;
    bytes.ptr[17] = 2; /* the first part's key once more */
    assert_false(vectors_accepts(recode_body, span_buf(&bytes)));
    assert_false(vectors_accepts(recode_body, span_of(bytes.ptr, 17))); /* no part */
    buf_free(&bytes);
}

static void test_body_limits(void **state)
{
    (void)state;
    struct buf bytes = {0};
    uint8_t *start = buf_extend(&bytes, 17);
    assert_non_null(start);
    for (uint32_t i = 0; i <= LIMIT_PARTS; i++) {
        buf_put_u32be(&bytes, i);
        (void)buf_extend(&bytes, ID_LEN - 4);
        buf_put_u32be(&bytes, 0);
    }
    struct arena a = {0};
    struct body b;
    assert_int_equal(body_decode(&b, &a, span_buf(&bytes)), ERR_LIMIT);
    assert_int_equal(a.used, 0);
    assert_int_equal(body_decode(&b, &a, span_of(bytes.ptr, bytes.len - 20)), OK);
    assert_int_equal(b.part_count, LIMIT_PARTS);
    assert_int_equal(body_decode(&b, &a, span_of(bytes.ptr, LIMIT_BODY + 1)), ERR_LIMIT); /* before any is read */
    memset(bytes.ptr + 17 + 16, 0xff, 4);
    assert_int_equal(body_decode(&b, &a, span_of(bytes.ptr, bytes.len - 20)), ERR_INPUT); /* longer than there is */
    arena_free(&a);
    buf_free(&bytes);
}

static void test_opening(void **state)
{
    (void)state;
    struct opening o = {
        .sign = {{1}}, .run = {{2}}, .meeting = {{3}}, .box = {{4}}, .certified = {.chain = {{7}}, .n = 1}};
    struct buf bytes = {0};
    opening_encode(&bytes, &o);
    assert_int_equal(vectors_harass(recode_opening, span_buf(&bytes)), 0);
    struct opening got;
    assert_int_equal(opening_decode(&got, span_buf(&bytes)), OK);
    assert_false(got.continues);
    assert_int_equal(got.sign.b[0] + 10 * got.run.b[0] + 100 * got.meeting.b[0] + 1000 * got.box.b[0], 4321);
    buf_cut(&bytes, 0);

    o.continues = true;
    o.old = (struct seen){.chain = {{5}}, .dot = LIMIT_DOT - 1, .hash = {{6}}};
    opening_encode(&bytes, &o);
    assert_int_equal(vectors_harass(recode_opening, span_buf(&bytes)), 0);
    assert_int_equal(opening_decode(&got, span_buf(&bytes)), OK);
    assert_true(got.continues);
    assert_int_equal(got.old.dot, LIMIT_DOT - 1);
    assert_int_equal(got.old.chain.b[0] + 10 * got.old.hash.b[0], 65);
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_body_limits),
        cmocka_unit_test(test_opening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
