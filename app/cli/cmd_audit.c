#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/audit.h"
#include "app/ops/names.h"

enum err cmd_audit_export(struct call *c)
{
    const char *dir = NULL;
    const struct args_option options[] = {{.name = "-o", .value = &dir}, {.name = NULL}};
    const struct view_object *plan = NULL;
    struct audit_made made;
    enum err e = args_take(c, options, 1, 1);
    if (e == OK && !dir) {
        e = call_usage(c, N_("something is missing"), "-o DIR");
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_plan(&plan, &c->ops, c->args[0]);
    }
    if (e == OK) {
        c->kept = CALL_SOME; /* what had been saved is sealed first; the folder is there whole or not at all */
        e = audit_export(&made, &c->ops, plan, dir);
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", names_uuid(&c->arena, &plan->key.id));
    js_text(&c->js, out, "directory", dir);
    js_count(&c->js, out, "changes", made.changes);
    js_count(&c->js, out, "devices", made.devices);
    out_json(c, out);
    out_say(c, tr(N_("The dossier is in %s; README.txt in it says how it is checked.\n")), dir);
    return call_done(c);
}
