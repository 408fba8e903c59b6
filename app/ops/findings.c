#include "app/ops/findings.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/names.h"
#include "app/plan/rules.h"

/* A date field as a day; none where it is not set (or says "ja": a day that is not known). */
static int32_t day_of(const struct view_object *object, const char *field, int32_t none)
{
    const char *text = view_get(object, field);
    int32_t day;
    return text && dates_parse(&day, text) == OK ? day : none;
}

static int32_t extent_of(const struct view_object *object, const char *field, int32_t none)
{
    const char *text = view_get(object, field);
    int32_t permille;
    return text && extent_parse(&permille, text) == OK ? permille : none;
}

static const char *const *members_of(size_t *count, struct ops *o, const struct view_field *set)
{
    *count = set ? set->count : 0;
    const char **values = arena_array(o->arena, *count + 1, sizeof *values);
    for (size_t i = 0; values && i < *count; i++) {
        values[i] = set->values[i].value;
    }
    return values;
}

static void read_activity(struct rules_activity *out, struct ops *o, const struct view_object *object)
{
    *out = (struct rules_activity){
        .id = names_uuid(o->arena, &object->key.id),
        .owner = names_uuid(o->arena, &object->place.owner),
        .owner_name = object->owner_name,
        .kind = view_get(object, "kind"),
        .text = view_get(object, "text"),
        .status = view_get(object, "status"),
        .responsible = view_get(object, "responsible"),
        .from = day_of(object, "from", DATES_OPEN_START),
        .to = day_of(object, "to", DATES_OPEN_END),
        .extent_permille = extent_of(object, "extent", EXTENT_UNKNOWN),
    };
    out->depends_on = members_of(&out->depends_count, o, view_field(object, "depends_on"));
}

static void read_decision(struct rules_decision *out, struct ops *o, const struct people *p,
                          const struct view_object *object)
{
    const char *done = view_get(object, "done");
    *out = (struct rules_decision){
        .id = names_uuid(o->arena, &object->key.id),
        .party = view_get(object, "party"),
        .text = view_get(object, "text"),
        .due = day_of(object, "due", DATES_OPEN_START),
        .done = done && strcmp(done, "nej") != 0,
    };
    struct uuid party;
    if (out->party && uuid_parse(&party, span_str(out->party)) == OK) {
        out->party_name = people_name(p, &party);
    }
}

static void read_head(struct rules_head *out, struct ops *o, const struct people *p, const char *whom)
{
    struct uuid id;
    struct uuid party;
    *out = (struct rules_head){.whom = whom};
    if (whom && uuid_parse(&id, span_str(whom)) == OK && people_party(&party, p, &id)) {
        out->name = people_name(p, &id);
        out->party = names_uuid(o->arena, &party);
    }
}

static void read_plan(struct rules_plan *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    *out = (struct rules_plan){
        .id = names_uuid(o->arena, &plan->key.id),
        .status = view_get(plan, "status"),
        .follow_up = day_of(plan, "follow_up", DATES_OPEN_START),
        .capacity_permille = extent_of(plan, "capacity", 0),
    };
    const struct view_field *heads = view_field(plan, "huvudansvarig");
    if (heads) {
        struct rules_head *list = arena_array(o->arena, heads->count, sizeof *list);
        for (size_t i = 0; list && i < heads->count; i++) {
            read_head(&list[i], o, p, heads->values[i].value);
        }
        out->huvudansvariga = list;
        out->huvudansvarig_count = list ? heads->count : 0;
    }
}

static enum err draw(struct rules_plan *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct view_list activities;
    struct view_list decisions;
    const struct view_query of_activities = {.plan = &plan->key.id, .type = "activity"};
    const struct view_query of_decisions = {.plan = &plan->key.id, .type = "decision"};
    enum err e = view_objects(&activities, o->arena, o->site, &of_activities);
    if (e == OK) {
        e = view_objects(&decisions, o->arena, o->site, &of_decisions);
    }
    if (e != OK) {
        return ops_told(o, e);
    }
    read_plan(out, o, p, plan);
    struct rules_activity *a = arena_array(o->arena, activities.count + 1, sizeof *a);
    struct rules_decision *d = arena_array(o->arena, decisions.count + 1, sizeof *d);
    for (size_t i = 0; a && i < activities.count; i++) {
        read_activity(&a[i], o, &activities.objects[i]);
    }
    for (size_t i = 0; d && i < decisions.count; i++) {
        read_decision(&d[i], o, p, &decisions.objects[i]);
    }
    out->activities = a;
    out->activity_count = activities.count;
    out->decisions = d;
    out->decision_count = decisions.count;
    return ops_memory(o);
}

static const char *translate(const char *msgid)
{
    return tr(msgid);
}

static enum err find_in(struct findings_of *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct rules_plan picture;
    enum err e = draw(&picture, o, p, plan);
    if (e != OK) {
        return e;
    }
    const struct rules_options options = {.today = o->today, .tr = translate};
    e = rules_find(&out->found, &picture, &options);
    if (e == ERR_LIMIT) {
        return why_set(&o->why, e, N_("that plan is too large for the rules"), "%s", picture.id);
    }
    if (e != OK) {
        return why_set(&o->why, e, N_("out of memory; nothing was changed"), "%s", "");
    }
    return OK;
}

enum err findings_find(struct findings_list *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    *out = (struct findings_list){0};
    struct view_list plans = {.count = 1, .objects = plan};
    if (!plan) {
        const struct view_query query = {.type = "plan"};
        enum err e = view_objects(&plans, o->arena, o->site, &query);
        if (e != OK) {
            return ops_told(o, e);
        }
    }
    out->plans = arena_array(o->arena, plans.count + 1, sizeof *out->plans);
    if (!out->plans) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < plans.count; i++) {
        struct findings_of *of = &out->plans[out->count++];
        of->plan = plans.objects[i].key.id;
        enum err e = find_in(of, o, p, &plans.objects[i]);
        if (e != OK) {
            return e;
        }
    }
    return OK;
}

void findings_free(struct findings_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        finding_truncate(&list->plans[i].found, 0);
    }
    *list = (struct findings_list){0};
}

size_t findings_count(const struct findings_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += list->plans[i].found.count;
    }
    return count;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every id, sorted; NULL where there is no memory. Fresh. */
static const char **sorted_ids(const struct findings_list *list)
{
    const char **ids = malloc((findings_count(list) + 1) * sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; ids && i < list->count; i++) {
        for (size_t k = 0; k < list->plans[i].found.count; k++) {
            ids[count++] = list->plans[i].found.items[k].id;
        }
    }
    if (ids && count > 1) {
        qsort(ids, count, sizeof *ids, by_text);
    }
    return ids;
}

size_t findings_new(const struct findings_list *now, const struct findings_list *before)
{
    const size_t known = findings_count(before);
    const char **ids = sorted_ids(before);
    size_t fresh = 0;
    for (size_t i = 0; ids && i < now->count; i++) {
        for (size_t k = 0; k < now->plans[i].found.count; k++) {
            const char *id = now->plans[i].found.items[k].id;
            fresh += known == 0 || !bsearch(&id, ids, known, sizeof *ids, by_text);
        }
    }
    free(ids);
    return fresh;
}
