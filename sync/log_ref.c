#include "sync/log_core.h"
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
        e = log_fail(log->why, GIT_ERROR, WHY("the branches of the log could not be read"));
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
