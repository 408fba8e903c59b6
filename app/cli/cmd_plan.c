#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/plans.h"
#include "app/ops/shape.h"
#include "app/ops/shown.h"

#include <string.h>

#define PERSON_PREFIX "person."

/* {"id","tx"} or a line with the id. */
static enum err show_id(struct call *c, const char *id, const char *tx)
{
    if (c->json) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, "id", id);
        js_text(&c->js, out, "tx", tx);
        out_json(c, out);
    } else {
        out_say(c, "%s\n", id);
    }
    return call_done(c);
}

/* The same where people know the id already. */
static enum err show_saved(struct call *c, const struct view_object *object, const char *tx)
{
    if (c->json) {
        return show_id(c, names_uuid(&c->arena, &object->key.id), tx);
    }
    out_note(c, tr(N_("Saved.")));
    return call_done(c);
}

/* Parts "person.FIELD" from the plan's own fields. */
static enum err split_person(struct plans_wish *wish, struct call *c, const struct fields_changes *all)
{
    struct fields_change *plan = arena_array(&c->arena, all->count + 1, sizeof *plan);
    struct fields_change *person = arena_array(&c->arena, all->count + 1, sizeof *person);
    if (!plan || !person) {
        return ops_memory(&c->ops);
    }
    const size_t prefix = strlen(PERSON_PREFIX);
    *wish = (struct plans_wish){.plan.changes = plan, .person.changes = person};
    for (size_t i = 0; i < all->count; i++) {
        struct fields_change change = all->changes[i];
        if (strncmp(change.name, PERSON_PREFIX, prefix) == 0) {
            change.name += prefix;
            person[wish->person.count++] = change;
        } else {
            plan[wish->plan.count++] = change;
        }
    }
    return OK;
}

enum err cmd_plan_new(struct call *c)
{
    struct fields_changes typed;
    struct plans_wish wish;
    struct plans_made made = {0};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 0, ARGS_ANY);
    if (e == OK) {
        e = assign_take(&typed, c, 0);
    }
    if (e == OK) {
        e = split_person(&wish, c, &typed);
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        e = plans_new(&made, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    const char *id = names_uuid(&c->arena, &made.plan);
    if (!c->json) {
        return show_id(c, id, tx);
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", id);
    js_text(&c->js, out, "person", made.person);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    return call_done(c);
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "–";
}

static json_t *row_json(struct call *c, const struct plans_row *row)
{
    json_t *out = shape_object(&c->js, &c->ops, row->plan);
    js_text(&c->js, out, "title", view_get(row->plan, "title"));
    js_text(&c->js, out, "status", view_get(row->plan, "status"));
    js_text(&c->js, out, "person", view_get(row->plan, "person"));
    js_text(&c->js, out, "person_name", row->person && !row->protected ? view_get(row->person, "name") : NULL);
    js_bool(&c->js, out, "protected", row->protected);
    return out;
}

static void say_row(struct call *c, const struct plans_row *row)
{
    const char *name = row->person ? view_get(row->person, "name") : NULL;
    if (row->protected) {
        name = tr(N_("(protected)"));
    } else if (!name && row->person) {
        name = tr(N_("(anonymous)"));
    } else if (!name) {
        name = tr(N_("(person not readable here)"));
    }
    out_say(c, "%s  ", names_uuid(&c->arena, &row->plan->key.id));
    out_column(c, or_dash(view_get(row->plan, "status")), 10);
    out_say(c, " ");
    out_column(c, name, 28);
    out_say(c, " %s\n", or_dash(view_get(row->plan, "title")));
}

enum err cmd_plan_list(struct call *c)
{
    struct plans_list list;
    enum err e = args_take(c, NULL, 0, 1);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = plans_list(&list, &c->ops, c->args[0]);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = c->json ? js_array(&c->js) : NULL;
    for (size_t i = 0; i < list.count; i++) {
        if (c->json) {
            js_add(&c->js, rows, row_json(c, &list.rows[i]));
        } else {
            say_row(c, &list.rows[i]);
        }
    }
    out_json(c, rows);
    if (list.count == 0) {
        out_note(c, tr(N_("No plans.")));
    }
    return call_done(c);
}

/* --shown states what one field was when the person saw it. */
static enum err expect_shown(struct call *c, struct edit *ed, const struct view_object *object,
                             const struct fields_changes *typed, const struct shown *shown)
{
    const struct schema_field *field;
    enum err e = fields_named(&field, &c->ops, object->type, typed->changes[0].name);
    if (e == OK && (field->merge == MERGE_SET || field->merge == MERGE_ENTRIES)) {
        return call_usage(c, N_("--shown goes with one field that holds one value"), field->name);
    }
    return e == OK ? shown_expect(&c->ops, ed, object, field, shown) : e;
}

static enum err take_set(struct fields_changes *typed, struct shown *shown, struct call *c)
{
    const char *text = NULL;
    const struct args_option options[] = {{.name = "--shown", .value = &text}, {.name = NULL}};
    enum err e = args_take(c, options, 2, ARGS_ANY);
    if (e == OK) {
        e = assign_take(typed, c, 1);
    }
    if (e == OK && text && typed->count != 1) {
        e = call_usage(c, N_("--shown goes with one field that holds one value"), text);
    }
    return e == OK ? shown_parse(shown, &c->ops, text) : e;
}

enum err cmd_plan_set(struct call *c)
{
    struct fields_changes typed;
    struct shown shown;
    const struct view_object *object;
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = take_set(&typed, &shown, c);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        /* Read under the edit's lock: a set is made exactly what is typed, as it stands then. */
        const struct ops_wanted wanted = {.text = c->args[0], .removed_too = true};
        e = ops_object(&object, &c->ops, &wanted);
        if (e == OK && shown.stated) {
            e = expect_shown(c, ed, object, &typed, &shown);
        }
        if (e == OK) {
            e = objects_set(&c->ops, ed, object, &typed);
        }
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? show_saved(c, object, tx) : e;
}

static enum err take_side(enum objects_side *out, struct call *c, bool own, bool shared)
{
    *out = own ? OBJECTS_OWN : shared ? OBJECTS_SHARED : OBJECTS_DEFAULT;
    return own && shared ? call_usage(c, N_("either --own or --shared"), "") : OK;
}

enum err cmd_plan_add(struct call *c)
{
    struct objects_wish wish = {0};
    bool own = false;
    bool shared = false;
    const struct args_option options[] = {{.name = "--topic", .value = &wish.topic},
                                          {.name = "--own", .flag = &own},
                                          {.name = "--shared", .flag = &shared},
                                          {.name = NULL}};
    enum err e = args_take(c, options, 2, ARGS_ANY);
    if (e == OK) {
        e = take_side(&wish.side, c, own, shared);
    }
    if (e == OK) {
        e = assign_take(&wish.fields, c, 2);
    }
    if (e != OK) {
        return e;
    }
    wish.plan = c->args[0];
    wish.type = c->args[1];
    if (strcmp(wish.type, "consent") == 0 || strcmp(wish.type, "plan") == 0) {
        return why_set(&c->ops.why, ERR_INPUT, N_("that has a command of its own (plan new, consent give)"), "%s",
                       wish.type);
    }
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    e = session_edit(&ed, c);
    if (e == OK) {
        e = objects_new(&id, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? show_id(c, names_uuid(&c->arena, &id), tx) : e;
}

enum err cmd_plan_remove(struct call *c)
{
    const struct view_object *object;
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        const struct ops_wanted wanted = {.text = c->args[0]};
        e = ops_object(&object, &c->ops, &wanted);
        if (e == OK) {
            e = objects_remove(&c->ops, ed, object);
        }
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? show_saved(c, object, tx) : e;
}
