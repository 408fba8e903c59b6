#include "sync/meet_core.h"

#include "sync/bundle.h"
#include "sync/folder.h"
#include "sync/gc.h"
#include "sync/home.h"
#include "sync/host.h"

#include <string.h>

static enum err finish(struct meet_result *out, struct exchange *m)
{
    size_t count = m->faults.len / sizeof(struct meet_fault);
    struct meet_fault *faults = arena_array(m->a, count, sizeof *faults);
    if (!faults) {
        return ERR_MEMORY;
    }
    if (count > 0) {
        memcpy(faults, m->faults.ptr, m->faults.len);
    }
    const char *phase = out->phase;
    *out = m->result;
    out->phase = phase;
    out->cancelled = m->cancelled;
    out->fault_count = count;
    out->faults = faults;
    return OK;
}

static enum err meet_folder(struct exchange *m, const char *path)
{
    struct folder folder = {.lock = -1};
    enum err e = folder_enter(&folder, &m->s->why, path);
    if (e == OK) {
        m->place = folder.log;
        e = meet_receive(m);
    }
    if (e == OK) {
        e = meet_same_forbund(m);
    }
    if (e == OK && !m->cancelled) {
        e = exchange_hand_over(m);
    }
    if (e == OK && !m->cancelled) {
        gc_place_if_due(m->place, &m->s->why);
    }
    folder_leave(&folder);
    return e;
}

static enum err meet_at(struct exchange *m, const char *remote, const char *url)
{
    switch (meet_kind_of(url)) {
    case MEET_FOLDER:
        return meet_folder(m, url);
    case MEET_BUNDLE:
        return bundle_meet(m, remote, url);
    case MEET_HOST:
        return host_meet(m, remote, url);
    case MEET_NONE:
    default:
        return why_set(&m->s->why, ERR_INPUT, WHY("not a place that this version can meet"), "%s", url);
    }
}

/* Best effort: that it was sent is told, and nothing rests on it. */
static void note_sent(struct site *s, uint64_t upto)
{
    struct dot before = {0};
    bool any = false;
    const struct dot sent = {.chain = s->self.chain, .n = upto};
    if (home_get_blob(&any, s, HOME_SENT, &before, sizeof before) == OK && upto > 0 &&
        (before.n < upto || memcmp(&before.chain, &sent.chain, sizeof sent.chain) != 0)) {
        (void)!home_put_blob(s, HOME_SENT, &sent, sizeof sent);
    }
}

enum err meet_sync(struct meet_result *out, struct arena *a, struct site *s, const char *remote,
                   bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
    *out = (struct meet_result){.phase = ""};
    struct exchange m = {.s = s, .a = a, .progress = progress, .ctx = ctx, .told = out};
    const char *url = NULL;
    if (s->self.stage == SITE_ASKED) {
        return why_set(&s->why, ERR_REFUSED,
                       WHY("this device is not a member yet: accept the invitation and meet the others first"), "%s",
                       "");
    }
    enum err e = meet_url(&url, a, s, remote);
    if (e == OK) {
        e = meet_at(&m, remote, url);
    }
    if (e == OK) {
        e = finish(out, &m);
    }
    exchange_free(&m);
    if (e == OK && !out->cancelled) {
        note_sent(s, m.own_last);
        gc_run_if_due(s);
    }
    return e;
}

enum err meet_own_log(struct site *s)
{
    struct arena a = {0};
    struct exchange m = {.s = s, .a = &a, .place = s->log};
    s->log_ahead = false;
    enum err e = meet_receive(&m);
    exchange_free(&m);
    arena_free(&a);
    return e;
}
