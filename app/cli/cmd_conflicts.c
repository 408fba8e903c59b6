#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

#include <string.h>

enum err cmd_conflicts_list(struct call *c)
{
    struct people people;
    struct conflicts_list list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 0, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = conflicts_list(&list, &c->ops, plan ? &plan->key.id : NULL);
    }
    if (e == OK) {
        e = conflicts_suggest(&list, &c->ops);
    }
    if (e == OK) {
        e = guarded_conflicts(&list, &c->ops, &people, !plan);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        js_add(&c->js, rows, shape_conflict(&c->js, &c->ops, &list.items[i]));
        say_conflict(c, &people, &list.items[i]);
    }
    out_json(c, rows);
    c->look = list.count > 0;
    out_note(c, list.count > 0 ? tr(N_("Settle one with: samplan resolve OBJECT FIELD --take N"))
                               : tr(N_("No conflicts.")));
    return call_done(c);
}

enum err cmd_conflicts_resolve(struct call *c)
{
    struct conflicts_choice choice = {0};
    const char *shown = NULL;
    const struct args_option options[] = {
        {.name = "--take", .value = &choice.take},    {.name = "--value", .value = &choice.value},
        {.name = "--merged", .flag = &choice.merged}, {.name = "--why", .value = &choice.why},
        {.name = "--shown", .value = &shown},         {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 2, 2);
    if (e == OK && (choice.take != NULL) + (choice.value != NULL) + choice.merged != 1) {
        e = call_usage(c, N_("expected one of --take N, --value V and --merged"), "");
    }
    if (e == OK) {
        e = shown_parse(&choice.shown, &c->ops, shown);
    }
    if (e == OK && choice.value) {
        e = assign_value(&choice.value, c, choice.value);
    }
    if (e == OK && choice.why && choice.why[strspn(choice.why, " \t\r\n")] == '\0') {
        choice.why = NULL;
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        choice.object = c->args[0];
        choice.field = c->args[1];
        e = conflicts_settle(&c->ops, ed, &choice);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", choice.object);
    js_text(&c->js, out, "field", choice.field);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    out_note(c, tr(N_("Settled here; the others get it at the next meeting.")));
    return call_done(c);
}
