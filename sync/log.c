#include "sync/log_core.h"
#include "sync/log_memory.h"
#include "sync/posix.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <string.h>

#define PACK_FIRST_PRIORITY 1000 /* above every backend of libgit2, so that writes go to memory */

enum err log_fail(struct why *w, int code, const char *text)
{
    if (log_memory_out()) {
        return ERR_MEMORY;
    }
    const git_error *said = git_error_last();
    const char *detail = said && said->message ? said->message : "";
    return why_set(w, code == GIT_ENOTFOUND ? ERR_NOT_FOUND : ERR_STORAGE, text, "%s", detail);
}

void log_read_begin(void)
{
    git_error_clear();
    (void)log_memory_out();
}

/* zlib, under libgit2, takes its memory elsewhere than log_memory sees. Where it gets none to begin with, libgit2 1.5 says
 * so in words only: the class is that of damaged data, too. */
bool log_is_short_of_memory(const git_error *said)
{
    static const char beginning[] = "failed to init";
    return said->klass == GIT_ERROR_NOMEMORY ||
           (said->klass == GIT_ERROR_ZLIB && strncmp(said->message, beginning, sizeof beginning - 1) == 0);
}

enum err log_fail_read(struct why *w, const char *text)
{
    if (log_memory_out()) {
        return ERR_MEMORY;
    }
    const git_error *said = git_error_last();
    if (said && log_is_short_of_memory(said)) {
        return ERR_MEMORY;
    }
    return said && !log_memory_over_cap() && said->klass == GIT_ERROR_OS ? log_fail(w, GIT_ERROR, text) : ERR_INPUT;
}

git_oid log_to_git(const struct oid *id)
{
    git_oid g;
    memcpy(g.id, id->b, OID_LEN);
    return g;
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

/* Sealed bytes have no likeness to one another: looking for deltas between them is most of what a pack would cost. A
 * window without memory finds none. Kept in the repository, so that stock git does not look either. */
static int set_no_deltas(git_repository *repo)
{
    git_config *config = NULL;
    int code = git_repository_config(&config, repo);
    if (code == 0) {
        code = git_config_set_int64(config, "pack.windowMemory", 1);
    }
    git_config_free(config);
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
    const char *failed = create ? WHY("the log could not be made") : WHY("the log could not be opened");
    enum err e = log->path ? log_memory_start() : ERR_MEMORY;
    if (e != OK) {
        log_close(log);
        return e == ERR_MEMORY ? e : why_set(w, e, failed, "%s", "");
    }
    int code;
    if (create) {
        code = git_repository_init(&log->repo, path, 1);
        code = code == 0 ? set_no_deltas(log->repo) : code;
    } else {
        unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE | GIT_REPOSITORY_OPEN_NO_DOTGIT;
        code = git_repository_open_ext(&log->repo, path, flags, NULL);
    }
    if (code == 0) {
        code = attach(log);
    }
    if (code != 0) {
        e = log_fail(w, create ? GIT_ERROR : code, failed);
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

enum err log_read(struct buf *out, struct log *log, enum log_kind kind, const struct oid *id, size_t max)
{
    git_oid g = log_to_git(id);
    size_t len = 0;
    git_object_t found = GIT_OBJECT_INVALID;
    log_read_begin();
    log_memory_cap(LOG_OBJECT_MAX);
    int code = git_odb_read_header(&len, &found, log->odb, &g);
    log_memory_cap(SIZE_MAX);
    if (code == GIT_ENOTFOUND) {
        return ERR_NOT_FOUND;
    }
    if (code != 0) {
        return log_fail_read(log->why, WHY("the log could not be read"));
    }
    if (found != git_kind(kind)) {
        return ERR_INPUT;
    }
    if (len > max) {
        return ERR_LIMIT;
    }
    git_odb_object *object = NULL;
    log_memory_cap(LOG_OBJECT_MAX);
    code = git_odb_read(&object, log->odb, &g);
    log_memory_cap(SIZE_MAX);
    if (code != 0) {
        return log_fail_read(log->why, WHY("the log could not be read"));
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

/* Straight to memory: git_odb_write would look for the object first, and not finding it reads the folder of packs. */
enum err log_put(struct oid *id, struct log *log, enum log_kind kind, struct span content)
{
    git_oid g;
    int code = git_odb_hash(&g, content.ptr, content.len, git_kind(kind));
    if (code == 0) {
        code = log->memory->write(log->memory, &g, content.ptr, content.len, git_kind(kind));
    }
    if (code != 0) {
        return log_fail(log->why, code, WHY("the log could not be written"));
    }
    memcpy(id->b, g.id, OID_LEN);
    return remember(log, id);
}

bool log_has(struct log *log, const struct oid *id)
{
    git_oid g = log_to_git(id);
    return git_odb_exists(log->odb, &g) == 1;
}

void log_refresh(struct log *log)
{
    (void)git_odb_refresh(log->odb);
}

enum err log_pack_path(struct buf *out, const struct log *log)
{
    buf_printf(out, "%s/objects/pack", log->path);
    return buf_text(out) ? OK : ERR_MEMORY;
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
