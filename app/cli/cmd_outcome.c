#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/outcomes.h"
#include "app/ops/shape.h"

#include <string.h>

static void say_answers(struct call *c, const struct view_object *outcome)
{
    for (size_t i = 0; i < outcome->field_count; i++) {
        const struct schema_field *field = outcome->fields[i].field;
        const char *value = field && strcmp(field->name, "insats") != 0 ? view_get(outcome, field->name) : NULL;
        if (value) {
            out_say(c, "    %s: ", labels_of(field->name));
            out_lines(c, value, 6);
            out_say(c, "\n");
        }
    }
}

static void say_row(struct call *c, const struct outcomes_row *row)
{
    if (!row->outcome) {
        out_say(c, tr(N_("  %s: has scored; shown when you have, and a consent for utvärdering names both\n")),
                row->party_name);
        return;
    }
    out_say(c, "  %s:\n", row->party_name);
    say_answers(c, row->outcome);
}

static json_t *row_json(struct call *c, const struct outcomes_row *row)
{
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "insats", row->insats);
    js_text(&c->js, out, "insats_name", row->insats_name);
    js_text(&c->js, out, "party", row->party_name);
    js_text(&c->js, out, "party_id", names_uuid(&c->arena, &row->party));
    js_put(&c->js, out, "outcome", row->outcome ? shape_object(&c->js, &c->ops, row->outcome) : json_null());
    return out;
}

enum err cmd_outcome_list(struct call *c)
{
    struct people people;
    struct outcomes_list list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = outcomes_list(&list, &c->ops, &people, &plan->key.id);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        const struct outcomes_row *row = &list.rows[i];
        js_add(&c->js, rows, row_json(c, row));
        if (i == 0 || strcmp(row->insats, list.rows[i - 1].insats) != 0) {
            out_say(c, "%s\n", row->insats_name);
        }
        say_row(c, row);
    }
    out_json(c, rows);
    if (list.count == 0) {
        out_note(c, tr(N_("Nobody has scored an insats in this plan.")));
    }
    return call_done(c);
}
