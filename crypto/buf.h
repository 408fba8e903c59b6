/* Borrowed bytes (struct span), growing bytes (struct buf) and reading without running past the end (struct reader).
 *
 * A span never owns. A buf owns its memory until buf_free. A reader and a buf have a sticky failure flag, so that a
 * row of calls is checked once at its end. None of this knows any format. A buf that grows wipes the memory it leaves,
 * so that buf_wipe leaves no copy of a secret behind. */
#ifndef CRYPTO_BUF_H
#define CRYPTO_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

struct span {
    const uint8_t *ptr;
    size_t len;
};

/* Zero-initialise: struct buf b = {0}. */
struct buf {
    uint8_t *ptr;
    size_t len;
    size_t cap;
    bool failed; /* an allocation failed or BUF_MAX was passed; every later put is a no-op */
};

/* No single value in this program is larger; a larger request is a bug or an attack. */
#define BUF_MAX ((size_t)1 << 30)

struct span span_of(const void *ptr, size_t len);
struct span span_str(const char *text); /* without the final zero */
struct span span_buf(const struct buf *b);
bool span_equal(struct span a, struct span b); /* not constant-time: for public data only */

void buf_put(struct buf *b, const void *ptr, size_t len);
void buf_put_span(struct buf *b, struct span s);
/* Appends len zero bytes and returns where they start (borrowed until the next put), to be written in place; NULL if b
 * has failed. len is at least 1. */
uint8_t *buf_extend(struct buf *b, size_t len);
/* Cuts b back to len bytes, wiping what is cut off. len is at most b->len. */
void buf_cut(struct buf *b, size_t len);
void buf_put_str(struct buf *b, const char *text);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u32be(struct buf *b, uint32_t v);
void buf_put_u64be(struct buf *b, uint64_t v);
void buf_put_hex(struct buf *b, struct span s); /* lower case */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);
/* Appends a zero byte that is not counted in len and returns the text (borrowed from b), or NULL if b has failed. */
const char *buf_text(struct buf *b);
/* ERR_MEMORY if b has failed, otherwise OK. */
MUST_CHECK enum err buf_check(const struct buf *b);
void buf_free(struct buf *b); /* leaves b zeroed and usable */
void buf_wipe(struct buf *b); /* as buf_free, after overwriting the content */

struct reader {
    const uint8_t *ptr;
    size_t left;
    bool failed; /* asked for more than there was; every later read gives zeros */
};

struct reader reader_of(struct span s);
uint8_t reader_u8(struct reader *r);
uint32_t reader_u32be(struct reader *r);
uint64_t reader_u64be(struct reader *r);
/* The next len bytes, borrowed; an empty span and failed if there are fewer. */
struct span reader_take(struct reader *r, size_t len);
void reader_copy(struct reader *r, void *out, size_t len);
/* True if nothing has failed and nothing is left over. */
bool reader_done(const struct reader *r);

/* Strict lower-case hex of exactly out_len bytes; ERR_INPUT for anything else, and out is untouched. text need
 * not be zero-terminated. */
MUST_CHECK enum err hex_decode(uint8_t *out, size_t out_len, struct span text);

#endif
