#include "app/cli/cmd.h"

#include "app/cli/args.h"
#include "app/cli/folder_posix.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/web/browser_posix.h"
#include "app/web/memory.h"
#include "app/web/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MIN_S 1
#define IDLE_MAX_S 86400

struct showing {
    const struct call *call;
    bool no_browser;
};

/* At once, and not when the command ends: somebody waits for it. */
static bool show(void *ctx, const char *address)
{
    const struct showing *s = ctx;
    if (s->call->json) {
        (void)printf("{\"address\": \"%s\"}\n", address);
    } else {
        (void)printf("%s\n", address);
    }
    const bool shown = fflush(stdout) == 0;
    if (shown && !s->no_browser && !browser_posix_open(address)) {
        out_note(s->call, tr(N_("No browser could be started: open the address yourself.")));
    }
    if (shown) {
        out_note(s->call,
                 tr(N_("The pages are open on this computer alone, at the address above, which is good for one "
                       "browser. Ctrl-C ends them.")));
    }
    return shown;
}

static enum err number(unsigned long *out, struct call *c, const char *text, const char *expected)
{
    char *end = NULL;
    const unsigned long n = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    if (!end || *end) {
        return call_usage(c, N_("not a number"), expected);
    }
    *out = n;
    return OK;
}

static enum err take(struct server_options *o, struct showing *s, struct call *c)
{
    const char *port = NULL;
    const char *idle = NULL;
    const char *cost = NULL;
    const struct args_option options[] = {{.name = "--port", .value = &port},
                                          {.name = "--idle", .value = &idle},
                                          {.name = "--passphrase-cost", .value = &cost},
                                          {.name = "--no-browser", .flag = &s->no_browser},
                                          {.name = NULL}};
    unsigned long n = 0;
    enum err e = args_take(c, options, 0, 0);
    if (e == OK) {
        e = session_cost(&o->cost, c, cost);
    }
    if (e == OK && port) {
        e = number(&n, c, port, "--port N");
        if (e == OK && n > UINT16_MAX) {
            e = call_usage(c, N_("not a number"), "--port N");
        }
        o->port = (uint16_t)n;
    }
    if (e == OK && idle) {
        e = number(&n, c, idle, "--idle SECONDS");
        if (e == OK && (n < IDLE_MIN_S || n > IDLE_MAX_S)) {
            e = call_usage(c, N_("not a number"), "--idle SECONDS");
        }
        o->idle_s = (unsigned)n;
    }
    return e;
}

enum err cmd_web_run(struct call *c)
{
    struct showing s = {.call = c};
    struct server_options o = {
        .version = c->version, .idle_s = SERVER_IDLE_S, .cost = DEVICE_COST_FITTED, .ready = show, .ctx = &s};
    memory_wipe_json(); /* nothing is made of it yet */
    enum err e = take(&o, &s, c);
    if (e == OK) {
        e = session_folder(&o.home, c);
    }
    if (e == OK) {
        o.home = folder_posix_absolute(&c->arena, o.home); /* places in it are kept by their whole path */
        e = o.home ? OK : why_set(&c->ops.why, ERR_STORAGE, N_("the current folder cannot be told"), "%s", "");
    }
    o.today = c->today;
    return e == OK ? server_run(&c->ops.why, &o) : e;
}
