#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/guarded_write.h"

/* {"person","protected","left_out","tx"} */
enum err cmd_protect_person(struct call *c)
{
    struct guarded_write_wish wish = {0};
    const struct args_option options[] = {{.name = "--keep", .list = &wish.keep}, {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    size_t count = 0;
    enum err e = args_take(c, options, 2, 2);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        wish.who = c->args[0];
        wish.kind = c->args[1];
        e = guarded_write_protect(&count, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "person", wish.who);
    js_text(&c->js, out, "protected", wish.kind);
    js_count(&c->js, out, "left_out", count);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    out_note(c,
             tr(N_("Saved. Those who are not chosen get no more of it, and hide what they have when they meet this.")));
    return call_done(c);
}
