#include "app/cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "app/agent/agent.h"
#include "app/ops/names.h"
#include "app/ops/today.h"
#include "app/plan/model.h"
#include "crypto/guard.h"
#include "sync/posix.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

enum err session_home(const char **out, struct call *c)
{
    const char *home = c->home ? c->home : env("SAMPLAN_HOME");
    if (!home && env("XDG_DATA_HOME")) {
        home = arena_printf(&c->arena, "%s/samplan", env("XDG_DATA_HOME"));
    } else if (!home && env("HOME")) {
        home = arena_printf(&c->arena, "%s/.local/share/samplan", env("HOME"));
    }
    if (!home || !*home) {
        return why_set(&c->ops.why, ERR_INPUT, N_("no home is given: --home or $SAMPLAN_HOME"), "%s", "");
    }
    *out = home;
    return ops_memory(&c->ops);
}

static enum err set_today(struct call *c)
{
    if (!c->today) {
        c->ops.today = today_in_sweden((int64_t)(posix_now_ms() / 1000));
        return OK;
    }
    if (dates_parse(&c->ops.today, c->today) != OK) {
        return why_set(&c->ops.why, ERR_INPUT, N_("not a day: expected YYYY-MM-DD"), "--today %s", c->today);
    }
    return OK;
}

static enum err begin(struct site_options *options, struct call *c)
{
    enum err e = set_today(c);
    const char *home = NULL;
    if (e == OK) {
        e = session_home(&home, c);
    }
    *options =
        (struct site_options){.dir = home, .schema = model_schema(), .cost = DEVICE_COST_FITTED, .mend = c->mend};
    return e;
}

enum err session_keep(struct call *c, struct site *site, enum err e)
{
    c->ops.site = site;
    if (e != OK && site) {
        c->ops.why = *site_why(site);
    }
    return e;
}

static enum err open_site(struct call *c, const struct site_options *options)
{
    struct site *site = NULL;
    enum err e = site_open(&site, options);
    c->damaged = e == ERR_INPUT; /* what is malformed is the home, not what was typed */
    return session_keep(c, site, e);
}

/* As begin, and the home must be there: nobody is asked for the passphrase of nothing. */
static enum err begin_open(struct site_options *options, struct call *c)
{
    enum posix_kind there = POSIX_NOTHING;
    enum err e = begin(options, c);
    if (e == OK && posix_look(&there, options->dir) != OK) {
        e = why_set(&c->ops.why, ERR_STORAGE, N_("the home cannot be read"), "%s", options->dir);
    } else if (e == OK && there != POSIX_FOLDER) {
        e = why_set(&c->ops.why, ERR_NOT_FOUND, N_("there is no home there (found or enrol makes one)"), "%s",
                    options->dir);
    }
    return e;
}

enum err session_open_agent(struct call *c)
{
    struct site_options options;
    enum err e = begin_open(&options, c);
    struct agent_key *held = e == OK ? agent_key(options.dir) : NULL;
    if (e == OK && !held) {
        return why_set(&c->ops.why, ERR_PASS, N_("the home is locked (samplan unlock)"), "%s", options.dir);
    }
    if (e == OK) {
        options.key = &held->key;
        e = open_site(c, &options);
    }
    guard_free(held);
    return e;
}

/* What an agent could not do is no story: the passphrase is asked for. */
static void forget(struct call *c)
{
    site_close(c->ops.site);
    c->ops.site = NULL;
    c->ops.why = (struct why){.text = ""};
}

enum err session_open(struct call *c)
{
    if (c->held) {
        c->ops.site = c->held;
        return set_today(c);
    }
    struct site_options options;
    struct passphrase passphrase = {0};
    enum err e = begin_open(&options, c);
    if (e == OK && !c->passphrase_file) {
        e = session_open_agent(c);
        if (e != ERR_PASS) {
            return e;
        }
        forget(c);
        e = OK;
    }
    if (e == OK) {
        e = passphrase_get(&passphrase, c, false);
    }
    if (e == OK) {
        options.passphrase = passphrase_span(&passphrase);
        e = open_site(c, &options);
    }
    passphrase_free(&passphrase);
    return e;
}

enum err session_open_passphrase(struct call *c, struct span passphrase)
{
    struct site_options options;
    enum err e = begin_open(&options, c);
    options.passphrase = passphrase;
    return e == OK ? open_site(c, &options) : e;
}

enum err session_open_key(struct call *c, const struct keyfile_key *key)
{
    struct site_options options;
    enum err e = begin_open(&options, c);
    options.key = key;
    return e == OK ? open_site(c, &options) : e;
}

enum err session_find(const char **out, struct call *c)
{
    struct site_options options;
    enum err e = begin_open(&options, c);
    *out = options.dir;
    return e;
}

enum err session_cost(enum device_cost *out, struct call *c, const char *cost)
{
    static const struct {
        const char *name;
        enum device_cost cost;
    } costs[] = {{"cheap", DEVICE_COST_CHEAP},
                 {"interactive", DEVICE_COST_INTERACTIVE},
                 {"moderate", DEVICE_COST_MODERATE},
                 {"fitted", DEVICE_COST_FITTED}};
    for (size_t i = 0; cost && i < sizeof costs / sizeof *costs; i++) {
        if (strcmp(cost, costs[i].name) == 0) {
            *out = costs[i].cost;
            return OK;
        }
    }
    return cost ? call_usage(c, N_("expected --passphrase-cost fitted, moderate, interactive or cheap"), cost) : OK;
}

/* Makes the folders above path: a first home's ~/.local/share may be missing. The home itself is the site's to make. */
static enum err make_parents(struct call *c, const char *path)
{
    char *copy = arena_text(&c->arena, span_str(path));
    if (!copy) {
        return ops_memory(&c->ops);
    }
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        if (slash[1] == '\0') {
            break; /* "home/" */
        }
        *slash = '\0';
        enum err e = posix_is_dir(copy) ? OK : posix_make_dir(copy);
        if (e != OK && e != ERR_EXISTS) {
            return why_set(&c->ops.why, ERR_STORAGE, N_("the folder cannot be made"), "%s", copy);
        }
        *slash = '/';
    }
    return OK;
}

enum err session_prepare(struct session_new *out, struct call *c, const char *cost)
{
    *out = (struct session_new){0};
    enum device_cost chosen = DEVICE_COST_FITTED;
    enum err e = session_cost(&chosen, c, cost);
    if (e == OK) {
        e = begin(&out->options, c);
    }
    if (e == OK) {
        passphrase_warn(c);
        e = passphrase_get(&out->passphrase, c, true);
    }
    out->options.passphrase = passphrase_span(&out->passphrase);
    out->options.cost = chosen;
    return e == OK ? make_parents(c, out->options.dir) : e;
}

enum err session_prepare_restore(struct session_new *out, struct call *c)
{
    *out = (struct session_new){0};
    enum err e = begin(&out->options, c);
    if (e == OK) {
        e = passphrase_get(&out->passphrase, c, false);
    }
    out->options.passphrase = passphrase_span(&out->passphrase);
    return e == OK ? make_parents(c, out->options.dir) : e;
}

enum err session_folder(const char **out, struct call *c)
{
    enum err e = set_today(c);
    if (e == OK) {
        e = session_home(out, c);
    }
    if (e == OK) {
        e = make_parents(c, *out);
    }
    if (e == OK && !posix_is_dir(*out) && posix_make_dir(*out) != OK) {
        e = why_set(&c->ops.why, ERR_STORAGE, N_("the folder cannot be made"), "%s", *out);
    }
    return e;
}

enum err session_end(struct call *c, enum err e)
{
    struct site *site = c->ops.site;
    if (!site) {
        return e;
    }
    if (e == OK) {
        /* Best effort: everything is durable already, and the next command tries again. */
        (void)!site_seal_if_due(site);
    }
    if (site != c->held) {
        site_close(site);
    }
    c->ops.site = NULL;
    return e;
}

enum err session_plan(const struct view_object **plan, struct people *people, struct call *c)
{
    enum err e = session_open(c);
    if (e == OK && c->arg_count > 0) {
        e = ops_plan(plan, &c->ops, c->args[0]);
    }
    return e == OK ? people_load(people, &c->ops) : e;
}

enum err session_begin(struct edit **out, struct call *c)
{
    *out = NULL;
    return ops_told(&c->ops, edit_begin(out, c->ops.site));
}

enum err session_edit(struct edit **out, struct call *c)
{
    *out = NULL;
    enum err e = session_open(c);
    return e == OK ? session_begin(out, c) : e;
}

enum err session_commit(const char **tx, struct call *c, struct edit *ed, enum err e)
{
    if (e != OK) {
        edit_cancel(ed);
        return e;
    }
    struct dot at = {0};
    e = edit_commit(ed, &at);
    if (e == OK && tx) {
        *tx = at.n > 0 ? names_tx(&c->arena, &at) : NULL;
    }
    c->kept = e == OK ? CALL_ALL : c->kept;
    return ops_told(&c->ops, e);
}
