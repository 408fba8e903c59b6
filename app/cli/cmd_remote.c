#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/folder_posix.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "sync/meet.h"

#include <string.h>

/* A folder or file is kept by its absolute path, for the next command may be given elsewhere. What is meant as a host's
 * address, right or wrong, is left alone; as git reads it, that is whatever has a colon before any slash. */
static enum err absolute(const char **out, struct call *c, const char *typed)
{
    const bool address = typed[strcspn(typed, ":/")] == ':';
    const char *url = address ? typed : folder_posix_absolute(&c->arena, typed);
    if (!url) {
        return why_set(&c->ops.why, ERR_STORAGE, N_("the current folder cannot be told: write the whole path"), "%s",
                       typed);
    }
    *out = url;
    return OK;
}

enum err cmd_remote_add(struct call *c)
{
    enum err e = args_take(c, NULL, 2, 2);
    if (e == OK) {
        e = session_open(c);
    }
    const char *url = NULL;
    if (e == OK) {
        e = absolute(&url, c, c->args[1]);
    }
    if (e == OK) {
        e = ops_told(&c->ops, meet_add(c->ops.site, c->args[0], url));
        c->kept = e == OK ? CALL_ALL : CALL_NOTHING;
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", c->args[0]);
    js_text(&c->js, out, "name", c->args[0]);
    js_text(&c->js, out, "url", url);
    out_json(c, out);
    out_note(c, tr(N_("Saved.")));
    return call_done(c);
}

enum err cmd_remote_remove(struct call *c)
{
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, meet_remove(c->ops.site, c->args[0]));
        c->kept = e == OK ? CALL_ALL : CALL_NOTHING;
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", c->args[0]);
    out_json(c, out);
    out_note(c, tr(N_("Removed here. What lies at the place is left as it is.")));
    return call_done(c);
}

static const char *kind_name(const char *url)
{
    switch (meet_kind_of(url)) {
    case MEET_FOLDER:
        return "folder";
    case MEET_BUNDLE:
        return "bundle";
    case MEET_HOST:
        return "host";
    case MEET_NONE:
    default:
        return "unknown";
    }
}

enum err cmd_remote_list(struct call *c)
{
    struct meet_remotes list;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, meet_list(&list, &c->arena, c->ops.site));
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        json_t *row = js_object(&c->js);
        js_text(&c->js, row, "name", list.remotes[i].name);
        js_text(&c->js, row, "url", list.remotes[i].url);
        js_text(&c->js, row, "kind", kind_name(list.remotes[i].url));
        js_add(&c->js, rows, row);
        out_column(c, list.remotes[i].name, 16);
        out_say(c, " %s\n", list.remotes[i].url);
    }
    out_json(c, rows);
    return call_done(c);
}
