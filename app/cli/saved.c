#include "app/cli/saved.h"

#include "app/cli/out.h"
#include "app/ops/names.h"

static void show_json(struct call *c, const char *id, const char *tx)
{
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", id);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
}

enum err saved_made(struct call *c, const struct uuid *id, const char *tx)
{
    const char *text = names_uuid(&c->arena, id);
    show_json(c, text, tx);
    out_say(c, "%s\n", text);
    return call_done(c);
}

enum err saved_known(struct call *c, const char *id, const char *tx, const char *remark)
{
    show_json(c, id, tx);
    out_note(c, tr(remark));
    return call_done(c);
}
