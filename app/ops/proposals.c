#include "app/ops/proposals.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/objects.h"

#define WAITING "väntar"
#define ACCEPTED "godtagen"
#define DECLINED "avböjd"

static bool is_ours(const struct ops *o, const struct view_object *target)
{
    return memcmp(&target->place.owner, &site_self(o->site)->party, sizeof(struct uuid)) == 0;
}

/* The field, of an object that another party owns. */
static enum err check_target(const struct schema_field **field, struct ops *o, const struct view_object *target,
                             const struct fields_change *change)
{
    if (is_ours(o, target) || uuid_is_nil(&target->place.owner)) {
        return why_set(&o->why, ERR_INPUT, N_("that is yours to change: samplan plan set"), "%s",
                       names_uuid(o->arena, &target->key.id));
    }
    enum err e = fields_named(field, o, target->type, change->name);
    if (e != OK) {
        return e;
    }
    const bool one = (*field)->merge == MERGE_REGISTER || (*field)->merge == MERGE_TEXT;
    if (!one || change->how != FIELDS_SET) {
        return why_set(&o->why, ERR_INPUT, N_("a proposal is about a field that holds one value: expected FIELD=VALUE"),
                       "%s.%s", target->type->name, change->name);
    }
    return OK;
}

enum err proposals_add(struct uuid *out, struct ops *o, struct edit *ed, const struct proposals_wish *wish)
{
    const struct view_object *target;
    const struct schema_field *field = NULL;
    const struct ops_wanted wanted = {.text = wish->target};
    const char *value = wish->change.value;
    enum err e = ops_object(&target, o, &wanted);
    if (e == OK) {
        e = check_target(&field, o, target, &wish->change);
    }
    if (e == OK && field && *value) {
        e = fields_value(&value, o, target->type, field, value);
    }
    if (e != OK || !field) {
        return e;
    }
    struct fields_change fields[5];
    size_t count = 0;
    fields[count++] = (struct fields_change){"target", FIELDS_SET, names_uuid(o->arena, &target->key.id)};
    fields[count++] = (struct fields_change){"field", FIELDS_SET, field->name};
    fields[count++] = (struct fields_change){"status", FIELDS_SET, WAITING};
    if (*value) { /* without one it is proposed to unset the field */
        fields[count++] = (struct fields_change){"value", FIELDS_SET, value};
    }
    if (wish->why && *wish->why) {
        fields[count++] = (struct fields_change){"why", FIELDS_SET, wish->why};
    }
    const struct objects_wish proposal = {.plan = names_uuid(o->arena, &target->place.plan),
                                          .type = "proposal",
                                          .fields = {.count = count, .changes = fields}};
    return objects_new(out, o, ed, &proposal);
}

static enum err find_target(const struct view_object **out, struct ops *o, const struct view_object *proposal)
{
    const char *text = view_get(proposal, "target");
    struct uuid id;
    *out = NULL;
    if (!text || uuid_parse(&id, span_str(text)) != OK) {
        return OK;
    }
    struct view_list list;
    const struct view_query query = {.plan = &proposal->place.plan, .id = &id};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e == OK && list.count == 1) { /* two sections with that id: it cannot be told which is meant */
        *out = &list.objects[0];
    }
    return ops_told(o, e);
}

static enum err read_one(struct proposals_one *out, struct ops *o, const struct view_object *object)
{
    const char *status = view_get(object, "status");
    const struct view_field *f = view_field(object, "status");
    *out = (struct proposals_one){.object = object};
    out->waiting = !(f && f->conflict) && (!status || strcmp(status, WAITING) == 0);
    enum err e = find_target(&out->target, o, object);
    out->ours = e == OK && out->target && is_ours(o, out->target);
    return e;
}

enum err proposals_list(struct proposals_list *out, struct ops *o, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = "proposal"};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    struct proposals_list found = {.items = arena_array(o->arena, list.count + 1, sizeof *found.items)};
    if (!found.items) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < list.count; i++) {
        e = read_one(&found.items[found.count++], o, &list.objects[i]);
        if (e != OK) {
            return e;
        }
    }
    *out = found;
    return OK;
}

static enum err find_waiting(struct proposals_one *out, struct ops *o, const char *id)
{
    const struct view_object *object;
    const struct ops_wanted wanted = {.text = id};
    enum err e = ops_object(&object, o, &wanted);
    if (e == OK && strcmp(object->type->name, "proposal") != 0) {
        e = why_set(&o->why, ERR_INPUT, N_("that is no proposal"), "%s", id);
    }
    if (e == OK) {
        e = read_one(out, o, object);
    }
    if (e == OK && !out->waiting) {
        return why_set(&o->why, ERR_EXISTS, N_("it is answered already"), "%s", id);
    }
    if (e == OK && !out->target) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("what the proposal is about cannot be read here, or is removed"),
                       "%s", id);
    }
    if (e == OK && !out->ours) {
        return why_set(&o->why, ERR_REFUSED, N_("the party that owns it answers the proposal"), "%s",
                       out->target->owner_name);
    }
    return e;
}

static enum err carry_out(struct ops *o, struct edit *ed, const struct proposals_one *one)
{
    const struct fields_target target = {.key = &one->target->key, .type = one->target->type, .now = one->target};
    const struct schema_field *field;
    const char *name = view_get(one->object, "field");
    enum err e = fields_named(&field, o, target.type, name ? name : "");
    if (e != OK) {
        return e;
    }
    const struct fields_change change = {.name = name, .value = view_get(one->object, "value")};
    if (field->merge == MERGE_SET ||
        field->merge == MERGE_ENTRIES) { /* somebody else's program may have proposed that */
        return why_set(&o->why, ERR_INPUT, N_("a proposal is about a field that holds one value: expected FIELD=VALUE"),
                       "%s.%s", target.type->name, name);
    }
    const struct fields_changes changes = {.count = 1, .changes = &change};
    return fields_apply(o, ed, &target, &changes);
}

enum err proposals_settle(struct ops *o, struct edit *ed, const struct proposals_answer *answer)
{
    struct proposals_one one;
    enum err e = find_waiting(&one, o, answer->id);
    if (e == OK && answer->accept && one.target) {
        e = carry_out(o, ed, &one);
    }
    if (e == OK) {
        const struct fields_target proposal = {.key = &one.object->key, .type = one.object->type, .now = one.object};
        e = fields_put(o, ed, &proposal, "status", answer->accept ? ACCEPTED : DECLINED);
    }
    return e;
}
