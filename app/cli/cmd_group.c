#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/session.h"
#include "app/ops/groups_write.h"
#include "app/ops/names.h"

#include <string.h>

/* What is made for a group: the words in front of FIELD=VALUE are wish.of and wish.to. */
enum made { GROUP, MODULE, SESSION, PARTICIPANT };

static enum err make(struct uuid *id, struct call *c, struct edit *ed, const struct groups_write_wish *wish,
                     enum made what)
{
    struct people people;
    enum err e = people_load(&people, &c->ops);
    if (e != OK) {
        return e;
    }
    switch (what) {
    case GROUP:
        return groups_write_group(id, &c->ops, ed, &people, wish);
    case MODULE:
        return groups_write_module(id, &c->ops, ed, &people, wish);
    case SESSION:
        return groups_write_session(id, &c->ops, ed, wish);
    case PARTICIPANT:
        return groups_write_join(id, &c->ops, ed, wish);
    }
    return e;
}

static enum err run(struct call *c, enum made what)
{
    const bool two = what == SESSION || what == PARTICIPANT;
    struct groups_write_wish wish = {0};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, what == PARTICIPANT || !two ? 1 + two : 3, ARGS_ANY);
    if (e == OK) {
        e = assign_take(&wish.fields, c, two ? 2 : 1);
    }
    if (e == OK && what == SESSION && !fields_find(&wish.fields, "when")) {
        e = call_usage(c, N_("something is missing"), "when=…");
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = session_begin(&ed, c);
    }
    if (e == OK) {
        wish.of = c->args[0];
        wish.to = two ? c->args[1] : NULL;
        e = make(&id, c, ed, &wish, what);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}

enum err cmd_group_new(struct call *c)
{
    return run(c, GROUP);
}

enum err cmd_group_module(struct call *c)
{
    return run(c, MODULE);
}

enum err cmd_group_session(struct call *c)
{
    return run(c, SESSION);
}

enum err cmd_group_join(struct call *c)
{
    return run(c, PARTICIPANT);
}

/* ---- how far the participants have come ---- */

/* {"tx","out_of_order":[{"plan","waits_for"}]}, and exit 1 where there is such a one. */
struct noted {
    struct groups_one group;
    json_t *out_of_order;
};

static void tell_order(struct call *c, struct noted *n, const char *plan, const char *waits_for)
{
    size_t at = 0;
    while (at < n->group.module_count && strcmp(n->group.course[at].id, waits_for) != 0) {
        at++;
    }
    const char *name = at < n->group.module_count ? view_get(n->group.modules[at], "name") : NULL;
    json_t *row = js_object(&c->js);
    js_text(&c->js, row, "plan", plan);
    js_text(&c->js, row, "waits_for", waits_for);
    js_add(&c->js, n->out_of_order, row);
    out_say(c, tr(N_("%s: builds on %s, which is not completed\n")), plan, name ? name : waits_for);
    c->look = true;
}

/* The plans are the words from number first on. */
static enum err write_notes(struct call *c, struct edit *ed, struct noted *n, struct groups_write_note *note, int first)
{
    enum err e = OK;
    for (int i = first; e == OK && i < c->arg_count; i++) {
        const char *waits_for = NULL;
        note->plan = c->args[i];
        e = groups_write_progress(&waits_for, &c->ops, ed, note);
        if (e == OK && waits_for && !note->missed && !(note->completed && !*note->completed)) {
            tell_order(c, n, note->plan, waits_for);
        }
    }
    return e;
}

static enum err finish(struct call *c, struct noted *n, const char *tx)
{
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "tx", tx);
    js_put(&c->js, out, "out_of_order", n->out_of_order);
    out_json(c, out);
    out_note(c, tr(N_("Saved.")));
    return call_done(c);
}

/* The group and module of a session. */
static enum err find_session(struct noted *n, struct groups_write_note *note, struct call *c)
{
    const struct view_object *session;
    const struct ops_wanted wanted = {.text = c->args[0]};
    enum err e = ops_object(&session, &c->ops, &wanted);
    if (e == OK && strcmp(session->type->name, "session") != 0) {
        e = why_set(&c->ops.why, ERR_INPUT, N_("that is no session of a group (samplan group show)"), "%s", c->args[0]);
    }
    const char *group = e == OK ? view_get(session, "group") : NULL;
    const char *module = e == OK ? view_get(session, "module") : NULL;
    if (e == OK) {
        e = groups_named(&n->group, &c->ops, group ? group : "");
    }
    if (e == OK) {
        e = groups_module(&note->module, &c->ops, &n->group, module ? module : "");
    }
    note->session = c->args[0];
    return e;
}

enum err cmd_group_attend(struct call *c)
{
    struct noted n = {0};
    struct groups_write_note note = {.group = &n.group};
    const struct args_option options[] = {{.name = "--missed", .flag = &note.missed}, {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 2, ARGS_ANY);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = session_begin(&ed, c);
    }
    if (e == OK) {
        n.out_of_order = js_array(&c->js);
        e = find_session(&n, &note, c);
        e = e == OK ? write_notes(c, ed, &n, &note, 1) : e;
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        json_decref(n.out_of_order);
        return e;
    }
    return finish(c, &n, tx);
}

enum err cmd_group_complete(struct call *c)
{
    struct noted n = {0};
    struct groups_write_note note = {.group = &n.group};
    bool undo = false;
    const struct args_option options[] = {
        {.name = "--day", .value = &note.completed}, {.name = "--undo", .flag = &undo}, {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 3, ARGS_ANY);
    if (e == OK && undo && note.completed) {
        e = call_usage(c, N_("either --day or --undo"), "");
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = session_begin(&ed, c);
    }
    if (e == OK) {
        n.out_of_order = js_array(&c->js);
        note.completed = undo ? "" : note.completed ? note.completed : names_day(&c->arena, ops_day(&c->ops));
        e = groups_named(&n.group, &c->ops, c->args[0]);
        e = e == OK ? groups_module(&note.module, &c->ops, &n.group, c->args[1]) : e;
        e = e == OK ? write_notes(c, ed, &n, &note, 2) : e;
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        json_decref(n.out_of_order);
        return e;
    }
    return finish(c, &n, tx);
}
