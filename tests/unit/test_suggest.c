/* Two changes of one text, joined word by word, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync/suggest.h"

static void expect(const char *base, const char *mine, const char *theirs, const char *want)
{
    struct buf out = {0};
    bool clean = false;
    assert_int_equal(suggest_merge(&out, &clean, span_str(base), span_str(mine), span_str(theirs)), OK);
    assert_int_equal(clean, want != NULL);
    assert_true(span_equal(span_buf(&out), span_str(want ? want : "")));
    buf_free(&out);
}

static void different_words(void **state)
{
    (void)state;
    expect("ett två tre fyra fem sex", "ETT två tre fyra fem sex", "ett två tre fyra fem SEX",
           "ETT två tre fyra fem SEX");
    expect("a b c d e f g", "a b c d e f g h", "x b c d e f g", "x b c d e f g h");
    expect("rad ett\n\nrad  två\ttre fyra", "rad 1\n\nrad  två\ttre fyra", "rad ett\n\nrad  två\ttre 4",
           "rad 1\n\nrad  två\ttre 4");
}

static void one_or_none_changed(void **state)
{
    (void)state;
    expect("samma", "samma", "samma", "samma");
    expect("gammal text", "ny text", "gammal text", "ny text");
    expect("gammal text", "ny text", "ny text", "ny text");
}

/* What merges cleanly can still say what nobody wrote: that is why it is only offered. */
static void the_same_words(void **state)
{
    (void)state;
    expect("kan arbeta", "kan inte arbeta", "kan nog arbeta", NULL);
    expect("ett", "två", "tre", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(different_words), cmocka_unit_test(one_or_none_changed),
                                       cmocka_unit_test(the_same_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
