#include "sync/log.h"

#include "sync/posix.h"

#include <git2.h>
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

static int start_library(void)
{
    static bool started; /* libgit2 counts its own starts; once is enough for a process */
    if (started) {
        return 0;
    }
    int code = git_libgit2_init();
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
    code = git_odb_read(&object, log->odb, &g);
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
    int code = git_packbuilder_new(&pb, from->repo);
    if (code == 0) {
        (void)git_packbuilder_set_threads(pb, 1);
    }
    for (size_t i = 0; code == 0 && i < count; i++) {
        git_oid g = to_git(&ids[i]);
        code = git_packbuilder_insert(pb, &g, NULL);
    }
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
