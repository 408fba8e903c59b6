/* The story behind an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/why.h"

static void kept_and_bounded(void **state)
{
    struct why w = {.text = ""};
    char long_text[1000];
    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(why_set(&w, ERR_BUSY, WHY("a sentence"), "%s %d", "detail", 7), ERR_BUSY);
    assert_string_equal(w.text, "a sentence");
    assert_string_equal(w.detail, "detail 7");
    assert_int_equal(why_set(&w, ERR_INPUT, "another", "%s", long_text), ERR_INPUT);
    assert_int_equal(strlen(w.detail), WHY_DETAIL_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kept_and_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
