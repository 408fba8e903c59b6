#include "app/text/catalogue.h"

#include <stddef.h>
#include <string.h>

#define MO_MAGIC 0x950412deu
#define MO_HEADER_LEN 20
#define MO_ENTRY_LEN 8 /* length and offset of a text, four bytes each */

static uint32_t u32le(struct span mo, size_t at)
{
    const uint8_t *p = mo.ptr + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool table_fits(struct span mo, uint32_t table, uint32_t count)
{
    return table <= mo.len && count <= (mo.len - table) / MO_ENTRY_LEN;
}

/* A text that lies inside mo and is ended by a zero, which its length does not count. */
static bool text_fits(struct span mo, size_t entry)
{
    uint32_t len = u32le(mo, entry);
    uint32_t at = u32le(mo, entry + 4);
    return at < mo.len && len < mo.len - at && mo.ptr[at + len] == 0;
}

static struct span text_at(struct span mo, uint32_t table, uint32_t n)
{
    size_t entry = table + (size_t)n * MO_ENTRY_LEN;
    return (struct span){mo.ptr + u32le(mo, entry + 4), u32le(mo, entry)};
}

static const char *key_at(const struct catalogue *c, uint32_t n)
{
    return (const char *)text_at(c->mo, c->keys, n).ptr;
}

enum err catalogue_open(struct catalogue *out, struct span mo)
{
    *out = (struct catalogue){0};
    if (mo.len < MO_HEADER_LEN || u32le(mo, 0) != MO_MAGIC || u32le(mo, 4) >> 16 != 0) {
        return ERR_INPUT;
    }
    struct catalogue c = {.mo = mo, .count = u32le(mo, 8), .keys = u32le(mo, 12), .texts = u32le(mo, 16)};
    if (!table_fits(mo, c.keys, c.count) || !table_fits(mo, c.texts, c.count)) {
        return ERR_INPUT;
    }
    for (uint32_t i = 0; i < c.count; i++) {
        size_t entry = (size_t)i * MO_ENTRY_LEN;
        if (!text_fits(mo, c.keys + entry) || !text_fits(mo, c.texts + entry)) {
            return ERR_INPUT;
        }
        if (i > 0 && strcmp(key_at(&c, i - 1), key_at(&c, i)) >= 0) {
            return ERR_INPUT;
        }
    }
    *out = c;
    return OK;
}

const char *catalogue_find(const struct catalogue *c, const char *key)
{
    return catalogue_find_form(c, key, 0);
}

const char *catalogue_find_form(const struct catalogue *c, const char *key, unsigned form)
{
    uint32_t low = 0;
    uint32_t high = c->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(key, key_at(c, middle));
        if (order < 0) {
            high = middle;
        } else if (order > 0) {
            low = middle + 1;
        } else {
            struct span text = text_at(c->mo, c->texts, middle);
            const uint8_t *end = text.ptr + text.len;
            const uint8_t *at = text.ptr;
            for (; form > 0 && at < end; form--) {
                at += strlen((const char *)at) + 1;
            }
            return at <= end && form == 0 ? (const char *)at : NULL;
        }
    }
    return NULL;
}
