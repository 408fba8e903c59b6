#include "app/cli/call.h"

#include "sync/bookmark.h"

enum err call_usage(struct call *c, const char *text, const char *detail)
{
    c->usage = true;
    return why_set(&c->ops.why, ERR_INPUT, text, "%s", detail);
}

enum err call_done(struct call *c)
{
    if (c->js.failed || c->text.failed || c->arena.failed) {
        return why_set(&c->ops.why, ERR_MEMORY, N_("it was done, but there is not enough memory to tell of it"), "%s",
                       "");
    }
    return OK;
}

bool call_mark(struct call *c)
{
    return !c->bookmark || bookmark_move(c->ops.site, c->bookmark, c->read_upto) == OK;
}
