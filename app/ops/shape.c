#include "app/ops/shape.h"

#include <string.h>

#include "app/ops/names.h"

static json_t *field_value(struct js *j, const struct view_field *f)
{
    if (f->field->merge == MERGE_REGISTER || f->field->merge == MERGE_TEXT) {
        return json_string(f->values[0].value);
    }
    json_t *list = js_array(j);
    for (size_t i = 0; i < f->count; i++) {
        js_add_text(j, list, f->values[i].value);
    }
    return list;
}

json_t *shape_fields(struct js *j, const struct view_object *object)
{
    json_t *fields = js_object(j);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        if (f->field && f->count > 0 && f->values[0].value) {
            js_put(j, fields, f->field->name, field_value(j, f));
        }
    }
    return fields;
}

static const char *owner_of(const struct view_object *object)
{
    return uuid_is_nil(&object->place.owner) ? "shared" : object->owner_name;
}

json_t *shape_object(struct js *j, struct ops *o, const struct view_object *object)
{
    json_t *out = js_object(j);
    js_text(j, out, "id", names_uuid(o->arena, &object->key.id));
    js_text(j, out, "type", object->type->name);
    js_text(j, out, "owner", owner_of(object));
    js_text(j, out, "owner_id", names_uuid(o->arena, &object->place.owner));
    js_text(j, out, "topic", object->place.topic);
    js_put(j, out, "fields", shape_fields(j, object));
    return out;
}

/* "member","party" and "device" as names, with their ids beside them. */
static void put_author(struct js *j, struct ops *o, json_t *to, const struct view_author *by)
{
    js_text(j, to, "tx", names_tx(o->arena, &by->tx));
    js_text(j, to, "time", names_time(o->arena, by->time_ms));
    js_text(j, to, "member", by->member_name);
    js_text(j, to, "member_id", names_uuid(o->arena, &by->member));
    js_text(j, to, "party", by->party_name);
    js_text(j, to, "party_id", names_uuid(o->arena, &by->party));
}

json_t *shape_conflict(struct js *j, struct ops *o, const struct conflicts_one *c)
{
    json_t *out = js_object(j);
    json_t *values = js_array(j);
    for (size_t i = 0; i < c->field->count; i++) {
        json_t *value = js_object(j);
        js_count(j, value, "n", i);
        js_text(j, value, "value", c->withheld ? NULL : c->field->values[i].value);
        put_author(j, o, value, &c->field->values[i].by);
        js_add(j, values, value);
    }
    js_text(j, out, "object", names_uuid(o->arena, &c->object->key.id));
    js_text(j, out, "type", c->object->type->name);
    js_text(j, out, "plan", names_uuid(o->arena, &c->object->place.plan));
    js_text(j, out, "field", conflicts_field_name(c));
    js_count(j, out, "shown", 0);
    js_put(j, out, "values", values);
    js_text(j, out, "base", c->withheld ? NULL : c->suggestion.base);
    js_text(j, out, "suggestion", c->withheld ? NULL : c->suggestion.merged);
    js_bool(j, out, "withheld", c->withheld);
    return out;
}

static json_t *texts(struct js *j, char **list, size_t count)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < count; i++) {
        js_add_text(j, out, list[i]);
    }
    return out;
}

static json_t *party_names(struct js *j, const struct people *p, const struct finding *f)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < f->party_count; i++) {
        struct uuid id;
        const char *name = uuid_parse(&id, span_str(f->parties[i])) == OK ? people_name(p, &id) : NULL;
        js_add_text(j, out, name ? name : f->parties[i]);
    }
    return out;
}

static json_t *acceptance_json(struct js *j, struct ops *o, const struct findings_acceptance *a)
{
    if (!a) {
        return json_null();
    }
    json_t *out = js_object(j);
    js_text(j, out, "id", a->id);
    js_text(j, out, "why", a->why);
    put_author(j, o, out, &a->by);
    return out;
}

json_t *shape_finding(struct js *j, struct ops *o, const struct people *p, const struct findings_of *of,
                      const struct finding *f)
{
    json_t *out = js_object(j);
    js_text(j, out, "id", f->id);
    js_text(j, out, "rule", f->rule);
    js_text(j, out, "kind", finding_kind_word(f->kind));
    js_text(j, out, "severity", finding_severity_word(f->severity));
    js_text(j, out, "plan", names_uuid(o->arena, &of->plan));
    js_put(j, out, "objects", texts(j, f->objects, f->object_count));
    js_put(j, out, "parties", party_names(j, p, f));
    js_put(j, out, "party_ids", texts(j, f->parties, f->party_count));
    js_text(j, out, "from", names_day(o->arena, f->from));
    js_text(j, out, "to", names_day(o->arena, f->to));
    js_bool(j, out, "past", f->past);
    js_put(j, out, "peak_percent", f->peak_percent == FINDING_NO_PEAK ? json_null() : json_integer(f->peak_percent));
    js_text(j, out, "text", f->text);
    js_put(j, out, "accepted", acceptance_json(j, o, findings_accepted(of, f)));
    return out;
}

const char *shape_standing(enum view_standing standing)
{
    static const char *const words[] = {
        [VIEW_SHOWN] = "shown",         [VIEW_SUPERSEDED] = "superseded", [VIEW_CONFLICT] = "conflict",
        [VIEW_SET_ASIDE] = "set-aside", [VIEW_WAITING] = "waiting",       [VIEW_REFUSED] = "refused",
    };
    return words[standing];
}

json_t *shape_change(struct js *j, struct ops *o, const struct view_change *c)
{
    json_t *out = js_object(j);
    put_author(j, o, out, &c->by);
    js_text(j, out, "commit", c->commit[0] ? c->commit : NULL);
    const char *key = names_hex(o->arena, c->by.device.b, sizeof c->by.device.b);
    js_put(j, out, "device", json_stringn(key, strlen(key) < 16 ? 0 : 16));
    js_text(j, out, "device_id", key);
    js_text(j, out, "object", names_uuid(o->arena, &c->object.id));
    js_text(j, out, "type", c->type ? c->type->name : NULL);
    js_text(j, out, "field", c->field ? c->field->name : NULL);
    js_text(j, out, "op", c->op);
    js_text(j, out, "old", c->old);
    js_text(j, out, "new", c->value);
    js_text(j, out, "standing", shape_standing(c->standing));
    js_text(j, out, "why", c->why && c->why[0] ? c->why : NULL);
    return out;
}

json_t *shape_writer(struct js *j, struct ops *o, const struct view_object *object, const struct view_field *f,
                     const struct view_value *value)
{
    json_t *out = js_object(j);
    put_author(j, o, out, &value->by);
    js_text(j, out, "object", names_uuid(o->arena, &object->key.id));
    js_text(j, out, "type", object->type->name);
    js_text(j, out, "owner", owner_of(object));
    js_text(j, out, "topic", object->place.topic);
    js_text(j, out, "field", f->field->name);
    js_text(j, out, "value", value->value);
    js_bool(j, out, "conflict", f->conflict);
    return out;
}

json_t *shape_proposal(struct js *j, struct ops *o, const struct proposals_one *one)
{
    static const char *const fields[] = {"target", "field", "value", "why", "status"};
    json_t *out = js_object(j);
    js_text(j, out, "id", names_uuid(o->arena, &one->object->key.id));
    js_text(j, out, "plan", names_uuid(o->arena, &one->object->place.plan));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const bool told = !one->withheld || strcmp(fields[i], "value") != 0;
        js_text(j, out, fields[i], told ? view_get(one->object, fields[i]) : NULL);
    }
    js_text(j, out, "target_type", one->target ? one->target->type->name : NULL);
    js_text(j, out, "target_owner", one->target ? one->target->owner_name : NULL);
    js_bool(j, out, "withheld", one->withheld);
    js_bool(j, out, "waiting", one->waiting);
    js_bool(j, out, "ours", one->ours);
    const struct view_field *target = view_field(one->object, "target");
    if (target && target->count > 0) {
        put_author(j, o, out, &target->values[0].by); /* who proposes */
    }
    return out;
}

json_t *shape_grant(struct js *j, struct ops *o, const struct people *p, const struct grant *g)
{
    json_t *out = js_object(j);
    js_text(j, out, "kind", g->kind == GRANT_PARTY ? "party" : "member");
    js_text(j, out, "id", names_uuid(o->arena, &g->id));
    js_text(j, out, "name", people_name(p, &g->id));
    return out;
}

json_t *shape_consent(struct js *j, struct ops *o, const struct people *p, const struct consents_consent *c)
{
    json_t *out = shape_object(j, o, c->object);
    json_t *to = js_array(j);
    for (size_t i = 0; i < c->to.count; i++) {
        json_t *whom = shape_grant(j, o, p, &c->to.grants[i]);
        if (people_function(p, &c->to.named[i])) {
            js_text(j, whom, "kind", "function");
            js_text(j, whom, "id", names_uuid(o->arena, &c->to.named[i]));
            js_text(j, whom, "name", people_name(p, &c->to.named[i]));
        }
        js_add(j, to, whom);
    }
    js_put(j, out, "to", to);
    js_bool(j, out, "in_force", consents_in_force(c, ops_day(o)));
    js_bool(j, out, "withdrawn", c->withdrawn);
    return out;
}

static json_t *of_type(struct js *j, struct ops *o, const struct view_list *list, const char *type)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->objects[i].type->name, type) == 0) {
            js_add(j, out, shape_object(j, o, &list->objects[i]));
        }
    }
    return out;
}

static json_t *other_objects(struct js *j, struct ops *o, const struct view_list *list)
{
    static const char *const grouped[] = {"plan", "activity", "goal", "note", "consent"};
    json_t *out = js_array(j);
    for (size_t i = 0; i < list->count; i++) {
        bool other = true;
        for (size_t k = 0; k < sizeof grouped / sizeof *grouped; k++) {
            other = other && strcmp(list->objects[i].type->name, grouped[k]) != 0;
        }
        if (other) {
            js_add(j, out, shape_object(j, o, &list->objects[i]));
        }
    }
    return out;
}

static json_t *all_findings(struct js *j, struct ops *o, const struct shape_plan_parts *parts)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < parts->findings->count; i++) {
        const struct findings_of *of = &parts->findings->plans[i];
        for (size_t k = 0; k < of->found.count; k++) {
            js_add(j, out, shape_finding(j, o, parts->people, of, &of->found.items[k]));
        }
    }
    return out;
}

static json_t *ids_json(struct js *j, struct ops *o, const struct same_person_ids *list, const struct uuid *but)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < list->count; i++) {
        if (!but || memcmp(&list->ids[i], but, sizeof *but) != 0) {
            js_add_text(j, out, names_uuid(o->arena, &list->ids[i]));
        }
    }
    return out;
}

static json_t *unreadable_json(struct js *j, struct ops *o, const struct unreadable_list *list)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < list->count; i++) {
        const struct unreadable_section *s = &list->items[i];
        json_t *row = js_object(j);
        js_text(j, row, "section", s->id);
        js_text(j, row, "owner", s->owner_name ? s->owner_name : "shared");
        js_text(j, row, "owner_id", names_uuid(o->arena, &s->owner));
        js_text(j, row, "topic", s->topic);
        js_text(j, row, "why", unreadable_word(s->why));
        js_add(j, out, row);
    }
    return out;
}

json_t *shape_plan(struct js *j, struct ops *o, const struct shape_plan_parts *parts)
{
    json_t *out = shape_object(j, o, parts->plan);
    js_bool(j, out, "protected", parts->guarded.protected);
    js_bool(j, out, "withheld", !parts->guarded.chosen);
    js_text(j, out, "person_name", parts->person_name);
    js_put(j, out, "person_ids", ids_json(j, o, parts->same_person, NULL));
    js_put(j, out, "other_plans", ids_json(j, o, parts->plans, &parts->plan->key.id));
    js_put(j, out, "activities", of_type(j, o, parts->objects, "activity"));
    js_put(j, out, "goals", of_type(j, o, parts->objects, "goal"));
    js_put(j, out, "notes", of_type(j, o, parts->objects, "note"));
    json_t *consents = js_array(j);
    for (size_t i = 0; i < parts->consents->count; i++) {
        js_add(j, consents, shape_consent(j, o, parts->people, &parts->consents->consents[i]));
    }
    js_put(j, out, "consents", consents);
    js_put(j, out, "objects", other_objects(j, o, parts->objects));
    json_t *conflicts = js_array(j);
    for (size_t i = 0; i < parts->conflicts->count; i++) {
        js_add(j, conflicts, shape_conflict(j, o, &parts->conflicts->items[i]));
    }
    js_put(j, out, "conflicts", conflicts);
    js_put(j, out, "clashes", all_findings(j, o, parts));
    js_put(j, out, "unreadable_sections", unreadable_json(j, o, parts->unreadable));
    return out;
}
