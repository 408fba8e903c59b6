#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/plans.h"
#include "app/ops/shape.h"
#include "app/plan/dates.h"

#include <string.h>

#define INDENT 6

/* What an object is known by: a session by its time, others by what they are called. */
static const char *known_by(struct call *c, const struct view_object *object)
{
    static const char *const fields[] = {"name", "title", "text", "reason", NULL};
    const char *when = strcmp(object->type->name, "session") == 0 ? view_get(object, "when") : NULL;
    int64_t seconds;
    if (when && dates_parse_time(&seconds, when) == OK) {
        return names_local_time(&c->arena, seconds * 1000);
    }
    for (const char *const *field = fields; *field; field++) {
        const char *value = view_get(object, *field);
        if (value) {
            return say_short(&c->arena, value, SAY_SHORT);
        }
    }
    return NULL;
}

/* The same of an id; NULL where it cannot be read here, or is that of a person, who may be protected. */
static enum err referred(const char **out, struct call *c, const struct uuid *id)
{
    struct view_list list;
    const struct view_query query = {.id = id};
    enum err e = ops_told(&c->ops, view_objects(&list, &c->arena, c->ops.site, &query));
    *out = NULL;
    if (e == OK && list.count > 0 && strcmp(list.objects[0].type->name, "person") != 0) {
        *out = known_by(c, &list.objects[0]);
    }
    return e;
}

/* A value for people: a name in place of an id. */
static enum err readable(const char **out, struct call *c, const struct people *p, const struct schema_field *f,
                         const char *value)
{
    struct uuid id;
    const char *name = NULL;
    enum err e = OK;
    if ((f->form == FORM_WHOM || f->form == FORM_REF) && uuid_parse(&id, span_str(value)) == OK) {
        name = people_name(p, &id);
        e = name || f->form == FORM_WHOM ? OK : referred(&name, c, &id);
    }
    *out = name ? name : value;
    return e;
}

static enum err say_values(struct call *c, const struct people *p, const struct view_field *f)
{
    const bool one = f->field->merge == MERGE_REGISTER || f->field->merge == MERGE_TEXT;
    enum err e = OK;
    for (size_t k = 0; e == OK && k < (one ? 1 : f->count); k++) {
        const char *value;
        e = readable(&value, c, p, f->field, f->values[k].value);
        out_say(c, "%s", k == 0 ? "" : "; ");
        out_lines(c, e == OK ? value : "", INDENT);
    }
    return e;
}

static enum err say_fields(struct call *c, const struct people *p, const struct view_object *object)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        if (!f->field || f->count == 0 || !f->values[0].value) {
            continue;
        }
        out_say(c, "    %s: ", labels_of(f->field->name));
        e = say_values(c, p, f);
        out_say(c, "%s\n", f->conflict ? tr(N_("  (in conflict, see samplan conflicts)")) : "");
    }
    return e;
}

static enum err say_object(struct call *c, const struct people *p, const struct view_object *object)
{
    const bool shared = uuid_is_nil(&object->place.owner);
    out_say(c, "\n  %s · %s", labels_of(object->type->name), shared ? tr(N_("shared")) : object->owner_name);
    if (strcmp(object->place.topic, "plan") != 0) {
        out_say(c, " · %s", labels_of(object->place.topic));
    }
    out_say(c, "  [%s]\n", names_uuid(&c->arena, &object->key.id));
    return say_fields(c, p, object);
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

static enum err say_plan(struct call *c, const struct shape_plan_parts *parts)
{
    const char *title = view_get(parts->plan, "title");
    const char *name = parts->guarded.chosen ? parts->person_name : tr(N_("(protected)"));
    out_say(c, "%s%s%s  [%s]\n", title ? title : tr(N_("Handlingsplan")), name ? " · " : "", name ? name : "",
            names_uuid(&c->arena, &parts->plan->key.id));
    enum err e = say_fields(c, parts->people, parts->plan);
    for (size_t i = 0; i < parts->plans->count; i++) {
        if (memcmp(&parts->plans->ids[i], &parts->plan->key.id, sizeof(struct uuid)) != 0) {
            out_say(c, "    %s: %s\n", tr(N_("another plan of the same person")),
                    names_uuid(&c->arena, &parts->plans->ids[i]));
        }
    }
    for (size_t i = 0; e == OK && i < parts->objects->count; i++) {
        if (parts->objects->objects[i].type != parts->plan->type) {
            e = say_object(c, parts->people, &parts->objects->objects[i]);
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
    return e;
}

static enum err show(struct call *c, struct shape_plan_parts *parts)
{
    const struct view_object *person;
    enum err e = plans_person(&person, &c->ops, parts->plan);
    if (e != OK) {
        return e;
    }
    parts->person_name = parts->guarded.chosen && person ? view_get(person, "name") : NULL;
    if (c->json) {
        out_json(c, shape_plan(&c->js, &c->ops, parts));
        return call_done(c);
    }
    e = say_plan(c, parts);
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
    struct shape_plan_parts parts = {.people = &people,
                                     .objects = &objects,
                                     .consents = &consents,
                                     .conflicts = &conflicts,
                                     .findings = &findings,
                                     .same_person = &persons,
                                     .plans = &plans,
                                     .unreadable = &unreadable,
                                     .guarded = {.chosen = true}};
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
