#include "sync/log_core.h"
#include "sync/log_memory.h"
#include "sync/posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REF_LEN (sizeof LOG_REF_PREFIX - 1 + 2 * (size_t)ID_LEN)
#define LOCK_WAIT_MS 3000
#define LOCK_STEP_MS 50

static void ref_name(char out[REF_LEN + 1], const struct chain_id *chain)
{
    static const char digits[] = "0123456789abcdef";
    memcpy(out, LOG_REF_PREFIX, sizeof LOG_REF_PREFIX - 1);
    char *hex = out + sizeof LOG_REF_PREFIX - 1;
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
    log_read_begin();
    log_memory_cap(LOG_OBJECT_MAX);
    int code = git_reference_name_to_id(&g, log->repo, name);
    log_memory_cap(SIZE_MAX);
    if (code == GIT_ENOTFOUND) {
        return ERR_NOT_FOUND;
    }
    if (code != 0) {
        return log_fail_read(log->why, WHY("the branches of the log could not be read"));
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
    git_oid to = log_to_git(new);
    git_reference *ref = NULL;
    int code = 0;
    if (old) {
        git_oid from = log_to_git(old);
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
        return log_fail(log->why, GIT_ERROR, WHY("a branch of the log could not be moved"));
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
               : log_fail(log->why, GIT_ERROR, WHY("a branch of the log could not be moved"));
}

static bool chain_of_ref(struct chain_id *chain, const char *name)
{
    return strlen(name) == REF_LEN && memcmp(name, LOG_REF_PREFIX, sizeof LOG_REF_PREFIX - 1) == 0 &&
           hex_decode(chain->b, ID_LEN, span_of(name + sizeof LOG_REF_PREFIX - 1, 2 * (size_t)ID_LEN)) == OK;
}

static int by_chain(const void *a, const void *b)
{
    const struct log_branch *x = a;
    const struct log_branch *y = b;
    return memcmp(x->chain.b, y->chain.b, ID_LEN);
}

struct listing {
    struct log *log;
    struct buf list; /* of struct log_branch */
    size_t count;
    size_t strange;
    size_t max;
};

static enum err add_branch(struct listing *l, const char *name)
{
    struct log_branch branch;
    enum err e = chain_of_ref(&branch.chain, name) ? log_tip(&branch.tip, l->log, &branch.chain) : ERR_INPUT;
    if (e == OK) {
        buf_put(&l->list, &branch, sizeof branch);
        l->count++;
    } else if (e == ERR_INPUT || e == ERR_NOT_FOUND) {
        l->strange++; /* damaged ones too: another's word for a chain cannot stop the rest */
        e = OK;
    }
    if (e == OK && l->count + l->strange > l->max) {
        e = why_set(l->log->why, ERR_LIMIT, WHY("the place has too many branches"), "%zu", l->count + l->strange);
    }
    return e;
}

static enum err add_told(struct listing *l)
{
    git_reference_iterator *refs = NULL;
    const char *name = NULL;
    enum err e = OK;
    log_read_begin();
    int code = git_reference_iterator_new(&refs, l->log->repo);
    while (code == 0 && e == OK && (code = git_reference_next_name(&name, refs)) == 0) {
        e = add_branch(l, name);
    }
    git_reference_iterator_free(refs);
    if (e == OK && code != GIT_ITEROVER && code != 0) {
        e = log_fail(l->log->why, GIT_ERROR, WHY("the branches of the log could not be read"));
    }
    return e;
}

/* libgit2 leaves out those whose files it could not open at the moment, and says nothing of it. */
static enum err add_left_out(struct listing *l)
{
    struct buf dir = {0};
    struct buf names = {0};
    const size_t told = l->count;
    buf_printf(&dir, "%s/" LOG_REF_PREFIX, l->log->path);
    const char *path = buf_text(&dir);
    enum err e = path ? posix_list(&names, path) : ERR_MEMORY;
    if (e == ERR_STORAGE) {
        e = why_set(l->log->why, e, WHY("the branches of the log could not be read"), "%s", l->log->path);
    }
    if (e == OK) {
        e = buf_check(&l->list);
    }
    if (e == OK && told > 0) {
        qsort(l->list.ptr, told, sizeof(struct log_branch), by_chain);
    }
    for (size_t at = 0; e == OK && at < names.len;) {
        char ref[REF_LEN + 1];
        struct log_branch key;
        const char *name = (const char *)names.ptr + at;
        at += strlen(name) + 1;
        if (snprintf(ref, sizeof ref, LOG_REF_PREFIX "%s", name) == (int)REF_LEN && chain_of_ref(&key.chain, ref) &&
            (told == 0 || !bsearch(&key, l->list.ptr, told, sizeof key, by_chain))) {
            e = add_branch(l, ref);
        }
    }
    buf_free(&dir);
    buf_free(&names);
    return e == ERR_NOT_FOUND ? OK : e; /* all of them may be in one file */
}

enum err log_branches(struct log_branches *out, struct arena *a, struct log *log, size_t max)
{
    struct listing l = {.log = log, .max = max};
    *out = (struct log_branches){0};
    enum err e = add_told(&l);
    if (e == OK) {
        e = add_left_out(&l);
    }
    if (e == OK) {
        e = buf_check(&l.list);
    }
    struct log_branch *list = e == OK ? arena_array(a, l.count, sizeof *list) : NULL;
    if (e == OK && !list) {
        e = ERR_MEMORY;
    }
    if (e == OK && l.count > 0) {
        memcpy(list, l.list.ptr, l.list.len);
        qsort(list, l.count, sizeof *list, by_chain);
    }
    if (e == OK) {
        *out = (struct log_branches){.count = l.count, .list = list, .strange = l.strange};
    }
    buf_free(&l.list);
    return e;
}
