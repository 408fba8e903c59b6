#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/session.h"
#include "app/ops/insatser.h"
#include "app/ops/insatser_write.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

#define INDENT 18

static void say_line(struct call *c, const char *label, const char *value)
{
    if (value && *value) {
        out_say(c, "    %s: ", label);
        out_lines(c, value, INDENT);
        out_say(c, "\n");
    }
}

static void say_set(struct call *c, const char *label, const struct view_object *object, const char *field)
{
    const struct view_field *set = view_field(object, field);
    for (size_t i = 0; set && i < set->count; i++) {
        if (i == 0) {
            out_say(c, "    %s: ", label);
        }
        out_say(c, "%s%s", i == 0 ? "" : "; ", set->values[i].value);
    }
    out_say(c, "%s", set && set->count > 0 ? "\n" : "");
}

/* What somebody who looks for help for a person needs to see first. */
static void say_insats(struct call *c, const struct insatser_one *one)
{
    const char *id = names_uuid(&c->arena, &one->object->key.id);
    out_say(c, "%s%s  [%s]\n", *one->name ? one->name : tr(N_("(no name)")), one->over ? tr(N_("  (over)")) : "", id);
    if (*one->contact) {
        out_say(c, "    %s: %s%s%s%s%s\n", tr(N_("ask")), one->contact, *one->owner ? ", " : "", one->owner,
                *one->holder ? " – " : "", one->holder);
    } else {
        say_line(c, tr(N_("ask")), *one->owner ? one->owner : tr(N_("(nobody is named)")));
    }
    say_line(c, tr(N_("area")), view_get(one->object, "area"));
    say_set(c, tr(N_("for")), one->object, "target_groups");
}

static enum err load_people(struct people *people, struct call *c)
{
    enum err e = session_open(c);
    return e == OK ? people_load(people, &c->ops) : e;
}

static enum err show_list(struct call *c, const struct people *people, const char *query)
{
    struct insatser_list list;
    enum err e = insatser_find(&list, &c->ops, people, query);
    if (e != OK) {
        return e;
    }
    json_t *rows = c->json ? js_array(&c->js) : NULL;
    for (size_t i = 0; i < list.count; i++) {
        if (c->json) {
            js_add(&c->js, rows, insatser_json(&c->js, &c->ops, &list.items[i]));
        } else {
            say_insats(c, &list.items[i]);
        }
    }
    out_json(c, rows);
    if (list.count == 0) {
        out_note(c, query ? tr(N_("No insats matches.")) : tr(N_("The catalogue is empty (samplan import).")));
    }
    return call_done(c);
}

enum err cmd_catalogue_list(struct call *c)
{
    struct people people;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = load_people(&people, c);
    }
    return e == OK ? show_list(c, &people, NULL) : e;
}

enum err cmd_catalogue_search(struct call *c)
{
    struct people people;
    enum err e = args_take(c, NULL, 1, ARGS_ANY);
    const char *query = e == OK ? c->args[0] : NULL;
    for (int i = 1; e == OK && query && i < c->arg_count; i++) {
        query = arena_printf(&c->arena, "%s %s", query, c->args[i]);
    }
    if (e == OK) {
        e = ops_memory(&c->ops);
    }
    if (e == OK) {
        e = load_people(&people, c);
    }
    return e == OK ? show_list(c, &people, query) : e;
}

static json_t *list_json(struct call *c, const struct view_object **list, size_t count)
{
    json_t *out = js_array(&c->js);
    for (size_t i = 0; i < count; i++) {
        js_add(&c->js, out, shape_object(&c->js, &c->ops, list[i]));
    }
    return out;
}

static const char *or_dash(const char *text)
{
    return text ? text : "–";
}

static void say_parts(struct call *c, const struct insatser_parts *parts)
{
    for (size_t i = 0; i < parts->module_count; i++) {
        const struct view_object *m = parts->modules[i];
        out_say(c, tr(N_("  module %s  %s\n")), or_dash(view_get(m, "order")), or_dash(view_get(m, "name")));
    }
    for (size_t i = 0; i < parts->group_count; i++) {
        const struct view_object *g = parts->groups[i];
        const char *to = view_get(g, "to");
        out_say(c, tr(N_("  group %s  %s – %s\n")), or_dash(view_get(g, "name")), or_dash(view_get(g, "from")),
                to ? to : "");
    }
    for (size_t i = 0; i < parts->session_count; i++) {
        out_say(c, tr(N_("  session %s\n")), or_dash(view_get(parts->sessions[i], "when")));
    }
}

static void say_whole(struct call *c, const struct insatser_one *one, const struct insatser_parts *parts)
{
    const char *from = view_get(one->object, "from");
    const char *to = view_get(one->object, "to");
    say_insats(c, one);
    say_line(c, tr(N_("purpose")), view_get(one->object, "purpose"));
    say_line(c, tr(N_("goals")), view_get(one->object, "goals"));
    say_set(c, tr(N_("places")), one->object, "places");
    say_line(c, tr(N_("who may refer, and how")), view_get(one->object, "referral"));
    say_line(c, tr(N_("budget a year, kr")), view_get(one->object, "budget"));
    if (from || to) {
        out_say(c, "    %s: %s – %s\n", tr(N_("goes on")), from ? from : "", to ? to : "");
    }
    say_parts(c, parts);
}

enum err cmd_catalogue_show(struct call *c)
{
    struct people people;
    struct insatser_one one;
    struct insatser_parts parts;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = load_people(&people, c);
    }
    if (e == OK) {
        e = insatser_named(&one, &c->ops, &people, c->args[0]);
    }
    if (e == OK) {
        e = insatser_parts(&parts, &c->ops, one.object);
    }
    if (e != OK) {
        return e;
    }
    if (c->json) {
        json_t *out = insatser_json(&c->js, &c->ops, &one);
        js_put(&c->js, out, "modules", list_json(c, parts.modules, parts.module_count));
        js_put(&c->js, out, "groups", list_json(c, parts.groups, parts.group_count));
        js_put(&c->js, out, "sessions", list_json(c, parts.sessions, parts.session_count));
        out_json(c, out);
    } else {
        say_whole(c, &one, &parts);
    }
    return call_done(c);
}

enum err cmd_catalogue_new(struct call *c)
{
    struct people people;
    struct fields_changes fields = {0};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 1, ARGS_ANY);
    if (e == OK) {
        e = assign_take(&fields, c, 0);
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
        e = e == OK ? insatser_write_new(&id, &c->ops, ed, &people, &fields) : e;
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}
