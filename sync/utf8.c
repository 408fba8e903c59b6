#include "sync/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define NFC ((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE))
#define FIRST_MARK 0x300   /* everything below is its own NFC and composes with nothing before it */
#define PAIR_DECOMPOSED 16 /* two code points decompose canonically to at most 4 each */

/* C0 and C1 controls but newline and tab, the byte order mark, and the 66 noncharacters. */
static bool is_allowed(utf8proc_int32_t c)
{
    if (c < 0x20) {
        return c == '\n' || c == '\t';
    }
    return !(c >= 0x7f && c < 0xa0) && c != 0xfeff && !(c >= 0xfdd0 && c <= 0xfdef) && (c & 0xfffe) != 0xfffe;
}

/* Are these one or two code points (UTF-8 of at most 8 bytes) their own normal form? */
static bool is_stable(const uint8_t *ptr, size_t len, const utf8proc_int32_t *same, utf8proc_ssize_t count)
{
    utf8proc_int32_t c[PAIR_DECOMPOSED];
    utf8proc_ssize_t n = utf8proc_decompose(ptr, (utf8proc_ssize_t)len, c, PAIR_DECOMPOSED, NFC);
    if (n < 1 || n > PAIR_DECOMPOSED) {
        return false;
    }
    n = utf8proc_normalize_utf32(c, n, NFC);
    return n == count && memcmp(c, same, (size_t)count * sizeof *same) == 0;
}

/* Where the check of a text stands: the last starter and what followed it. */
struct nfc {
    uint8_t starter[4];
    size_t starter_len; /* 0: none yet */
    utf8proc_int32_t starter_code;
    int last_class; /* combining class of the code point before; 0 right after the starter */
};

/* A text is in NFC if and only if every code point is its own NFC, marks are in canonical order (UAX #15), and no code
 * point that is not blocked from the last starter changes together with it. So two code points at a time are enough:
 * no allocation that could fail, and no sorting of thousands of marks. The unit test compares with utf8proc. */
static bool nfc_step(struct nfc *s, const uint8_t *ptr, size_t len, utf8proc_int32_t c)
{
    int class = c < FIRST_MARK ? 0 : utf8proc_get_property(c)->combining_class;
    if (c >= FIRST_MARK) {
        if (!is_stable(ptr, len, &c, 1) || (class != 0 && class < s->last_class)) {
            return false;
        }
        bool blocked = s->last_class != 0 && s->last_class >= class;
        if (s->starter_len > 0 && !blocked) {
            uint8_t pair[8];
            memcpy(pair, s->starter, s->starter_len);
            memcpy(pair + s->starter_len, ptr, len);
            const utf8proc_int32_t both[2] = {s->starter_code, c};
            if (!is_stable(pair, s->starter_len + len, both, 2)) {
                return false;
            }
        }
    }
    if (class == 0) {
        memcpy(s->starter, ptr, len);
        s->starter_len = len;
        s->starter_code = c;
    }
    s->last_class = class;
    return true;
}

bool utf8_is_clean(struct span text)
{
    struct nfc state = {0};
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t c = text.ptr[at];
        size_t len = 1;
        if (c >= 0x80) {
            size_t left = text.len - at;
            utf8proc_ssize_t n = utf8proc_iterate(text.ptr + at, left < 4 ? (utf8proc_ssize_t)left : 4, &c);
            if (n < 1) {
                return false;
            }
            len = (size_t)n;
        }
        if (!is_allowed(c) || !nfc_step(&state, text.ptr + at, len, c)) {
            return false;
        }
        at += len;
    }
    return true;
}

/* Appends typed with CRLF and CR as newline. */
static void put_lines(struct buf *out, struct span typed)
{
    size_t start = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.ptr[i] != '\r') {
            continue;
        }
        buf_put(out, typed.ptr + start, i - start);
        buf_put_u8(out, '\n');
        if (i + 1 < typed.len && typed.ptr[i + 1] == '\n') {
            i++;
        }
        start = i + 1;
    }
    if (start < typed.len) {
        buf_put(out, typed.ptr + start, typed.len - start);
    }
}

/* Appends the NFC of lines if that is clean. */
static enum err put_normal(struct buf *out, struct span lines)
{
    utf8proc_uint8_t *normal = NULL;
    utf8proc_ssize_t len = utf8proc_map(lines.ptr, (utf8proc_ssize_t)lines.len, &normal, NFC);
    if (len < 0) {
        return len == UTF8PROC_ERROR_NOMEM ? ERR_MEMORY : ERR_INPUT;
    }
    enum err e = ERR_INPUT;
    if (utf8_is_clean(span_of(normal, (size_t)len))) {
        buf_put(out, normal, (size_t)len);
        e = buf_check(out);
    }
    free(normal);
    return e;
}

enum err utf8_clean(struct buf *out, struct span typed)
{
    struct buf lines = {0};
    put_lines(&lines, typed);
    enum err e = buf_check(&lines);
    if (e == OK && utf8_is_clean(span_buf(&lines))) {
        buf_put_span(out, span_buf(&lines));
        e = buf_check(out);
    } else if (e == OK) {
        e = put_normal(out, span_buf(&lines));
    }
    buf_wipe(&lines);
    return e;
}

/* White space (Unicode's White_Space) and characters without width: zero-width space, (non-)joiner and word joiner. */
static bool is_invisible(utf8proc_int32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200f) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000;
}

bool utf8_is_blank(struct span text)
{
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t c;
        const utf8proc_ssize_t n = utf8proc_iterate(text.ptr + at, (utf8proc_ssize_t)(text.len - at), &c);
        if (n < 1 || !is_invisible(c)) {
            return false;
        }
        at += (size_t)n;
    }
    return true;
}
