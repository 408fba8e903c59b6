#include "sync/host.h"

#include <string.h>

#define CHUNK 200 /* branches of one run of git */

/* May the branch go from where the host has it to where this site has it? Never but forward. *txs: how far. */
static enum err may_push(bool *yes, uint64_t *txs, struct host_meeting *h, const struct log_branch *branch)
{
    const struct host_ref *ref = host_fetch_find(h, &branch->chain);
    struct exchange_record from = {.on_branch = true};
    struct exchange_record to;
    *yes = false;
    enum err e = exchange_find(&to, h->m->s, &branch->tip, &branch->chain);
    if (e != OK || !to.on_branch || (ref && ref->lost)) {
        return e;
    }
    if (ref) {
        e = exchange_find(&from, h->m->s, &ref->oid, &branch->chain);
    }
    *yes = e == OK && from.on_branch && from.last < to.last;
    *txs = *yes ? (uint64_t)(to.last - from.last) : 0;
    return e;
}

/* Which branches were taken, by git's own word for each. */
static enum err read_answers(struct host_meeting *h)
{
    struct span text = span_buf(&h->git.out);
    struct span line;
    struct buf reasons = {0};
    enum err e = OK;
    while (e == OK && host_lines_next(&line, &text)) {
        struct log_branch branch;
        struct span reason;
        bool taken;
        bool yes;
        uint64_t txs = 0;
        if (!host_lines_pushed(&branch.chain, &taken, &reason, line)) {
            continue;
        }
        if (!taken) {
            h->again = true;
            buf_put_span(&reasons, reason);
            buf_put_str(&reasons, "\n");
            continue;
        }
        e = log_tip(&branch.tip, h->m->place, &branch.chain);
        if (e == OK) {
            e = may_push(&yes, &txs, h, &branch);
            h->m->result.sent_transactions += txs;
        }
    }
    h->m->result.sent_bytes += host_lines_sent(span_buf(&h->git.err));
    buf_put_span(&reasons, span_buf(&h->git.err)); /* what git says of single branches is told first */
    buf_free(&h->git.err);
    h->git.err = reasons;
    return e == OK ? buf_check(&reasons) : e;
}

static enum err push_some(struct host_meeting *h, const struct log_branch *list, size_t count)
{
    enum err e = OK;
    size_t asked = 0;
    host_git_begin(&h->git, "push");
    static const char *const options[] = {
        "--porcelain", "--progress", "--no-verify", "--no-thin", "--no-recurse-submodules", "--no-signed", "--"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        host_git_word(&h->git, options[i]);
    }
    host_git_word(&h->git, h->git.url);
    for (size_t i = 0; e == OK && i < count; i++) {
        bool yes = false;
        uint64_t txs = 0;
        e = may_push(&yes, &txs, h, &list[i]);
        if (e == OK && yes) {
            const char *from = host_git_hex(&h->words, "", list[i].tip.b, OID_LEN);
            const char *to = host_git_hex(&h->words, ":refs/heads/", list[i].chain.b, ID_LEN);
            const char *both = arena_printf(&h->words, "%s%s", from, to);
            host_git_word(&h->git, both ? both : "");
            asked++;
        }
    }
    if (e == OK && h->words.failed) {
        e = ERR_MEMORY;
    }
    h->git.phase = "push";
    if (e == OK && asked > 0) {
        e = host_git_run(&h->git);
        if (e == OK && !h->m->cancelled) {
            e = read_answers(h);
        }
        if (e == OK && h->git.code != 0 && !h->again && !h->m->cancelled) {
            e = host_git_failed(&h->git, WHY("the git host did not take the records; what arrived is kept, try again"));
        }
    }
    arena_free(&h->words);
    return e;
}

enum err host_push(struct host_meeting *h)
{
    struct log_branches branches;
    enum err e = log_branches(&branches, h->m->a, h->m->place, HOST_REFS_MAX);
    for (size_t from = 0; e == OK && !h->m->cancelled && from < branches.count; from += CHUNK) {
        const size_t left = branches.count - from;
        e = push_some(h, branches.list + from, left < CHUNK ? left : CHUNK);
    }
    return e;
}
