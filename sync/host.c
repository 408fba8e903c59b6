#include "sync/host.h"

#include "sync/gc.h"
#include "sync/meet_core.h"
#include "sync/posix.h"

#define TRIES 5
#define PAUSE_MS 50                    /* doubled from one try to the next */
#define MIRROR_MAX ((uint64_t)2 << 30) /* bytes of what waits in the mirror */

static enum err meet_once(struct host_meeting *h)
{
    h->again = false;
    exchange_renew(h->m);
    enum err e = host_fetch_look(h);
    if (e == OK && !h->m->cancelled) {
        e = host_fetch_align(h);
    }
    if (e == OK && !h->m->cancelled) {
        e = host_fetch_run(h);
    }
    if (e == OK && !h->m->cancelled) {
        e = meet_receive(h->m);
    }
    if (e == OK && !h->m->cancelled) {
        e = host_fetch_tell_lost(h);
    }
    if (e == OK) {
        e = meet_same_forbund(h->m);
    }
    if (e == OK && !h->m->cancelled) {
        e = exchange_hand_over(h->m);
    }
    return e == OK && !h->m->cancelled ? host_push(h) : e;
}

/* Somebody who pushes at the same moment is let go first. */
static enum err meet_until_taken(struct host_meeting *h)
{
    enum err e = meet_once(h);
    for (unsigned i = 1; e == OK && h->again && !h->m->cancelled && i < TRIES; i++) {
        posix_sleep_ms((unsigned)PAUSE_MS << i);
        e = meet_once(h);
    }
    if (e == OK && h->again && !h->m->cancelled) {
        e = host_git_failed(&h->git, WHY("the git host did not take the records; what arrived is kept, try again"));
    }
    return e;
}

/* Branches that a power cut has emptied would stop git. */
static enum err open_mirror(struct host_meeting *h)
{
    struct exchange *m = h->m;
    struct log_branches branches = {0};
    enum err e = meet_stage_open(&m->place, m->s, h->git.mirror, posix_tree_bytes(h->git.mirror) > MIRROR_MAX);
    if (e == OK) {
        e = log_branches(&branches, m->a, m->place, HOST_REFS_MAX);
    }
    if (e == ERR_LIMIT || (e == OK && branches.strange > 0)) {
        log_close(m->place);
        e = meet_stage_open(&m->place, m->s, h->git.mirror, true);
    }
    return e;
}

enum err host_meet(struct exchange *m, const char *name, const char *url)
{
    struct host_meeting h = {.m = m, .git = {.m = m, .url = url, .phase = "fetch"}};
    int lock = -1;
    enum err e = meet_stage_lock(&lock, m->a, m->s, name);
    if (e == OK) {
        e = meet_stage_path(&h.git.mirror, m->a, m->s, name, ".git");
    }
    if (e == OK) {
        e = open_mirror(&h);
    }
    if (e == OK) {
        m->borrows = true;
        e = meet_until_taken(&h);
    }
    if (e == OK && !m->cancelled && !exchange_waits(m)) {
        gc_empty(h.git.mirror); /* all that was fetched is in this site's own log now */
    }
    log_close(m->place);
    m->place = NULL;
    posix_unlock(lock);
    host_git_free(&h.git);
    buf_free(&h.refs);
    return e;
}
