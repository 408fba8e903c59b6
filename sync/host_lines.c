#include "sync/host.h"

#include <stdlib.h>
#include <string.h>

#define HEX_OID (2 * (size_t)OID_LEN)
#define HEX_ID (2 * (size_t)ID_LEN)
#define HEADS "refs/heads/"
#define HEADS_LEN (sizeof HEADS - 1)

bool host_lines_next(struct span *line, struct span *text)
{
    if (text->len == 0) {
        return false;
    }
    size_t len = 0;
    while (len < text->len && text->ptr[len] != '\n' && text->ptr[len] != '\r') {
        len++;
    }
    *line = span_of(text->ptr, len);
    const size_t used = len < text->len ? len + 1 : len;
    *text = span_of(text->ptr + used, text->len - used);
    return true;
}

static bool chain_of(struct chain_id *chain, struct span name)
{
    return name.len == HEADS_LEN + HEX_ID && memcmp(name.ptr, HEADS, HEADS_LEN) == 0 &&
           hex_decode(chain->b, ID_LEN, span_of(name.ptr + HEADS_LEN, HEX_ID)) == OK;
}

static int by_chain(const void *a, const void *b)
{
    const struct host_ref *x = a;
    const struct host_ref *y = b;
    return memcmp(x->chain.b, y->chain.b, ID_LEN);
}

static void sort_refs(struct buf *out, size_t from)
{
    if (out->failed || out->len == from) {
        return;
    }
    struct host_ref *refs = (struct host_ref *)(void *)(out->ptr + from);
    const size_t count = (out->len - from) / sizeof *refs;
    qsort(refs, count, sizeof *refs, by_chain);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        if (by_chain(&refs[i], &refs[kept - 1]) != 0) {
            refs[kept++] = refs[i];
        }
    }
    buf_cut(out, from + kept * sizeof *refs);
}

enum err host_lines_refs(struct buf *out, struct span text)
{
    struct span line;
    const size_t from = out->len;
    for (size_t lines = 0; host_lines_next(&line, &text); lines++) {
        struct host_ref ref = {.lost = false};
        if (lines >= HOST_REFS_MAX) {
            return ERR_LIMIT;
        }
        if (line.len <= HEX_OID || line.ptr[HEX_OID] != '\t' ||
            hex_decode(ref.oid.b, OID_LEN, span_of(line.ptr, HEX_OID)) != OK) {
            return ERR_INPUT;
        }
        if (chain_of(&ref.chain, span_of(line.ptr + HEX_OID + 1, line.len - HEX_OID - 1))) {
            buf_put(out, &ref, sizeof ref);
        }
    }
    sort_refs(out, from);
    return buf_check(out);
}

/* flag TAB from:to TAB summary */
bool host_lines_pushed(struct chain_id *chain, bool *taken, struct span *reason, struct span line)
{
    if (line.len < 3 || line.ptr[1] != '\t') {
        return false;
    }
    const uint8_t *end = memchr(line.ptr + 2, '\t', line.len - 2);
    const uint8_t *colon = end ? memchr(line.ptr + 2, ':', (size_t)(end - line.ptr) - 2) : NULL;
    if (!colon || !chain_of(chain, span_of(colon + 1, (size_t)(end - colon) - 1))) {
        return false;
    }
    *taken = line.ptr[0] == ' ' || line.ptr[0] == '*' || line.ptr[0] == '=';
    *reason = span_of(end + 1, line.len - (size_t)(end + 1 - line.ptr));
    return true;
}

static bool number(uint64_t *out, struct span *text)
{
    size_t len = 0;
    *out = 0;
    while (len < text->len && len < 15 && text->ptr[len] >= '0' && text->ptr[len] <= '9') {
        *out = *out * 10 + (uint64_t)(text->ptr[len++] - '0');
    }
    *text = span_of(text->ptr + len, text->len - len);
    return len > 0;
}

static bool skip(struct span *text, const char *word)
{
    const size_t len = strlen(word);
    if (text->len < len || memcmp(text->ptr, word, len) != 0) {
        return false;
    }
    *text = span_of(text->ptr + len, text->len - len);
    return true;
}

/* "... 45% (9/20)": leaves text after it. */
static bool counted(uint64_t *done, uint64_t *total, struct span *text)
{
    const uint8_t *at = memchr(text->ptr, '%', text->len);
    if (!at) {
        return false;
    }
    struct span rest = span_of(at + 1, text->len - (size_t)(at + 1 - text->ptr));
    if (!skip(&rest, " (") || !number(done, &rest) || !skip(&rest, "/") || !number(total, &rest) || !skip(&rest, ")")) {
        return false;
    }
    *text = rest;
    return *done <= *total;
}

bool host_lines_progress(uint64_t *done, uint64_t *total, struct span text)
{
    struct span line;
    bool found = false;
    while (host_lines_next(&line, &text)) {
        uint64_t d;
        uint64_t t;
        /* what goes over; git counts other things too, and more of them */
        if ((skip(&line, "Receiving objects:") || skip(&line, "Writing objects:")) && line.len > 0 &&
            counted(&d, &t, &line)) {
            *done = d;
            *total = t;
            found = true;
        }
    }
    return found;
}

static uint64_t scaled(struct span text)
{
    static const struct {
        const char *name;
        unsigned shift;
    } units[] = {{" bytes", 0}, {" KiB", 10}, {" MiB", 20}, {" GiB", 30}};
    uint64_t whole;
    uint64_t hundredths = 0;
    if (!number(&whole, &text)) {
        return 0;
    }
    if (skip(&text, ".")) {
        (void)number(&hundredths, &text);
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (skip(&text, units[i].name)) {
            return (whole << units[i].shift) + (hundredths << units[i].shift) / 100;
        }
    }
    return 0;
}

uint64_t host_lines_sent(struct span text)
{
    struct span line;
    uint64_t sent = 0;
    while (host_lines_next(&line, &text)) {
        uint64_t done;
        uint64_t total;
        if (skip(&line, "Writing objects:") && line.len > 0 && counted(&done, &total, &line) && done == total &&
            skip(&line, ", ")) {
            const uint64_t bytes = scaled(line);
            sent = bytes > 0 ? bytes : sent;
        }
    }
    return sent;
}

static bool is_progress(struct span line)
{
    return memchr(line.ptr, '%', line.len) != NULL || skip(&line, "remote: Enumerating") ||
           skip(&line, "remote: Total") || skip(&line, "Total ") || skip(&line, "Enumerating ") ||
           skip(&line, "Delta compression") || skip(&line, "hint:") || skip(&line, "warning:");
}

void host_lines_story(struct buf *out, struct span text, size_t max)
{
    struct span line;
    const size_t from = out->len;
    while (host_lines_next(&line, &text)) {
        if (line.len == 0 || is_progress(line)) {
            continue;
        }
        if (out->len > from) {
            buf_put_str(out, " | ");
        }
        for (size_t i = 0; i < line.len; i++) {
            buf_put_u8(out, line.ptr[i] < 0x20 || line.ptr[i] == 0x7f ? ' ' : line.ptr[i]);
        }
        if (out->len - from > max) {
            buf_cut(out, from + max);
            return;
        }
    }
}
