/* What the files of the log share: sync/log*.c and nobody else. */
#ifndef SYNC_LOG_CORE_H
#define SYNC_LOG_CORE_H

#include "sync/log.h"

#include <git2.h>

#define LOG_REF_PREFIX "refs/heads/"

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

/* The kind of a libgit2 code, with libgit2's own words as the detail of the story. */
MUST_CHECK enum err log_fail(struct why *w, int code, const char *text);
/* Before a read of libgit2's: what failed earlier is not told of. */
void log_read_begin(void);
/* As log_fail, of a read: ERR_INPUT where what is there is bad, and not the machine. */
MUST_CHECK enum err log_fail_read(struct why *w, const char *text);
git_oid log_to_git(const struct oid *id);
/* Is it memory that libgit2's last call had too little of? */
bool log_is_short_of_memory(const git_error *said);
/* Appends the path of the folder of packs. ERR_MEMORY. */
MUST_CHECK enum err log_pack_path(struct buf *out, const struct log *log);
/* What log_index_end has written: its name (LOG_PACK_NAME digits), and how many objects there are in it. */
const char *log_index_name(const struct log_index *x);
uint64_t log_index_objects(const struct log_index *x);
/* As log_copy, inside of one log; tells the same. */
MUST_CHECK enum err log_copy_named(char name[LOG_PACK_NAME + 1], uint64_t *objects, struct log *log,
                                   const struct oid *ids, size_t count);

#endif
