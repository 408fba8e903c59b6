#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

enum err cmd_clashes_list(struct call *c)
{
    struct people people;
    struct findings_list list = {0};
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 0, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = findings_find(&list, &c->ops, &people, plan);
    }
    if (e == OK) {
        e = guarded_findings(&list, &c->ops, &people, !plan);
    }
    if (e == OK) {
        json_t *rows = js_array(&c->js);
        for (size_t i = 0; i < list.count; i++) {
            for (size_t k = 0; k < list.plans[i].found.count; k++) {
                const struct finding *f = &list.plans[i].found.items[k];
                js_add(&c->js, rows, shape_finding(&c->js, &c->ops, &people, &list.plans[i], f));
                c->look = c->look || (!f->past && !findings_accepted(&list.plans[i], f));
            }
        }
        out_json(c, rows);
        say_findings(c, &list);
        say_too_large(c, &list);
        if (findings_count(&list) == 0) {
            out_note(c, tr(N_("No krockar and no glapp.")));
        }
        e = call_done(c);
    }
    findings_free(&list);
    return e;
}

enum err cmd_clashes_accept(struct call *c)
{
    struct people people;
    struct findings_decision decision = {0};
    const struct args_option options[] = {{.name = "--why", .value = &decision.why}, {.name = NULL}};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 1, 1);
    if (e == OK && !decision.why) {
        e = call_usage(c, N_("something is missing"), "--why TEXT");
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
    }
    if (e == OK) {
        e = session_begin(&ed, c);
    }
    if (e == OK) {
        decision.finding = c->args[0];
        e = findings_accept(&id, &c->ops, ed, &people, &decision);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    return saved_known(c, names_uuid(&c->arena, &id), tx, N_("Accepted, until what it is about changes."));
}
