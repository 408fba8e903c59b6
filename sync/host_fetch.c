#include "sync/host.h"

#include "sync/chains.h"

#include <string.h>

#define CHUNK 200 /* branches of one run of git; at most three words each */
#define TIP "--negotiation-tip="

struct host_ref *host_fetch_refs(const struct host_meeting *h, size_t *count)
{
    *count = h->refs.len / sizeof(struct host_ref);
    return (struct host_ref *)(void *)h->refs.ptr;
}

struct host_ref *host_fetch_find(const struct host_meeting *h, const struct chain_id *chain)
{
    size_t low = 0;
    size_t high;
    struct host_ref *refs = host_fetch_refs(h, &high);
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = memcmp(refs[mid].chain.b, chain->b, ID_LEN);
        if (order == 0) {
            return &refs[mid];
        }
        low = order < 0 ? mid + 1 : low;
        high = order < 0 ? high : mid;
    }
    return NULL;
}

enum err host_fetch_look(struct host_meeting *h)
{
    buf_cut(&h->refs, 0);
    host_git_begin(&h->git, "ls-remote");
    host_git_word(&h->git, "--heads");
    host_git_word(&h->git, "--");
    host_git_word(&h->git, h->git.url);
    h->git.phase = "fetch";
    enum err e = host_git_run(&h->git);
    if (e != OK || h->m->cancelled) {
        return e;
    }
    if (h->git.code != 0) {
        return host_git_failed(&h->git, WHY("the git host cannot be reached or read; nothing was lost"));
    }
    e = host_lines_refs(&h->refs, span_buf(&h->git.out));
    if (e == ERR_INPUT || e == ERR_LIMIT) {
        return host_git_failed(&h->git, WHY("the git host has too many branches, or is none"));
    }
    return e;
}

static enum err set_branch(struct log *log, const struct chain_id *chain, const struct oid *to)
{
    struct oid now;
    enum err e = log_tip(&now, log, chain);
    if (e == ERR_INPUT) {
        log_drop_damaged(log, chain);
        e = ERR_NOT_FOUND;
    }
    if (e == OK && memcmp(&now, to, sizeof now) == 0) {
        return OK;
    }
    if (e == OK || e == ERR_NOT_FOUND) {
        return log_move(log, chain, e == OK ? &now : NULL, to);
    }
    return e;
}

static void put_tip(struct host_meeting *h, const struct oid *at)
{
    host_git_word(&h->git, host_git_hex(&h->words, TIP, at->b, OID_LEN));
}

/* Names what is here of a chain that is to be fetched, so that git knows what it need not be sent: where this site stands,
 * and what was fetched earlier and waits. The mirror's branch stands at one of them, so that git need not look further back
 * to see that what comes is whole. */
static enum err name_tips(struct host_meeting *h, const struct chain_id *chain)
{
    struct chain_row own;
    struct oid at;
    enum err e = log_tip(&at, h->m->place, chain);
    const bool fetched = e == OK && log_has(h->m->place, &at);
    if (e != OK && e != ERR_NOT_FOUND && e != ERR_INPUT) {
        return e;
    }
    e = chains_find(&own, h->m->s, chain);
    if (e != OK) {
        return e;
    }
    if (fetched) {
        put_tip(h, &at);
    }
    if (own.has_head && !(fetched && memcmp(&at, &own.oid, sizeof at) == 0)) {
        put_tip(h, &own.oid);
    }
    if (fetched) {
        return OK;
    }
    return own.has_head ? set_branch(h->m->place, chain, &own.oid) : log_drop(h->m->place, chain);
}

enum err host_fetch_align(struct host_meeting *h)
{
    struct log_branches mine;
    size_t count;
    struct host_ref *refs = host_fetch_refs(h, &count);
    enum err e = log_branches(&mine, h->m->a, h->m->place, HOST_REFS_MAX);
    for (size_t i = 0; e == OK && i < mine.count; i++) {
        if (!host_fetch_find(h, &mine.list[i].chain)) {
            e = log_drop(h->m->place, &mine.list[i].chain);
        }
    }
    for (size_t i = 0; e == OK && i < count; i++) {
        refs[i].lost = !log_has(h->m->place, &refs[i].oid);
        if (!refs[i].lost) {
            e = set_branch(h->m->place, &refs[i].chain, &refs[i].oid);
        }
    }
    return e;
}

/* Branches from to before end, those that are marked. *asked: how many. */
static enum err fetch_some(size_t *asked, struct host_meeting *h, size_t from, size_t end)
{
    size_t count;
    struct host_ref *refs = host_fetch_refs(h, &count);
    enum err e = OK;
    *asked = 0;
    host_git_begin(&h->git, "fetch");
    static const char *const options[] = {"--progress", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
                                          "--no-recurse-submodules"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        host_git_word(&h->git, options[i]);
    }
    for (size_t i = from; e == OK && i < end; i++) {
        e = refs[i].lost ? name_tips(h, &refs[i].chain) : OK;
    }
    host_git_word(&h->git, "--");
    host_git_word(&h->git, h->git.url);
    for (size_t i = from; e == OK && i < end; i++) {
        if (refs[i].lost) {
            const char *name = host_git_hex(&h->words, "refs/heads/", refs[i].chain.b, ID_LEN);
            const char *both = arena_printf(&h->words, "+%s:%s", name, name);
            host_git_word(&h->git, both ? both : "");
            ++*asked;
        }
    }
    if (e == OK && h->words.failed) {
        e = ERR_MEMORY;
    }
    if (e == OK && *asked > 0) {
        e = host_git_run(&h->git);
    }
    arena_free(&h->words);
    return e;
}

/* After git has run: which branches stand where the host has them. */
static enum err count_lost(size_t *lost, struct host_meeting *h, size_t from, size_t end)
{
    size_t count;
    struct host_ref *refs = host_fetch_refs(h, &count);
    enum err e = OK;
    *lost = 0;
    log_refresh(h->m->place);
    for (size_t i = from; e == OK && i < end; i++) {
        struct oid now;
        if (!refs[i].lost) {
            continue;
        }
        e = log_tip(&now, h->m->place, &refs[i].chain);
        if (e == OK && log_has(h->m->place, &now) && memcmp(&now, &refs[i].oid, sizeof now) == 0) {
            refs[i].lost = false;
        } else if (e == OK || e == ERR_NOT_FOUND || e == ERR_INPUT) {
            e = OK;
            ++*lost;
        }
    }
    return e;
}

/* Many branches at once. If git gives up on them, one at a time, so that a chain that the host has broken does not keep
 * the others from coming; three in a row that cannot be had, and it is the host that is gone. */
enum err host_fetch_run(struct host_meeting *h)
{
    size_t count;
    size_t asked;
    size_t lost = 0;
    enum err e = OK;
    (void)host_fetch_refs(h, &count);
    h->git.phase = "fetch";
    for (size_t from = 0; e == OK && !h->m->cancelled && from < count; from += CHUNK) {
        const size_t end = from + CHUNK < count ? from + CHUNK : count;
        e = fetch_some(&asked, h, from, end);
        if (e == OK && asked > 0) {
            e = count_lost(&lost, h, from, end);
        }
        size_t in_a_row = 0;
        bool any = lost < asked;
        for (size_t i = from; e == OK && asked > 0 && lost > 0 && !h->m->cancelled && i < end; i++) {
            size_t one = 0;
            e = fetch_some(&one, h, i, i + 1);
            if (e == OK && one > 0) {
                e = count_lost(&one, h, i, i + 1);
                in_a_row = one > 0 ? in_a_row + 1 : 0;
                any = any || one == 0;
            }
            if (e == OK && in_a_row == 3 && !any) {
                e = host_git_failed(&h->git, WHY("the git host cannot be reached or read; nothing was lost"));
            }
        }
    }
    return e;
}

enum err host_fetch_tell_lost(struct host_meeting *h)
{
    size_t count;
    const struct host_ref *refs = host_fetch_refs(h, &count);
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        if (refs[i].lost) {
            e = exchange_fault(h->m, &refs[i].chain, &(struct hash){{0}}, "waits", "the git host does not give it");
        }
    }
    return e;
}
