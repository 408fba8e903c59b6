#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sync/arena.h"

static void test_pieces(void **state)
{
    (void)state;
    struct arena a = {0};
    uint8_t *last = NULL;
    size_t sum = 0;
    for (size_t len = 0; len < 3000; len += 7) {
        uint8_t *piece = arena_alloc(&a, len);
        assert_non_null(piece);
        assert_ptr_not_equal(piece, last);
        assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < len; i++) {
            assert_int_equal(piece[i], 0);
        }
        if (len > 0) {
            memset(piece, 0xff, len);
        }
        last = piece;
        sum += len;
    }
    assert_int_equal(a.used, sum);
    uint8_t *large = arena_alloc(&a, 5u << 20);
    assert_non_null(large);
    large[(5u << 20) - 1] = 1;
    arena_free(&a);
    assert_null(a.blocks);
    assert_int_equal(a.used, 0);
}

static void test_too_much(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_non_null(arena_array(&a, 0, 8));
    assert_non_null(arena_array(&a, SIZE_MAX, 0));
    assert_false(a.failed);
    assert_null(arena_array(&a, SIZE_MAX / 2 + 1, 2));
    assert_true(a.failed);
    assert_null(arena_alloc(&a, 1)); /* sticky */
    arena_free(&a);
    assert_false(a.failed);
    assert_null(arena_alloc(&a, BUF_MAX + 1));
    arena_free(&a);
    assert_null(arena_text(&a, span_of("x", SIZE_MAX)));
    assert_true(a.failed);
    arena_free(&a);
}

static void test_text(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_string_equal(arena_text(&a, span_of("abc", 2)), "ab");
    assert_string_equal(arena_text(&a, (struct span){0}), "");
    assert_string_equal(arena_printf(&a, "%s %d", "vecka", 47), "vecka 47");
    char *text = arena_printf(&a, "%05000d", 7);
    assert_int_equal(strlen(text), 5000);
    assert_int_equal(text[4999], '7');
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
