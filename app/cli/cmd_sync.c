#include "app/cli/args.h"
#include "app/cli/cancel_posix.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/conflicts.h"
#include "app/ops/findings.h"
#include "app/ops/names.h"
#include "sync/meet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What there is to look at: taken before and after a meeting, the difference is what the meeting brought. Of krockar and
 * glapp that is kept in the replica: what is fresh is told from what was kept before. */
struct snapshot {
    struct arena arena;
    struct conflicts_list conflicts;
    size_t fresh; /* krockar and glapp, since the snapshot before */
};

static enum err snapshot_take(struct snapshot *out, struct call *c)
{
    *out = (struct snapshot){0};
    struct ops ops = {.site = c->ops.site, .arena = &out->arena, .today = c->ops.today};
    struct findings_refreshed done;
    enum err e = conflicts_list(&out->conflicts, &ops, NULL);
    if (e == OK) {
        e = findings_refresh(&done, &ops, true);
        out->fresh = e == OK ? done.fresh : 0;
    }
    if (e != OK) {
        c->ops.why = ops.why;
    }
    return e;
}

static void snapshot_free(struct snapshot *s)
{
    arena_free(&s->arena);
    *s = (struct snapshot){0};
}

struct progress {
    const struct call *call;
    bool json;
    const char *remote;
    const struct meet_result *result; /* of the meeting that is going on: its phase */
    const char *phase;                /* what was shown last */
    uint64_t done;
    uint64_t total;
};

static const char *phase_text(const char *phase)
{
    static const struct {
        const char *phase;
        const char *text;
    } texts[] = {{"fetch", N_("fetching")},
                 {"read", N_("reading the bundle")},
                 {"take-in", N_("records")},
                 {"give", N_("writing")},
                 {"push", N_("sending")}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(texts[i].phase, phase) == 0) {
            return tr(texts[i].text);
        }
    }
    return phase;
}

/* Whoever reads lines wants each step once; a person, a line now and then. */
static bool worth_showing(const struct progress *p, bool news, uint64_t done, uint64_t total)
{
    if (p->json) {
        return news || done != p->done || total != p->total;
    }
    return !p->call->quiet && !p->call->json && done > 0 && (news || done != p->done) &&
           (done == total || done / 100 != p->done / 100);
}

static bool show_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct progress *p = ctx;
    const char *phase = p->result->phase;
    if (worth_showing(p, p->phase != phase, done, total)) {
        if (p->json) {
            (void)fprintf(stderr, "{\"remote\":\"%s\",\"phase\":\"%s\",\"done\":%" PRIu64 ",\"total\":%" PRIu64 "}\n",
                          p->remote, phase, done, total);
        } else {
            (void)fprintf(stderr, "%s: %s %" PRIu64 "/%" PRIu64 "\n", p->remote, phase_text(phase), done, total);
        }
    }
    p->phase = phase;
    p->done = done;
    p->total = total;
    return !cancel_posix_asked();
}

static json_t *amount(struct js *j, uint64_t transactions, uint64_t bytes)
{
    json_t *out = js_object(j);
    js_count(j, out, "transactions", transactions);
    js_count(j, out, "bytes", bytes);
    return out;
}

static json_t *faults_json(struct call *c, const struct meet_result *r)
{
    json_t *list = js_array(&c->js);
    for (size_t i = 0; i < r->fault_count; i++) {
        const struct meet_fault *f = &r->faults[i];
        json_t *row = js_object(&c->js);
        js_text(&c->js, row, "chain", names_hex(&c->arena, f->chain.b, sizeof f->chain.b));
        js_text(&c->js, row, "record", names_hex(&c->arena, f->record.b, sizeof f->record.b));
        js_text(&c->js, row, "verdict", f->verdict);
        js_text(&c->js, row, "detail", f->detail);
        js_add(&c->js, list, row);
    }
    return list;
}

struct brought {
    size_t conflicts;
    size_t clashes;
};

static json_t *result_json(struct call *c, const char *remote, const struct meet_result *r, const struct brought *b)
{
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "remote", remote);
    js_put(&c->js, out, "sent", amount(&c->js, r->sent_transactions, r->sent_bytes));
    js_put(&c->js, out, "received", amount(&c->js, r->received_transactions, r->received_bytes));
    js_count(&c->js, out, "new_conflicts", b->conflicts);
    js_count(&c->js, out, "new_clashes", b->clashes);
    js_count(&c->js, out, "waiting_for_key", r->waiting_for_key);
    js_put(&c->js, out, "faults", faults_json(c, r));
    return out;
}

static void say_result(struct call *c, const char *remote, const struct meet_result *r, const struct brought *b)
{
    out_say(c, tr(N_("%s: sent %llu transactions, received %llu\n")), remote, (unsigned long long)r->sent_transactions,
            (unsigned long long)r->received_transactions);
    if (b->conflicts > 0) {
        out_say(
            c,
            trn("  %zu new conflict (samplan conflicts)\n", "  %zu new conflicts (samplan conflicts)\n", b->conflicts),
            b->conflicts);
    }
    if (b->clashes > 0) {
        out_say(c,
                trn("  %zu new krock or glapp (samplan clashes)\n", "  %zu new krockar and glapp (samplan clashes)\n",
                    b->clashes),
                b->clashes);
    }
    if (r->waiting_for_key > 0) {
        out_say(c, tr(N_("  %llu parts wait for a key; they are kept and passed on all the same\n")),
                (unsigned long long)r->waiting_for_key);
    }
    for (size_t i = 0; i < r->fault_count; i++) {
        out_say(c, tr(N_("  not taken in (%s): %s\n")), r->faults[i].verdict, r->faults[i].detail);
    }
}

static enum err broken_off(struct call *c, const char *remote)
{
    return why_set(&c->ops.why, ERR_TRANSPORT,
                   N_("broken off; what had arrived is kept, and the next sync brings the rest"), "%s", remote);
}

/* Meets one place. *before is what was known; it becomes what is known after. */
static enum err meet(struct call *c, json_t *rows, const char *remote, struct snapshot *before,
                     struct progress *progress)
{
    struct meet_result r;
    progress->remote = remote;
    progress->result = &r;
    progress->phase = NULL;
    progress->done = progress->total = 0;
    enum err e = meet_sync(&r, &c->arena, c->ops.site, remote, show_progress, progress);
    if (e != OK) {
        return ops_told(&c->ops, e);
    }
    if (r.cancelled) {
        return broken_off(c, remote);
    }
    struct snapshot now;
    e = snapshot_take(&now, c);
    if (e == OK) {
        const struct brought b = {conflicts_new(&now.conflicts, &before->conflicts), now.fresh};
        c->look = c->look || b.conflicts > 0 || r.fault_count > 0;
        js_add(&c->js, rows, result_json(c, remote, &r, &b));
        say_result(c, remote, &r, &b);
        snapshot_free(before);
        *before = now;
        return OK;
    }
    snapshot_free(&now);
    return e;
}

static enum err choose_remotes(const char ***out, int *count, struct call *c)
{
    if (c->arg_count > 0) {
        *out = c->args;
        *count = c->arg_count;
        return OK;
    }
    struct meet_remotes list;
    enum err e = meet_list(&list, &c->arena, c->ops.site);
    if (e != OK) {
        return ops_told(&c->ops, e);
    }
    *out = arena_array(&c->arena, list.count + 1, sizeof **out);
    for (size_t i = 0; *out && i < list.count; i++) {
        (*out)[i] = list.remotes[i].name;
    }
    *count = (int)list.count;
    return ops_memory(&c->ops);
}

/* Every place is tried; the first failure is what the command fails with, after the others have been met. */
static enum err meet_all(struct call *c, json_t *rows, struct progress *progress)
{
    const char **remotes = NULL;
    int count = 0;
    enum err first = choose_remotes(&remotes, &count, c);
    if (first != OK) {
        return first;
    }
    if (count == 0) {
        out_note(c, tr(N_("There is no place to meet yet: samplan remote add NAME PLACE")));
    }
    struct snapshot before;
    first = snapshot_take(&before, c);
    if (first == OK) {
        struct why why = c->ops.why;
        int i = 0;
        for (; i < count && !cancel_posix_asked(); i++) {
            enum err e = meet(c, rows, remotes[i], &before, progress);
            if (e != OK && first == OK) {
                first = e;
                why = c->ops.why;
            }
        }
        if (i < count && first == OK) {
            first = broken_off(c, remotes[i]);
            why = c->ops.why;
        }
        c->ops.why = why;
    }
    snapshot_free(&before);
    return first;
}

enum err cmd_sync_run(struct call *c)
{
    const char *kind = NULL;
    const struct args_option options[] = {{.name = "--progress", .value = &kind}, {.name = NULL}};
    struct progress progress = {.call = c};
    enum err e = args_take(c, options, 0, ARGS_ANY);
    if (e == OK && kind && strcmp(kind, "json") != 0) {
        e = call_usage(c, N_("expected --progress json"), kind);
    }
    if (e == OK) {
        progress.json = kind != NULL;
        e = session_open(c);
    }
    if (e != OK) {
        return e;
    }
    cancel_posix_listen();
    json_t *rows = js_array(&c->js);
    e = meet_all(c, rows, &progress);
    out_json(c, rows);
    return e == OK ? call_done(c) : e;
}
