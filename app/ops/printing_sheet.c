#include "app/ops/printing_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/closing.h"
#include "app/ops/plans.h"
#include "app/ops/printing_words.h"
#include "app/ops/same_person.h"

static int by_field(const void *a, const void *b, const char *field)
{
    const struct view_object *x = *(const struct view_object *const *)a;
    const struct view_object *y = *(const struct view_object *const *)b;
    const char *s = view_get(x, field);
    const char *t = view_get(y, field);
    const int order = strcmp(s ? s : "~", t ? t : "~"); /* after every digit: what has no day comes last */
    return order != 0 ? order : memcmp(&x->key.id, &y->key.id, sizeof x->key.id);
}

static int by_from(const void *a, const void *b)
{
    return by_field(a, b, "from");
}

static int by_due(const void *a, const void *b)
{
    return by_field(a, b, "due");
}

static int by_when(const void *a, const void *b)
{
    return by_field(a, b, "when");
}

static int by_target(const void *a, const void *b)
{
    return by_field(a, b, "target_date");
}

static int by_start(const void *a, const void *b)
{
    const int order = by_field(a, b, "weekday");
    return order != 0 ? order : by_field(a, b, "start");
}

/* Those of a type under the topic plan. */
static void pick(struct printing_sheet_list *out, struct ops *o, const struct view_list *all, const char *type,
                 int (*order)(const void *a, const void *b))
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    out->items = arena_array(o->arena, all->count + 1, sizeof *out->items);
    for (size_t i = 0; out->items && i < all->count; i++) {
        const struct view_object *object = &all->objects[i];
        if (strcmp(object->type->name, type) == 0 && strcmp(object->place.topic, "plan") == 0) {
            out->items[out->count++] = object;
        }
    }
    if (out->items && out->count > 1) {
        /* NOLINTNEXTLINE(bugprone-sizeof-expression) */
        qsort(out->items, out->count, sizeof *out->items, order);
    }
}

/* All of one plan: objects, sections, consents. */
struct one_plan {
    struct view_list objects;
    struct view_sections sections;
    struct consents_list consents;
};

static enum err load_part(struct one_plan *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    const struct view_query query = {.plan = plan};
    enum err e = view_objects(&out->objects, o->arena, o->site, &query);
    if (e == OK) {
        e = view_sections(&out->sections, o->arena, o->site, plan);
    }
    e = ops_told(o, e);
    return e == OK ? consents_list(&out->consents, o, p, plan) : e;
}

/* One after the other; objects is what they say together. */
static enum err join(struct printing_sheet *out, struct view_list *objects, struct ops *o, const struct one_plan *parts,
                     size_t count)
{
    size_t room[3] = {0};
    for (size_t i = 0; i < count; i++) {
        room[0] += parts[i].objects.count;
        room[1] += parts[i].sections.count;
        room[2] += parts[i].consents.count;
    }
    struct view_object *all = arena_array(o->arena, room[0] + 1, sizeof *all);
    struct view_section *sections = arena_array(o->arena, room[1] + 1, sizeof *sections);
    struct consents_consent *consents = arena_array(o->arena, room[2] + 1, sizeof *consents);
    if (!all || !sections || !consents) {
        return ops_memory(o);
    }
    memset(room, 0, sizeof room);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < parts[i].objects.count; k++) {
            all[room[0]++] = parts[i].objects.objects[k];
        }
        for (size_t k = 0; k < parts[i].sections.count; k++) {
            sections[room[1]++] = parts[i].sections.sections[k];
        }
        for (size_t k = 0; k < parts[i].consents.count; k++) {
            consents[room[2]++] = parts[i].consents.consents[k];
        }
    }
    *objects = (struct view_list){room[0], all};
    out->sections = (struct view_sections){room[1], sections};
    out->consents = (struct consents_list){room[2], consents};
    return OK;
}

/* The person's other plans; one that is closed says nothing any more. */
static enum err find_others(struct printing_sheet *out, struct ops *o)
{
    struct same_person_ids persons = {0};
    struct same_person_ids plans = {0};
    struct uuid person;
    enum err e = OK;
    if (same_person_of(&person, out->plan)) {
        e = same_person_ids(&persons, o, &person);
        e = e == OK ? same_person_plans(&plans, o, &persons) : e;
    }
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    out->others.items = e == OK ? arena_array(o->arena, plans.count + 1, sizeof *out->others.items) : NULL;
    for (size_t i = 0; out->others.items && e == OK && i < plans.count; i++) {
        struct view_list list;
        const struct view_query query = {.plan = &plans.ids[i], .id = &plans.ids[i], .type = "plan"};
        const bool itself = memcmp(&plans.ids[i], &out->plan->key.id, sizeof plans.ids[i]) == 0;
        e = itself ? OK : ops_told(o, view_objects(&list, o->arena, o->site, &query));
        if (e == OK && !itself && list.count > 0 && !closing_is_closed(&list.objects[0])) {
            out->others.items[out->others.count++] = &list.objects[0];
        }
    }
    return e == OK ? ops_memory(o) : e;
}

static enum err load_forbund(struct printing_sheet *out, struct ops *o)
{
    static const char *const types[] = {"function", "insats", "group"};
    struct view_list *const lists[] = {&out->functions, &out->insatser, &out->groups};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof types / sizeof *types; i++) {
        const struct view_query query = {.type = types[i]};
        e = ops_told(o, view_objects(lists[i], o->arena, o->site, &query));
    }
    return e;
}

static enum err load_objects(struct printing_sheet *out, struct ops *o)
{
    struct view_list all;
    struct one_plan *parts = arena_array(o->arena, out->others.count + 1, sizeof *parts);
    if (!parts) {
        return ops_no_memory(o);
    }
    enum err e = load_forbund(out, o);
    for (size_t i = 0; e == OK && i <= out->others.count; i++) {
        const struct view_object *plan = i == 0 ? out->plan : out->others.items[i - 1];
        e = load_part(&parts[i], o, out->people, &plan->key.id);
    }
    if (e == OK) {
        e = join(out, &all, o, parts, out->others.count + 1);
    }
    if (e != OK) {
        return e;
    }
    pick(&out->goals, o, &all, "goal", by_target);
    pick(&out->activities, o, &all, "activity", by_from);
    pick(&out->slots, o, &all, "slot", by_start);
    pick(&out->decisions, o, &all, "decision", by_due);
    pick(&out->meetings, o, &all, "meeting", by_when);
    return ops_memory(o);
}

enum err printing_sheet_load(struct printing_sheet *out, struct ops *o, const struct people *p,
                             const struct view_object *plan)
{
    bool protected = false;
    *out = (struct printing_sheet){.ops = o, .people = p, .plan = plan};
    enum err e = plans_person(&out->person, o, plan);
    if (e == OK) {
        e = same_person_protected(&protected, o, plan);
    }
    if (e == OK) {
        e = find_others(out, o);
    }
    if (e == OK) {
        e = load_objects(out, o);
    }
    out->guarded = protected || !out->person;
    return e;
}

bool printing_sheet_over(const struct printing_sheet *s, const struct view_object *activity)
{
    const char *status = view_get(activity, "status");
    const char *to = view_get(activity, "to");
    int32_t last;
    return (status && (strcmp(status, "klar") == 0 || strcmp(status, "avbruten") == 0)) ||
           (to && dates_parse(&last, to) == OK && last < s->ops->today);
}

static const struct view_object *named_in(const struct view_list *list, const char *text)
{
    struct uuid id;
    if (!text || uuid_parse(&id, span_str(text)) != OK) {
        return NULL;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(&list->objects[i].key.id, &id, sizeof id) == 0) {
            return &list->objects[i];
        }
    }
    return NULL;
}

const struct view_object *printing_sheet_insats(const struct printing_sheet *s, const struct view_object *activity)
{
    const char *text = view_get(activity, "insats");
    const struct view_object *group = named_in(&s->groups, text);
    return named_in(&s->insatser, group ? view_get(group, "insats") : text);
}

const char *printing_sheet_whom(const struct printing_sheet *s, const struct view_object *object, const char *field)
{
    return printing_words_whom(s->people, &s->functions, view_get(object, field));
}
