#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/dump.h"
#include "app/ops/names.h"

/* The same bytes with and without --json, and no newline after them: they are what digest is of. */
enum err cmd_content_dump(struct call *c)
{
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = dump_write(&c->text, &c->ops);
    }
    return e == OK ? call_done(c) : e;
}

enum err cmd_content_digest(struct call *c)
{
    struct buf content = {0};
    struct site_figures figures;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = dump_write(&content, &c->ops);
    }
    if (e == OK) {
        e = ops_told(&c->ops, site_figures(&figures, c->ops.site));
    }
    if (e == OK) {
        const struct hash digest = ids_hash(span_buf(&content));
        const char *hex = names_hex(&c->arena, digest.b, sizeof digest.b);
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "digest", hex);
        js_count(&c->js, out, "transactions", figures.transactions);
        out_json(c, out);
        out_say(c, "%s\n", hex);
        e = call_done(c);
    }
    buf_free(&content);
    return e;
}
