#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/plans.h"
#include "app/ops/shape.h"

#include <string.h>

#define INDENT 6

/* A value for people: somebody's name in place of an id. */
static const char *readable(const struct people *p, const struct schema_field *f, const char *value)
{
    struct uuid id;
    const char *name = NULL;
    if (f->form == FORM_WHOM && uuid_parse(&id, span_str(value)) == OK) {
        name = people_name(p, &id);
    }
    return name ? name : value;
}

static void say_fields(struct call *c, const struct people *p, const struct view_object *object)
{
    for (size_t i = 0; i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        if (!f->field || f->count == 0 || !f->values[0].value) {
            continue;
        }
        const bool one = f->field->merge == MERGE_REGISTER || f->field->merge == MERGE_TEXT;
        out_say(c, "    %s: ", labels_of(f->field->name));
        for (size_t k = 0; k < (one ? 1 : f->count); k++) {
            out_say(c, "%s", k == 0 ? "" : "; ");
            out_lines(c, readable(p, f->field, f->values[k].value), INDENT);
        }
        out_say(c, "%s\n", f->conflict ? tr(N_("  (in conflict, see samplan conflicts)")) : "");
    }
}

static void say_object(struct call *c, const struct people *p, const struct view_object *object)
{
    const bool shared = uuid_is_nil(&object->place.owner);
    out_say(c, "\n  %s · %s", labels_of(object->type->name), shared ? tr(N_("shared")) : object->owner_name);
    if (strcmp(object->place.topic, "plan") != 0) {
        out_say(c, " · %s", labels_of(object->place.topic));
    }
    out_say(c, "  [%s]\n", names_uuid(&c->arena, &object->key.id));
    say_fields(c, p, object);
}

static void say_unreadable(struct call *c, const struct unreadable_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct unreadable_section *s = &list->items[i];
        out_say(c, "\n  %s · %s: %s\n", labels_of(s->topic), s->owner_name ? s->owner_name : tr(N_("shared")),
                s->why == UNREADABLE_ENDED ? tr(N_("no further updates, for the consent has ended"))
                                           : tr(N_("not disclosed to this device")));
    }
}

static void say_plan(struct call *c, const struct shape_plan_parts *parts, const struct view_object *person)
{
    const char *title = view_get(parts->plan, "title");
    const char *name = !parts->guarded.chosen ? tr(N_("(protected)")) : person ? view_get(person, "name") : NULL;
    out_say(c, "%s%s%s  [%s]\n", title ? title : tr(N_("Handlingsplan")), name ? " · " : "", name ? name : "",
            names_uuid(&c->arena, &parts->plan->key.id));
    say_fields(c, parts->people, parts->plan);
    for (size_t i = 0; i < parts->plans->count; i++) {
        if (memcmp(&parts->plans->ids[i], &parts->plan->key.id, sizeof(struct uuid)) != 0) {
            out_say(c, "    %s: %s\n", tr(N_("another plan of the same person")),
                    names_uuid(&c->arena, &parts->plans->ids[i]));
        }
    }
    for (size_t i = 0; i < parts->objects->count; i++) {
        if (parts->objects->objects[i].type != parts->plan->type) {
            say_object(c, parts->people, &parts->objects->objects[i]);
        }
    }
    say_unreadable(c, parts->unreadable);
    if (parts->conflicts->count > 0) {
        out_say(c, "\n%s\n", tr(N_("Conflicts")));
        for (size_t i = 0; i < parts->conflicts->count; i++) {
            say_conflict(c, parts->people, &parts->conflicts->items[i]);
        }
    }
    if (findings_count(parts->findings) > 0) {
        out_say(c, "\n%s\n", tr(N_("Krockar and glapp")));
        say_findings(c, parts->findings);
    }
    say_too_large(c, parts->findings);
}

static enum err show(struct call *c, const struct shape_plan_parts *parts)
{
    if (c->json) {
        out_json(c, shape_plan(&c->js, &c->ops, parts));
        return call_done(c);
    }
    const struct view_object *person;
    enum err e = plans_person(&person, &c->ops, parts->plan);
    if (e == OK) {
        say_plan(c, parts, person);
    }
    return e == OK ? call_done(c) : e;
}

static enum err read_person(struct same_person_ids *persons, struct same_person_ids *plans, struct call *c,
                            const struct view_object *plan)
{
    struct uuid id;
    if (!same_person_of(&id, plan)) {
        return OK;
    }
    enum err e = same_person_ids(persons, &c->ops, &id);
    return e == OK ? same_person_plans(plans, &c->ops, persons) : e;
}

enum err cmd_show_plan(struct call *c)
{
    struct people people;
    struct view_list objects;
    struct consents_list consents;
    struct conflicts_list conflicts;
    struct findings_list findings = {0};
    struct same_person_ids persons = {0};
    struct same_person_ids plans = {0};
    struct unreadable_list unreadable = {0};
    struct shape_plan_parts parts = {&people,   NULL,     &objects, &consents,   &conflicts,
                                     &findings, &persons, &plans,   &unreadable, {.chosen = true}};
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&parts.plan, &people, c);
    }
    if (e == OK) {
        const struct view_query query = {.plan = &parts.plan->key.id};
        e = ops_told(&c->ops, view_objects(&objects, &c->arena, c->ops.site, &query));
    }
    if (e == OK) {
        e = consents_list(&consents, &c->ops, &people, &parts.plan->key.id);
    }
    if (e == OK) {
        e = conflicts_list(&conflicts, &c->ops, &parts.plan->key.id);
    }
    if (e == OK) {
        e = conflicts_suggest(&conflicts, &c->ops);
    }
    if (e == OK) {
        e = guarded_conflicts(&conflicts, &c->ops, &people, false);
    }
    if (e == OK) {
        e = guarded_find(&parts.guarded, &c->ops, &people, parts.plan);
    }
    if (e == OK && !parts.guarded.chosen) {
        e = guarded_objects(&objects, &c->ops, &objects);
    }
    if (e == OK) {
        e = read_person(&persons, &plans, c, parts.plan);
    }
    if (e == OK) {
        e = unreadable_find(&unreadable, &c->ops, &people, parts.plan, &consents);
    }
    if (e == OK) {
        e = findings_find(&findings, &c->ops, &people, parts.plan);
    }
    if (e == OK) {
        e = guarded_findings(&findings, &c->ops, &people, false);
    }
    if (e == OK) {
        e = show(c, &parts);
    }
    findings_free(&findings);
    return e;
}
