#include "app/agent/agent.h"
#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/dump.h"
#include "app/ops/names.h"
#include "app/ops/people.h"
#include "sync/posix.h"

#include <stdlib.h>
#include <string.h>

#define QUORUM_MAX 100

static enum err parse_quorum(uint32_t *out, struct call *c, const char *text)
{
    char *end = NULL;
    const unsigned long n = text && text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 1;
    if ((text && (!end || *end)) || n < 1 || n > QUORUM_MAX) {
        return why_set(&c->ops.why, ERR_INPUT, N_("not a number of parties: expected 1 to 100"), "--quorum %s", text);
    }
    *out = (uint32_t)n;
    return OK;
}

static enum err show_founded(struct call *c)
{
    const struct site_self *self = site_self(c->ops.site);
    const char *forbund = names_hex(&c->arena, self->forbund.b, sizeof self->forbund.b);
    const char *device = names_hex(&c->arena, self->device.b, sizeof self->device.b);
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "forbund", forbund);
        js_text(&c->js, out, "name", self->forbund_name);
        js_text(&c->js, out, "device", device);
        js_text(&c->js, out, "member_id", names_uuid(&c->arena, &self->member));
        js_text(&c->js, out, "party_id", names_uuid(&c->arena, &self->party));
        out_json(c, out);
    } else if (!c->quiet) {
        out_say(c, tr(N_("The förbund %s is founded, with %s as its first party and %s as its first administrator.\n")),
                self->forbund_name, self->party_name, self->member_name);
        out_say(c, tr(N_("Förbund: %s\nThis device: %.16s\n")), forbund, device);
    }
    return call_done(c);
}

enum err cmd_site_found(struct call *c)
{
    struct site_founding f = {0};
    const char *quorum = NULL;
    const char *cost = NULL;
    const struct args_option options[] = {{.name = "--forbund", .value = &f.forbund},
                                          {.name = "--party", .value = &f.party},
                                          {.name = "--kind", .value = &f.kind},
                                          {.name = "--person", .value = &f.person},
                                          {.name = "--quorum", .value = &quorum},
                                          {.name = "--passphrase-cost", .value = &cost},
                                          {.name = NULL}};
    enum err e = args_take(c, options, 0, 0);
    if (e == OK && (!f.forbund || !f.party || !f.kind || !f.person)) {
        e = call_usage(c, N_("something is missing"), "--forbund --party --kind --person");
    }
    if (e == OK) {
        e = parse_quorum(&f.quorum, c, quorum);
    }
    if (e != OK) {
        return e;
    }
    struct session_new new;
    e = session_prepare(&new, c, cost);
    if (e == OK) {
        struct site *site = NULL;
        e = site_found(&site, &new.options, &f);
        e = session_keep(c, site, e);
        c->kept = e == OK ? CALL_ALL : CALL_NOTHING;
    }
    passphrase_free(&new.passphrase);
    return e == OK ? show_founded(c) : e;
}

static const char *stage_word(enum site_stage stage)
{
    return stage == SITE_ASKED ? "asked" : stage == SITE_INVITED ? "invited" : "member";
}

static json_t *figures_json(struct call *c, const struct site_figures *f)
{
    json_t *out = js_object(&c->js);
    js_count(&c->js, out, "transactions", f->transactions);
    js_count(&c->js, out, "operations", f->operations);
    js_count(&c->js, out, "records", f->records);
    js_count(&c->js, out, "chains", f->chains);
    js_count(&c->js, out, "unsealed", f->unsealed);
    js_count(&c->js, out, "waiting_for_key", f->waiting_for_key);
    js_count(&c->js, out, "log_bytes", f->log_bytes);
    js_count(&c->js, out, "replica_bytes", f->replica_bytes);
    return out;
}

static int64_t until_ms(uint32_t seconds)
{
    return (int64_t)posix_now_ms() + (int64_t)seconds * 1000;
}

static json_t *unlocked_json(struct call *c, uint32_t seconds)
{
    if (seconds == 0) {
        return json_null();
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "until", names_time(&c->arena, until_ms(seconds)));
    js_count(&c->js, out, "seconds", seconds);
    return out;
}

static json_t *status_json(struct call *c, const char *home, const struct site_figures *f)
{
    const struct site_self *self = site_self(c->ops.site);
    const bool joined = self->stage != SITE_ASKED;
    json_t *forbund = js_object(&c->js);
    js_text(&c->js, forbund, "id", joined ? names_hex(&c->arena, self->forbund.b, sizeof self->forbund.b) : NULL);
    js_text(&c->js, forbund, "name", joined ? self->forbund_name : NULL);
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "home", home);
    js_text(&c->js, out, "stage", stage_word(self->stage));
    js_put(&c->js, out, "forbund", forbund);
    js_text(&c->js, out, "member", self->member_name);
    js_text(&c->js, out, "member_id", names_uuid(&c->arena, &self->member));
    js_text(&c->js, out, "party", self->party_name);
    js_text(&c->js, out, "party_id", names_uuid(&c->arena, &self->party));
    js_text(&c->js, out, "role", self->role);
    js_text(&c->js, out, "device", names_hex(&c->arena, self->device.b, sizeof self->device.b));
    js_text(&c->js, out, "chain", names_hex(&c->arena, self->chain.b, sizeof self->chain.b));
    js_put(&c->js, out, "figures", figures_json(c, f));
    js_put(&c->js, out, "unlocked", unlocked_json(c, agent_seconds(home)));
    return out;
}

static void say_status(struct call *c, const char *home, const struct site_figures *f)
{
    const struct site_self *self = site_self(c->ops.site);
    out_say(c, tr(N_("Home: %s\n")), home);
    if (self->stage == SITE_ASKED) {
        out_say(c, "%s\n", tr(N_("A request is written; an invitation has not been accepted yet.")));
    } else {
        out_say(c, tr(N_("Förbund: %s\n")), self->forbund_name);
    }
    if (self->stage == SITE_INVITED) {
        out_say(c, "%s\n", tr(N_("The invitation is accepted; the next meeting (samplan sync) brings the log.")));
    }
    if (self->stage == SITE_MEMBER) {
        out_say(c, tr(N_("You: %s, %s, %s\n")), self->member_name, self->party_name, self->role);
    }
    out_say(c, tr(N_("Transactions: %llu, of them not yet in a record: %llu\n")), (unsigned long long)f->transactions,
            (unsigned long long)f->unsealed);
    out_say(c, tr(N_("Records: %llu on %llu chains; waiting for a key: %llu\n")), (unsigned long long)f->records,
            (unsigned long long)f->chains, (unsigned long long)f->waiting_for_key);
    out_say(c, tr(N_("Log: %llu kB, replica: %llu kB\n")), (unsigned long long)(f->log_bytes / 1000),
            (unsigned long long)(f->replica_bytes / 1000));
    const uint32_t seconds = agent_seconds(home);
    if (seconds > 0) {
        out_say(c, tr(N_("Unlocked until %s (samplan lock)\n")), names_local_time(&c->arena, until_ms(seconds)));
    } else {
        out_say(c, "%s\n", tr(N_("Locked: commands ask for the passphrase (samplan unlock)")));
    }
}

enum err cmd_site_status(struct call *c)
{
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    const char *home = NULL;
    if (e == OK) {
        e = session_home(&home, c);
    }
    struct site_figures figures;
    if (e == OK) {
        e = ops_told(&c->ops, site_figures(&figures, c->ops.site));
    }
    if (e != OK) {
        return e;
    }
    if (c->json) {
        out_json(c, status_json(c, home, &figures));
    } else {
        say_status(c, home, &figures);
    }
    return call_done(c);
}

static json_t *rebuilt_json(struct call *c, const struct site_figures *f, const struct site_mended *m)
{
    json_t *out = figures_json(c, f);
    json_t *lost = js_array(&c->js);
    const struct {
        bool is;
        const char *what;
    } losses[] = {{m->saves_lost, "saves"},
                  {m->remotes_lost, "remotes"},
                  {m->drafts_lost, "drafts"},
                  {m->memory_lost, "memory"},
                  {m->log_damaged, "log"}};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        if (losses[i].is) {
            js_add_text(&c->js, lost, losses[i].what);
        }
    }
    js_bool(&c->js, out, "damaged", m->anew);
    js_count(&c->js, out, "saves_kept", m->kept);
    js_put(&c->js, out, "lost", lost);
    return out;
}

static void say_mended(struct call *c, const struct site_mended *m)
{
    if (!m->anew) {
        return;
    }
    out_say(c, "%s\n", tr(N_("It was damaged, and a new one is in its place.")));
    if (m->kept > 0) {
        out_say(c, tr(N_("Saves that were not yet in a record, and are now: %llu\n")), (unsigned long long)m->kept);
    }
    if (m->saves_lost) {
        out_say(c, "%s\n", tr(N_("What you had saved since your last record could not be read, and is lost.")));
    }
    if (m->remotes_lost) {
        out_say(c, "%s\n", tr(N_("The list of places to meet is lost: add them again (samplan remote add).")));
    }
    if (m->drafts_lost) {
        out_say(c, "%s\n", tr(N_("Drafts that were kept here could not all be read.")));
    }
    if (m->log_damaged) {
        out_say(c, "%s\n", tr(N_("The log is damaged too: meet the others (samplan sync), then run samplan verify.")));
    }
    if (site_self(c->ops.site)->stage == SITE_ASKED) {
        out_say(c, "%s\n", tr(N_("Accept your invitation again (samplan enrol accept), and meet the others.")));
    }
}

enum err cmd_site_rebuild(struct call *c)
{
    enum err e = args_take(c, NULL, 0, 0);
    c->mend = true;
    if (e == OK) {
        e = session_open(c);
    }
    struct site_figures figures;
    if (e == OK) {
        c->kept = CALL_SOME; /* what had been saved is sealed first */
        e = ops_told(&c->ops, site_rebuild(c->ops.site));
        c->kept = e == OK ? CALL_ALL : CALL_SOME;
    }
    if (e == OK) {
        e = ops_told(&c->ops, site_figures(&figures, c->ops.site));
    }
    if (e != OK) {
        return e;
    }
    const struct site_mended mended = site_mended(c->ops.site);
    c->look = mended.saves_lost || mended.remotes_lost || mended.log_damaged;
    if (c->json) {
        out_json(c, rebuilt_json(c, &figures, &mended));
    } else if (!c->quiet) {
        out_say(c, tr(N_("The replica is made anew from %llu records with %llu transactions.\n")),
                (unsigned long long)figures.records, (unsigned long long)figures.transactions);
        say_mended(c, &mended);
    }
    return call_done(c);
}

static json_t *member_json(struct call *c, const struct people *p, const struct member_device *d)
{
    const char *kind = "";
    for (size_t i = 0; i < p->list.party_count; i++) {
        if (memcmp(&p->list.parties[i].id, &d->party, sizeof d->party) == 0) {
            kind = p->list.parties[i].kind;
        }
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "device", names_hex(&c->arena, d->sign.b, sizeof d->sign.b));
    js_text(&c->js, out, "member", d->member_name);
    js_text(&c->js, out, "member_id", names_uuid(&c->arena, &d->member));
    js_text(&c->js, out, "party", d->party_name);
    js_text(&c->js, out, "party_id", names_uuid(&c->arena, &d->party));
    js_text(&c->js, out, "kind", kind);
    js_text(&c->js, out, "role", d->role);
    js_text(&c->js, out, "certified", names_tx(&c->arena, &d->certified));
    return out;
}

enum err cmd_site_members(struct call *c)
{
    struct people p;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = people_load(&p, &c->ops);
    }
    if (e != OK) {
        return e;
    }
    json_t *list = js_array(&c->js);
    const char *party = "";
    for (size_t i = 0; i < p.list.device_count; i++) {
        const struct member_device *d = &p.list.devices[i];
        js_add(&c->js, list, member_json(c, &p, d));
        if (strcmp(party, d->party_name) != 0) {
            out_say(c, "%s\n", d->party_name);
            party = d->party_name;
        }
        out_say(c, "  ");
        out_column(c, d->member_name, 24);
        out_say(c, " ");
        out_column(c, d->role, 16);
        out_say(c, " %.16s\n", names_hex(&c->arena, d->sign.b, sizeof d->sign.b));
    }
    out_json(c, list);
    return call_done(c);
}
