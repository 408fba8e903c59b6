#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "sync/check.h"

#include <string.h>

static json_t *refused_json(struct call *c, const struct check_refused *list, size_t count)
{
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < count; i++) {
        const struct check_refused *r = &list[i];
        const struct dot tx = {r->chain, r->n};
        json_t *row = js_object(&c->js);
        js_text(&c->js, row, "chain", names_hex(&c->arena, r->chain.b, sizeof r->chain.b));
        js_text(&c->js, row, "record", names_hex(&c->arena, r->record.b, sizeof r->record.b));
        js_text(&c->js, row, "tx", r->n > 0 ? names_tx(&c->arena, &tx) : NULL);
        js_text(&c->js, row, "verdict", r->verdict);
        js_text(&c->js, row, "detail", r->detail);
        js_add(&c->js, rows, row);
    }
    return rows;
}

/* Both branches of each chain that has split: their first records, signed by one key after one record, are the proof. */
static json_t *forks_json(struct call *c, const struct check_result *r)
{
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < r->fork_count; i++) {
        const struct check_fork *f = &r->forks[i];
        json_t *row = js_object(&c->js);
        json_t *branches = js_array(&c->js);
        js_text(&c->js, row, "chain", names_hex(&c->arena, f->chain.b, sizeof f->chain.b));
        js_count(&c->js, row, "after", f->after);
        js_text(&c->js, row, "member", f->member_name);
        js_text(&c->js, row, "party", f->party_name);
        for (size_t k = 0; k < f->branch_count; k++) {
            const struct check_branch *b = &f->branches[k];
            json_t *branch = js_object(&c->js);
            js_text(&c->js, branch, "chain", names_hex(&c->arena, b->chain.b, sizeof b->chain.b));
            js_text(&c->js, branch, "record", names_hex(&c->arena, b->record.b, sizeof b->record.b));
            js_text(&c->js, branch, "commit", names_hex(&c->arena, b->commit.b, sizeof b->commit.b));
            js_count(&c->js, branch, "transactions", b->transactions);
            js_add(&c->js, branches, branch);
        }
        js_put(&c->js, row, "branches", branches);
        js_add(&c->js, rows, row);
    }
    return rows;
}

static json_t *verify_json(struct call *c, const struct check_result *r)
{
    json_t *devices = js_array(&c->js);
    for (size_t i = 0; i < r->device_count; i++) {
        const struct check_device *d = &r->devices[i];
        json_t *row = js_object(&c->js);
        js_text(&c->js, row, "device", names_hex(&c->arena, d->sign.b, sizeof d->sign.b));
        js_text(&c->js, row, "member", d->member_name);
        js_text(&c->js, row, "party", d->party_name);
        js_count(&c->js, row, "records", d->records);
        js_count(&c->js, row, "transactions", d->transactions);
        js_add(&c->js, devices, row);
    }
    json_t *out = js_object(&c->js);
    js_bool(&c->js, out, "ok", r->ok);
    js_count(&c->js, out, "transactions", r->transactions);
    js_count(&c->js, out, "signatures_checked", r->signatures_checked);
    js_count(&c->js, out, "newer", r->newer);
    js_put(&c->js, out, "devices", devices);
    js_put(&c->js, out, "refused", refused_json(c, r->refused, r->refused_count));
    js_put(&c->js, out, "forks", forks_json(c, r));
    return out;
}

static void say_verify(struct call *c, const struct check_result *r)
{
    out_say(c, "%s\n", r->ok ? tr(N_("Everything holds.")) : tr(N_("There is something that does not hold:")));
    for (size_t i = 0; i < r->refused_count; i++) {
        if (strcmp(r->refused[i].verdict, "unknown") == 0) {
            continue; /* counted below */
        }
        out_say(c, "  %s: %s  [%.16s]\n", r->refused[i].verdict, r->refused[i].detail,
                names_hex(&c->arena, r->refused[i].record.b, sizeof r->refused[i].record.b));
    }
    for (size_t i = 0; i < r->fork_count; i++) {
        out_say(
            c,
            tr(N_("  A computer of %s, %s, was restored from a copy, or copied; all that was written there counts\n")),
            r->forks[i].member_name, r->forks[i].party_name);
    }
    if (r->newer > 0) {
        out_say(
            c,
            trn("  %zu change was written by a newer samplan; it is kept, and shown when this one has been updated\n",
                "  %zu changes were written by a newer samplan; they are kept, and shown when this one has been "
                "updated\n",
                (size_t)r->newer),
            (size_t)r->newer);
    }
    out_say(c, tr(N_("%llu transactions; %llu signatures checked\n")), (unsigned long long)r->transactions,
            (unsigned long long)r->signatures_checked);
    for (size_t i = 0; i < r->device_count; i++) {
        const struct check_device *d = &r->devices[i];
        out_say(c, tr(N_("  %s, %s: %llu records, %llu transactions\n")), d->member_name, d->party_name,
                (unsigned long long)d->records, (unsigned long long)d->transactions);
    }
}

enum err cmd_verify_log(struct call *c)
{
    bool full = false;
    const struct args_option options[] = {{.name = "--full", .flag = &full}, {.name = NULL}};
    struct check_result result;
    enum err e = args_take(c, options, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, check_log(&result, &c->arena, c->ops.site, full));
    }
    if (e != OK) {
        return e;
    }
    out_json(c, verify_json(c, &result));
    say_verify(c, &result);
    c->look = !result.ok;
    return call_done(c);
}
