#include "app/cli/passphrase_advice.h"

#include "app/text/text.h"

/* Letters, not bytes: what continues a letter of UTF-8 is not counted. */
static size_t letters(struct span p)
{
    size_t n = 0;
    for (size_t i = 0; i < p.len; i++) {
        n += (p.ptr[i] & 0xc0) != 0x80;
    }
    return n;
}

static size_t distinct(struct span p)
{
    bool seen[256] = {false};
    size_t n = 0;
    for (size_t i = 0; i < p.len; i++) {
        n += !seen[p.ptr[i]];
        seen[p.ptr[i]] = true;
    }
    return n;
}

static bool is_digits(struct span p)
{
    size_t digits = 0;
    for (size_t i = 0; i < p.len; i++) {
        digits += p.ptr[i] >= '0' && p.ptr[i] <= '9';
    }
    return digits + 2 >= p.len; /* a hyphen or two make a date or a telephone number of them */
}

/* Each byte one more, one less or the same as the one before: abcdefgh, 87654321. */
static bool is_row(struct span p)
{
    size_t steps = 0;
    for (size_t i = 1; i < p.len; i++) {
        const int step = p.ptr[i] - p.ptr[i - 1];
        steps += step >= -1 && step <= 1;
    }
    return steps * 4 >= p.len * 3;
}

const char *passphrase_advice(struct span p)
{
    if (distinct(p) < PASSPHRASE_ADVICE_DISTINCT || is_row(p)) {
        return N_(
            "That passphrase is a pattern, and quickly guessed. It is used as you wish; four or more words that do "
            "not belong together are far better (samplan passwd changes it).");
    }
    if (is_digits(p)) {
        return N_(
            "That passphrase is only digits: dates and telephone numbers are tried first. It is used as you wish; "
            "four or more words that do not belong together are far better (samplan passwd changes it).");
    }
    if (letters(p) < PASSPHRASE_ADVICE_LETTERS) {
        return N_(
            "That passphrase is short, and whoever steals the computer has years to guess. It is used as you wish; "
            "four or more words that do not belong together are far better (samplan passwd changes it).");
    }
    return NULL;
}
