#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/consents_write.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

enum err cmd_consent_give(struct call *c)
{
    struct consents_write_wish wish = {0};
    const struct args_option options[] = {{.name = "--to", .list = &wish.to},
                                          {.name = "--sections", .value = &wish.topics},
                                          {.name = "--purpose", .value = &wish.purpose},
                                          {.name = "--until", .value = &wish.until},
                                          {.name = "--form", .value = &wish.form},
                                          {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    struct uuid id = {{0}};
    enum err e = args_take(c, options, 1, 1);
    if (e == OK && (!wish.to || !wish.topics)) {
        e = call_usage(c, N_("something is missing"), "--to --sections");
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = consents_write_give(&id, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", names_uuid(&c->arena, &id));
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    out_say(c, "%s\n", names_uuid(&c->arena, &id));
    return call_done(c);
}

/* Only its owner can give a section a new key. */
static void say_waiting(struct call *c, const struct consents_write_waiting *waiting)
{
    for (size_t i = 0; i < waiting->count; i++) {
        const char *line = arena_printf(
            &c->arena, tr(N_("The change of key waits for %s, until their device has met.")), waiting->parties[i]);
        out_note(c, line ? line : "");
    }
}

enum err cmd_consent_withdraw(struct call *c)
{
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        e = consents_write_withdraw(&c->ops, ed, c->args[0]);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    struct consents_write_waiting waiting;
    e = consents_write_waits_for(&waiting, &c->ops, c->args[0]);
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    json_t *parties = js_array(&c->js);
    js_text(&c->js, out, "id", c->args[0]);
    js_text(&c->js, out, "tx", tx);
    for (size_t i = 0; i < waiting.count; i++) {
        js_add_text(&c->js, parties, waiting.parties[i]);
    }
    js_put(&c->js, out, "waiting_for", parties);
    out_json(c, out);
    out_note(c, tr(N_("Withdrawn: no further updates. What was received before is not deleted at the recipient.")));
    say_waiting(c, &waiting);
    return call_done(c);
}

static void say_consent(struct call *c, const struct people *p, const struct consents_consent *one)
{
    const char *from = names_day(&c->arena, one->from);
    const char *until = names_day(&c->arena, one->until);
    out_say(c, "%s  %s  %s – %s  %s\n", one->id, one->purpose ? one->purpose : "–", from ? from : "",
            until ? until : "",
            one->withdrawn                             ? tr(N_("withdrawn"))
            : consents_in_force(one, ops_day(&c->ops)) ? tr(N_("in force"))
                                                       : tr(N_("not in force")));
    out_say(c, "    %s: ", labels_of("to"));
    for (size_t i = 0; i < one->to.count; i++) {
        const char *name = people_name(p, &one->to.named[i]);
        out_say(c, "%s%s", i == 0 ? "" : "; ", name ? name : "?");
    }
    out_say(c, "\n    %s: ", labels_of("topics"));
    for (size_t i = 0; one->topics && i < one->topics->count; i++) {
        out_say(c, "%s%s", i == 0 ? "" : ", ", labels_of(one->topics->values[i].value));
    }
    out_say(c, "\n");
}

enum err cmd_consent_list(struct call *c)
{
    struct people people;
    struct consents_list list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = consents_list(&list, &c->ops, &people, &plan->key.id);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        js_add(&c->js, rows, shape_consent(&c->js, &c->ops, &people, &list.consents[i]));
        say_consent(c, &people, &list.consents[i]);
    }
    out_json(c, rows);
    return call_done(c);
}
