#include "app/ops/groups.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/plans.h"
#include "app/ops/same_person.h"

static bool has_member(const struct view_object *object, const char *field, const struct uuid *member)
{
    const struct view_field *f = view_field(object, field);
    struct uuid id;
    for (size_t i = 0; f && i < f->count; i++) {
        const char *text = f->values[i].value;
        if (text && uuid_parse(&id, span_str(text)) == OK && memcmp(&id, member, sizeof id) == 0) {
            return true;
        }
    }
    return false;
}

/* Does any party's note say so of the session? */
static bool any_has(const struct view_object *const *notes, size_t count, const char *field, const struct uuid *session)
{
    for (size_t i = 0; i < count; i++) {
        if (has_member(notes[i], field, session)) {
            return true;
        }
    }
    return false;
}

/* What was noted of the person, for each module and session. */
static enum err read_steps(struct groups_participant *p, struct ops *o, const struct groups_one *g,
                           const struct view_object *const *notes, size_t count)
{
    struct course_module *course = arena_array(o->arena, g->module_count + 1, sizeof *course);
    struct course_standing *standings = arena_array(o->arena, g->module_count + 1, sizeof *standings);
    p->steps = arena_array(o->arena, g->module_count + 1, sizeof *p->steps);
    p->noted = arena_array(o->arena, g->session_count + 1, sizeof *p->noted);
    if (!course || !standings || !p->steps || !p->noted) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < g->module_count; i++) {
        course[i] = g->course[i];
        for (size_t k = 0; k < count; k++) {
            course[i].completed = course[i].completed || (groups_refers(notes[k], "module", &g->modules[i]->key.id) &&
                                                          picture_fields_yes(view_get(notes[k], "completed")));
        }
    }
    p->next = course_stand(standings, course, g->module_count, o->today);
    for (size_t i = 0; i < g->module_count; i++) {
        p->steps[i] = (struct groups_step){.standing = standings[i]};
        p->steps[i].standing.out_of_order = p->steps[i].standing.out_of_order && count > 0;
    }
    for (size_t i = 0; i < g->session_count; i++) {
        const struct groups_session *s = &g->sessions[i];
        const bool attended = any_has(notes, count, "attended", &s->object->key.id);
        const bool missed = !attended && any_has(notes, count, "missed", &s->object->key.id);
        p->noted[i] = attended ? GROUPS_ATTENDED : missed ? GROUPS_MISSED : GROUPS_UNNOTED;
        p->steps[s->module].attended += attended;
        p->steps[s->module].missed += missed;
        if (!p->next_session && s->day >= o->today && standings[s->module].state != COURSE_COMPLETED) {
            p->next_session = s;
        }
    }
    return OK;
}

static enum err read_plan(struct groups_participant *p, struct ops *o)
{
    struct view_list list;
    const struct uuid *id = &p->activity->place.plan;
    const struct view_query query = {.plan = id, .id = id, .type = "plan"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK || list.count == 0) {
        return e;
    }
    p->plan = &list.objects[0];
    e = plans_person(&p->person, o, p->plan);
    if (e == OK) {
        e = same_person_protected(&p->protected, o, p->plan);
    }
    if (p->protected) {
        p->person = NULL;
    }
    return e;
}

static enum err read_one(struct groups_participant *p, struct ops *o, const struct groups_one *g,
                         const struct view_object *activity)
{
    struct view_list list;
    const struct view_query query = {.plan = &activity->place.plan, .type = "progress"};
    const char *status = view_get(activity, "status");
    *p = (struct groups_participant){
        .activity = activity,
        .left = status && strcmp(status, "avbruten") == 0,
        .ours = memcmp(&activity->place.owner, &site_self(o->site)->party, sizeof activity->place.owner) == 0};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    const struct view_object **notes = e == OK ? arena_array(o->arena, list.count + 1, sizeof *notes) : NULL;
    size_t count = 0;
    for (size_t i = 0; notes && i < list.count; i++) {
        if (groups_refers(&list.objects[i], "activity", &activity->key.id)) {
            notes[count++] = &list.objects[i];
        }
    }
    if (!notes) {
        return e == OK ? ops_memory(o) : e;
    }
    e = read_steps(p, o, g, notes, count);
    return e == OK ? read_plan(p, o) : e;
}

static int by_plan(const void *a, const void *b)
{
    const struct groups_participant *x = a;
    const struct groups_participant *y = b;
    const int order = memcmp(&x->activity->place.plan, &y->activity->place.plan, sizeof(struct uuid));
    return order != 0 ? order : memcmp(&x->activity->key.id, &y->activity->key.id, sizeof(struct uuid));
}

enum err groups_participants(struct groups_participants *out, struct ops *o, const struct groups_one *g)
{
    struct view_list list;
    const char *id = names_uuid(o->arena, &g->group->key.id);
    const struct view_query query = {.type = "activity", .field = "insats", .value = id ? id : ""};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK) {
        return e;
    }
    *out = (struct groups_participants){.items = arena_array(o->arena, list.count + 1, sizeof *out->items)};
    e = ops_memory(o);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        e = read_one(&out->items[out->count++], o, g, &list.objects[i]);
    }
    if (e == OK && out->count > 1) {
        qsort(out->items, out->count, sizeof *out->items, by_plan);
    }
    return e;
}
