#include "app/ops/picture.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/names.h"
#include "app/ops/picture_consents.h"
#include "app/ops/picture_fields.h"
#include "app/ops/picture_progress.h"
#include "app/ops/same_person.h"

/* What is drawn, one kind of object after the other. */
enum { ACTIVITY, SLOT, GOAL, INCOME, DECISION, REMISS, KINDS };
static const char *const kind_names[KINDS] = {"activity", "slot", "goal", "income", "decision", "remiss"};

struct drawing {
    struct ops *o;
    const struct picture_forbund *forbund;
    size_t count[KINDS];
    struct rules_activity *activities;
    struct rules_slot *slots;
    struct rules_goal *goals;
    struct rules_income *incomes;
    struct rules_decision *decisions;
    struct rules_remiss *remisser;
};

static void read_activity(struct drawing *d, const struct view_object *object)
{
    struct rules_activity *a = &d->activities[d->count[ACTIVITY]++];
    rules_activity_init(a, names_uuid(d->o->arena, &object->key.id));
    a->owner = names_uuid(d->o->arena, &object->place.owner);
    a->owner_name = object->owner_name;
    a->kind = view_get(object, "kind");
    a->text = view_get(object, "text");
    a->place = view_get(object, "place");
    a->status = view_get(object, "status");
    a->from = picture_fields_day(object, "from", DATES_OPEN_START);
    a->to = picture_fields_day(object, "to", DATES_OPEN_END);
    a->extent_permille = picture_fields_extent(object, "extent", EXTENT_UNKNOWN);
    a->depends_benefit = view_get(object, "depends_benefit");
    a->depends_on = picture_fields_members(&a->depends_count, d->o, object, "depends_on");
    a->responsible = view_get(object, "responsible");
    const struct picture_forbund_who *who = picture_forbund_who(d->forbund, a->responsible);
    a->presence = who ? who->presence : RULES_LEFT;
    a->insats = view_get(object, "insats");
    const struct picture_forbund_insats *insats = picture_forbund_insats(d->forbund, a->insats);
    if (insats) { /* one that is not in the catalogue any more is still the same for two who name it */
        a->insats = insats->id_text;
        a->insats_name = insats->name;
        a->steps = insats->steps;
        a->step_count = insats->step_count;
    }
}

static void read_slot(struct drawing *d, const struct view_object *object)
{
    const char *weekday = view_get(object, "weekday");
    d->slots[d->count[SLOT]++] = (struct rules_slot){
        .id = names_uuid(d->o->arena, &object->key.id),
        .activity = view_get(object, "activity"),
        .weekday = weekday && weekday[0] && !weekday[1] ? weekday[0] - '0' : 0,
        .start = picture_fields_clock(object, "start"),
        .end = picture_fields_clock(object, "end"),
        .place = view_get(object, "place"),
    };
}

static void read_goal(struct drawing *d, const struct view_object *object)
{
    d->goals[d->count[GOAL]++] = (struct rules_goal){
        .id = names_uuid(d->o->arena, &object->key.id),
        .owner = names_uuid(d->o->arena, &object->place.owner),
        .owner_name = object->owner_name,
        .kind = view_get(object, "kind"),
        .target_date = picture_fields_day(object, "target_date", DATES_OPEN_END),
        .reached = picture_fields_yes(view_get(object, "reached")),
    };
}

static void read_income(struct drawing *d, const struct view_object *object)
{
    d->incomes[d->count[INCOME]++] = (struct rules_income){
        .id = names_uuid(d->o->arena, &object->key.id),
        .owner = names_uuid(d->o->arena, &object->place.owner),
        .owner_name = object->owner_name,
        .kind = view_get(object, "kind"),
        .from = picture_fields_day(object, "from", DATES_OPEN_START),
        .to = picture_fields_day(object, "to", DATES_OPEN_END),
    };
}

static void read_decision(struct drawing *d, const struct view_object *object)
{
    const struct picture_forbund_who *party = picture_forbund_who(d->forbund, view_get(object, "party"));
    d->decisions[d->count[DECISION]++] = (struct rules_decision){
        .id = names_uuid(d->o->arena, &object->key.id),
        .party = party && party->party ? party->party : view_get(object, "party"),
        .party_name = party ? party->name : NULL,
        .text = view_get(object, "text"),
        .due = picture_fields_day(object, "due", DATES_OPEN_START),
        .done = picture_fields_yes(view_get(object, "done")),
    };
}

/* Since when it has its status: the day that was written; without one, the day of the first of what was. */
static int32_t day_sent(const struct view_object *object)
{
    const struct view_field *status = view_field(object, "status");
    if (status && status->count > 0 && status->values[0].value) {
        return picture_fields_written(&status->values[0].by, DATES_OPEN_START);
    }
    int32_t first = DATES_OPEN_END;
    for (size_t i = 0; i < object->field_count; i++) {
        for (size_t k = 0; k < object->fields[i].count; k++) {
            const int32_t day = picture_fields_written(&object->fields[i].values[k].by, DATES_OPEN_END);
            first = day < first ? day : first;
        }
    }
    return first == DATES_OPEN_END ? DATES_OPEN_START : first;
}

static void read_remiss(struct drawing *d, const struct view_object *object)
{
    const struct picture_forbund_who *from = picture_forbund_who(d->forbund, view_get(object, "from_party"));
    const struct picture_forbund_who *to = picture_forbund_who(d->forbund, view_get(object, "to"));
    d->remisser[d->count[REMISS]++] = (struct rules_remiss){
        .id = names_uuid(d->o->arena, &object->key.id),
        .from = from ? from->party : NULL,
        .from_name = from ? from->name : NULL,
        .to = to ? to->party : NULL,
        .to_name = to ? to->name : NULL,
        .status = view_get(object, "status"),
        .sent = day_sent(object),
    };
}

/* KINDS: nothing that is drawn. */
static size_t kind_of(const struct view_object *object)
{
    size_t kind = 0;
    while (kind < KINDS && strcmp(object->type->name, kind_names[kind]) != 0) {
        kind++;
    }
    return kind;
}

static void read_object(struct drawing *d, const struct view_object *object)
{
    static void (*const readers[KINDS])(struct drawing *, const struct view_object *) = {
        [ACTIVITY] = read_activity, [SLOT] = read_slot,         [GOAL] = read_goal,
        [INCOME] = read_income,     [DECISION] = read_decision, [REMISS] = read_remiss};
    const size_t kind = kind_of(object);
    if (kind < KINDS) {
        if (!uuid_is_nil(&object->place.owner)) {
            picture_forbund_rest_on(d->forbund, &object->place.owner); /* its name */
        }
        readers[kind](d, object);
    }
}

static void keep_counts(struct rules_plan *plan, const struct drawing *d)
{
    plan->activities = d->activities;
    plan->activity_count = d->count[ACTIVITY];
    plan->slots = d->slots;
    plan->slot_count = d->count[SLOT];
    plan->goals = d->goals;
    plan->goal_count = d->count[GOAL];
    plan->incomes = d->incomes;
    plan->income_count = d->count[INCOME];
    plan->decisions = d->decisions;
    plan->decision_count = d->count[DECISION];
    plan->remisser = d->remisser;
    plan->remiss_count = d->count[REMISS];
}

/* What the person does, aims at and lives on is theirs; what was decided and referred is the plan's. */
static bool is_drawn(const struct view_object *object, bool elsewhere)
{
    const size_t kind = kind_of(object);
    return kind < KINDS && !(elsewhere && (kind == DECISION || kind == REMISS));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids of what is drawn of the other plans. */
static void note_elsewhere(struct rules_plan *plan, struct ops *o, const struct picture *p)
{
    size_t room = 0;
    for (size_t n = 1; n < p->list_count; n++) {
        room += p->lists[n].count;
    }
    const char **ids = arena_array(o->arena, room, sizeof *ids);
    size_t count = 0;
    for (size_t n = 1; ids && n < p->list_count; n++) {
        for (size_t i = 0; i < p->lists[n].count; i++) {
            const char *id =
                is_drawn(&p->lists[n].objects[i], true) ? names_uuid(o->arena, &p->lists[n].objects[i].key.id) : NULL;
            if (id) {
                ids[count++] = id;
            }
        }
    }
    if (count > 1) {
        qsort(ids, count, sizeof *ids, by_text);
    }
    plan->elsewhere = ids;
    plan->elsewhere_count = count;
}

static enum err read_objects(struct rules_plan *plan, struct ops *o, const struct picture_forbund *f,
                             const struct picture *p)
{
    struct drawing d = {.o = o, .forbund = f};
    size_t count[KINDS + 1] = {0};
    for (size_t n = 0; n < p->list_count; n++) {
        for (size_t i = 0; i < p->lists[n].count; i++) {
            count[kind_of(&p->lists[n].objects[i])]++;
        }
    }
    d.activities = arena_array(o->arena, count[ACTIVITY], sizeof *d.activities);
    d.slots = arena_array(o->arena, count[SLOT], sizeof *d.slots);
    d.goals = arena_array(o->arena, count[GOAL], sizeof *d.goals);
    d.incomes = arena_array(o->arena, count[INCOME], sizeof *d.incomes);
    d.decisions = arena_array(o->arena, count[DECISION], sizeof *d.decisions);
    d.remisser = arena_array(o->arena, count[REMISS], sizeof *d.remisser);
    for (size_t n = 0; n < p->list_count; n++) {
        for (size_t i = 0; !o->arena->failed && i < p->lists[n].count; i++) {
            if (is_drawn(&p->lists[n].objects[i], n > 0)) {
                read_object(&d, &p->lists[n].objects[i]);
            }
        }
    }
    keep_counts(plan, &d);
    if (p->list_count > 1) {
        note_elsewhere(plan, o, p);
    }
    return o->arena->failed ? ops_memory(o)
                            : picture_progress_read(d.activities, d.count[ACTIVITY], o, p->lists, p->list_count);
}

/* ---- the plan itself ---- */

static bool has_type(const struct view_list *list, const char *type)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->objects[i].type->name, type) == 0) {
            return true;
        }
    }
    return false;
}

static void read_plan(struct rules_plan *out, struct ops *o, const struct picture_forbund *f,
                      const struct view_object *plan)
{
    rules_plan_init(out, names_uuid(o->arena, &plan->key.id));
    out->status = view_get(plan, "status");
    out->follow_up = picture_fields_day(plan, "follow_up", DATES_OPEN_START);
    out->capacity_permille = picture_fields_extent(plan, "capacity", 0);
    const struct view_field *heads = view_field(plan, "huvudansvarig");
    struct rules_head *list = heads ? arena_array(o->arena, heads->count, sizeof *list) : NULL;
    for (size_t i = 0; list && i < heads->count; i++) {
        const struct picture_forbund_who *who = picture_forbund_who(f, heads->values[i].value);
        list[i] = (struct rules_head){heads->values[i].value, who ? who->name : NULL, who ? who->party : NULL};
    }
    out->huvudansvariga = list;
    out->huvudansvarig_count = list ? heads->count : 0;
}

/* A plan lives in its own shared section; one that stands in another's names itself wrongly. */
static const struct view_object *find_plan(const struct view_list *list, const struct uuid *id)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct view_object *object = &list->objects[i];
        if (memcmp(&object->key.id, id, sizeof *id) == 0 && strcmp(object->type->name, "plan") == 0) {
            return object;
        }
    }
    return NULL;
}

static enum err read_list(struct view_list *out, struct ops *o, const struct uuid *plan)
{
    const struct view_query query = {.plan = plan};
    return ops_told(o, view_objects(out, o->arena, o->site, &query));
}

/* The other plans of the person whom the plan is about; one that is closed says nothing any more. That they and their
 * persons are the same is what the picture rests on in any case. */
static enum err read_others(struct picture *p, struct view_list *lists, struct uuid *others, struct ops *o,
                            const struct picture_forbund *f, const struct same_person_ids *plans,
                            const struct uuid *plan)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < plans->count; i++) {
        const struct uuid *id = &plans->ids[i];
        if (memcmp(id, plan, sizeof *id) == 0) {
            continue;
        }
        picture_forbund_rest_on(f, id);
        e = read_list(&lists[p->list_count], o, id);
        const struct view_object *object = e == OK ? find_plan(&lists[p->list_count], id) : NULL;
        const char *status = object ? view_get(object, "status") : NULL;
        if (status && strcmp(status, "avslutad") == 0) {
            lists[p->list_count].count = 0;
        }
        if (e == OK) {
            others[p->list_count++ - 1] = *id;
        }
    }
    return e;
}

static enum err read_lists(struct picture *p, struct ops *o, const struct picture_forbund *f,
                           const struct view_list *own, const struct view_object *plan)
{
    struct same_person_ids person;
    struct same_person_ids plans = {0};
    struct uuid id;
    enum err e = OK;
    if (same_person_of(&id, plan)) {
        e = same_person_ids(&person, o, &id);
        if (e == OK) {
            e = same_person_plans(&plans, o, &person);
        }
    }
    struct view_list *lists = e == OK ? arena_array(o->arena, plans.count + 1, sizeof *lists) : NULL;
    struct uuid *others = e == OK ? arena_array(o->arena, plans.count + 1, sizeof *others) : NULL;
    if (!lists || !others) {
        return e == OK ? ops_memory(o) : e;
    }
    lists[0] = *own;
    p->lists = lists;
    p->others = others;
    p->list_count = 1;
    return read_others(p, lists, others, o, f, &plans, &plan->key.id);
}

enum err picture_draw(bool *there, struct picture *out, struct ops *o, const struct picture_forbund *f,
                      const struct uuid *plan)
{
    struct picture p = {0};
    struct view_list own;
    *there = false;
    enum err e = read_list(&own, o, plan);
    if (e != OK) {
        return e;
    }
    const struct view_object *object = find_plan(&own, plan);
    if (!object) {
        return OK;
    }
    e = read_lists(&p, o, f, &own, object);
    if (e == OK) {
        read_plan(&p.plan, o, f, object);
        e = read_objects(&p.plan, o, f, &p);
    }
    if (e == OK && has_type(&own, "consent")) {
        e = picture_consents_read(&p.plan, o, f, plan);
    }
    if (e == OK) {
        *out = p;
        *there = true;
    }
    return e;
}
