#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "app/cli/passphrase_advice.h"

static bool says(const char *passphrase, const char *word)
{
    const char *advice = passphrase_advice(span_str(passphrase));
    return word ? advice && strstr(advice, word) != NULL : advice == NULL;
}

static void test_advice(void **state)
{
    (void)state;
    static const struct {
        const char *passphrase;
        const char *word; /* in the advice; NULL: none */
    } cases[] = {
        {"", "pattern"},
        {"a", "pattern"},
        {"aaaaaaaaaaaaaaaaaaaaaaaa", "pattern"},
        {"abababababababababababab", "pattern"},
        {"abcdefghijklmnopqrstuvwxyz", "pattern"},
        {"9876543210987654", "pattern"},
        {"20101983-5072-4466", "digits"},
        {"070-31415926535897", "digits"},
        {"sommar2026", "short"},
        {"Hemligt!Hemligt", "short"},
        {"\xc3\xa5\xc3\xa4\xc3\xb6 g\xc3\xa5r p\xc3\xa5 l", "short"}, /* 12 letters in 18 bytes */
        {"korrekt h\xc3\xa4st batteri klammer", NULL},
        {"r5Y-p0q.Zw81_tKm", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!says(cases[i].passphrase, cases[i].word))
            fail_msg("%s: %s", cases[i].passphrase, passphrase_advice(span_str(cases[i].passphrase)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_advice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
