#include "crypto/buf.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAP 64

struct span span_of(const void *ptr, size_t len)
{
    return (struct span){.ptr = ptr, .len = len};
}

struct span span_str(const char *text)
{
    return span_of(text, strlen(text));
}

struct span span_buf(const struct buf *b)
{
    return span_of(b->ptr, b->len);
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Makes room for extra more bytes. Not realloc, which would leave a copy of a secret in freed memory. */
static bool buf_reserve(struct buf *b, size_t extra)
{
    if (b->failed)
        return false;
    if (extra > BUF_MAX - b->len) {
        b->failed = true;
        return false;
    }
    if (extra <= b->cap - b->len)
        return true;
    size_t cap = b->cap < BUF_FIRST_CAP ? BUF_FIRST_CAP : b->cap;
    while (cap < b->len + extra)
        cap *= 2; /* BUF_MAX is a power of two, so cap never passes it */
    uint8_t *ptr = malloc(cap);
    if (!ptr) {
        b->failed = true;
        return false;
    }
    if (b->ptr) {
        memcpy(ptr, b->ptr, b->len);
        sodium_memzero(b->ptr, b->cap);
        free(b->ptr);
    }
    b->ptr = ptr;
    b->cap = cap;
    return true;
}

void buf_put(struct buf *b, const void *ptr, size_t len)
{
    if (len == 0 || !buf_reserve(b, len))
        return;
    memcpy(b->ptr + b->len, ptr, len);
    b->len += len;
}

void buf_put_span(struct buf *b, struct span s)
{
    buf_put(b, s.ptr, s.len);
}

uint8_t *buf_extend(struct buf *b, size_t len)
{
    if (!buf_reserve(b, len))
        return NULL;
    uint8_t *start = b->ptr + b->len;
    memset(start, 0, len);
    b->len += len;
    return start;
}

void buf_cut(struct buf *b, size_t len)
{
    assert(len <= b->len);
    if (len == b->len)
        return;
    sodium_memzero(b->ptr + len, b->len - len);
    b->len = len;
}

void buf_put_str(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_put_u8(struct buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void buf_put_u32be(struct buf *b, uint32_t v)
{
    uint8_t bytes[4];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(v >> (24 - 8 * i));
    buf_put(b, bytes, sizeof bytes);
}

void buf_put_u64be(struct buf *b, uint64_t v)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(v >> (56 - 8 * i));
    buf_put(b, bytes, sizeof bytes);
}

void buf_put_hex(struct buf *b, struct span s)
{
    static const char digits[] = "0123456789abcdef";
    if (s.len > BUF_MAX / 2) {
        b->failed = true;
        return;
    }
    if (!buf_reserve(b, 2 * s.len))
        return;
    for (size_t i = 0; i < s.len; i++) {
        b->ptr[b->len++] = (uint8_t)digits[s.ptr[i] >> 4];
        b->ptr[b->len++] = (uint8_t)digits[s.ptr[i] & 15];
    }
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        b->failed = true;
        return;
    }
    size_t size = (size_t)len + 1;
    if (!buf_reserve(b, size))
        return;
    va_start(args, format);
    (void)vsnprintf((char *)b->ptr + b->len, size, format, args);
    va_end(args);
    b->len += size - 1;
}

const char *buf_text(struct buf *b)
{
    if (!buf_reserve(b, 1))
        return NULL;
    b->ptr[b->len] = 0;
    return (const char *)b->ptr;
}

enum err buf_check(const struct buf *b)
{
    return b->failed ? ERR_MEMORY : OK;
}

void buf_free(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf){0};
}

void buf_wipe(struct buf *b)
{
    if (b->ptr)
        sodium_memzero(b->ptr, b->cap);
    buf_free(b);
}

struct reader reader_of(struct span s)
{
    return (struct reader){.ptr = s.ptr, .left = s.len};
}

struct span reader_take(struct reader *r, size_t len)
{
    if (r->failed || len > r->left) {
        r->failed = true;
        return (struct span){0};
    }
    struct span taken = span_of(r->ptr, len);
    if (len > 0)
        r->ptr += len;
    r->left -= len;
    return taken;
}

static uint64_t reader_be(struct reader *r, size_t len)
{
    struct span s = reader_take(r, len);
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++)
        v = v << 8 | s.ptr[i];
    return v;
}

uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_be(r, 1);
}

uint32_t reader_u32be(struct reader *r)
{
    return (uint32_t)reader_be(r, 4);
}

uint64_t reader_u64be(struct reader *r)
{
    return reader_be(r, 8);
}

void reader_copy(struct reader *r, void *out, size_t len)
{
    if (len == 0)
        return;
    struct span s = reader_take(r, len);
    if (s.len == len)
        memcpy(out, s.ptr, len);
    else
        memset(out, 0, len);
}

bool reader_done(const struct reader *r)
{
    return !r->failed && r->left == 0;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

enum err hex_decode(uint8_t *out, size_t out_len, struct span text)
{
    if (text.len % 2 != 0 || text.len / 2 != out_len)
        return ERR_INPUT;
    for (size_t i = 0; i < text.len; i++)
        if (hex_digit(text.ptr[i]) < 0)
            return ERR_INPUT;
    for (size_t i = 0; i < out_len; i++)
        out[i] = (uint8_t)(hex_digit(text.ptr[2 * i]) << 4 | hex_digit(text.ptr[2 * i + 1]));
    return OK;
}
