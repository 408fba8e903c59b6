#include "sync/bundle.h"

#include "sync/bundle_posix.h"
#include "sync/exchange.h"

#include <stdio.h>
#include <string.h>

#define PIECE 65536
#define PACK_HEAD 12
#define PACK_SUM 20
#define OBJECT_LEAST 9          /* bytes of the smallest object in a pack */
#define OBJECTS_MAX (16u << 20) /* in one pack: 5 million records */

/* Of the story only what is told in the end. */
static enum err damaged(struct exchange *m, const char *path)
{
    return why_set(&m->s->why, ERR_TRANSPORT,
                   WHY("the file is damaged, or no bundle of git; it was left as it is, and nothing was taken in"),
                   "%s", path);
}

static enum err unreadable(struct exchange *m, const char *path)
{
    return why_set(&m->s->why, ERR_TRANSPORT, WHY("the bundle file cannot be read; nothing was lost"), "%s", path);
}

/* Until the empty line. */
static enum err read_header(struct bundle_file *f, struct exchange *m, FILE *file)
{
    for (;;) {
        const size_t before = f->text.len;
        uint8_t *piece = buf_extend(&f->text, PIECE);
        if (!piece) {
            return ERR_MEMORY;
        }
        const size_t n = fread(piece, 1, PIECE, file);
        buf_cut(&f->text, before + n);
        /* over what was there before by one byte, for the two that end it may lie in two pieces */
        const size_t from = before > 0 ? before - 1 : 0;
        for (size_t i = from; i + 1 < f->text.len; i++) {
            if (f->text.ptr[i] == '\n' && f->text.ptr[i + 1] == '\n') {
                size_t used;
                buf_cut(&f->text, i + 2);
                return bundle_decode(&f->header, &used, m->a, span_buf(&f->text));
            }
        }
        if (n < PIECE) {
            return ferror(file) ? ERR_STORAGE : ERR_INPUT;
        }
        if (f->text.len > BUNDLE_HEADER_MAX) {
            return ERR_LIMIT;
        }
    }
}

static enum err check_pack(struct bundle_file *f, FILE *file)
{
    uint8_t head[PACK_HEAD];
    uint8_t sum[PACK_SUM];
    const uint64_t len = f->size - f->text.len;
    if (len < PACK_HEAD + PACK_SUM) {
        return ERR_INPUT;
    }
    if (fseeko(file, (off_t)f->text.len, SEEK_SET) != 0 || fread(head, 1, sizeof head, file) != sizeof head ||
        fseeko(file, -PACK_SUM, SEEK_END) != 0 || fread(sum, 1, sizeof sum, file) != sizeof sum) {
        return ERR_STORAGE;
    }
    struct reader r = reader_of(span_of(head + 4, 8));
    const uint32_t version = reader_u32be(&r);
    const uint32_t objects = reader_u32be(&r);
    if (memcmp(head, "PACK", 4) != 0 || version != 2 || objects > OBJECTS_MAX ||
        objects > (len - PACK_HEAD - PACK_SUM) / OBJECT_LEAST) {
        return ERR_INPUT;
    }
    struct buf all = {0};
    buf_put_span(&all, span_buf(&f->text));
    buf_put(&all, sum, sizeof sum);
    f->hash = ids_hash(span_buf(&all));
    enum err e = buf_check(&all);
    buf_free(&all);
    return e;
}

enum err bundle_file_open(struct bundle_file *f, struct exchange *m, const char *path)
{
    enum err e = bundle_posix_size(&f->size, path);
    if (e == ERR_NOT_FOUND) {
        return OK;
    }
    FILE *file = e == OK ? fopen(path, "rb") : NULL;
    if (e == OK && !file) {
        e = ERR_STORAGE;
    }
    if (e == OK) {
        e = read_header(f, m, file);
    }
    if (e == OK) {
        e = check_pack(f, file);
    }
    if (file) {
        (void)fclose(file);
    }
    f->there = e == OK;
    if (e == ERR_INPUT || e == ERR_LIMIT) {
        return damaged(m, path);
    }
    return e == ERR_STORAGE ? unreadable(m, path) : e;
}

static enum err feed(struct log_index *x, struct exchange *m, const struct bundle_file *f, FILE *file)
{
    uint8_t piece[PIECE];
    uint64_t done = f->text.len;
    if (fseeko(file, (off_t)f->text.len, SEEK_SET) != 0) {
        return ERR_TRANSPORT;
    }
    while (exchange_tell(m, "read", done, f->size)) {
        const size_t n = fread(piece, 1, sizeof piece, file);
        enum err e = n > 0 ? log_index_feed(x, span_of(piece, n)) : OK;
        if (e != OK || n < sizeof piece) {
            return e == OK && ferror(file) ? ERR_TRANSPORT : e;
        }
        done = done + n < f->size ? done + n : f->size;
    }
    return OK;
}

static enum err set_branches(struct bundle_file *f, struct exchange *m)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < f->header.ref_count; i++) {
        const struct bundle_line *ref = &f->header.refs[i];
        struct chain_id chain;
        struct oid before;
        if (!bundle_ref(&chain, ref) || log_tip(&before, m->place, &chain) == OK) {
            continue;
        }
        if (log_has(m->place, &ref->oid)) {
            e = log_move(m->place, &chain, NULL, &ref->oid);
        } else {
            e = exchange_fault(m, &chain, &(struct hash){{0}}, "waits", "the bundle does not hold what it names");
        }
    }
    return e;
}

static bool lacks_any(const struct bundle_file *f, struct exchange *m)
{
    for (size_t i = 0; i < f->header.need_count; i++) {
        if (!log_has(m->place, &f->header.needs[i].oid)) {
            return true;
        }
    }
    return false;
}

enum err bundle_file_take(bool *gap, struct bundle_file *f, struct exchange *m, const char *path)
{
    struct log_index *x = NULL;
    FILE *file = fopen(path, "rb");
    *gap = false;
    if (!file) {
        return unreadable(m, path);
    }
    enum err e = log_index_begin(&x, m->place);
    if (e == OK) {
        e = feed(x, m, f, file);
    }
    if (e == OK && !m->cancelled) {
        e = log_index_end(x);
    }
    log_index_free(x);
    (void)fclose(file);
    if (e == ERR_TRANSPORT) {
        return unreadable(m, path);
    }
    if (e == ERR_INPUT && lacks_any(f, m)) {
        *gap = true; /* git's own bundles hold differences to what they rest on */
        return OK;
    }
    if (e == ERR_INPUT) {
        return damaged(m, path);
    }
    return e == OK && !m->cancelled ? set_branches(f, m) : e;
}
