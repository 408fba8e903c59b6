#include "sync/log.h"

#include "sync/posix.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REF_PREFIX "refs/heads/"
#define REF_LEN (sizeof REF_PREFIX - 1 + 2 * (size_t)ID_LEN)
#define LOCK_WAIT_MS 3000
#define LOCK_STEP_MS 50
#define PACK_FIRST_PRIORITY 1000 /* above every backend of libgit2, so that writes go to memory */

struct log {
    git_repository *repo;
    git_odb *odb;
    git_odb_backend *memory; /* owned by odb */
    struct why *why;
    struct oid *put; /* what is in memory only */
    size_t put_count;
    size_t put_cap;
    char *path;
};

static enum err fail(struct why *w, int code, const char *text)
{
    const git_error *said = git_error_last();
    const char *detail = said && said->message ? said->message : "";
    if (said && said->klass == GIT_ERROR_NOMEMORY) {
        return ERR_MEMORY;
    }
    return why_set(w, code == GIT_ENOTFOUND ? ERR_NOT_FOUND : ERR_STORAGE, text, "%s", detail);
}

/* What a delta in a pack from outside claims as its size is allocated by libgit2 before anything is compared with it;
 * so its allocator has a cap while such a pack, or an object of one, is being read. */
static size_t allocation_max = SIZE_MAX;

static bool too_much(size_t a, size_t b)
{
    if (b > 0 && a > allocation_max / b) {
        git_error_set_oom();
        return true;
    }
    return false;
}

static void *grow(void *ptr, size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    void *p = too_much(len, 1) ? NULL : realloc(ptr, len ? len : 1);
    if (!p) {
        git_error_set_oom();
    }
    return p;
}

static void *take(size_t len, const char *file, int line)
{
    return grow(NULL, len, file, line);
}

static void *grow_array(void *ptr, size_t count, size_t size, const char *file, int line)
{
    return too_much(count, size) ? NULL : grow(ptr, count * size, file, line);
}

static void *take_array(size_t count, size_t size, const char *file, int line)
{
    return grow_array(NULL, count, size, file, line);
}

static void *take_zeroed(size_t count, size_t size, const char *file, int line)
{
    void *p = take_array(count, size, file, line);
    if (p) {
        memset(p, 0, count * size);
    }
    return p;
}

static char *take_part(const char *text, size_t len, const char *file, int line)
{
    char *p = take(len + 1, file, line);
    if (p) {
        memcpy(p, text, len);
        p[len] = '\0';
    }
    return p;
}

static char *take_at_most(const char *text, size_t max, const char *file, int line)
{
    return take_part(text, strnlen(text, max), file, line);
}

static char *take_text(const char *text, const char *file, int line)
{
    return take_part(text, strlen(text), file, line);
}

static int start_library(void)
{
    static git_allocator capped = {.gmalloc = take,
                                   .gcalloc = take_zeroed,
                                   .gstrdup = take_text,
                                   .gstrndup = take_at_most,
                                   .gsubstrdup = take_part,
                                   .grealloc = grow,
                                   .greallocarray = grow_array,
                                   .gmallocarray = take_array,
                                   .gfree = free};
    static bool started; /* libgit2 counts its own starts; once is enough for a process */
    if (started) {
        return 0;
    }
    int code = git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &capped);
    if (code == 0) {
        code = git_libgit2_init();
    }
    if (code < 0) {
        return code;
    }
    started = true;
    /* A stick belongs to whoever formatted it; what it holds is checked record by record. */
    (void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    (void)git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
    (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
    return 0;
}

static int attach(struct log *log)
{
    int code = git_repository_odb(&log->odb, log->repo);
    if (code == 0) {
        code = git_mempack_new(&log->memory);
    }
    if (code == 0) {
        code = git_odb_add_backend(log->odb, log->memory, PACK_FIRST_PRIORITY);
    }
    return code;
}

static enum err make(struct log **out, struct why *w, const char *path, bool create)
{
    *out = NULL;
    struct log *log = calloc(1, sizeof *log);
    if (!log) {
        return ERR_MEMORY;
    }
    log->why = w;
    log->path = strdup(path);
    int code = log->path ? start_library() : GIT_ERROR;
    if (code == 0 && create) {
        code = git_repository_init(&log->repo, path, 1);
    } else if (code == 0) {
        unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE | GIT_REPOSITORY_OPEN_NO_DOTGIT;
        code = git_repository_open_ext(&log->repo, path, flags, NULL);
    }
    if (code == 0) {
        code = attach(log);
    }
    if (code != 0) {
        enum err e = fail(w, code, create ? WHY("the log could not be made") : WHY("the log could not be opened"));
        log_close(log);
        return e;
    }
    *out = log;
    return OK;
}

enum err log_create(struct log **out, struct why *w, const char *path)
{
    return make(out, w, path, true);
}

enum err log_open(struct log **out, struct why *w, const char *path)
{
    return make(out, w, path, false);
}

void log_close(struct log *log)
{
    if (!log) {
        return;
    }
    git_odb_free(log->odb);
    git_repository_free(log->repo);
    free(log->put);
    free(log->path);
    free(log);
}

const char *log_path(const struct log *log)
{
    return log->path;
}

static git_object_t git_kind(enum log_kind kind)
{
    switch (kind) {
    case LOG_COMMIT:
        return GIT_OBJECT_COMMIT;
    case LOG_TREE:
        return GIT_OBJECT_TREE;
    case LOG_BLOB:
    default:
        return GIT_OBJECT_BLOB;
    }
}

static git_oid to_git(const struct oid *id)
{
    git_oid g;
    memcpy(g.id, id->b, OID_LEN);
    return g;
}

enum err log_read(struct buf *out, struct log *log, enum log_kind kind, const struct oid *id, size_t max)
{
    git_oid g = to_git(id);
    size_t len = 0;
    git_object_t found = GIT_OBJECT_INVALID;
    int code = git_odb_read_header(&len, &found, log->odb, &g);
    if (code == GIT_ENOTFOUND) {
        return ERR_NOT_FOUND;
    }
    if (code != 0 || found != git_kind(kind)) {
        return ERR_INPUT;
    }
    if (len > max) {
        return ERR_LIMIT;
    }
    git_odb_object *object = NULL;
    allocation_max = LOG_OBJECT_MAX;
    code = git_odb_read(&object, log->odb, &g);
    allocation_max = SIZE_MAX;
    if (code != 0) {
        return ERR_INPUT;
    }
    buf_put(out, git_odb_object_data(object), git_odb_object_size(object));
    git_odb_object_free(object);
    return buf_check(out);
}

static enum err remember(struct log *log, const struct oid *id)
{
    if (log->put_count == log->put_cap) {
        size_t cap = log->put_cap ? 2 * log->put_cap : 64;
        struct oid *grown = realloc(log->put, cap * sizeof *grown);
        if (!grown) {
            return ERR_MEMORY;
        }
        log->put = grown;
        log->put_cap = cap;
    }
    log->put[log->put_count++] = *id;
    return OK;
}

enum err log_put(struct oid *id, struct log *log, enum log_kind kind, struct span content)
{
    git_oid g;
    int code = git_odb_write(&g, log->odb, content.ptr, content.len, git_kind(kind));
    if (code != 0) {
        return fail(log->why, code, WHY("the log could not be written"));
    }
    memcpy(id->b, g.id, OID_LEN);
    return remember(log, id);
}

static enum err pack_path(struct buf *out, const struct log *log)
{
    buf_printf(out, "%s/objects/pack", log->path);
    return buf_text(out) ? OK : ERR_MEMORY;
}

static void add_pack_bytes(uint64_t *bytes, const char *dir, git_packbuilder *pb)
{
    struct buf path = {0};
    char hex[GIT_OID_HEXSZ + 1];
    struct stat st;
    buf_printf(&path, "%s/pack-%s.pack", dir, git_oid_tostr(hex, sizeof hex, git_packbuilder_hash(pb)));
    const char *name = buf_text(&path);
    if (bytes && name && stat(name, &st) == 0) {
        *bytes += (uint64_t)st.st_size;
    }
    buf_free(&path);
}

/* Free with git_packbuilder_free whatever it gives. */
static int build_pack(git_packbuilder **pb, struct log *from, const struct oid *ids, size_t count)
{
    int code = git_packbuilder_new(pb, from->repo);
    if (code == 0) {
        (void)git_packbuilder_set_threads(*pb, 1);
    }
    for (size_t i = 0; code == 0 && i < count; i++) {
        git_oid g = to_git(&ids[i]);
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
        e = fail(to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
        goto out;
    }
    add_pack_bytes(bytes, (const char *)dir.ptr, pb);
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

static void ref_name(char out[REF_LEN + 1], const struct chain_id *chain)
{
    static const char digits[] = "0123456789abcdef";
    memcpy(out, REF_PREFIX, sizeof REF_PREFIX - 1);
    char *hex = out + sizeof REF_PREFIX - 1;
    for (size_t i = 0; i < ID_LEN; i++) {
        *hex++ = digits[chain->b[i] >> 4];
        *hex++ = digits[chain->b[i] & 15];
    }
    *hex = '\0';
}

static void remove_beside(const struct log *log, const char *name, const char *suffix)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s%s", log->path, name, suffix);
    const char *file = buf_text(&path);
    if (file) {
        (void)remove(file);
    }
    buf_free(&path);
}

enum err log_tip(struct oid *out, struct log *log, const struct chain_id *chain)
{
    char name[REF_LEN + 1];
    git_oid g;
    ref_name(name, chain);
    int code = git_reference_name_to_id(&g, log->repo, name);
    if (code == GIT_ENOTFOUND) {
        return ERR_NOT_FOUND;
    }
    if (code != 0) {
        return ERR_INPUT;
    }
    memcpy(out->b, g.id, OID_LEN);
    return OK;
}

void log_drop_damaged(struct log *log, const struct chain_id *chain)
{
    char name[REF_LEN + 1];
    ref_name(name, chain);
    remove_beside(log, name, "");
}

static int move_once(struct log *log, const char *name, const struct oid *old, const struct oid *new)
{
    git_oid to = to_git(new);
    git_reference *ref = NULL;
    int code = 0;
    if (old) {
        git_oid from = to_git(old);
        code = git_reference_create_matching(&ref, log->repo, name, &to, 1, &from, NULL);
    } else {
        code = git_reference_create(&ref, log->repo, name, &to, 0, NULL);
    }
    git_reference_free(ref);
    return code;
}

enum err log_move(struct log *log, const struct chain_id *chain, const struct oid *old, const struct oid *new)
{
    char name[REF_LEN + 1];
    ref_name(name, chain);
    int code = move_once(log, name, old, new);
    for (unsigned waited = 0; code == GIT_ELOCKED && waited < LOCK_WAIT_MS; waited += LOCK_STEP_MS) {
        posix_sleep_ms(LOCK_STEP_MS);
        code = move_once(log, name, old, new);
    }
    if (code == GIT_ELOCKED) {
        remove_beside(log, name, ".lock"); /* of a writer that was killed: a living one holds it for milliseconds */
        code = move_once(log, name, old, new);
    }
    if (code == GIT_EMODIFIED || code == GIT_EEXISTS || code == GIT_ELOCKED) {
        return why_set(log->why, ERR_BUSY, WHY("somebody else moved a branch at the same time; try again"), "%s", name);
    }
    if (code != 0) {
        return fail(log->why, GIT_ERROR, WHY("a branch of the log could not be moved"));
    }
    if (git_repository_head_unborn(log->repo) == 1) {
        (void)git_repository_set_head(log->repo, name); /* so that a plain clone has something to check out */
    }
    return OK;
}

enum err log_drop(struct log *log, const struct chain_id *chain)
{
    char name[REF_LEN + 1];
    ref_name(name, chain);
    int code = git_reference_remove(log->repo, name);
    return code == 0 || code == GIT_ENOTFOUND
               ? OK
               : fail(log->why, GIT_ERROR, WHY("a branch of the log could not be moved"));
}

static bool chain_of_ref(struct chain_id *chain, const char *name)
{
    return strlen(name) == REF_LEN && memcmp(name, REF_PREFIX, sizeof REF_PREFIX - 1) == 0 &&
           hex_decode(chain->b, ID_LEN, span_of(name + sizeof REF_PREFIX - 1, 2 * (size_t)ID_LEN)) == OK;
}

static int by_chain(const void *a, const void *b)
{
    const struct log_branch *x = a;
    const struct log_branch *y = b;
    return memcmp(x->chain.b, y->chain.b, ID_LEN);
}

enum err log_branches(struct log_branches *out, struct arena *a, struct log *log, size_t max)
{
    *out = (struct log_branches){0};
    struct log_branches found = {0};
    git_reference_iterator *refs = NULL;
    struct buf list = {0};
    enum err e = OK;
    const char *name = NULL;
    int code = git_reference_iterator_new(&refs, log->repo);
    while (code == 0 && e == OK && (code = git_reference_next_name(&name, refs)) == 0) {
        struct log_branch branch;
        if (chain_of_ref(&branch.chain, name) && log_tip(&branch.tip, log, &branch.chain) == OK) {
            buf_put(&list, &branch, sizeof branch);
            found.count++;
        } else {
            found.strange++; /* damaged ones too: another's word for a chain cannot stop the rest */
        }
        if (found.count + found.strange > max) {
            e = why_set(log->why, ERR_LIMIT, WHY("the place has too many branches"), "%zu",
                        found.count + found.strange);
        }
    }
    git_reference_iterator_free(refs);
    if (e == OK && code != GIT_ITEROVER && code != 0) {
        e = fail(log->why, GIT_ERROR, WHY("the branches of the log could not be read"));
    }
    if (e == OK) {
        e = buf_check(&list);
    }
    found.list = e == OK ? arena_array(a, found.count, sizeof *found.list) : NULL;
    if (e == OK && !found.list) {
        e = ERR_MEMORY;
    }
    if (e == OK && found.count > 0) {
        memcpy(found.list, list.ptr, list.len);
        qsort(found.list, found.count, sizeof *found.list, by_chain);
    }
    if (e == OK) {
        *out = found;
    }
    buf_free(&list);
    return e;
}

bool log_has(struct log *log, const struct oid *id)
{
    git_oid g = to_git(id);
    return git_odb_exists(log->odb, &g) == 1;
}

void log_refresh(struct log *log)
{
    (void)git_odb_refresh(log->odb);
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
    return fail(from->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
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
            e = fail(to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
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
        return fail(x->to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
    }
    return why_set(x->to->why, ERR_INPUT, WHY("a pack that arrived is damaged"), "%s",
                   said && said->message ? said->message : "");
}

enum err log_index_feed(struct log_index *x, struct span piece)
{
    allocation_max = LOG_OBJECT_MAX;
    int code = git_indexer_append(x->indexer, piece.ptr, piece.len, &x->stats);
    allocation_max = SIZE_MAX;
    return code < 0 ? index_failed(x) : OK;
}

enum err log_index_end(struct log_index *x)
{
    allocation_max = LOG_OBJECT_MAX;
    int code = git_indexer_commit(x->indexer, &x->stats);
    allocation_max = SIZE_MAX;
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
        code = git_revwalk_push_glob(walk, REF_PREFIX "*");
    }
    for (size_t i = 0; code == 0 && i < count; i++) {
        git_oid g = to_git(&commits[i]);
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
    return fail(log->why, GIT_ERROR, WHY("the log could not be packed anew; nothing was changed"));
}
