#include "sync/commit.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "sync/limits.h"
#include "sync/scan.h"

static bool has_byte(struct span s, int byte)
{
    return s.len > 0 && memchr(s.ptr, byte, s.len) != NULL;
}

static void put_person(struct buf *out, const char *role, const struct commit *c)
{
    struct span chain = span_of(c->chain.b, ID_LEN);
    buf_put_str(out, role);
    buf_put_hex(out, chain);
    buf_put_str(out, " <");
    buf_put_hex(out, chain);
    buf_printf(out, "@samplan> %" PRId64 " +0000\n", c->time);
}

static void put_head(struct buf *out, const struct commit *c)
{
    assert(c->time >= 0 && c->time < LIMIT_TIME && !has_byte(c->message, 0));
    buf_put_str(out, "tree ");
    buf_put_hex(out, span_of(c->tree.b, OID_LEN));
    if (c->has_parent) {
        buf_put_str(out, "\nparent ");
        buf_put_hex(out, span_of(c->parent.b, OID_LEN));
    }
    put_person(out, "\nauthor ", c);
    put_person(out, "committer ", c);
}

/* Not empty, and no newline at its end: git's own form of the header. */
static bool signature_in_shape(struct span s)
{
    return s.len > 0 && s.ptr[s.len - 1] != '\n' && !has_byte(s, 0);
}

/* A newline in a header's value is written as newline and space (git's commit object format). */
static void put_signature(struct buf *out, struct span s)
{
    assert(signature_in_shape(s));
    buf_put_str(out, "gpgsig ");
    while (has_byte(s, '\n')) {
        size_t line = (size_t)((const uint8_t *)memchr(s.ptr, '\n', s.len) - s.ptr) + 1;
        buf_put(out, s.ptr, line);
        buf_put_u8(out, ' ');
        s = span_of(s.ptr + line, s.len - line);
    }
    buf_put_span(out, s);
    buf_put_u8(out, '\n');
}

static void put_message(struct buf *out, struct span message)
{
    buf_put_u8(out, '\n');
    buf_put_span(out, message);
}

void commit_payload(struct buf *out, const struct commit *c)
{
    put_head(out, c);
    put_message(out, c->message);
}

void commit_encode(struct buf *out, const struct commit *c)
{
    put_head(out, c);
    put_signature(out, c->signature);
    put_message(out, c->message);
}

static void scan_person(struct reader *r, const char *role, struct commit *c)
{
    struct chain_id mail;
    scan_literal(r, role);
    scan_hex(r, c->chain.b, ID_LEN);
    scan_literal(r, " <");
    scan_hex(r, mail.b, ID_LEN);
    scan_literal(r, "@samplan> ");
    uint64_t time = scan_number(r);
    scan_literal(r, " +0000\n");
    if (memcmp(mail.b, c->chain.b, ID_LEN) != 0 || time >= (uint64_t)LIMIT_TIME) {
        r->failed = true;
        return;
    }
    c->time = (int64_t)time;
}

static void scan_head(struct reader *r, struct commit *c)
{
    struct commit committer = {0};
    scan_literal(r, "tree ");
    scan_hex(r, c->tree.b, OID_LEN);
    scan_literal(r, "\n");
    c->has_parent = scan_ahead(r, "parent ");
    if (c->has_parent) {
        scan_literal(r, "parent ");
        scan_hex(r, c->parent.b, OID_LEN);
        scan_literal(r, "\n");
    }
    scan_person(r, "author ", c);
    scan_person(r, "committer ", &committer);
    if (memcmp(committer.chain.b, c->chain.b, ID_LEN) != 0 || committer.time != c->time) {
        r->failed = true;
    }
}

/* Takes the first line and every line after it that begins with a space; the last newline is not the signature's. */
static void scan_signature(struct reader *r, struct buf *armored)
{
    scan_literal(r, "gpgsig ");
    for (;;) {
        const uint8_t *end = r->failed || r->left == 0 ? NULL : memchr(r->ptr, '\n', r->left);
        if (!end) {
            r->failed = true;
            return;
        }
        buf_put_span(armored, reader_take(r, (size_t)(end - r->ptr)));
        scan_literal(r, "\n");
        if (!scan_ahead(r, " ")) {
            return;
        }
        scan_literal(r, " ");
        buf_put_u8(armored, '\n');
    }
}

enum err commit_decode(struct commit *c, struct buf *armored, struct span bytes)
{
    assert(armored->len == 0);
    *c = (struct commit){0};
    if (bytes.len > LIMIT_COMMIT) {
        return ERR_LIMIT;
    }
    struct commit got = {0};
    struct reader r = reader_of(bytes);
    scan_head(&r, &got);
    scan_signature(&r, armored);
    scan_literal(&r, "\n");
    got.message = reader_take(&r, r.left);
    got.signature = span_buf(armored);
    enum err e = buf_check(armored);
    if (e == OK && (r.failed || !signature_in_shape(got.signature) || has_byte(got.message, 0))) {
        e = ERR_INPUT;
    }
    if (e != OK) {
        buf_cut(armored, 0);
        return e;
    }
    *c = got;
    return OK;
}

static void put_entry(struct buf *out, char name, const struct oid *oid)
{
    buf_put_str(out, "100644 ");
    buf_put_u8(out, (uint8_t)name);
    buf_put_u8(out, 0);
    buf_put(out, oid->b, OID_LEN);
}

void commit_tree_encode(struct buf *out, const struct commit_tree *t)
{
    put_entry(out, 'b', &t->body);
    if (t->has_keys) {
        put_entry(out, 'k', &t->keys);
    }
    if (t->has_opens) {
        put_entry(out, 'o', &t->opens);
    }
}

static void scan_entry(struct reader *r, const char *start, struct oid *oid)
{
    scan_literal(r, start);
    if (reader_u8(r) != 0) {
        r->failed = true;
    }
    reader_copy(r, oid->b, OID_LEN);
}

enum err commit_tree_decode(struct commit_tree *t, struct span bytes)
{
    *t = (struct commit_tree){0};
    struct commit_tree got = {0};
    struct reader r = reader_of(bytes);
    scan_entry(&r, "100644 b", &got.body);
    got.has_keys = scan_ahead(&r, "100644 k");
    if (got.has_keys) {
        scan_entry(&r, "100644 k", &got.keys);
    }
    got.has_opens = scan_ahead(&r, "100644 o");
    if (got.has_opens) {
        scan_entry(&r, "100644 o", &got.opens);
    }
    if (!reader_done(&r)) {
        return ERR_INPUT;
    }
    *t = got;
    return OK;
}

/* A word and hex of len bytes at the start of rest, which is then cut off. False: something else stands there. */
static bool take_named(uint8_t *out, size_t len, struct span *rest, const char *word)
{
    size_t skip = strlen(word);
    if (rest->len < skip + 2 * len || memcmp(rest->ptr, word, skip) != 0 ||
        hex_decode(out, len, span_of(rest->ptr + skip, 2 * len)) != OK) {
        return false;
    }
    *rest = span_of(rest->ptr + skip + 2 * len, rest->len - skip - 2 * len);
    return true;
}

enum err commit_peek(struct commit_names *out, struct span bytes)
{
    struct oid tree;
    struct commit_names names = {.has_parent = false};
    if (!take_named(tree.b, OID_LEN, &bytes, "tree ")) {
        return ERR_INPUT;
    }
    names.has_parent = take_named(names.parent.b, OID_LEN, &bytes, "\nparent ");
    names.has_chain = take_named(names.chain.b, ID_LEN, &bytes, "\nauthor ");
    *out = names;
    return OK;
}
