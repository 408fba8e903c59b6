#include "app/cli/args.h"
#include "app/cli/cancel_posix.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "sync/gc.h"

static bool keep_on(void *ctx, uint64_t done, uint64_t total)
{
    (void)ctx;
    (void)done;
    (void)total;
    return !cancel_posix_asked();
}

static json_t *before_after(struct call *c, uint64_t before, uint64_t after)
{
    json_t *out = js_object(&c->js);
    js_count(&c->js, out, "before", before);
    js_count(&c->js, out, "after", after);
    return out;
}

enum err cmd_gc_run(struct call *c)
{
    struct gc_result r;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        cancel_posix_listen();
        c->kept = CALL_SOME;
        e = ops_told(&c->ops, gc_run(&r, c->ops.site, keep_on, NULL));
    }
    if (e != OK) {
        return e;
    }
    c->kept = CALL_ALL;
    json_t *out = js_object(&c->js);
    js_put(&c->js, out, "packs", before_after(c, r.packs_before, r.packs_after));
    js_put(&c->js, out, "log_bytes", before_after(c, r.log_bytes_before, r.log_bytes_after));
    js_put(&c->js, out, "replica_bytes", before_after(c, r.replica_bytes_before, r.replica_bytes_after));
    out_json(c, out);
    out_say(c, tr(N_("The log: %llu packs, now %llu; %llu bytes, now %llu\n")), (unsigned long long)r.packs_before,
            (unsigned long long)r.packs_after, (unsigned long long)r.log_bytes_before,
            (unsigned long long)r.log_bytes_after);
    return call_done(c);
}
