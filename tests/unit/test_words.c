#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/words.h"

/* The examples of arXiv:0901.4016: addresses and their words. Three addresses make one text. */
static void test_published_examples(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[12];
        const char *words;
    } examples[] = {
        {{127, 0, 0, 1, 63, 84, 220, 193, 63, 118, 7, 35}, "lusab-babad-gutih-tugad-gutuk-bisog"},
        {{140, 98, 193, 141, 64, 255, 6, 200, 128, 30, 52, 45}, "mudof-sakat-haguz-biram-mabiv-gibot"},
        {{147, 67, 119, 2, 212, 58, 253, 68, 216, 35, 68, 215}, "natag-lisaf-tibup-zujah-tobog-higil"},
        {{216, 68, 232, 21, 198, 81, 129, 136, 12, 110, 110, 204}, "todah-vobij-sinid-makam-budov-kuras"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct hash h;
        memset(&h, 0xee, sizeof h);
        memcpy(h.b, examples[i].bytes, sizeof examples[i].bytes);
        char words[WORDS_LEN];
        words_of(words, &h);
        assert_string_equal(words, examples[i].words);
    }
}

static void test_every_bit_shows(void **state)
{
    (void)state;
    const struct hash zero = {{0}};
    char before[WORDS_LEN], after[WORDS_LEN];
    words_of(before, &zero);
    for (size_t bit = 0; bit < 96; bit++) {
        struct hash h = zero;
        h.b[bit / 8] = (uint8_t)(1u << bit % 8);
        words_of(after, &h);
        assert_string_not_equal(before, after);
        assert_int_equal(strlen(after), WORDS_LEN - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples),
        cmocka_unit_test(test_every_bit_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
