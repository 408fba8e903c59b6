/* Memory for what one call decodes: many small pieces, freed together. Not thread-safe; zero-initialise. */
#ifndef SYNC_ARENA_H
#define SYNC_ARENA_H

#include "crypto/buf.h"

struct arena_block;
struct arena {
    struct arena_block *blocks;
    size_t used; /* bytes given out, for caps and tests */
    bool failed; /* sticky: an allocation failed */
};

/* Zeroed, aligned for any type; NULL on failure (and a.failed). len 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t len);
/* As calloc: refuses an overflowing product. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A zero-terminated copy. */
char *arena_text(struct arena *a, struct span s);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *a, const char *format, ...);
/* A copy of what a buf has gathered, aligned for any type; NULL if either has failed. An empty one gives a valid pointer. */
void *arena_copy(struct arena *a, const struct buf *b);
void arena_free(struct arena *a);

#endif
