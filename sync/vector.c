#include "sync/vector.h"

#include <stdlib.h>
#include <string.h>

#define VECTOR_MAX 1000000 /* chains in one replica; far above 100 devices with their incarnations */

uint64_t vector_get(const struct vector *v, int64_t chain)
{
    return chain >= 0 && (uint64_t)chain < v->count ? v->dots[chain] : 0;
}

static enum err grow(struct vector *v, size_t count)
{
    if (count <= v->count) {
        return OK;
    }
    if (count > VECTOR_MAX) {
        return ERR_LIMIT;
    }
    uint64_t *grown = realloc(v->dots, count * sizeof *grown);
    if (!grown) {
        return ERR_MEMORY;
    }
    memset(grown + v->count, 0, (count - v->count) * sizeof *grown);
    v->dots = grown;
    v->count = count;
    return OK;
}

enum err vector_raise(struct vector *v, int64_t chain, uint64_t dot)
{
    if (chain < 0 || dot <= vector_get(v, chain)) {
        return OK;
    }
    enum err e = grow(v, (size_t)chain + 1);
    if (e == OK) {
        v->dots[chain] = dot;
    }
    return e;
}

enum err vector_merge(struct vector *v, const struct vector *other)
{
    enum err e = grow(v, other->count);
    for (size_t i = 0; e == OK && i < other->count; i++) {
        if (other->dots[i] > v->dots[i]) {
            v->dots[i] = other->dots[i];
        }
    }
    return e;
}

enum err vector_split(struct vector *v, int64_t from, uint64_t dot, int64_t to)
{
    const uint64_t had = vector_get(v, from);
    if (had <= dot) {
        return OK;
    }
    enum err e = vector_raise(v, to, had);
    if (e == OK) {
        v->dots[from] = dot;
    }
    return e;
}

void vector_encode(struct buf *out, const struct vector *v)
{
    size_t count = v->count;
    while (count > 0 && v->dots[count - 1] == 0) {
        count--;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t rest = v->dots[i];
        while (rest >= 0x80) {
            buf_put_u8(out, (uint8_t)(0x80 | (rest & 0x7f)));
            rest >>= 7;
        }
        buf_put_u8(out, (uint8_t)rest);
    }
}

enum err vector_decode(struct vector *v, struct span bytes)
{
    *v = (struct vector){0};
    struct reader r = reader_of(bytes);
    int64_t chain = 0;
    while (r.left > 0) {
        uint64_t dot = 0;
        uint8_t byte = 0x80;
        for (unsigned shift = 0; byte & 0x80; shift += 7) {
            byte = reader_u8(&r);
            if (r.failed || shift > 63) {
                vector_free(v);
                return ERR_STORAGE;
            }
            dot |= (uint64_t)(byte & 0x7f) << shift;
        }
        enum err e = vector_raise(v, chain++, dot);
        if (e != OK) {
            vector_free(v);
            return e;
        }
    }
    return OK;
}

void vector_free(struct vector *v)
{
    free(v->dots);
    *v = (struct vector){0};
}
