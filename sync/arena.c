#include "sync/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/device.h"

#define BLOCK_FIRST ((size_t)1 << 10)
#define BLOCK_MOST ((size_t)1 << 18) /* a larger piece gets a block of its own size */

struct arena_block {
    struct arena_block *next;
    size_t cap;
    size_t used;
    _Alignas(max_align_t) uint8_t data[];
};

static struct arena_block *block_new(struct arena *a, size_t len)
{
    size_t cap = a->blocks ? a->blocks->cap * 2 : BLOCK_FIRST;
    cap = cap > BLOCK_MOST ? BLOCK_MOST : cap;
    cap = cap < len ? len : cap;
    struct arena_block *block = calloc(1, sizeof *block + cap);
    if (!block) {
        return NULL;
    }
    block->cap = cap;
    block->next = a->blocks;
    a->blocks = block;
    return block;
}

void *arena_alloc(struct arena *a, size_t len)
{
    if (a->failed || len > BUF_MAX) {
        a->failed = true;
        return NULL;
    }
    const size_t unit = _Alignof(max_align_t);
    size_t rounded = (len + unit - 1) / unit * unit;
    rounded = rounded == 0 ? unit : rounded; /* so that each piece has an address of its own */
    struct arena_block *block = a->blocks;
    if (!block || rounded > block->cap - block->used) {
        block = block_new(a, rounded);
    }
    if (!block) {
        a->failed = true;
        return NULL;
    }
    void *piece = block->data + block->used;
    block->used += rounded;
    a->used += len;
    return piece;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size != 0 && count > BUF_MAX / size) {
        a->failed = true;
        return NULL;
    }
    return arena_alloc(a, count * size);
}

char *arena_text(struct arena *a, struct span s)
{
    if (s.len >= BUF_MAX) {
        a->failed = true;
        return NULL;
    }
    char *text = arena_alloc(a, s.len + 1);
    if (text && s.len > 0) {
        memcpy(text, s.ptr, s.len);
    }
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = NULL;
    if (len < 0) {
        a->failed = true;
    } else {
        text = arena_alloc(a, (size_t)len + 1);
    }
    if (text) {
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text;
}

/* Overwrites too: an arena may hold keys of parent epochs (sync/part.h) and what people wrote about a person. */
void *arena_copy(struct arena *a, const struct buf *b)
{
    void *copy = b->failed ? NULL : arena_alloc(a, b->len);
    if (copy && b->len > 0) {
        memcpy(copy, b->ptr, b->len);
    }
    return copy;
}

void arena_free(struct arena *a)
{
    struct arena_block *block = a->blocks;
    while (block) {
        struct arena_block *next = block->next;
        device_wipe(block->data, block->used);
        free(block);
        block = next;
    }
    *a = (struct arena){0};
}
