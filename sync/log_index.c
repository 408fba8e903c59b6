#include "sync/log_core.h"
#include "sync/log_memory.h"

#include <stdlib.h>

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
    enum err e = *out ? log_pack_path(&dir, to) : ERR_MEMORY;
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
    if (log_memory_out() || (said && log_is_short_of_memory(said))) {
        return ERR_MEMORY;
    }
    if (said && said->klass == GIT_ERROR_OS) {
        return log_fail(x->to->why, GIT_ERROR, WHY("a pack could not be written; nothing was lost"));
    }
    return why_set(x->to->why, ERR_INPUT, WHY("a pack that arrived is damaged"), "%s",
                   said && said->message ? said->message : "");
}

enum err log_index_feed(struct log_index *x, struct span piece)
{
    log_read_begin();
    log_memory_cap(LOG_OBJECT_MAX);
    int code = git_indexer_append(x->indexer, piece.ptr, piece.len, &x->stats);
    log_memory_cap(SIZE_MAX);
    return code < 0 ? index_failed(x) : OK;
}

enum err log_index_end(struct log_index *x)
{
    log_read_begin();
    log_memory_cap(LOG_OBJECT_MAX);
    int code = git_indexer_commit(x->indexer, &x->stats);
    log_memory_cap(SIZE_MAX);
    if (code != 0) {
        return index_failed(x);
    }
    log_refresh(x->to);
    return OK;
}

const char *log_index_name(const struct log_index *x)
{
    return git_indexer_name(x->indexer);
}

uint64_t log_index_objects(const struct log_index *x)
{
    return x->stats.total_objects;
}

void log_index_free(struct log_index *x)
{
    if (x) {
        git_indexer_free(x->indexer);
        free(x);
    }
}
