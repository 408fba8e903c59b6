#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/header.h"
#include "sync/limits.h"
#include "tests/unit/vectors.h"

static bool recode(struct buf *again, struct span text)
{
    struct arena a = {0};
    struct header h;
    bool accepted = header_decode(&h, &a, text) == OK;
    if (accepted) {
        header_encode(again, &h);
    }
    arena_free(&a);
    return accepted;
}

static void check_vector(const char *name, bool good, struct span content)
{
    if (vectors_accepts(recode, content) != good) {
        fail_msg("%s", name);
    }
    if (good && content.len < 2000) {
        bool ends_with_keys = strcmp(name, "good_seen.txt") == 0; /* a last line that may be left out */
        assert_int_equal(vectors_harass(recode, content), ends_with_keys ? 1 : 0);
    }
}

static void test_vectors(void **state)
{
    (void)state;
    assert_true(vectors_each("header", check_vector) >= 50);
}

static void test_fields(void **state)
{
    (void)state;
    struct seen seen[2] = {{.dot = 3}, {.dot = LIMIT_DOT - 1}};
    memset(seen[0].chain.b, 1, ID_LEN);
    memset(seen[1].chain.b, 2, ID_LEN);
    memset(seen[1].hash.b, 3, HASH_LEN);
    struct header h = {
        .kind = HEADER_READS,
        .first = 1,
        .last = LIMIT_TXS,
        .time = LIMIT_TIME - 1,
        .seen_count = 2,
        .seen = seen,
        .has_keys = true,
        .has_opens = true,
    };
    memset(h.chain.b, 0xc4, ID_LEN);
    memset(h.forbund.b, 0xf0, ID_LEN);
    memset(h.prev.b, 0x0a, HASH_LEN);
    memset(h.opens.b, 0x0a, HASH_LEN);
    memset(h.body.b, 0x0b, HASH_LEN);
    memset(h.keys.b, 0x0c, HASH_LEN);
    struct buf text = {0};
    header_encode(&text, &h);
    struct arena a = {0};
    struct header got;
    assert_int_equal(header_decode(&got, &a, span_buf(&text)), OK);
    assert_int_equal(got.kind, HEADER_READS);
    assert_memory_equal(got.forbund.b, h.forbund.b, ID_LEN);
    assert_memory_equal(got.chain.b, h.chain.b, ID_LEN);
    assert_int_equal(got.first, 1);
    assert_int_equal(got.last, LIMIT_TXS);
    assert_int_equal(got.time, LIMIT_TIME - 1);
    assert_memory_equal(got.prev.b, h.prev.b, HASH_LEN);
    assert_int_equal(got.seen_count, 2);
    assert_memory_equal(got.seen[1].chain.b, seen[1].chain.b, ID_LEN);
    assert_int_equal(got.seen[1].dot, LIMIT_DOT - 1);
    assert_memory_equal(got.seen[1].hash.b, seen[1].hash.b, HASH_LEN);
    assert_memory_equal(got.body.b, h.body.b, HASH_LEN);
    assert_true(got.has_keys && got.has_opens);
    assert_memory_equal(got.keys.b, h.keys.b, HASH_LEN);
    assert_memory_equal(got.opens.b, h.opens.b, HASH_LEN);
    buf_free(&text);
    arena_free(&a);
}

/* More than a cap allows has a verdict of its own. */
static void check_limit(const char *name, bool good, struct span content)
{
    (void)good;
    static const char *const over[] = {"fail_dots_limit.txt", "fail_dots_too_many.txt", "fail_seen_dot_limit.txt",
                                       "fail_time_limit.txt"};
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++) {
        if (strcmp(name, over[i]) == 0) {
            struct arena a = {0};
            struct header h;
            assert_int_equal(header_decode(&h, &a, content), ERR_LIMIT);
            arena_free(&a);
        }
    }
}

static void test_limits(void **state)
{
    (void)state;
    (void)vectors_each("header", check_limit);
    static uint8_t large[LIMIT_COMMIT + 1];
    struct arena a = {0};
    struct header h;
    assert_int_equal(header_decode(&h, &a, span_of(large, sizeof large)), ERR_LIMIT);
    assert_int_equal(a.used, 0);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
