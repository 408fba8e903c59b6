#include "sync/meet_core.h"

#include "sync/chains.h"
#include "sync/home.h"
#include "sync/sealing.h"

#include <string.h>

static enum err waiting_parts(int64_t *out, struct site *s)
{
    return db_get_int(out, db_use(s->db, "SELECT count(*) FROM part WHERE state = 1"), 0);
}

static enum err own_last(uint64_t *out, struct site *s)
{
    struct chain_row own;
    enum err e = chains_find(&own, s, &s->self.chain);
    *out = e == OK && own.has_head ? own.last : 0;
    return e;
}

/* This device's own chain has more than the device knew: it was put back from a copy, or its copy is in use, too. What it
 * writes from now on is on a chain that nobody else writes. */
static enum err leave_old_chain(uint64_t *came, struct exchange *m)
{
    if (m->anew) {
        m->s->met_own = 0;
    }
    *came = m->s->met_own;
    return *came > 0 ? home_new_run(m->s) : OK;
}

enum err meet_receive(struct exchange *m)
{
    struct site *s = m->s;
    int64_t before = 0;
    int64_t after = 0;
    uint64_t came = 0;
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = home_follow(s);
    }
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
        e = leave_old_chain(&came, m);
    }
    if (e == OK) {
        e = waiting_parts(&after, s);
    }
    if (e == OK) {
        m->result.waiting_for_key += after > before ? (uint64_t)(after - before) : 0;
        e = home_load_self(s);
    }
    if (e == OK) {
        e = sealing_keep_clock(s, s->clock_ms);
    }
    if (e == OK) {
        e = sealing_pay_debts(s);
    }
    if (e == OK) {
        e = own_last(&m->own_last, s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
        log_forget(s->log);
        chains_forget(s);
        s->met_own = 0;
        return e;
    }
    m->result.restored_transactions += came;
    s->restored += came;
    return sealing_mend(s);
}

enum err meet_same_forbund(struct exchange *m)
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
