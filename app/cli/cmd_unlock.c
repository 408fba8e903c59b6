#include "app/agent/agent.h"
#include "app/agent/agent_wire.h"
#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/duration.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "crypto/guard.h"
#include "sync/posix.h"

static enum err parse_time(uint32_t *seconds, struct call *c, const char *text)
{
    *seconds = AGENT_SECONDS_DEFAULT;
    if (text && duration_parse(seconds, text, AGENT_WIRE_SECONDS_MAX) != OK) {
        return why_set(&c->ops.why, ERR_INPUT, N_("expected minutes, or a number with s, m or h; at most 12 hours"),
                       "--for %s", text);
    }
    return OK;
}

static enum err show_unlocked(struct call *c, uint32_t seconds, bool in_memory)
{
    const int64_t until_ms = (int64_t)posix_now_ms() + (int64_t)seconds * 1000;
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "until", names_time(&c->arena, until_ms));
        js_count(&c->js, out, "seconds", seconds);
        js_bool(&c->js, out, "memory_locked", in_memory);
        out_json(c, out);
    } else if (!c->quiet) {
        out_say(c, tr(N_("Unlocked until %s. samplan lock ends it before that.\n")),
                names_local_time(&c->arena, until_ms));
    }
    if (!in_memory) {
        out_note(c,
                 tr(N_("The memory that holds the key cannot be locked (ulimit -l): where the computer swaps, it may "
                       "come to the disk. Encrypt the swap space.")));
    }
    return call_done(c);
}

enum err cmd_unlock_start(struct call *c)
{
    const char *time = NULL;
    const struct args_option options[] = {{.name = "--for", .value = &time}, {.name = NULL}};
    struct agent_wish wish = {.home = NULL};
    struct passphrase passphrase = {0};
    struct keyfile_key *key = NULL;
    bool in_memory = false;
    enum err e = args_take(c, options, 0, 0);
    if (e == OK) {
        e = parse_time(&wish.seconds, c, time);
    }
    if (e == OK) {
        e = session_find(&wish.home, c);
    }
    if (e == OK) {
        e = passphrase_get(&passphrase, c, false);
    }
    if (e == OK) {
        key = guard_alloc(sizeof *key);
        wish.key = key;
        e = key ? site_key(key, &c->ops.why, wish.home, passphrase_span(&passphrase)) : ERR_MEMORY;
    }
    passphrase_free(&passphrase);
    if (e == OK) {
        e = agent_start(&in_memory, &c->ops.why, &wish);
    }
    guard_free(key);
    return e == OK ? show_unlocked(c, wish.seconds, in_memory) : e;
}

enum err cmd_unlock_end(struct call *c)
{
    const char *home = NULL;
    bool was = false;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_find(&home, c);
    }
    if (e == OK && agent_lock(&was, home) != OK) {
        e = why_set(&c->ops.why, ERR_TRANSPORT,
                    N_("the agent does not answer, and may still hold the key: end that process (ps shows it)"), "%s",
                    home);
    }
    if (e != OK) {
        return e;
    }
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_bool(&c->js, out, "was_unlocked", was);
        out_json(c, out);
    } else if (!c->quiet) {
        out_say(c, "%s\n", was ? tr(N_("Locked.")) : tr(N_("It was locked already.")));
    }
    return call_done(c);
}
