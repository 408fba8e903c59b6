#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/proposals.h"
#include "app/ops/shape.h"

enum err cmd_proposal_add(struct call *c)
{
    struct proposals_wish wish = {0};
    const struct args_option options[] = {{.name = "--why", .value = &wish.why}, {.name = NULL}};
    struct fields_changes typed;
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 2, 2);
    if (e == OK) {
        e = assign_edit(&typed, &ed, c);
    }
    if (e == OK) {
        wish.target = c->args[0];
        wish.change = typed.changes[0];
        e = proposals_add(&id, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}

static void say_row(struct call *c, const struct people *p, const struct proposals_one *one)
{
    const char *status = view_get(one->object, "status");
    out_say(c, "%s  ", names_uuid(&c->arena, &one->object->key.id));
    out_column(c, status ? status : "väntar", 8);
    out_say(c, " ");
    say_proposal(c, p, one);
    out_say(c, "%s\n", one->ours && one->waiting ? tr(N_("  (yours to answer)")) : "");
}

enum err cmd_proposal_list(struct call *c)
{
    struct people people;
    struct proposals_list list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 0, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = proposals_list(&list, &c->ops, plan ? &plan->key.id : NULL);
    }
    if (e == OK) {
        e = guarded_proposals(&list, &c->ops, &people, !plan);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        js_add(&c->js, rows, shape_proposal(&c->js, &c->ops, &list.items[i]));
        say_row(c, &people, &list.items[i]);
    }
    out_json(c, rows);
    if (list.count == 0) {
        out_note(c, tr(N_("No proposals.")));
    }
    return call_done(c);
}

static enum err settle(struct call *c, bool accept)
{
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        const struct proposals_answer answer = {.id = c->args[0], .accept = accept};
        e = proposals_settle(&c->ops, ed, &answer);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_known(c, c->args[0], tx,
                                 accept ? N_("Accepted; the value is set.") : N_("Declined; nothing else is changed."))
                   : e;
}

enum err cmd_proposal_accept(struct call *c)
{
    return settle(c, true);
}

enum err cmd_proposal_decline(struct call *c)
{
    return settle(c, false);
}
