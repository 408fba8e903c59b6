#include "app/ops/printing_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/duplicates.h"
#include "app/ops/plans.h"
#include "app/ops/printing_words.h"

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

static enum err load_objects(struct printing_sheet *out, struct ops *o)
{
    struct view_list all;
    const struct view_query query = {.plan = &out->plan->key.id};
    const struct view_query functions = {.type = "function"};
    const struct view_query insatser = {.type = "insats"};
    enum err e = view_objects(&all, o->arena, o->site, &query);
    if (e == OK) {
        e = view_objects(&out->functions, o->arena, o->site, &functions);
    }
    if (e == OK) {
        e = view_objects(&out->insatser, o->arena, o->site, &insatser);
    }
    if (e == OK) {
        e = view_sections(&out->sections, o->arena, o->site, &out->plan->key.id);
    }
    if (e != OK) {
        return ops_told(o, e);
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
    struct duplicates same;
    *out = (struct printing_sheet){.ops = o, .people = p, .plan = plan};
    enum err e = plans_person(&out->person, o, plan);
    if (e == OK) {
        e = duplicates_load(&same, o);
    }
    if (e == OK) {
        e = load_objects(out, o);
    }
    if (e == OK) {
        e = consents_list(&out->consents, o, p, &plan->key.id);
    }
    if (e == OK) {
        out->guarded =
            !out->person || duplicates_is_protected(out->person) || duplicates_protected(&same, &out->person->key.id);
    }
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

const struct view_object *printing_sheet_insats(const struct printing_sheet *s, const struct view_object *activity)
{
    const char *text = view_get(activity, "insats");
    struct uuid id;
    if (!text || uuid_parse(&id, span_str(text)) != OK) {
        return NULL;
    }
    for (size_t i = 0; i < s->insatser.count; i++) {
        if (memcmp(&s->insatser.objects[i].key.id, &id, sizeof id) == 0) {
            return &s->insatser.objects[i];
        }
    }
    return NULL;
}

const char *printing_sheet_whom(const struct printing_sheet *s, const struct view_object *object, const char *field)
{
    return printing_words_whom(s->people, &s->functions, view_get(object, field));
}
