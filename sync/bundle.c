#include "sync/bundle.h"

#include <inttypes.h>
#include <string.h>

#define FIRST_LINE "# v2 git bundle\n"
#define FIRST_LEN (sizeof FIRST_LINE - 1)
#define HEADS "refs/heads/"
#define HEADS_LEN (sizeof HEADS - 1)
#define HEX_OID (2 * (size_t)OID_LEN)
#define HEX_ID (2 * (size_t)ID_LEN)
#define DOT_MAX ((uint64_t)1 << 48)

void bundle_encode(struct buf *out, const struct bundle *b)
{
    buf_put_str(out, FIRST_LINE);
    for (size_t i = 0; i < b->need_count; i++) {
        buf_put_u8(out, '-');
        buf_put_hex(out, span_of(b->needs[i].oid.b, OID_LEN));
        buf_put_span(out, b->needs[i].text);
        buf_put_u8(out, '\n');
    }
    for (size_t i = 0; i < b->ref_count; i++) {
        buf_put_hex(out, span_of(b->refs[i].oid.b, OID_LEN));
        buf_put_u8(out, ' ');
        buf_put_span(out, b->refs[i].text);
        buf_put_u8(out, '\n');
    }
    buf_put_u8(out, '\n');
}

static bool is_clean(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f) {
            return false;
        }
    }
    return text.len <= BUNDLE_TEXT_MAX;
}

static enum err decode_need(struct buf *needs, struct span line)
{
    struct bundle_line need;
    if (line.len < 1 + HEX_OID || hex_decode(need.oid.b, OID_LEN, span_of(line.ptr + 1, HEX_OID)) != OK) {
        return ERR_INPUT;
    }
    need.text = span_of(line.ptr + 1 + HEX_OID, line.len - 1 - HEX_OID);
    if ((need.text.len > 0 && need.text.ptr[0] != ' ') || !is_clean(need.text)) {
        return ERR_INPUT;
    }
    buf_put(needs, &need, sizeof need);
    return OK;
}

static enum err decode_ref(struct buf *refs, struct span line)
{
    struct bundle_line ref;
    if (line.len < HEX_OID + 2 || line.ptr[HEX_OID] != ' ' ||
        hex_decode(ref.oid.b, OID_LEN, span_of(line.ptr, HEX_OID)) != OK) {
        return ERR_INPUT;
    }
    ref.text = span_of(line.ptr + HEX_OID + 1, line.len - HEX_OID - 1);
    if (memchr(ref.text.ptr, ' ', ref.text.len) || !is_clean(ref.text)) {
        return ERR_INPUT;
    }
    buf_put(refs, &ref, sizeof ref);
    return OK;
}

/* Prerequisites, then references, then an empty line. */
static enum err decode_lines(size_t *used, struct buf *needs, struct buf *refs, struct span text)
{
    size_t at = FIRST_LEN;
    for (;;) {
        const uint8_t *start = text.ptr + at;
        const uint8_t *end = at < text.len ? memchr(start, '\n', text.len - at) : NULL;
        if (!end) {
            return ERR_INPUT;
        }
        const struct span line = span_of(start, (size_t)(end - start));
        at += line.len + 1;
        if (line.len == 0) {
            *used = at;
            return buf_check(needs) == OK ? buf_check(refs) : ERR_MEMORY;
        }
        const bool need = line.ptr[0] == '-';
        if ((need ? needs : refs)->len / sizeof(struct bundle_line) >= BUNDLE_LINES_MAX) {
            return ERR_LIMIT;
        }
        enum err e = ERR_INPUT;
        if (!need) {
            e = decode_ref(refs, line);
        } else if (refs->len == 0) {
            e = decode_need(needs, line);
        }
        if (e != OK) {
            return e;
        }
    }
}

static const struct bundle_line *keep(size_t *count, struct arena *a, const struct buf *lines)
{
    *count = lines->len / sizeof(struct bundle_line);
    struct bundle_line *out = arena_array(a, *count, sizeof *out);
    if (out && *count > 0) {
        memcpy(out, lines->ptr, lines->len);
    }
    return out;
}

enum err bundle_decode(struct bundle *b, size_t *used, struct arena *a, struct span text)
{
    struct buf needs = {0};
    struct buf refs = {0};
    *b = (struct bundle){0};
    *used = 0;
    enum err e = ERR_INPUT;
    if (text.len >= FIRST_LEN && memcmp(text.ptr, FIRST_LINE, FIRST_LEN) == 0) {
        e = decode_lines(used, &needs, &refs, text);
    }
    if (e == OK) {
        b->needs = keep(&b->need_count, a, &needs);
        b->refs = keep(&b->ref_count, a, &refs);
        e = b->needs && b->refs ? OK : ERR_MEMORY;
    }
    buf_free(&needs);
    buf_free(&refs);
    return e;
}

bool bundle_ref(struct chain_id *chain, const struct bundle_line *ref)
{
    return ref->text.len == HEADS_LEN + HEX_ID && memcmp(ref->text.ptr, HEADS, HEADS_LEN) == 0 &&
           hex_decode(chain->b, ID_LEN, span_of(ref->text.ptr + HEADS_LEN, HEX_ID)) == OK;
}

void bundle_comment(struct buf *out, const struct chain_id *chain, uint64_t dot)
{
    buf_put_u8(out, ' ');
    buf_put_hex(out, span_of(chain->b, ID_LEN));
    buf_printf(out, " %" PRIu64, dot);
}

bool bundle_need(struct chain_id *chain, uint64_t *dot, const struct bundle_line *need)
{
    const struct span text = need->text;
    const size_t at = 1 + HEX_ID + 1;
    uint64_t n = 0;
    if (text.len <= at || text.len > at + 15 || text.ptr[at - 1] != ' ' || text.ptr[at] == '0' ||
        hex_decode(chain->b, ID_LEN, span_of(text.ptr + 1, HEX_ID)) != OK) {
        return false;
    }
    for (size_t i = at; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        n = n * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *dot = n;
    return n < DOT_MAX;
}
