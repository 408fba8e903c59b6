#include "app/agent/agent.h"
#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "crypto/guard.h"

/* What the old passphrase comes to: asked for, and tried before anybody thinks of a new one. */
static enum err take_old(struct keyfile_key *key, struct passphrase *old, struct call *c, const char *home)
{
    enum err e = passphrase_get(old, c, false);
    return e == OK ? site_key(key, &c->ops.why, home, passphrase_span(old)) : e;
}

static enum err take_new(struct passphrase *new, struct call *c, const struct passphrase *old, const char *path)
{
    passphrase_warn(c);
    enum err e = passphrase_get_new(new, c, path);
    if (e == OK && span_equal(passphrase_span(new), passphrase_span(old))) {
        e = why_set(&c->ops.why, ERR_INPUT, N_("that is the passphrase that the home has already; nothing was changed"),
                    "%s", "");
    }
    return e;
}

static enum err show_changed(struct call *c, const struct keyfile_cost *cost)
{
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_count(&c->js, out, "memory_kib", cost->memory_kib);
        js_count(&c->js, out, "passes", cost->passes);
        out_json(c, out);
    } else if (!c->quiet) {
        out_say(c, "%s\n",
                tr(N_("The passphrase is changed, and the home is locked. Copies of device.key from before, such as "
                      "backups, still open with the old one.")));
    }
    return call_done(c);
}

enum err cmd_passwd_change(struct call *c)
{
    const char *path = NULL;
    const char *cost = NULL;
    const char *home = NULL;
    const struct args_option options[] = {{.name = "--new-passphrase-file", .value = &path},
                                          {.name = "--passphrase-cost", .value = &cost},
                                          {.name = NULL}};
    struct passphrase old = {0};
    struct passphrase new = {0};
    struct site_passwd to = {.cost = DEVICE_COST_FITTED};
    struct keyfile_cost costs;
    struct keyfile_key *key = guard_alloc(sizeof *key);
    enum err e = key ? args_take(c, options, 0, 0) : ERR_MEMORY;
    if (e == OK) {
        e = session_cost(&to.cost, c, cost);
    }
    if (e == OK) {
        e = session_find(&home, c);
    }
    if (e == OK) {
        e = take_old(key, &old, c, home);
    }
    if (e == OK) {
        e = take_new(&new, c, &old, path);
    }
    if (e == OK) {
        to.key = key;
        to.passphrase = passphrase_span(&new);
        e = site_passwd(&costs, &c->ops.why, home, &to);
    }
    passphrase_free(&old);
    passphrase_free(&new);
    guard_free(key);
    if (e == OK) {
        bool was;
        (void)!agent_lock(&was, home); /* what it holds opens nothing any more */
        e = show_changed(c, &costs);
    }
    return e;
}
