#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/reach.h"
#include "app/ops/shape.h"

static json_t *row_json(struct call *c, const struct reach_object *r)
{
    json_t *out = js_object(&c->js);
    json_t *missing = js_array(&c->js);
    for (size_t i = 0; r->missing[i]; i++) {
        js_add_text(&c->js, missing, r->missing[i]);
    }
    js_text(&c->js, out, "object", names_uuid(&c->arena, &r->object->key.id));
    js_text(&c->js, out, "type", r->object->type->name);
    js_text(&c->js, out, "topic", r->object->place.topic);
    js_bool(&c->js, out, "removed", r->object->removed);
    js_text(&c->js, out, "state", reach_word(r->state));
    js_count(&c->js, out, "received", r->received);
    js_count(&c->js, out, "readers", r->readers);
    js_put(&c->js, out, "missing", missing);
    js_count(&c->js, out, "waiting", r->waiting);
    js_count(&c->js, out, "set_aside", r->set_aside);
    return out;
}

static void say_row(struct call *c, const struct reach_object *r)
{
    static const char *const words[] = {
        [REACH_LOCAL] = N_("only here"), [REACH_SENT] = N_("sent"), [REACH_RECEIVED] = N_("received")};
    out_say(c, "%s  %-16s %-10s ", names_uuid(&c->arena, &r->object->key.id), labels_of(r->object->type->name),
            tr(words[r->state]));
    out_say(c, tr(N_("%zu of %zu devices have it")), r->received, r->readers);
    if (r->waiting > 0) {
        out_say(c, tr(N_(", waiting for a key: %zu")), r->waiting);
    }
    if (r->set_aside > 0) {
        out_say(c, tr(N_(", set aside: %zu")), r->set_aside);
    }
    out_say(c, "\n");
}

static void show(struct call *c, const struct view_object *plan, const struct reach *reach)
{
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < reach->count; i++) {
        js_add(&c->js, rows, row_json(c, &reach->objects[i]));
        say_row(c, &reach->objects[i]);
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "plan", names_uuid(&c->arena, &plan->key.id));
    js_count(&c->js, out, "local", reach->local);
    js_count(&c->js, out, "waiting_for_key", reach->waiting_for_key);
    js_put(&c->js, out, "objects", rows);
    out_json(c, out);
}

enum err cmd_state_plan(struct call *c)
{
    struct people people;
    struct reach reach;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = reach_find(&reach, &c->ops, &people, plan);
    }
    if (e != OK) {
        return e;
    }
    show(c, plan, &reach);
    return call_done(c);
}
