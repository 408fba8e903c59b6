#include "sync/exchange.h"

#include "sync/chains.h"
#include "sync/folder.h"
#include "sync/home.h"
#include "sync/sealing.h"

#include <string.h>

static enum err waiting_parts(int64_t *out, struct site *s)
{
    return db_get_int(out, db_use(s->db, "SELECT count(*) FROM part WHERE state = 1"), 0);
}

/* The write lock is held from sealing the journal to the last projection, so that all transactions of a record have
 * seen the same things (design: records, "From save to record"). */
static enum err receive(struct exchange *m)
{
    struct site *s = m->s;
    int64_t before = 0;
    int64_t after = 0;
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = home_load_self(s); /* another process may have met others meanwhile */
    }
    if (e == OK && s->self.stage == SITE_MEMBER) {
        e = sealing_run(s);
    }
    if (e == OK) {
        e = waiting_parts(&before, s);
    }
    if (e == OK) {
        e = exchange_look(m);
    }
    if (e == OK) {
        s->visiting = m->place;
        e = exchange_take_in(m);
        s->visiting = NULL;
    }
    if (e == OK) {
        e = waiting_parts(&after, s);
    }
    if (e == OK) {
        m->result.waiting_for_key = after > before ? (uint64_t)(after - before) : 0;
        e = home_load_self(s);
    }
    if (e == OK) {
        e = sealing_keep_clock(s, s->clock_ms);
    }
    if (e == OK) {
        e = sealing_pay_debts(s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
        log_forget(s->log);
        chains_forget(s);
        return e;
    }
    return sealing_mend(s);
}

/* Two förbund in one place would each leave the other's branches lying; better said at once. */
static enum err same_forbund(struct exchange *m)
{
    size_t foreign = 0;
    for (size_t at = 0; at < m->faults.len; at += sizeof(struct meet_fault)) {
        struct meet_fault f;
        memcpy(&f, m->faults.ptr + at, sizeof f);
        foreign += strcmp(f.detail, "the genesis of another förbund") == 0;
    }
    return foreign == 0 ? OK
                        : why_set(&m->s->why, ERR_REFUSED, WHY("the place belongs to another förbund"), "%s",
                                  log_path(m->place));
}

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
    *out = m->result;
    out->fault_count = count;
    out->faults = faults;
    return OK;
}

enum err meet_sync(struct meet_result *out, struct arena *a, struct site *s, const char *remote,
                   bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
    struct exchange m = {.s = s, .a = a, .progress = progress, .ctx = ctx};
    struct folder folder = {.lock = -1};
    const char *url = NULL;
    *out = (struct meet_result){0};
    if (s->self.stage == SITE_ASKED) {
        return why_set(&s->why, ERR_REFUSED,
                       WHY("this device is not a member yet: accept the invitation and meet the others first"), "%s",
                       "");
    }
    enum err e = meet_url(&url, a, s, remote);
    if (e == OK) {
        e = folder_enter(&folder, &s->why, url);
    }
    if (e == OK) {
        m.place = folder.log;
        e = receive(&m);
    }
    if (e == OK) {
        e = same_forbund(&m);
    }
    if (e == OK && !m.cancelled) {
        e = exchange_hand_over(&m);
    }
    if (e == OK) {
        e = finish(out, &m);
    }
    exchange_free(&m);
    folder_leave(&folder);
    return e;
}

enum err meet_own_log(struct site *s)
{
    struct arena a = {0};
    struct exchange m = {.s = s, .a = &a, .place = s->log};
    s->log_ahead = false;
    enum err e = receive(&m);
    exchange_free(&m);
    arena_free(&a);
    return e;
}
