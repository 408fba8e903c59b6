#include "app/ops/objects.h"

#include <string.h>

#include "app/ops/guarded_write.h"
#include "app/ops/names.h"
#include "app/ops/outcomes.h"
#include "app/ops/policies.h"
#include "app/ops/remisser.h"
#include "app/plan/model.h"

#define CONSENT_MONTHS 12

enum err objects_type(const struct schema_type **out, struct ops *o, const char *name)
{
    const struct schema_type *type = schema_type_named(site_schema(o->site), name);
    if (!type) {
        return why_set(&o->why, ERR_INPUT, N_("no such type (samplan help lists them)"), "%s", name);
    }
    *out = type;
    return OK;
}

/* A slot is the activity's, wherever that is. */
static enum err place_of_slot(struct place *out, struct ops *o, const struct fields_changes *fields)
{
    const struct fields_change *c = fields_find(fields, "activity");
    if (!c || !c->value) {
        return why_set(&o->why, ERR_INPUT, N_("a slot belongs to an activity: expected activity=ID"), "%s", "slot");
    }
    const struct view_object *activity;
    const struct ops_wanted wanted = {.text = c->value, .bare = true};
    enum err e = ops_object(&activity, o, &wanted);
    if (e == OK) {
        *out = activity->place;
    }
    return e;
}

static enum err place_in_plan(struct place *out, struct ops *o, const struct schema_type *type,
                              const struct objects_wish *wish)
{
    const bool may_own = (type->places & PLACE_OWNED) != 0;
    const bool may_share = (type->places & PLACE_SHARED) != 0;
    if ((wish->side == OBJECTS_OWN && !may_own) || (wish->side == OBJECTS_SHARED && !may_share)) {
        return why_set(&o->why, ERR_INPUT,
                       may_own ? N_("that type lives in its owner's section, not in the shared one")
                               : N_("that type lives in the shared section, not in a party's own"),
                       "%s", type->name);
    }
    const bool owned = wish->side == OBJECTS_OWN || !may_share;
    const char *topic = wish->topic ? wish->topic : type->topics[0];
    if (!schema_allows(type, owned ? PLACE_OWNED : PLACE_SHARED, topic)) {
        return why_set(&o->why, ERR_INPUT, N_("that type may not live under that topic"), "%s, %s", type->name, topic);
    }
    *out = (struct place){.topic = topic};
    if (owned) {
        out->owner = site_self(o->site)->party;
    }
    return OK;
}

static enum err find_place(struct place *out, struct ops *o, const struct schema_type *type,
                           const struct objects_wish *wish)
{
    if (type->places == PLACE_FORBUND) {
        *out = (struct place){.topic = MODEL_TOPIC_FORBUND};
        return OK;
    }
    if (!wish->plan) {
        return why_set(&o->why, ERR_INPUT, N_("that type belongs to a plan: expected the plan's id"), "%s", type->name);
    }
    struct uuid plan;
    enum err e = ops_plan_id(&plan, o, wish->plan);
    if (e != OK) {
        return e;
    }
    if (strcmp(type->name, "slot") == 0 && wish->side == OBJECTS_DEFAULT) {
        return place_of_slot(out, o, &wish->fields);
    }
    e = place_in_plan(out, o, type, wish);
    out->plan = plan;
    return e;
}

static enum err put_default(struct ops *o, struct edit *ed, const struct fields_target *t,
                            const struct objects_wish *wish, const struct fields_change *standard)
{
    if (fields_find(&wish->fields, standard->name)) {
        return OK; /* also where it was expressly left empty */
    }
    return fields_put(o, ed, t, standard->name, standard->value);
}

static enum err put_defaults(struct ops *o, struct edit *ed, const struct fields_target *t,
                             const struct objects_wish *wish)
{
    struct fields_change standard[3];
    size_t count = 0;
    if (strcmp(t->type->name, "activity") == 0) {
        standard[count++] = (struct fields_change){.name = "status", .value = "beslutad"};
        const char *me = names_uuid(o->arena, &site_self(o->site)->member);
        standard[count++] = (struct fields_change){.name = "responsible", .value = me};
    } else if (strcmp(t->type->name, "consent") == 0) {
        const struct fields_change *typed = fields_find(&wish->fields, "from");
        int32_t from = ops_day(o);
        if (typed && typed->value) {
            (void)!dates_parse(&from, typed->value); /* a bad one is refused where it is set */
        }
        const int32_t until = dates_months_later(from, CONSENT_MONTHS);
        standard[count++] = (struct fields_change){.name = "purpose", .value = "utbyte"};
        standard[count++] = (struct fields_change){.name = "from", .value = names_day(o->arena, from)};
        standard[count++] = (struct fields_change){.name = "until", .value = names_day(o->arena, until)};
    }
    for (size_t i = 0; i < count; i++) {
        enum err e = put_default(o, ed, t, wish, &standard[i]);
        if (e != OK) {
            return e;
        }
    }
    return ops_memory(o);
}

/* What can only be told of an object as a whole. */
static enum err check_whole(struct ops *o, const struct schema_type *type, const struct object_key *key)
{
    return strcmp(type->name, "policy") == 0 ? policies_check(o, key) : OK;
}

static enum err make(struct uuid *out, struct ops *o, struct edit *ed, const struct schema_type *type,
                     const struct place *place, const struct objects_wish *wish)
{
    int64_t section;
    enum err e = edit_section(&section, ed, place);
    struct object_key key;
    if (e == OK) {
        const struct uuid fresh = {{0}};
        e = edit_new(&key, ed, section, type, wish->id ? wish->id : &fresh);
    }
    if (e != OK) {
        return ops_told(o, e);
    }
    const struct fields_target target = {.key = &key, .type = type};
    e = put_defaults(o, ed, &target, wish);
    if (e == OK) {
        e = fields_apply(o, ed, &target, &wish->fields);
    }
    if (e == OK) {
        e = check_whole(o, type, &key);
    }
    if (e == OK) {
        *out = key.id;
    }
    return e;
}

enum err objects_new(struct uuid *out, struct ops *o, struct edit *ed, const struct objects_wish *wish)
{
    const struct schema_type *type = NULL;
    struct place place = {0};
    enum err e = objects_type(&type, o, wish->type);
    if (e != OK || !type) {
        return e;
    }
    const bool outcome = strcmp(type->name, "outcome") == 0;
    e = find_place(&place, o, type, wish);
    if (e == OK && outcome) {
        e = outcomes_before(o, ed, &place.plan, &wish->fields);
    } else if (e == OK && strcmp(type->name, "scored") == 0) {
        e = outcomes_allow_mark(o, &place.plan, &wish->fields);
    } else if (e == OK && strcmp(type->name, "remiss") == 0) {
        e = remisser_check(o, NULL, &wish->fields);
    }
    if (e == OK) {
        e = guarded_write_may_write(o, type, &place.plan);
    }
    if (e == OK) {
        e = make(out, o, ed, type, &place, wish);
    }
    return e == OK && outcome ? outcomes_after(o, ed, &place.plan, &wish->fields) : e;
}

/* Does a change depend on what the object says now? */
static bool rests_on_fields(const struct schema_type *type, const struct fields_changes *fields)
{
    bool rests = strcmp(type->name, "remiss") == 0;
    for (size_t i = 0; i < fields->count && !rests; i++) {
        const struct fields_change *c = &fields->changes[i];
        const struct schema_field *f = schema_field_named(type, c->name);
        rests = f && f->merge == MERGE_SET && c->how == FIELDS_SET; /* what is not in it any more is dropped */
    }
    return rests;
}

enum err objects_find(const struct view_object **out, struct ops *o, const char *text,
                      const struct fields_changes *fields)
{
    struct ops_wanted wanted = {.text = text, .removed_too = true, .bare = true};
    enum err e = ops_object(out, o, &wanted);
    if (e == OK && rests_on_fields((*out)->type, fields)) {
        wanted.bare = false;
        e = ops_object(out, o, &wanted);
    }
    return e;
}

enum err objects_set(struct ops *o, struct edit *ed, const struct view_object *object,
                     const struct fields_changes *fields)
{
    const struct fields_target target = {.key = &object->key, .type = object->type, .now = object};
    if ((strcmp(object->type->name, "outcome") == 0 || strcmp(object->type->name, "scored") == 0) &&
        fields_find(fields, "insats")) {
        return why_set(&o->why, ERR_INPUT, N_("which insats an outcome is of cannot be changed"), "%s", "insats");
    }
    enum err e = strcmp(object->type->name, "remiss") == 0 ? remisser_check(o, object, fields) : OK;
    e = e == OK ? guarded_write_may_write(o, object->type, &object->place.plan) : e;
    e = e == OK ? fields_apply(o, ed, &target, fields) : e;
    return e == OK ? check_whole(o, object->type, &object->key) : e;
}

enum err objects_remove(struct ops *o, struct edit *ed, const struct view_object *object)
{
    return ops_told(o, edit_remove(ed, &object->key));
}
