#include "app/ops/round.h"

#include "app/ops/conflicts.h"
#include "app/ops/consents_write.h"
#include "app/ops/findings.h"
#include "app/ops/names.h"
#include "app/ops/outcomes.h"

#include <string.h>

/* What there is to look at: taken before and after a meeting, the difference is what the meeting brought. Of krockar and
 * glapp that is kept in the replica: what is fresh is told from what was kept before. */
struct snapshot {
    struct arena arena;
    struct conflicts_list conflicts;
    size_t fresh; /* krockar and glapp, since the snapshot before */
};

struct round {
    struct ops *o;
    const struct round_hooks *hooks;
    struct round_result result;
    struct snapshot before; /* what was known before the meeting that is going on */
    const char *remote;
    const struct meet_result *at; /* of that meeting: its phase */
    const char *phase;            /* what was told last */
    bool broken_off;
};

static enum err snapshot_take(struct snapshot *out, struct ops *o)
{
    *out = (struct snapshot){0};
    struct ops ops = {.site = o->site, .arena = &out->arena, .today = o->today};
    struct findings_refreshed done;
    enum err e = conflicts_list(&out->conflicts, &ops, NULL);
    if (e == OK) {
        e = findings_refresh(&done, &ops, true);
        out->fresh = e == OK ? done.fresh : 0;
    }
    if (e != OK) {
        o->why = ops.why;
    }
    return e;
}

static void snapshot_free(struct snapshot *s)
{
    arena_free(&s->arena);
    *s = (struct snapshot){0};
}

static bool tell(void *ctx, uint64_t done, uint64_t total)
{
    struct round *r = ctx;
    const struct round_step step = {.remote = r->remote,
                                    .phase = r->at->phase,
                                    .done = done,
                                    .total = total,
                                    .new_phase = r->phase != r->at->phase};
    r->phase = r->at->phase;
    return r->hooks->go_on(r->hooks->ctx, &step);
}

static enum err say_broken_off(struct round *r, const char *remote)
{
    r->broken_off = true;
    return why_set(&r->o->why, ERR_TRANSPORT,
                   N_("broken off; what had arrived is kept, and the next sync brings the rest"), "%s", remote);
}

static enum err follow_in(struct ops *o, const struct uuid *plan)
{
    struct edit *ed = NULL;
    enum err e = ops_told(o, edit_begin(&ed, o->site));
    if (e != OK) {
        return e;
    }
    e = consents_write_follow(o, ed, plan);
    if (e == OK) {
        return ops_told(o, edit_commit(ed, NULL));
    }
    edit_cancel(ed);
    return e;
}

/* Withdrawals of consents that the meeting brought: new keys for what is this party's own. They travel at the next one. */
static enum err follow_withdrawals(struct ops *o, const struct view_touched *before)
{
    struct view_touched now;
    enum err e = ops_told(o, view_touched(&now, o->arena, o->site, before->upto));
    for (size_t i = 0; e == OK && i < now.count; i++) {
        const struct schema_type *type = now.touches[i].type;
        if (type && strcmp(type->name, "consent") == 0) {
            e = follow_in(o, &now.touches[i].plan);
        }
    }
    return e == ERR_REFUSED ? OK : e; /* a revisor, or a device that is no member yet, has nothing to follow */
}

/* Meets one place. r->before becomes what is known after. */
static enum err meet(struct round *r, const char *remote)
{
    struct meet_result result;
    struct view_touched before;
    struct snapshot now = {.fresh = 0};
    r->remote = remote;
    r->at = &result;
    r->phase = NULL;
    enum err e = view_touched(&before, r->o->arena, r->o->site, INT64_MAX);
    if (e == OK) {
        e = meet_sync(&result, r->o->arena, r->o->site, remote, tell, r);
    }
    r->at = NULL;
    if (e != OK) {
        return ops_told(r->o, e);
    }
    if (result.cancelled) {
        return say_broken_off(r, remote);
    }
    e = follow_withdrawals(r->o, &before);
    if (e == OK) {
        e = snapshot_take(&now, r->o);
    }
    if (e != OK) {
        const struct why why = r->o->why;
        snapshot_free(&now);
        return why_set(&r->o->why, e, N_("the meeting was done and is kept; looking through what it brought failed"),
                       "%s", why.detail);
    }
    const struct round_met met = {.remote = remote,
                                  .result = &result,
                                  .new_conflicts = conflicts_new(&now.conflicts, &r->before.conflicts),
                                  .new_clashes = now.fresh};
    r->result.look = r->result.look || met.new_conflicts > 0 || result.fault_count > 0;
    r->hooks->met(r->hooks->ctx, &met);
    snapshot_free(&r->before);
    r->before = now;
    return OK;
}

static enum err choose(const char *const **out, size_t *count, struct ops *o, const struct round_wish *wish)
{
    if (wish->count > 0) {
        *out = wish->remotes;
        *count = wish->count;
        return OK;
    }
    struct meet_remotes list;
    enum err e = meet_list(&list, o->arena, o->site);
    if (e != OK) {
        return ops_told(o, e);
    }
    const char **names = arena_array(o->arena, list.count + 1, sizeof *names);
    for (size_t i = 0; names && i < list.count; i++) {
        names[i] = list.remotes[i].name;
    }
    *out = names;
    *count = list.count;
    return ops_memory(o);
}

static enum err meet_each(struct round *r, const char *const *remotes, size_t count)
{
    struct why why = r->o->why;
    enum err first = OK;
    for (size_t i = 0; i < count && !r->broken_off; i++) {
        const struct round_step between = {.remote = remotes[i], .phase = ""};
        enum err e = r->hooks->go_on(r->hooks->ctx, &between) ? meet(r, remotes[i]) : say_broken_off(r, remotes[i]);
        if (e != OK && r->hooks->failed) {
            r->hooks->failed(r->hooks->ctx, remotes[i], e, &r->o->why);
        }
        if (e != OK && first == OK) {
            first = e;
            why = r->o->why;
        }
    }
    r->o->why = why;
    return first;
}

/* Outcomes that others have earned the sight of since the last round go with this one. */
static enum err open_outcomes(struct ops *o)
{
    struct edit *ed = NULL;
    size_t count;
    if (site_self(o->site)->stage != SITE_MEMBER) {
        return OK;
    }
    enum err e = ops_told(o, edit_begin(&ed, o->site));
    if (e != OK) {
        return e;
    }
    e = outcomes_reveal(&count, o, ed, NULL);
    if (e != OK) {
        edit_cancel(ed);
        return e;
    }
    return ops_told(o, edit_commit(ed, NULL));
}

enum err round_run(struct round_result *out, struct ops *o, const struct round_wish *wish,
                   const struct round_hooks *hooks)
{
    struct round r = {.o = o, .hooks = hooks};
    const char *const *remotes = NULL;
    size_t count = 0;
    *out = r.result;
    enum err e = choose(&remotes, &count, o, wish);
    if (e == OK) {
        e = open_outcomes(o);
    }
    if (e == OK) {
        e = snapshot_take(&r.before, o);
    }
    if (e == OK) {
        r.result.places = count;
        e = meet_each(&r, remotes, count);
    }
    snapshot_free(&r.before);
    *out = r.result;
    return e;
}

/* ---- the shape ---- */

static json_t *amount(struct js *j, uint64_t transactions, uint64_t bytes)
{
    json_t *out = js_object(j);
    js_count(j, out, "transactions", transactions);
    js_count(j, out, "bytes", bytes);
    return out;
}

static json_t *faults(struct js *j, struct ops *o, const struct meet_result *r)
{
    json_t *list = js_array(j);
    for (size_t i = 0; i < r->fault_count; i++) {
        const struct meet_fault *f = &r->faults[i];
        json_t *row = js_object(j);
        js_text(j, row, "chain", names_hex(o->arena, f->chain.b, sizeof f->chain.b));
        js_text(j, row, "record", names_hex(o->arena, f->record.b, sizeof f->record.b));
        js_text(j, row, "verdict", f->verdict);
        js_text(j, row, "detail", f->detail);
        js_add(j, list, row);
    }
    return list;
}

json_t *round_shape(struct js *j, struct ops *o, const struct round_met *met)
{
    const struct meet_result *r = met->result;
    json_t *out = js_object(j);
    js_text(j, out, "remote", met->remote);
    js_put(j, out, "sent", amount(j, r->sent_transactions, r->sent_bytes));
    js_put(j, out, "received", amount(j, r->received_transactions, r->received_bytes));
    js_count(j, out, "new_conflicts", met->new_conflicts);
    js_count(j, out, "new_clashes", met->new_clashes);
    js_count(j, out, "waiting_for_key", r->waiting_for_key);
    js_count(j, out, "restored", r->restored_transactions);
    js_put(j, out, "faults", faults(j, o, r));
    return out;
}
