#include "sync/log_core.h"
#include "sync/log_memory.h"
#include "sync/pack.h"

#include <git2/sys/mempack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of the objects to be packed, and which one it was that was asked for. */
struct pick {
    struct oid id;
    size_t at;
};

static int by_id(const void *a, const void *b)
{
    const struct pick *x = a, *y = b;
    const int order = memcmp(&x->id, &y->id, sizeof x->id);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b)
{
    const struct pick *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Each of the objects once, in the order in which they were named. To be freed. */
static struct pick *pick_once(size_t *once, const struct oid *ids, size_t count)
{
    struct pick *picks = calloc(count ? count : 1, sizeof *picks);
    *once = 0;
    if (!picks) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        picks[i] = (struct pick){.id = ids[i], .at = i};
    }
    qsort(picks, count, sizeof *picks, by_id);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || memcmp(&picks[i].id, &picks[*once - 1].id, sizeof picks->id) != 0) {
            picks[(*once)++] = picks[i];
        }
    }
    qsort(picks, *once, sizeof *picks, by_place);
    return picks;
}

static bool is_kind(enum pack_kind *kind, git_object_t type)
{
    *kind = type == GIT_OBJECT_COMMIT ? PACK_COMMIT : type == GIT_OBJECT_TREE ? PACK_TREE : PACK_BLOB;
    return type == GIT_OBJECT_COMMIT || type == GIT_OBJECT_TREE || type == GIT_OBJECT_BLOB;
}

/* Reading compares its name with its content. */
static enum err pack_one(struct pack *p, struct why *w, struct log *from, const struct oid *id)
{
    const git_oid g = log_to_git(id);
    git_odb_object *object = NULL;
    enum pack_kind kind;
    log_memory_cap(LOG_OBJECT_MAX);
    const int code = git_odb_read(&object, from->odb, &g);
    log_memory_cap(SIZE_MAX);
    if (code != 0) {
        return log_fail(w, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
    }
    enum err e;
    if (is_kind(&kind, git_odb_object_type(object))) {
        e = pack_object(p, kind, span_of(git_odb_object_data(object), git_odb_object_size(object)));
    } else {
        e = why_set(w, ERR_STORAGE, WHY("a pack could not be written; nothing was lost"), "%s", "");
    }
    git_odb_object_free(object);
    return e;
}

static enum err pack_all(struct pack_sink sink, struct why *w, struct log *from, const struct oid *ids, size_t count)
{
    size_t once;
    struct pack *p = NULL;
    struct pick *picks = pick_once(&once, ids, count);
    enum err e = picks ? pack_begin(&p, sink, (uint32_t)once) : ERR_MEMORY;
    for (size_t i = 0; e == OK && i < once; i++) {
        e = pack_one(p, w, from, &picks[i].id);
    }
    e = e == OK ? pack_end(p) : e;
    pack_free(p);
    free(picks);
    return e;
}

enum err log_pack(struct log *from, const struct oid *ids, size_t count, enum err (*put)(void *ctx, struct span piece),
                  void *ctx)
{
    return pack_all((struct pack_sink){.put = put, .ctx = ctx}, from->why, from, ids, count);
}

struct copying {
    struct log_index *index;
    uint64_t bytes;
};

static enum err take_piece(void *ctx, struct span piece)
{
    struct copying *c = ctx;
    c->bytes += piece.len;
    return log_index_feed(c->index, piece);
}

static enum err copy(struct copying *c, struct log *to, struct log *from, const struct oid *ids, size_t count)
{
    enum err e = log_index_begin(&c->index, to);
    if (e == OK) {
        e = pack_all((struct pack_sink){.put = take_piece, .ctx = c}, to->why, from, ids, count);
    }
    if (e == OK) {
        e = log_index_end(c->index);
    }
    /* What we have written ourselves is not damaged. */
    return e == ERR_INPUT
               ? why_set(to->why, ERR_STORAGE, WHY("a pack could not be written; nothing was lost"), "%s", "")
               : e;
}

enum err log_copy(struct log *to, struct log *from, const struct oid *ids, size_t count, uint64_t *bytes)
{
    struct copying c = {0};
    enum err e = count > 0 ? copy(&c, to, from, ids, count) : OK;
    if (e == OK && bytes) {
        *bytes += c.bytes;
    }
    log_index_free(c.index);
    return e;
}

enum err log_copy_named(char name[LOG_PACK_NAME + 1], uint64_t *objects, struct log *log, const struct oid *ids,
                        size_t count)
{
    struct copying c = {0};
    enum err e = copy(&c, log, log, ids, count);
    if (e == OK) {
        (void)snprintf(name, LOG_PACK_NAME + 1, "%s", log_index_name(c.index));
        *objects = log_index_objects(c.index);
    }
    log_index_free(c.index);
    return e;
}

enum err log_flush(struct log *log, uint64_t *bytes)
{
    enum err e = log_copy(log, log, log->put, log->put_count, bytes);
    if (e == OK) {
        log_forget(log);
    }
    return e;
}

void log_forget(struct log *log)
{
    (void)git_mempack_reset(log->memory);
    log->put_count = 0;
}
