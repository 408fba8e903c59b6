#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/shape.h"

enum err cmd_clashes_list(struct call *c)
{
    struct people people;
    struct findings_list list = {0};
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 0, 1);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK && c->arg_count > 0) {
        e = ops_plan(&plan, &c->ops, c->args[0]);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
    }
    if (e == OK) {
        e = findings_find(&list, &c->ops, &people, plan);
    }
    if (e == OK) {
        json_t *rows = js_array(&c->js);
        for (size_t i = 0; i < list.count; i++) {
            for (size_t k = 0; k < list.plans[i].found.count; k++) {
                const struct finding *f = &list.plans[i].found.items[k];
                js_add(&c->js, rows, shape_finding(&c->js, &c->ops, &people, &list.plans[i], f));
                c->look = c->look || !f->past;
            }
        }
        out_json(c, rows);
        say_findings(c, &list);
        if (findings_count(&list) == 0) {
            out_note(c, tr(N_("No krockar and no glapp.")));
        }
        e = call_done(c);
    }
    findings_free(&list);
    return e;
}
