#include "sync/cbor.h"

#include "sync/limits.h"
#include "sync/utf8.h"

/* RFC 8949 section 3.1: the major type is the upper 3 bits of the first byte. */
enum major { MAJOR_UINT = 0, MAJOR_NINT = 1, MAJOR_BYTES = 2, MAJOR_TEXT = 3, MAJOR_ARRAY = 4, MAJOR_SIMPLE = 7 };
#define SIMPLE_NULL 22

static void put_head(struct buf *b, enum major major, uint64_t v)
{
    unsigned top = (unsigned)major << 5;
    if (v < 24) {
        buf_put_u8(b, (uint8_t)(top | v));
        return;
    }
    unsigned log = v <= UINT8_MAX ? 0 : v <= UINT16_MAX ? 1 : v <= UINT32_MAX ? 2 : 3;
    uint8_t bytes[9] = {(uint8_t)(top | (24 + log))};
    size_t len = (size_t)1 << log;
    for (size_t i = 0; i < len; i++) {
        bytes[len - i] = (uint8_t)(v >> (8 * i));
    }
    buf_put(b, bytes, 1 + len);
}

void cbor_put_uint(struct buf *b, uint64_t v)
{
    put_head(b, MAJOR_UINT, v);
}

void cbor_put_int(struct buf *b, int64_t v)
{
    if (v >= 0) {
        put_head(b, MAJOR_UINT, (uint64_t)v);
    } else {
        put_head(b, MAJOR_NINT, (uint64_t)(-1 - v));
    }
}

void cbor_put_bytes(struct buf *b, struct span v)
{
    put_head(b, MAJOR_BYTES, v.len);
    buf_put_span(b, v);
}

void cbor_put_fixed(struct buf *b, const void *ptr, size_t len)
{
    cbor_put_bytes(b, span_of(ptr, len));
}

void cbor_put_text(struct buf *b, struct span v)
{
    put_head(b, MAJOR_TEXT, v.len);
    buf_put_span(b, v);
}

void cbor_put_array(struct buf *b, size_t count)
{
    put_head(b, MAJOR_ARRAY, count);
}

void cbor_put_null(struct buf *b)
{
    put_head(b, MAJOR_SIMPLE, SIMPLE_NULL);
}

struct head {
    enum cbor_type type;
    uint64_t v;
};

static const struct head no_head = {.type = CBOR_NONE};

static struct head head_fail(struct reader *r)
{
    r->failed = true;
    return no_head;
}

/* The argument of a head: only the shortest form (RFC 8949 section 4.2.1). */
static uint64_t take_argument(struct reader *r, unsigned info)
{
    if (info < 24) {
        return info;
    }
    if (info > 27) { /* reserved, or indefinite length */
        r->failed = true;
        return 0;
    }
    size_t len = (size_t)1 << (info - 24);
    struct span s = reader_take(r, len);
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        v = v << 8 | s.ptr[i];
    }
    uint64_t least = len == 1 ? 24 : (uint64_t)1 << (4 * len);
    if (v < least) {
        r->failed = true;
        return 0;
    }
    return v;
}

static struct head take_head(struct reader *r)
{
    unsigned first = reader_u8(r);
    if (r->failed) {
        return no_head;
    }
    unsigned info = first & 31;
    static const enum cbor_type types[5] = {CBOR_UINT, CBOR_NINT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY};
    if (first >> 5 < 5) {
        struct head h = {.type = types[first >> 5], .v = take_argument(r, info)};
        return r->failed ? no_head : h;
    }
    if (first >> 5 == MAJOR_SIMPLE && info == SIMPLE_NULL) {
        return (struct head){.type = CBOR_NULL};
    }
    return head_fail(r); /* maps, tags, floats, other simple values */
}

/* The argument of the next head, which must be of this type and at most max. */
static uint64_t take_typed(struct reader *r, enum cbor_type type, uint64_t max)
{
    struct head h = take_head(r);
    if (h.type != type || h.v > max) {
        h = head_fail(r);
    }
    return h.v;
}

enum cbor_type cbor_peek(const struct reader *r)
{
    struct reader ahead = *r;
    return take_head(&ahead).type;
}

uint64_t cbor_uint(struct reader *r, uint64_t max)
{
    return take_typed(r, CBOR_UINT, max);
}

int64_t cbor_int(struct reader *r, int64_t min, int64_t max)
{
    struct head h = take_head(r);
    if ((h.type != CBOR_UINT && h.type != CBOR_NINT) || h.v > INT64_MAX) {
        r->failed = true;
        return 0;
    }
    int64_t v = h.type == CBOR_UINT ? (int64_t)h.v : -1 - (int64_t)h.v;
    if (v < min || v > max) {
        r->failed = true;
        return 0;
    }
    return v;
}

struct span cbor_bytes(struct reader *r, size_t max)
{
    size_t len = (size_t)take_typed(r, CBOR_BYTES, max);
    return reader_take(r, len);
}

void cbor_fixed(struct reader *r, void *out, size_t len)
{
    if (take_typed(r, CBOR_BYTES, len) != len) {
        r->failed = true;
    }
    reader_copy(r, out, len);
}

struct span cbor_text(struct reader *r, size_t max)
{
    size_t len = (size_t)take_typed(r, CBOR_TEXT, max);
    struct span text = reader_take(r, len);
    if (!utf8_is_clean(text)) {
        r->failed = true;
        return (struct span){0};
    }
    return text;
}

size_t cbor_array(struct reader *r, size_t max)
{
    size_t count = (size_t)take_typed(r, CBOR_ARRAY, max);
    if (count > r->left) { /* an item is at least a byte: nobody allocates for what cannot be there */
        r->failed = true;
        return 0;
    }
    return count;
}

void cbor_items(struct reader *r, size_t count)
{
    if (cbor_array(r, count) != count) {
        r->failed = true;
    }
}

void cbor_null(struct reader *r)
{
    (void)take_typed(r, CBOR_NULL, 0);
}

/* One head and the content of a string; gives the number of items inside an array. */
static size_t skip_one(struct reader *r, bool *is_array)
{
    enum cbor_type type = cbor_peek(r);
    *is_array = type == CBOR_ARRAY;
    switch (type) {
    case CBOR_ARRAY:
        return cbor_array(r, SIZE_MAX);
    case CBOR_BYTES:
        (void)cbor_bytes(r, SIZE_MAX);
        return 0;
    case CBOR_TEXT:
        (void)cbor_text(r, SIZE_MAX);
        return 0;
    case CBOR_UINT:
    case CBOR_NINT:
    case CBOR_NULL:
    case CBOR_NONE:
        (void)take_head(r);
        return 0;
    }
    return 0;
}

struct span cbor_skip(struct reader *r, size_t max)
{
    struct reader in = *r;
    in.left = in.left < max ? in.left : max;
    size_t items[LIMIT_CBOR_DEPTH]; /* left to step over in each open array */
    size_t depth = 0;
    do {
        bool is_array = false;
        size_t inside = skip_one(&in, &is_array);
        if (in.failed || (is_array && depth == LIMIT_CBOR_DEPTH)) {
            r->failed = true;
            return (struct span){0};
        }
        if (depth > 0) {
            items[depth - 1]--;
        }
        if (is_array) {
            items[depth++] = inside;
        }
        while (depth > 0 && items[depth - 1] == 0) {
            depth--;
        }
    } while (depth > 0);
    return reader_take(r, (size_t)(in.ptr - r->ptr));
}
