#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/remisser.h"

#include <string.h>

enum err cmd_remiss_new(struct call *c)
{
    struct remisser_wish wish = {0};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 2, ARGS_ANY);
    if (e == OK) {
        e = assign_edit(&wish.fields, &ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = remisser_new(&id, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}

/* {"id","tx","handed_on"} */
static enum err show_answer(struct call *c, const struct uuid *handed_on, const char *tx)
{
    if (!c->json) {
        return saved_known(c, c->args[0], tx, N_("Saved."));
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", c->args[0]);
    js_text(&c->js, out, "tx", tx);
    js_text(&c->js, out, "handed_on", names_uuid(&c->arena, handed_on));
    out_json(c, out);
    return call_done(c);
}

enum err cmd_remiss_answer(struct call *c)
{
    struct people people;
    struct remisser_answer answer = {0};
    const struct args_option options[] = {
        {.name = "--why", .value = &answer.why}, {.name = "--to", .value = &answer.to}, {.name = NULL}};
    struct uuid handed_on = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 2, 2);
    if (e == OK && answer.to && strcmp(c->args[1], "överlämnad") != 0) {
        e = call_usage(c, N_("--to goes with överlämnad"), answer.to);
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        answer.id = c->args[0];
        answer.status = c->args[1];
        e = people_load(&people, &c->ops);
        e = e == OK ? remisser_settle(&handed_on, &c->ops, ed, &people, &answer) : e;
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? show_answer(c, &handed_on, tx) : e;
}

enum err cmd_remiss_settle(struct call *c)
{
    struct people people;
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
        e = e == OK ? remisser_note(&c->ops, ed, &people, c->args[0]) : e;
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_known(c, c->args[0], tx, N_("Saved.")) : e;
}

static json_t *row_json(struct call *c, const struct remisser_row *row)
{
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", names_uuid(&c->arena, &row->object->key.id));
    js_text(&c->js, out, "plan", names_uuid(&c->arena, &row->object->place.plan));
    js_text(&c->js, out, "from", row->from);
    js_text(&c->js, out, "to", row->to);
    js_text(&c->js, out, "status", row->status);
    js_text(&c->js, out, "reason", view_get(row->object, "reason"));
    js_text(&c->js, out, "status_reason", view_get(row->object, "status_reason"));
    js_text(&c->js, out, "follows", view_get(row->object, "follows"));
    js_text(&c->js, out, "settled", view_get(row->object, "settled"));
    js_bool(&c->js, out, "waits", row->waits);
    js_bool(&c->js, out, "back", row->back);
    json_t *answers = js_array(&c->js);
    for (size_t i = 0; i < row->answer_count; i++) {
        js_add_text(&c->js, answers, row->answers[i]);
    }
    js_put(&c->js, out, "answers", answers);
    return out;
}

static void say_row(struct call *c, const struct remisser_row *row)
{
    const char *reason = view_get(row->object, "reason");
    const char *why = view_get(row->object, "status_reason");
    out_say(c, "%s  ", names_uuid(&c->arena, &row->object->key.id));
    out_column(c, row->status, 10);
    out_say(c, " %s → %s%s%s", row->from, row->to, reason ? ": " : "",
            reason ? say_short(&c->arena, reason, SAY_SHORT) : "");
    out_say(c, "%s%s", why ? " — " : "", why ? say_short(&c->arena, why, SAY_SHORT) : "");
    out_say(c, "%s\n",
            row->waits  ? tr(N_("  (yours to answer)"))
            : row->back ? tr(N_("  (come back: take note with remiss settle)"))
                        : "");
}

enum err cmd_remiss_list(struct call *c)
{
    struct people people;
    struct remisser_list list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 0, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = remisser_list(&list, &c->ops, &people, plan ? &plan->key.id : NULL);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        js_add(&c->js, rows, row_json(c, &list.rows[i]));
        say_row(c, &list.rows[i]);
    }
    out_json(c, rows);
    if (list.count == 0) {
        out_note(c, tr(N_("No referrals.")));
    }
    return call_done(c);
}
