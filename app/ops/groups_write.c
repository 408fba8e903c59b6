#include "app/ops/groups_write.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/insatser.h"
#include "app/ops/names.h"
#include "app/ops/same_person.h"

/* Room for the typed fields and more in front of them. */
static struct fields_change *with_room(struct ops *o, const struct fields_changes *typed, size_t more)
{
    struct fields_change *fields = arena_array(o->arena, typed->count + more, sizeof *fields);
    if (fields && typed->count > 0) {
        memcpy(fields + more, typed->changes, typed->count * sizeof *fields);
    }
    return fields;
}

static enum err check_name(struct ops *o, const char *type, const struct fields_changes *fields)
{
    const struct fields_change *name = fields_find(fields, "name");
    if (!name || !name->value || name->value[strspn(name->value, " \t\r\n")] == '\0') {
        return why_set(&o->why, ERR_INPUT, N_("it needs a name: expected name=NAME"), "%s.name", type);
    }
    return OK;
}

/* A group or module: of an insats, with a name. */
static enum err make_of_insats(struct uuid *out, struct ops *o, struct edit *ed, const struct insatser_one *insats,
                               const char *type, const struct fields_changes *typed)
{
    struct fields_change *fields = with_room(o, typed, 1);
    enum err e = fields ? check_name(o, type, typed) : ops_memory(o);
    if (e != OK) {
        return e;
    }
    fields[0] = (struct fields_change){"insats", FIELDS_SET, names_uuid(o->arena, &insats->object->key.id)};
    const struct objects_wish wish = {.type = type, .fields = {.count = typed->count + 1, .changes = fields}};
    return objects_new(out, o, ed, &wish);
}

enum err groups_write_group(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                            const struct groups_write_wish *wish)
{
    struct insatser_one insats = {0};
    enum err e = insatser_named(&insats, o, p, wish->of);
    return e == OK ? make_of_insats(out, o, ed, &insats, "group", &wish->fields) : e;
}

/* The names of modules that are required, as ids: "Start;Praktik". */
static enum err resolve_required(const char **out, struct ops *o, const struct groups_one *g, const char *typed)
{
    const char *const *names;
    const char *ids = "";
    enum err e = people_split(&names, o, typed, ';');
    for (size_t i = 0; e == OK && names[i]; i++) {
        size_t at;
        e = groups_module(&at, o, g, names[i]);
        if (e == OK) {
            const char *longer = arena_printf(o->arena, "%s%s%s", ids, *ids ? ";" : "", g->course[at].id);
            e = ops_memory(o);
            ids = longer ? longer : ids;
        }
    }
    *out = ids;
    return e;
}

enum err groups_write_module(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                             const struct groups_write_wish *wish)
{
    struct insatser_one insats = {0};
    struct insatser_parts parts = {0};
    struct groups_one g = {0};
    struct fields_changes fields = {.count = wish->fields.count + 1};
    struct fields_change *list = with_room(o, &wish->fields, 1);
    enum err e = list ? insatser_named(&insats, o, p, wish->of) : ops_memory(o);
    if (e == OK) {
        e = insatser_parts(&parts, o, insats.object);
    }
    if (e != OK) {
        return e;
    }
    const char *last = parts.module_count > 0 ? view_get(parts.modules[parts.module_count - 1], "order") : NULL;
    list[0] = (struct fields_change){"order", FIELDS_SET,
                                     arena_printf(o->arena, "%ld", (last ? strtol(last, NULL, 10) : 0) + 1)};
    g.modules = parts.modules;
    g.module_count = parts.module_count;
    g.course = arena_array(o->arena, g.module_count + 1, sizeof *g.course);
    if (!g.course) {
        return ops_no_memory(o);
    }
    for (size_t i = 0; i < g.module_count; i++) {
        const char *id = names_uuid(o->arena, &g.modules[i]->key.id);
        g.course[i] = (struct course_module){.id = id ? id : ""};
    }
    e = ops_memory(o);
    for (size_t i = 1; e == OK && i < fields.count; i++) {
        if (strcmp(list[i].name, "requires") == 0 && list[i].value) {
            e = resolve_required(&list[i].value, o, &g, list[i].value);
        }
    }
    const bool ordered = fields_find(&wish->fields, "order") != NULL;
    fields.changes = ordered ? list + 1 : list;
    fields.count -= ordered;
    return e == OK ? make_of_insats(out, o, ed, &insats, "module", &fields) : e;
}

enum err groups_write_session(struct uuid *out, struct ops *o, struct edit *ed, const struct groups_write_wish *wish)
{
    struct groups_one g = {0};
    size_t module = 0;
    struct fields_change *fields = with_room(o, &wish->fields, 2);
    if (!fields) {
        return ops_no_memory(o);
    }
    enum err e = groups_named(&g, o, wish->of);
    if (e == OK) {
        e = groups_module(&module, o, &g, wish->to);
    }
    if (e != OK) {
        return e;
    }
    fields[0] = (struct fields_change){"group", FIELDS_SET, names_uuid(o->arena, &g.group->key.id)};
    fields[1] = (struct fields_change){"module", FIELDS_SET, g.course[module].id};
    const struct objects_wish session = {.type = "session",
                                         .fields = {.count = wish->fields.count + 2, .changes = fields}};
    return objects_new(out, o, ed, &session);
}

/* ---- participants ---- */

/* The activities by which the plan's person takes part in the group, by this plan or another one; the own party's first,
 * the plan's first. NULL: none. */
static enum err find_part(const struct view_object **out, struct ops *o, const struct groups_one *g,
                          const struct view_object *plan)
{
    struct view_list list;
    struct same_person_ids persons = {0};
    struct same_person_ids plans = {0};
    struct uuid person;
    const char *id = names_uuid(o->arena, &g->group->key.id);
    const struct view_query query = {.type = "activity", .field = "insats", .value = id ? id : ""};
    *out = NULL;
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e == OK && same_person_of(&person, plan)) {
        e = same_person_ids(&persons, o, &person);
        e = e == OK ? same_person_plans(&plans, o, &persons) : e;
    }
    int best = 0;
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const struct place *at = &list.objects[i].place;
        const char *status = view_get(&list.objects[i], "status");
        bool hers = false;
        for (size_t k = 0; k < plans.count; k++) {
            hers = hers || memcmp(&plans.ids[k], &at->plan, sizeof at->plan) == 0;
        }
        const bool here = memcmp(&at->plan, &plan->key.id, sizeof at->plan) == 0;
        const bool ours = memcmp(&at->owner, &site_self(o->site)->party, sizeof at->owner) == 0;
        const int rank = (here ? 4 : hers ? 2 : -8) + ours;
        if (rank > best && !(status && strcmp(status, "avbruten") == 0)) {
            best = rank;
            *out = &list.objects[i];
        }
    }
    return e;
}

static void put_if(struct fields_change *fields, size_t *count, const struct fields_changes *typed, const char *name,
                   const char *value)
{
    if (value && *value && !fields_find(typed, name)) {
        fields[(*count)++] = (struct fields_change){name, FIELDS_SET, value};
    }
}

enum err groups_write_join(struct uuid *out, struct ops *o, struct edit *ed, const struct groups_write_wish *wish)
{
    struct groups_one g = {0};
    const struct view_object *plan;
    const struct view_object *there;
    struct fields_change *fields = arena_array(o->arena, wish->fields.count + 4, sizeof *fields);
    size_t count = 0;
    if (!fields) {
        return ops_no_memory(o);
    }
    enum err e = groups_named(&g, o, wish->of);
    if (e == OK) {
        e = ops_plan(&plan, o, wish->to);
    }
    if (e == OK) {
        e = find_part(&there, o, &g, plan);
    }
    if (e == OK && there) {
        return why_set(&o->why, ERR_EXISTS, N_("the person takes part in that group already"), "%s",
                       names_uuid(o->arena, &there->key.id));
    }
    if (e != OK) {
        return e;
    }
    put_if(fields, &count, &wish->fields, "text", view_get(g.group, "name"));
    put_if(fields, &count, &wish->fields, "from", view_get(g.group, "from"));
    put_if(fields, &count, &wish->fields, "to", view_get(g.group, "to"));
    for (size_t i = 0; i < wish->fields.count; i++) {
        fields[count++] = wish->fields.changes[i];
    }
    fields[count++] = (struct fields_change){"insats", FIELDS_SET, names_uuid(o->arena, &g.group->key.id)};
    const struct objects_wish activity = {
        .plan = wish->to, .type = "activity", .fields = {.count = count, .changes = fields}};
    return objects_new(out, o, ed, &activity);
}

/* ---- how far ---- */

static bool is_member(const struct view_object *object, const char *field, const char *value)
{
    const struct view_field *f = object ? view_field(object, field) : NULL;
    for (size_t i = 0; f && i < f->count; i++) {
        if (f->values[i].value && strcmp(f->values[i].value, value) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds to the one set and takes from the other, as far as that changes anything. */
static size_t note_session(struct fields_change *fields, const struct view_object *now,
                           const struct groups_write_note *note)
{
    const char *to = note->missed ? "missed" : "attended";
    const char *from = note->missed ? "attended" : "missed";
    size_t count = 0;
    if (!is_member(now, to, note->session)) {
        fields[count++] = (struct fields_change){to, FIELDS_ADD, note->session};
    }
    if (is_member(now, from, note->session)) {
        fields[count++] = (struct fields_change){from, FIELDS_DROP, note->session};
    }
    return count;
}

/* One object for each party, activity and module, whichever of its devices makes it. */
static enum err write_note(struct ops *o, struct edit *ed, const struct view_object *activity,
                           const struct groups_write_note *note)
{
    struct view_list list;
    struct uuid id;
    struct fields_change fields[4];
    const char *module = note->group->course[note->module].id;
    const char *part = names_uuid(o->arena, &activity->key.id);
    const char *const parts[] = {"progress", names_uuid(o->arena, &site_self(o->site)->party), part, module, NULL};
    enum err e = ops_memory(o);
    e = e == OK ? derive_id(&id, o, parts) : e;
    const struct view_query query = {.plan = &activity->place.plan, .id = &id, .type = "progress", .removed_too = true};
    e = e == OK ? ops_told(o, view_objects(&list, o->arena, o->site, &query)) : e;
    if (e != OK) {
        return e;
    }
    const struct view_object *now = list.count > 0 ? &list.objects[0] : NULL;
    size_t count = note->session ? note_session(fields, now, note) : 0;
    if (note->completed) {
        fields[count++] = (struct fields_change){"completed", FIELDS_SET, note->completed};
    }
    if (count == 0) {
        return OK;
    }
    if (now) {
        return objects_set(o, ed, now, &(struct fields_changes){.count = count, .changes = fields});
    }
    fields[count++] = (struct fields_change){"activity", FIELDS_SET, part};
    fields[count++] = (struct fields_change){"module", FIELDS_SET, module};
    const struct objects_wish wish = {.plan = names_uuid(o->arena, &activity->place.plan),
                                      .id = &id,
                                      .type = "progress",
                                      .fields = {.count = count, .changes = fields}};
    return objects_new(&id, o, ed, &wish);
}

/* What the module waits for, of that participant. */
static enum err look_for_order(const char **waits_for, struct ops *o, const struct groups_write_note *note,
                               const struct view_object *activity)
{
    struct groups_participants all;
    enum err e = groups_participants(&all, o, note->group);
    for (size_t i = 0; e == OK && i < all.count; i++) {
        if (memcmp(&all.items[i].activity->key.id, &activity->key.id, sizeof activity->key.id) == 0) {
            *waits_for = all.items[i].steps[note->module].standing.waits_for;
        }
    }
    return e;
}

enum err groups_write_progress(const char **waits_for, struct ops *o, struct edit *ed,
                               const struct groups_write_note *note)
{
    const struct view_object *plan;
    const struct view_object *activity = NULL;
    *waits_for = NULL;
    enum err e = ops_plan(&plan, o, note->plan);
    if (e == OK) {
        e = find_part(&activity, o, note->group, plan);
    }
    if (e == OK && !activity) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("the person takes no part in that group (samplan group join)"), "%s",
                       note->plan);
    }
    if (e == OK) {
        e = look_for_order(waits_for, o, note, activity);
    }
    return e == OK ? write_note(o, ed, activity, note) : e;
}
