#include "app/cli/args.h"
#include "app/cli/cancel_posix.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/round.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct telling {
    struct call *call;
    json_t *rows;
    bool json;     /* progress as JSON lines */
    uint64_t done; /* what was shown last */
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
static bool worth_showing(const struct telling *t, const struct round_step *s)
{
    if (t->json) {
        return s->new_phase || s->done != t->done || s->total != t->total;
    }
    return !t->call->quiet && !t->call->json && s->done > 0 && (s->new_phase || s->done != t->done) &&
           (s->done == s->total || s->done / 100 != t->done / 100);
}

static bool go_on(void *ctx, const struct round_step *s)
{
    struct telling *t = ctx;
    const bool between = s->phase[0] == '\0';
    if (!between && worth_showing(t, s)) {
        if (t->json) {
            (void)fprintf(stderr, "{\"remote\":\"%s\",\"phase\":\"%s\",\"done\":%" PRIu64 ",\"total\":%" PRIu64 "}\n",
                          s->remote, s->phase, s->done, s->total);
        } else {
            (void)fprintf(stderr, "%s: %s %" PRIu64 "/%" PRIu64 "\n", s->remote, phase_text(s->phase), s->done,
                          s->total);
        }
    }
    t->done = s->done;
    t->total = s->total;
    return !cancel_posix_asked();
}

static void say_met(struct call *c, const struct round_met *m)
{
    const struct meet_result *r = m->result;
    out_say(c, tr(N_("%s: sent %llu transactions, received %llu\n")), m->remote,
            (unsigned long long)r->sent_transactions, (unsigned long long)r->received_transactions);
    if (r->restored_transactions > 0) {
        out_say(c,
                trn("  This computer was restored from a copy, or copied: %llu of its own changes came back\n",
                    "  This computer was restored from a copy, or copied: %llu of its own changes came back\n",
                    (size_t)r->restored_transactions),
                (unsigned long long)r->restored_transactions);
    }
    if (m->new_conflicts > 0) {
        out_say(c,
                trn("  %zu new conflict (samplan conflicts)\n", "  %zu new conflicts (samplan conflicts)\n",
                    m->new_conflicts),
                m->new_conflicts);
    }
    if (m->new_clashes > 0) {
        out_say(c,
                trn("  %zu new krock or glapp (samplan clashes)\n", "  %zu new krockar and glapp (samplan clashes)\n",
                    m->new_clashes),
                m->new_clashes);
    }
    if (r->waiting_for_key > 0) {
        out_say(c, tr(N_("  %llu parts wait for a key; they are kept and passed on all the same\n")),
                (unsigned long long)r->waiting_for_key);
    }
    for (size_t i = 0; i < r->fault_count; i++) {
        out_say(c, tr(N_("  not taken in (%s): %s\n")), r->faults[i].verdict, r->faults[i].detail);
    }
}

static void met(void *ctx, const struct round_met *m)
{
    struct telling *t = ctx;
    js_add(&t->call->js, t->rows, round_shape(&t->call->js, &t->call->ops, m));
    say_met(t->call, m);
}

enum err cmd_sync_run(struct call *c)
{
    const char *kind = NULL;
    const struct args_option options[] = {{.name = "--progress", .value = &kind}, {.name = NULL}};
    struct telling t = {.call = c};
    struct round_result result;
    enum err e = args_take(c, options, 0, ARGS_ANY);
    if (e == OK && kind && strcmp(kind, "json") != 0) {
        e = call_usage(c, N_("expected --progress json"), kind);
    }
    if (e == OK) {
        t.json = kind != NULL;
        e = session_open(c);
    }
    if (e != OK) {
        return e;
    }
    cancel_posix_listen();
    t.rows = js_array(&c->js);
    const struct round_wish wish = {.count = (size_t)c->arg_count, .remotes = c->args};
    const struct round_hooks hooks = {.ctx = &t, .go_on = go_on, .met = met};
    c->kept = CALL_SOME;
    e = round_run(&result, &c->ops, &wish, &hooks);
    c->kept = e == OK ? CALL_ALL : CALL_SOME;
    out_json(c, t.rows);
    if (e == OK && result.places == 0) {
        out_note(c, tr(N_("There is no place to meet yet: samplan remote add NAME PLACE")));
    }
    c->look = c->look || result.look;
    return e == OK ? call_done(c) : e;
}
