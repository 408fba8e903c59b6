/* Values and names inside a part: how a text is packed (sync/part.h, "value"), and decoding with one sticky verdict.
 * Internal to the codecs part, op and letter. Pure over bytes. */
#ifndef SYNC_VALUE_H
#define SYNC_VALUE_H

#include "sync/arena.h"

/* Decoding from r into the arena. Once r.failed, every take gives zeros or ""; value_result tells why. */
struct value_source {
    struct reader r;
    struct arena *arena;
    enum err why; /* ERR_LIMIT or ERR_MEMORY if one of those came first; otherwise a failed r means ERR_INPUT */
};

void value_fail(struct value_source *s, enum err why);
MUST_CHECK enum err value_result(const struct value_source *s);

/* Appends a value: NULL as null, otherwise a clean text of 1 to LIMIT_TEXT bytes (asserted) in its shortest form. */
void value_put(struct buf *out, const char *value);
/* The reverse; NULL for null, which only some operations allow. Zero-terminated, in the arena. */
const char *value_take(struct value_source *s);

/* A text that is never packed, of least to most bytes (asserted): names, topics, grounds. */
void value_put_text(struct buf *out, const char *text, size_t least, size_t most);
const char *value_take_text(struct value_source *s, size_t least, size_t most);

/* An array's count of at most most; ERR_LIMIT if more. */
size_t value_take_count(struct value_source *s, size_t most);
/* Zeroed memory for count things; NULL only if s has failed. */
void *value_room(struct value_source *s, size_t count, size_t size);

#endif
