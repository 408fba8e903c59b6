#include "app/cli/passphrase.h"

#include <stdlib.h>

#include "app/cli/passphrase_posix.h"
#include "sync/posix.h"

/* One trailing newline belongs to the file, not to the passphrase. */
static void cut_newline(struct buf *b)
{
    if (b->len > 0 && b->ptr[b->len - 1] == '\n') {
        buf_cut(b, b->len - 1);
    }
    if (b->len > 0 && b->ptr[b->len - 1] == '\r') {
        buf_cut(b, b->len - 1);
    }
}

static enum err from_file(struct buf *out, struct call *c, const char *path)
{
    enum err e = posix_read_file(out, path, KEYFILE_PASS_MAX + 2);
    if (e == OK) {
        cut_newline(out);
        return OK;
    }
    return why_set(&c->ops.why, e == ERR_STORAGE ? ERR_INPUT : e, N_("the passphrase file cannot be read"), "%s", path);
}

static enum err from_terminal(struct buf *out, struct call *c, bool fresh)
{
    enum err e = passphrase_posix_ask(out, tr(N_("Passphrase: ")));
    struct buf again = {0};
    if (e == OK && fresh) {
        e = passphrase_posix_ask(&again, tr(N_("The same once more: ")));
    }
    const bool same = !fresh || span_equal(span_buf(out), span_buf(&again));
    buf_wipe(&again);
    if (e != OK) {
        return why_set(&c->ops.why, e, N_("no passphrase was given"), "%s", "");
    }
    return same ? OK : why_set(&c->ops.why, ERR_INPUT, N_("the two passphrases differ"), "%s", "");
}

enum err passphrase_get(struct buf *out, struct call *c, bool fresh)
{
    const char *path = c->passphrase_file ? c->passphrase_file : getenv("SAMPLAN_PASSPHRASE_FILE");
    enum err e;
    if (path && *path) {
        e = from_file(out, c, path);
    } else if (c->json || !passphrase_posix_can_ask()) {
        return why_set(&c->ops.why, ERR_REFUSED,
                       N_("a passphrase is needed: --passphrase-file, $SAMPLAN_PASSPHRASE_FILE or a terminal"), "%s",
                       "");
    } else {
        e = from_terminal(out, c, fresh);
    }
    if (e == OK && fresh && out->len == 0) {
        return why_set(&c->ops.why, ERR_INPUT, N_("the passphrase is empty"), "%s", "");
    }
    return e;
}
