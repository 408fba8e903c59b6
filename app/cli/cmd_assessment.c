#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/session.h"
#include "app/ops/assessments.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

#define INDENT 6

enum err cmd_assessment_new(struct call *c)
{
    struct people people;
    struct assessments_wish wish = {0};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 2, ARGS_ANY);
    if (e == OK) {
        e = assign_edit(&wish.fields, &ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = people_load(&people, &c->ops);
        e = e == OK ? assessments_new(&id, &c->ops, ed, &people, &wish) : e;
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}

enum err cmd_assessment_agree(struct call *c)
{
    struct people people;
    const char *opinion = NULL;
    const struct args_option options[] = {{.name = "--opinion", .value = &opinion}, {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 1, 1);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
        e = e == OK ? assessments_agree(&c->ops, ed, &people, c->args[0], opinion) : e;
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_known(c, c->args[0], tx, N_("Saved.")) : e;
}

/* ---- showing ---- */

static json_t *one_json(struct call *c, const struct assessments_one *one)
{
    json_t *out = shape_object(&c->js, &c->ops, one->object);
    json_t *parties = js_array(&c->js);
    for (size_t i = 0; i < one->party_count; i++) {
        const struct assessments_party *party = &one->parties[i];
        json_t *row = js_object(&c->js);
        js_text(&c->js, row, "party", party->name);
        js_text(&c->js, row, "party_id", names_uuid(&c->arena, &party->id));
        js_bool(&c->js, row, "agrees", party->agrees);
        js_bool(&c->js, row, "earlier", party->earlier);
        js_text(&c->js, row, "opinion", party->opinion);
        js_add(&c->js, parties, row);
    }
    js_put(&c->js, out, "parties", parties);
    js_bool(&c->js, out, "complete", one->complete);
    js_bool(&c->js, out, "ours", one->ours);
    return out;
}

static const char *standing_of(const struct assessments_party *party)
{
    return party->agrees    ? tr(N_("stands behind it"))
           : party->earlier ? tr(N_("stood behind an earlier wording"))
                            : tr(N_("has not said anything"));
}

static void say_one(struct call *c, const struct assessments_one *one)
{
    const char *text = view_get(one->object, "text");
    out_say(c, "  [%s]\n      ", names_uuid(&c->arena, &one->object->key.id));
    out_lines(c, text ? text : "–", INDENT);
    out_say(c, "\n");
    for (size_t i = 0; i < one->party_count; i++) {
        const struct assessments_party *party = &one->parties[i];
        out_say(c, "    %s: %s%s", party->name, standing_of(party), party->opinion ? "; " : "");
        out_lines(c, party->opinion ? party->opinion : "", INDENT);
        out_say(c, "\n");
    }
}

enum err cmd_assessment_list(struct call *c)
{
    struct people people;
    struct assessments_list list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = assessments_list(&list, &c->ops, &people, &plan->key.id);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        js_add(&c->js, rows, one_json(c, &list.items[i]));
        say_one(c, &list.items[i]);
    }
    out_json(c, rows);
    if (list.count == 0) {
        out_note(c, tr(N_("No joint assessment in this plan.")));
    }
    return call_done(c);
}
