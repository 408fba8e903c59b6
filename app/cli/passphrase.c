#include "app/cli/passphrase.h"

#include <stdlib.h>

#include "app/cli/out.h"
#include "app/cli/passphrase_advice.h"
#include "app/cli/passphrase_posix.h"
#include "crypto/guard.h"

void passphrase_free(struct passphrase *p)
{
    guard_free(p->ptr);
    *p = (struct passphrase){0};
}

struct span passphrase_span(const struct passphrase *p)
{
    return span_of(p->ptr, p->len);
}

static enum err prepare(struct passphrase *out, struct call *c)
{
    out->len = 0;
    out->ptr = guard_alloc(PASSPHRASE_POSIX_ROOM);
    return out->ptr ? OK : ops_no_memory(&c->ops);
}

/* One trailing newline belongs to the file, not to the passphrase. */
static void cut_newline(struct passphrase *p)
{
    if (p->len > 0 && p->ptr[p->len - 1] == '\n') {
        p->len--;
    }
    if (p->len > 0 && p->ptr[p->len - 1] == '\r') {
        p->len--;
    }
}

static enum err from_file(struct passphrase *out, struct call *c, const char *path)
{
    enum err e = passphrase_posix_read(out->ptr, &out->len, path);
    if (e == OK) {
        cut_newline(out);
        return OK;
    }
    return why_set(&c->ops.why, e, N_("the passphrase file cannot be read"), "%s", path);
}

static enum err from_terminal(struct passphrase *out, struct call *c, const char *question, bool twice)
{
    struct passphrase again = {0};
    enum err e = passphrase_posix_ask(out->ptr, &out->len, question);
    if (e == OK && twice) {
        e = prepare(&again, c);
    }
    if (e == OK && twice) {
        e = passphrase_posix_ask(again.ptr, &again.len, tr(N_("The same once more: ")));
    }
    const bool same = !twice || span_equal(passphrase_span(out), passphrase_span(&again));
    passphrase_free(&again);
    if (e != OK) {
        return why_set(&c->ops.why, e, N_("no passphrase was given"), "%s", "");
    }
    return same ? OK : why_set(&c->ops.why, ERR_INPUT, N_("the two passphrases differ"), "%s", "");
}

/* What a new one must be, and what is said of it. */
static enum err judge(struct call *c, const struct passphrase *p)
{
    if (p->len == 0) {
        return why_set(&c->ops.why, ERR_INPUT, N_("the passphrase is empty"), "%s", "");
    }
    const char *advice = passphrase_advice(passphrase_span(p));
    if (advice) {
        out_note(c, tr(advice));
    }
    return OK;
}

enum err passphrase_get(struct passphrase *out, struct call *c, bool fresh)
{
    const char *path = c->passphrase_file ? c->passphrase_file : getenv("SAMPLAN_PASSPHRASE_FILE");
    enum err e = prepare(out, c);
    if (e != OK) {
        return e;
    }
    if (path && *path) {
        e = from_file(out, c, path);
    } else if (c->json || !passphrase_posix_can_ask()) {
        e = why_set(&c->ops.why, ERR_REFUSED,
                    N_("a passphrase is needed: --passphrase-file, $SAMPLAN_PASSPHRASE_FILE or a terminal"), "%s", "");
    } else {
        e = from_terminal(out, c, tr(N_("Passphrase: ")), fresh);
    }
    return e == OK && fresh ? judge(c, out) : e;
}

enum err passphrase_get_new(struct passphrase *out, struct call *c, const char *path)
{
    enum err e = prepare(out, c);
    if (e != OK) {
        return e;
    }
    if (path) {
        e = from_file(out, c, path);
    } else if (c->json || !passphrase_posix_can_ask()) {
        e = why_set(&c->ops.why, ERR_REFUSED, N_("the new passphrase is needed: --new-passphrase-file or a terminal"),
                    "%s", "");
    } else {
        e = from_terminal(out, c, tr(N_("New passphrase: ")), true);
    }
    return e == OK ? judge(c, out) : e;
}

void passphrase_warn(const struct call *c)
{
    out_note(c,
             tr(N_("The passphrase is the only way into this home: there is no other key, and nobody can give you a "
                   "new one. If it is forgotten, what no other site has met yet is lost, and this device must be let "
                   "in anew. Choose at least four words that do not belong together, and keep them written down where "
                   "only you, or your authority's safe, can get at them.")));
}
