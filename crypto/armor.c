#include "crypto/armor.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define LINE_BYTES 48 /* 64 columns of base64 */
#define LINE_TEXT sodium_base64_ENCODED_LEN(LINE_BYTES, sodium_base64_VARIANT_ORIGINAL)

static void put_edge(struct buf *out, const char *edge, const char *label)
{
    buf_put_str(out, "-----");
    buf_put_str(out, edge);
    buf_put_str(out, label);
    buf_put_str(out, "-----\n");
}

void armor_encode(struct buf *out, const char *label, struct span data)
{
    assert(data.len > 0);
    put_edge(out, "BEGIN ", label);
    for (size_t at = 0; at < data.len; at += LINE_BYTES) {
        char line[LINE_TEXT];
        size_t len = data.len - at < LINE_BYTES ? data.len - at : LINE_BYTES;
        sodium_bin2base64(line, sizeof line, data.ptr + at, len, sodium_base64_VARIANT_ORIGINAL);
        buf_put_str(out, line);
        buf_put_u8(out, '\n');
    }
    put_edge(out, "END ", label);
}

static size_t edge_len(const char *edge, const char *label)
{
    return strlen("-----") + strlen(edge) + strlen(label) + strlen("-----\n");
}

/* Takes the base64 from its place, writes the text anew from it, and accepts what is the same. */
enum err armor_decode(struct buf *out, const char *label, struct span text)
{
    size_t begin = edge_len("BEGIN ", label), end = edge_len("END ", label);
    if (text.len <= begin || text.len - begin <= end || text.len > BUF_MAX) {
        return ERR_INPUT;
    }
    size_t inner = text.len - begin - end, start = out->len, len = 0;
    struct buf again = {0};
    uint8_t *to = buf_extend(out, inner); /* base64 is longer than what it says */
    if (!to) {
        return ERR_MEMORY;
    }
    enum err e = ERR_INPUT;
    if (sodium_base642bin(to, inner, (const char *)text.ptr + begin, inner, "\n", &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0 &&
        len > 0) {
        armor_encode(&again, label, span_of(to, len));
        e = buf_check(&again);
        if (e == OK && !span_equal(text, span_buf(&again))) {
            e = ERR_INPUT;
        }
    }
    buf_free(&again);
    buf_cut(out, start + (e == OK ? len : 0));
    return e;
}
