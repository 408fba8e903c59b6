#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/cli/since.h"
#include "app/ops/history.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

enum err cmd_log_plan(struct call *c)
{
    const char *field = NULL;
    const char *since_text = NULL;
    const struct args_option options[] = {
        {.name = "--field", .value = &field}, {.name = "--since", .value = &since_text}, {.name = NULL}};
    struct people people;
    struct view_changes changes;
    struct guarded guarded;
    const struct view_object *plan = NULL;
    int64_t since;
    enum err e = args_take(c, options, 1, 1);
    if (e == OK) {
        e = since_parse(&since, c, since_text);
    }
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, view_history(&changes, &c->arena, c->ops.site, &plan->key.id, field));
    }
    if (e == OK) {
        e = guarded_find(&guarded, &c->ops, &people, plan);
    }
    if (e == OK && !guarded.chosen) {
        e = guarded_changes(&changes, &c->ops, &changes);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = c->json ? js_array(&c->js) : NULL;
    for (size_t i = 0; i < changes.count; i++) {
        const struct view_change *change = &changes.changes[i];
        if (change->by.time_ms < since) {
            continue;
        }
        if (c->json) {
            js_add(&c->js, rows, shape_change(&c->js, &c->ops, change));
        } else {
            history_say(&c->text, &c->arena, &people, change);
        }
    }
    out_json(c, rows);
    return call_done(c);
}

static void say_writer(struct call *c, const struct people *p, const struct view_field *f, const struct view_value *v)
{
    out_say(c, "    %s: %s  — %s, %s, %s  [%s]%s\n", labels_of(f->field->name),
            say_short(&c->arena, say_value(p, f->field, v->value), SAY_SHORT), v->by.member_name, v->by.party_name,
            names_local_time(&c->arena, v->by.time_ms), names_tx(&c->arena, &v->by.tx),
            f->conflict ? tr(N_("  (in conflict, see samplan conflicts)")) : "");
}

static void blame_object(struct call *c, json_t *rows, const struct people *p, const struct view_object *object)
{
    out_say(c, "  %s · %s  [%s]\n", labels_of(object->type->name),
            uuid_is_nil(&object->place.owner) ? tr(N_("shared")) : object->owner_name,
            names_uuid(&c->arena, &object->key.id));
    for (size_t i = 0; i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        for (size_t k = 0; f->field && k < f->count; k++) {
            if (c->json) {
                js_add(&c->js, rows, shape_writer(&c->js, &c->ops, object, f, &f->values[k]));
            } else {
                say_writer(c, p, f, &f->values[k]);
            }
        }
    }
}

enum err cmd_log_blame(struct call *c)
{
    struct people people;
    struct view_list list;
    struct guarded guarded;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        const struct view_query query = {.plan = &plan->key.id};
        e = ops_told(&c->ops, view_objects(&list, &c->arena, c->ops.site, &query));
    }
    if (e == OK) {
        e = guarded_find(&guarded, &c->ops, &people, plan);
    }
    if (e == OK && !guarded.chosen) {
        e = guarded_objects(&list, &c->ops, &list);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = c->json ? js_array(&c->js) : NULL;
    for (size_t i = 0; i < list.count; i++) {
        blame_object(c, rows, &people, &list.objects[i]);
    }
    out_json(c, rows);
    return call_done(c);
}
