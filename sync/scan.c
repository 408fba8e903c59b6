#include "sync/scan.h"

#include <string.h>

bool scan_ahead(const struct reader *r, const char *literal)
{
    size_t len = strlen(literal);
    return !r->failed && r->left >= len && memcmp(r->ptr, literal, len) == 0;
}

void scan_literal(struct reader *r, const char *literal)
{
    if (!scan_ahead(r, literal)) {
        r->failed = true;
        return;
    }
    (void)reader_take(r, strlen(literal));
}

void scan_hex(struct reader *r, void *out, size_t len)
{
    struct span text = reader_take(r, 2 * len);
    if (hex_decode(out, len, text) != OK) {
        memset(out, 0, len);
        r->failed = true;
    }
}

uint64_t scan_number(struct reader *r)
{
    uint64_t v = 0;
    size_t digits = 0;
    while (!r->failed && r->left > 0 && *r->ptr >= '0' && *r->ptr <= '9') {
        unsigned digit = (unsigned)(*r->ptr - '0');
        bool leading_zero = digits > 0 && v == 0;
        if (leading_zero || v > (UINT64_MAX - digit) / 10) {
            r->failed = true;
            return 0;
        }
        v = v * 10 + digit;
        digits++;
        (void)reader_take(r, 1);
    }
    if (digits == 0) {
        r->failed = true;
    }
    return v;
}
