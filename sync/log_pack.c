#include "sync/log_core.h"
#include "sync/log_memory.h"
#include "sync/posix.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <sys/stat.h>

static enum err pack_path(struct buf *out, const struct log *log)
{
    buf_printf(out, "%s/objects/pack", log->path);
    return buf_text(out) ? OK : ERR_MEMORY;
}

static enum err add_pack_bytes(uint64_t *bytes, struct why *w, const char *dir, git_packbuilder *pb)
{
    struct buf path = {0};
    char hex[GIT_OID_HEXSZ + 1];
    struct stat st = {0};
    buf_printf(&path, "%s/pack-%s.pack", dir, git_oid_tostr(hex, sizeof hex, git_packbuilder_hash(pb)));
    const char *name = buf_text(&path);
    enum err e = name ? OK : ERR_MEMORY;
    if (name && stat(name, &st) != 0) {
        e = why_set(w, ERR_STORAGE, WHY("a pack could not be written; nothing was lost"), "%s", name);
    }
    *bytes += (uint64_t)st.st_size;
    buf_free(&path);
    return e;
}

/* Free with git_packbuilder_free whatever it gives. */
static int build_pack(git_packbuilder **pb, struct log *from, const struct oid *ids, size_t count)
{
    int code = git_packbuilder_new(pb, from->repo);
    if (code == 0) {
        (void)git_packbuilder_set_threads(*pb, 1);
    }
    for (size_t i = 0; code == 0 && i < count; i++) {
        git_oid g = log_to_git(&ids[i]);
        code = git_packbuilder_insert(*pb, &g, NULL);
    }
    return code;
}

enum err log_copy(struct log *to, struct log *from, const struct oid *ids, size_t count, uint64_t *bytes)
{
    if (count == 0) {
        return OK;
    }
    struct buf dir = {0};
    git_packbuilder *pb = NULL;
    enum err e = pack_path(&dir, to);
    if (e != OK) {
        goto out;
    }
    int code = build_pack(&pb, from, ids, count);
    if (code == 0) {
        code = git_packbuilder_write(pb, (const char *)dir.ptr, 0, NULL, NULL);
    }
    if (code != 0) {
        e = log_fail(to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
        goto out;
    }
    if (bytes) {
        e = add_pack_bytes(bytes, to->why, (const char *)dir.ptr, pb);
    }
out:
    git_packbuilder_free(pb);
    buf_free(&dir);
    return e;
}

enum err log_flush(struct log *log, uint64_t *bytes)
{
    enum err e = log_copy(log, log, log->put, log->put_count, bytes);
    if (e == OK) {
        log_forget(log);
        (void)git_odb_refresh(log->odb);
    }
    return e;
}

void log_forget(struct log *log)
{
    (void)git_mempack_reset(log->memory);
    log->put_count = 0;
}

enum err log_borrow(struct log *log, const char *other)
{
    struct buf path = {0};
    struct buf line = {0};
    buf_printf(&path, "%s/objects/info/alternates", log->path);
    buf_printf(&line, "%s\n", other);
    const char *name = buf_text(&path);
    enum err e = name && buf_check(&line) == OK ? posix_write_file(name, span_buf(&line)) : ERR_MEMORY;
    buf_free(&path);
    buf_free(&line);
    return e == OK || e == ERR_MEMORY ? e : why_set(log->why, ERR_STORAGE, WHY("the log could not be made"), "%s", "");
}

struct sink {
    enum err (*put)(void *ctx, struct span piece);
    void *ctx;
    enum err e;
};

static int put_piece(void *bytes, size_t len, void *ctx)
{
    struct sink *s = ctx;
    s->e = s->put(s->ctx, span_of(bytes, len));
    return s->e == OK ? 0 : -1;
}

enum err log_pack(struct log *from, const struct oid *ids, size_t count, enum err (*put)(void *ctx, struct span piece),
                  void *ctx)
{
    git_packbuilder *pb = NULL;
    struct sink sink = {.put = put, .ctx = ctx};
    int code = build_pack(&pb, from, ids, count);
    if (code == 0) {
        code = git_packbuilder_foreach(pb, put_piece, &sink);
    }
    git_packbuilder_free(pb);
    if (code == 0 || sink.e != OK) {
        return sink.e;
    }
    return log_fail(from->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
}

struct log_index {
    struct log *to;
    git_indexer *indexer;
    git_indexer_progress stats;
};

enum err log_index_begin(struct log_index **out, struct log *to)
{
    git_indexer_options o = {.version = GIT_INDEXER_OPTIONS_VERSION};
    struct buf dir = {0};
    *out = calloc(1, sizeof **out);
    enum err e = *out ? pack_path(&dir, to) : ERR_MEMORY;
    if (e == OK) {
        (*out)->to = to;
        if (git_indexer_new(&(*out)->indexer, (const char *)dir.ptr, 0, to->odb, &o) != 0) {
            e = log_fail(to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
        }
    }
    buf_free(&dir);
    if (e != OK) {
        log_index_free(*out);
        *out = NULL;
    }
    return e;
}

/* libgit2 does not tell a full disk from a bad pack but by the kind of its message. */
static enum err index_failed(const struct log_index *x)
{
    const git_error *said = git_error_last();
    if (said && said->klass == GIT_ERROR_OS) {
        return log_fail(x->to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
    }
    return why_set(x->to->why, ERR_INPUT, WHY("a pack that arrived is damaged"), "%s",
                   said && said->message ? said->message : "");
}

enum err log_index_feed(struct log_index *x, struct span piece)
{
    log_memory_cap(LOG_OBJECT_MAX);
    int code = git_indexer_append(x->indexer, piece.ptr, piece.len, &x->stats);
    log_memory_cap(SIZE_MAX);
    return code < 0 ? index_failed(x) : OK;
}

enum err log_index_end(struct log_index *x)
{
    log_memory_cap(LOG_OBJECT_MAX);
    int code = git_indexer_commit(x->indexer, &x->stats);
    log_memory_cap(SIZE_MAX);
    if (code != 0) {
        return index_failed(x);
    }
    log_refresh(x->to);
    return OK;
}

void log_index_free(struct log_index *x)
{
    if (x) {
        git_indexer_free(x->indexer);
        free(x);
    }
}

struct gathering {
    bool (*keep_on)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
    uint64_t done;
    uint64_t total;
    git_odb *odb;
};

static int gather_all(git_packbuilder *pb, struct log *log, const struct oid *commits, size_t count)
{
    git_revwalk *walk = NULL;
    int code = git_revwalk_new(&walk, log->repo);
    if (code == 0) {
        code = git_revwalk_push_glob(walk, LOG_REF_PREFIX "*");
    }
    for (size_t i = 0; code == 0 && i < count; i++) {
        git_oid g = log_to_git(&commits[i]);
        code = git_revwalk_push(walk, &g);
    }
    if (code == 0) {
        code = git_packbuilder_insert_walk(pb, walk);
    }
    git_revwalk_free(walk);
    return code;
}

static int read_again(const git_oid *id, void *ctx)
{
    struct gathering *g = ctx;
    git_odb_object *object = NULL;
    int code = git_odb_read(&object, g->odb, id);
    git_odb_object_free(object);
    g->done++;
    if (code == 0 && g->keep_on && g->done % 256 == 0 && !g->keep_on(g->ctx, g->done, g->total)) {
        code = GIT_EUSER;
    }
    return code;
}

/* Reads the pack alone, without the packs it is to replace. Reading an object compares its name with its content. */
static int check_pack(struct gathering *g, struct log *log, const char *name)
{
    git_odb_backend *pack = NULL;
    struct buf path = {0};
    buf_printf(&path, "%s/objects/pack/pack-%s.idx", log->path, name);
    const char *index = buf_text(&path);
    int code = index ? git_odb_new(&g->odb) : GIT_ERROR;
    if (code == 0) {
        code = git_odb_backend_one_pack(&pack, index);
    }
    if (code == 0) {
        code = git_odb_add_backend(g->odb, pack, 1);
    }
    if (code == 0) {
        code = git_odb_foreach(g->odb, read_again, g);
    }
    git_odb_free(g->odb);
    buf_free(&path);
    return code == 0 && g->done != g->total ? GIT_ERROR : code;
}

enum err log_gather(char name[LOG_PACK_NAME + 1], struct log *log, const struct oid *commits, size_t count,
                    bool (*keep_on)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
    struct gathering g = {.keep_on = keep_on, .ctx = ctx};
    git_packbuilder *pb = NULL;
    struct buf dir = {0};
    enum err e = pack_path(&dir, log);
    int code = e == OK ? build_pack(&pb, log, NULL, 0) : GIT_ERROR;
    if (code == 0) {
        code = gather_all(pb, log, commits, count);
    }
    if (code == 0) {
        g.total = git_packbuilder_object_count(pb);
        code = git_packbuilder_write(pb, (const char *)dir.ptr, 0, NULL, NULL);
    }
    if (code == 0) {
        (void)git_oid_tostr(name, LOG_PACK_NAME + 1, git_packbuilder_hash(pb));
        code = check_pack(&g, log, name);
    }
    git_packbuilder_free(pb);
    buf_free(&dir);
    if (e != OK || code == 0) {
        return e;
    }
    if (code == GIT_EUSER) {
        return why_set(log->why, ERR_BUSY, WHY("broken off; nothing was changed"), "%s", "");
    }
    return log_fail(log->why, GIT_ERROR, WHY("the log could not be packed anew; nothing was changed"));
}
