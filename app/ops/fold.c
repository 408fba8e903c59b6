#include "app/ops/fold.h"

#include <string.h>

/* U+00A0 to U+00DE are two bytes, the first c2 or c3. */
#define NBSP_LEAD 0xc2
#define NBSP_TAIL 0xa0
#define LATIN_LEAD 0xc3
#define LATIN_CASE 0x20 /* from À (c3 80) to à (c3 a0) */
#define TIMES_TAIL 0x97 /* ×, which has no case */

static bool is_gap(const unsigned char *c, size_t *len)
{
    *len = c[0] == NBSP_LEAD && c[1] == NBSP_TAIL ? 2 : 1;
    return *len == 2 || strchr(" \t\r\n_-", c[0]) != NULL;
}

const char *fold_text(struct arena *a, const char *text)
{
    const unsigned char *from = (const unsigned char *)(text ? text : "");
    unsigned char *out = arena_alloc(a, strlen((const char *)from) + 1);
    size_t len = 0;
    bool gap = false;
    while (out && *from) {
        size_t step;
        if (is_gap(from, &step)) {
            gap = len > 0;
            from += step;
            continue;
        }
        if (gap) {
            out[len++] = ' ';
            gap = false;
        }
        unsigned char c = *from++;
        if (c >= 'A' && c <= 'Z') {
            c = (unsigned char)(c - 'A' + 'a');
        }
        out[len++] = c;
        if (c == LATIN_LEAD && *from >= 0x80 && *from <= 0x9e) {
            out[len++] = (unsigned char)(*from == TIMES_TAIL ? *from : *from + LATIN_CASE);
            from++;
        }
    }
    return out ? (const char *)out : "";
}

static bool has_word(const char *text, const char *word, size_t len)
{
    for (; *text; text++) {
        if (strncmp(text, word, len) == 0) {
            return true;
        }
    }
    return false;
}

bool fold_has_words(const char *text, const char *query)
{
    while (*query) {
        const size_t len = strcspn(query, " ");
        if (!has_word(text, query, len)) {
            return false;
        }
        query += len;
        query += *query == ' ';
    }
    return true;
}
