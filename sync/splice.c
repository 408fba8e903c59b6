#include "sync/splice.h"

#include "sync/limits.h"
#include "sync/utf8.h"

/* A byte that continues a character (RFC 3629). */
static bool continues(struct span s, size_t at)
{
    return at < s.len && (s.ptr[at] & 0xc0) == 0x80;
}

struct splice splice_make(struct span old, struct span new)
{
    size_t start = 0;
    size_t end = 0;
    size_t shorter = old.len < new.len ? old.len : new.len;
    while (start < shorter && old.ptr[start] == new.ptr[start]) {
        start++;
    }
    while (start > 0 && (continues(old, start) || continues(new, start))) {
        start--;
    }
    while (end < shorter - start && old.ptr[old.len - 1 - end] == new.ptr[new.len - 1 - end]) {
        end++;
    }
    while (end > 0 && (continues(old, old.len - end) || continues(new, new.len - end))) {
        end--;
    }
    return (struct splice){.skip = (uint32_t)start,
                           .drop = (uint32_t)(old.len - start - end),
                           .insert = span_of(new.ptr + start, new.len - start - end)};
}

enum err splice_apply(struct buf *out, struct span old, const struct splice *edit)
{
    if (edit->skip > old.len || edit->drop > old.len - edit->skip) {
        return ERR_INPUT;
    }
    size_t rest = old.len - edit->skip - edit->drop;
    size_t kept = edit->skip + rest;
    if (kept > LIMIT_TEXT || edit->insert.len > LIMIT_TEXT - kept || kept + edit->insert.len == 0) {
        return ERR_INPUT;
    }
    size_t before = out->len;
    buf_put(out, old.ptr, edit->skip);
    buf_put_span(out, edit->insert);
    buf_put(out, old.ptr + edit->skip + edit->drop, rest);
    if (out->failed) {
        return ERR_MEMORY;
    }
    return utf8_is_clean(span_of(out->ptr + before, out->len - before)) ? OK : ERR_INPUT;
}
