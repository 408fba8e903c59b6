#include "app/ops/news.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/guarded.h"
#include "app/ops/names.h"
#include "app/ops/plans.h"
#include "sync/bookmark.h"

#define DAY_MS ((int64_t)86400000)

/* A section that something is new in. */
struct section {
    int64_t number;
    struct place place; /* topic NULL: not known */
    const char *owner_name;
};

/* A change by somebody else since then. */
struct fresh {
    struct uuid plan; /* nil: the förbund's */
    const struct view_change *change;
    const struct section *section;
    size_t index; /* in order of arrival */
};

/* While news is put together. */
struct desk {
    struct news *news;
    struct ops *ops;
    const struct people *people;
    struct fresh *fresh;
    size_t fresh_count;
    struct section *sections; /* by number */
    size_t section_count;
    struct uuid *mine; /* plans, by id, each once */
    size_t mine_count;
    struct plans_list plans;       /* by id */
    struct matters_source matters; /* of all plans */
};

bool news_is_withheld(const char *topic)
{
    return topic && (strcmp(topic, "halsa") == 0 || strcmp(topic, "ekonomi") == 0 || strcmp(topic, "social") == 0);
}

/* ---- which changes ---- */

static bool is_news(const struct ops *o, const struct view_change *c)
{
    const bool stands = c->standing != VIEW_REFUSED && c->standing != VIEW_WAITING && c->standing != VIEW_SET_ASIDE;
    const bool by_me = memcmp(&c->by.member, &site_self(o->site)->member, sizeof c->by.member) == 0;
    return stands && !by_me && strcmp(c->op, "open") != 0 && strcmp(c->op, "unknown") != 0;
}

static int by_place(const void *a, const void *b)
{
    const struct fresh *x = a;
    const struct fresh *y = b;
    int order = memcmp(&x->plan, &y->plan, sizeof x->plan);
    if (order == 0) {
        order = x->change->object.section < y->change->object.section
                    ? -1
                    : x->change->object.section > y->change->object.section;
    }
    if (order == 0) {
        order = memcmp(&x->change->object.id, &y->change->object.id, sizeof x->change->object.id);
    }
    return order != 0 ? order : x->index < y->index ? -1 : x->index > y->index;
}

static bool same_object(const struct fresh *a, const struct fresh *b)
{
    return a->change->object.section == b->change->object.section &&
           memcmp(&a->change->object.id, &b->change->object.id, sizeof(struct uuid)) == 0;
}

static int by_number(const void *a, const void *b)
{
    const struct section *x = a;
    const struct section *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Where each change is; every section is read once. */
static enum err read_sections(struct desk *d)
{
    struct section *list = arena_array(d->ops->arena, d->fresh_count + 1, sizeof *list);
    enum err e = OK;
    size_t kept = 0;
    if (!list) {
        return ops_memory(d->ops);
    }
    for (size_t i = 0; i < d->fresh_count; i++) {
        list[i].number = d->fresh[i].change->object.section;
    }
    if (d->fresh_count > 1) {
        qsort(list, d->fresh_count, sizeof *list, by_number);
    }
    for (size_t i = 0; e == OK && i < d->fresh_count; i++) {
        if (kept > 0 && list[kept - 1].number == list[i].number) {
            continue;
        }
        struct section *s = &list[kept++];
        s->number = list[i].number;
        e = ops_told(d->ops, view_place(&s->place, &s->owner_name, d->ops->arena, d->ops->site, s->number));
    }
    d->sections = list;
    d->section_count = kept;
    return e;
}

static const struct section *section_of(const struct desk *d, const struct view_change *c)
{
    const struct section key = {.number = c->object.section};
    return d->section_count == 0 ? NULL : bsearch(&key, d->sections, d->section_count, sizeof key, by_number);
}

static enum err collect(struct desk *d, const struct view_changes *changes)
{
    d->fresh = arena_array(d->ops->arena, changes->count + 1, sizeof *d->fresh);
    for (size_t i = 0; d->fresh && i < changes->count; i++) {
        if (is_news(d->ops, &changes->changes[i])) {
            d->fresh[d->fresh_count++] = (struct fresh){.change = &changes->changes[i], .index = i};
        }
    }
    enum err e = d->fresh ? read_sections(d) : ops_memory(d->ops);
    for (size_t i = 0; e == OK && i < d->fresh_count; i++) {
        d->fresh[i].section = section_of(d, d->fresh[i].change);
        d->fresh[i].plan = d->fresh[i].section->place.plan;
    }
    if (e == OK && d->fresh_count > 1) {
        qsort(d->fresh, d->fresh_count, sizeof *d->fresh, by_place);
    }
    return e;
}

/* ---- objects ---- */

/* What stood before the first of the run that touched the field. */
static const char *old_of(const struct fresh *run, const struct view_change *c)
{
    while (run->change->field != c->field) {
        run++;
    }
    return run->change->old;
}

static bool is_kept(const struct view_change *c)
{
    return c->standing == VIEW_SHOWN || c->standing == VIEW_CONFLICT;
}

/* The changes of a run that stand. */
static struct news_change *keep(size_t *count, struct ops *o, const struct fresh *run, size_t len, bool protected)
{
    struct news_change *list = arena_array(o->arena, len + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list && i < len; i++) {
        struct view_change change = *run[i].change;
        const bool tells = change.type && change.field && guarded_tells(change.type->name, change.field->name);
        const bool withheld = news_is_withheld(run[i].section->place.topic) || (protected && tells);
        if (!is_kept(&change)) {
            continue;
        }
        if (change.field) {
            change.old = withheld ? NULL : old_of(run, &change);
            change.value = withheld ? NULL : change.value;
        }
        list[(*count)++] = (struct news_change){.change = change, .withheld = withheld && change.field};
    }
    return list;
}

static void read_object(struct news_object *out, struct ops *o, const struct fresh *run, size_t len, bool protected)
{
    *out = (struct news_object){.id = run[0].change->object.id,
                                .type = run[0].change->type,
                                .place = run[0].section->place,
                                .owner_name = run[0].section->owner_name,
                                .first = run[0].index};
    for (size_t i = 0; i < len; i++) {
        const char *op = run[i].change->op;
        out->made = out->made || strcmp(op, "new") == 0;
        out->removed = strcmp(op, "remove") == 0 || (out->removed && strcmp(op, "keep") != 0);
    }
    out->changes = keep(&out->count, o, run, len, protected);
}

static int by_first(const void *a, const void *b)
{
    const struct news_object *x = a;
    const struct news_object *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

static enum err read_objects(struct news_plan *out, struct ops *o, const struct fresh *run, size_t len)
{
    out->objects = arena_array(o->arena, len + 1, sizeof *out->objects);
    if (!out->objects) {
        return ops_memory(o);
    }
    for (size_t at = 0; at < len;) {
        size_t end = at + 1;
        while (end < len && same_object(&run[at], &run[end])) {
            end++;
        }
        struct news_object *object = &out->objects[out->count];
        read_object(object, o, run + at, end - at, out->protected);
        out->count += object->count > 0; /* all may have been written over by this member since */
        at = end;
    }
    if (out->count > 1) {
        qsort(out->objects, out->count, sizeof *out->objects, by_first);
    }
    return ops_memory(o);
}

/* ---- plans ---- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* The plans that this member holds together, or answers for an activity in. */
static enum err read_mine(struct desk *d)
{
    struct view_list plans;
    struct view_list activities;
    const char *me = names_uuid(d->ops->arena, &site_self(d->ops->site)->member);
    const struct view_query held = {.type = "plan", .field = "huvudansvarig", .value = me ? me : ""};
    const struct view_query answered = {.type = "activity", .field = "responsible", .value = me ? me : ""};
    enum err e = ops_told(d->ops, view_objects(&plans, d->ops->arena, d->ops->site, &held));
    if (e == OK) {
        e = ops_told(d->ops, view_objects(&activities, d->ops->arena, d->ops->site, &answered));
    }
    struct uuid *ids = e == OK ? arena_array(d->ops->arena, plans.count + activities.count + 1, sizeof *ids) : NULL;
    if (!ids) {
        return e == OK ? ops_memory(d->ops) : e;
    }
    size_t count = 0;
    for (size_t i = 0; i < plans.count; i++) {
        ids[count++] = plans.objects[i].place.plan;
    }
    for (size_t i = 0; i < activities.count; i++) {
        ids[count++] = activities.objects[i].place.plan;
    }
    if (count > 1) {
        qsort(ids, count, sizeof *ids, by_id);
    }
    for (size_t i = 0; i < count; i++) {
        if (d->mine_count == 0 || by_id(&ids[d->mine_count - 1], &ids[i]) != 0) {
            ids[d->mine_count++] = ids[i];
        }
    }
    d->mine = ids;
    return OK;
}

static bool is_mine(const struct desk *d, const struct uuid *plan)
{
    return bsearch(plan, d->mine, d->mine_count, sizeof *plan, by_id) != NULL;
}

static int by_plan(const void *a, const void *b)
{
    const struct plans_row *x = a;
    const struct plans_row *y = b;
    return memcmp(&x->plan->key.id, &y->plan->key.id, sizeof(struct uuid));
}

/* All plans and their persons at once: one by one is several times the work, and the news are mostly of many. */
static enum err read_plans(struct desk *d)
{
    enum err e = plans_list(&d->plans, d->ops, NULL);
    size_t kept = 0;
    for (size_t i = 0; e == OK && i < d->plans.count; i++) {
        const struct view_object *plan = d->plans.rows[i].plan;
        if (memcmp(&plan->key.id, &plan->place.plan, sizeof plan->key.id) ==
            0) { /* none that lies in another's section */
            d->plans.rows[kept++] = d->plans.rows[i];
        }
    }
    d->plans.count = kept;
    if (kept > 1) {
        qsort(d->plans.rows, kept, sizeof *d->plans.rows, by_plan);
    }
    return e;
}

/* The plan and its person, where they can be read. */
static void find_plan(struct news_plan *plan, const struct desk *d)
{
    const struct view_object sought = {.key.id = plan->plan};
    const struct plans_row key = {.plan = &sought};
    const struct plans_row *row =
        d->plans.count == 0 ? NULL : bsearch(&key, d->plans.rows, d->plans.count, sizeof key, by_plan);
    if (row) {
        plan->object = row->plan;
        plan->protected = row->protected;
        plan->person = row->protected ? NULL : row->person;
    }
}

/* Leaves out what is others' to decide, where the plan is not mine. */
static enum err read_matters(struct news_plan *plan, const struct desk *d)
{
    if (!plan->object) {
        return OK;
    }
    enum err e = matters_pick(&plan->matters, d->ops, d->people, &d->matters, plan->object);
    size_t kept = 0;
    for (size_t i = 0; e == OK && i < plan->matters.count; i++) {
        if (plan->mine || plan->matters.items[i].ours) {
            plan->matters.items[kept++] = plan->matters.items[i];
        }
    }
    plan->matters.count = kept;
    return e;
}

static enum err add_plan(struct desk *d, const struct uuid *id, const struct fresh *run, size_t len)
{
    struct news_plan *plan = &d->news->plans[d->news->count++];
    *plan = (struct news_plan){.plan = *id, .mine = is_mine(d, id)};
    find_plan(plan, d);
    enum err e = read_objects(plan, d->ops, run, len);
    if (e == OK) {
        e = read_matters(plan, d);
    }
    if (e == OK && plan->count == 0 && plan->matters.count == 0) {
        matters_free(&plan->matters);
        d->news->count--;
    }
    return e;
}

static bool is_told(const struct desk *d, const struct uuid *plan)
{
    for (size_t i = 0; i < d->fresh_count; i++) {
        if (memcmp(&d->fresh[i].plan, plan, sizeof *plan) == 0) {
            return true;
        }
    }
    return false;
}

static enum err add_plans(struct desk *d)
{
    d->news->plans = arena_array(d->ops->arena, d->fresh_count + d->mine_count + 1, sizeof *d->news->plans);
    enum err e = ops_memory(d->ops);
    for (size_t at = 0; e == OK && at < d->fresh_count;) {
        const struct uuid *plan = &d->fresh[at].plan;
        size_t end = at + 1;
        while (end < d->fresh_count && memcmp(plan, &d->fresh[end].plan, sizeof *plan) == 0) {
            end++;
        }
        if (uuid_is_nil(plan)) {
            d->news->forbund = keep(&d->news->forbund_count, d->ops, d->fresh + at, end - at, false);
            e = ops_memory(d->ops);
        } else {
            e = add_plan(d, plan, d->fresh + at, end - at);
        }
        at = end;
    }
    for (size_t i = 0; e == OK && i < d->mine_count; i++) {
        if (!is_told(d, &d->mine[i])) {
            e = add_plan(d, &d->mine[i], d->fresh, 0);
        }
    }
    return e;
}

static int by_interest(const void *a, const void *b)
{
    const struct news_plan *x = a;
    const struct news_plan *y = b;
    if (x->mine != y->mine) {
        return x->mine ? -1 : 1;
    }
    const char *tx = x->object ? view_get(x->object, "title") : NULL;
    const char *ty = y->object ? view_get(y->object, "title") : NULL;
    const int order = strcmp(tx ? tx : "", ty ? ty : "");
    return order != 0 ? order : memcmp(&x->plan, &y->plan, sizeof x->plan);
}

/* Since when; and up to where, before anything is read: what comes meanwhile is news the next time. */
static enum err choose_since(struct view_since *since, struct news *out, struct ops *o, const struct news_wish *wish)
{
    struct view_touched now;
    int64_t place;
    bool looked = false;
    const char *me = names_uuid(o->arena, &site_self(o->site)->member);
    out->bookmark = me ? arena_printf(o->arena, "news %s", me) : NULL;
    enum err e = ops_memory(o);
    if (e == OK) {
        e = ops_told(o, bookmark_get(&looked, &place, o->site, out->bookmark));
    }
    if (e == OK) {
        e = ops_told(o, view_touched(&now, o->arena, o->site, INT64_MAX));
    }
    if (e != OK) {
        return e;
    }
    out->upto = now.upto;
    if (wish->has_since) {
        out->since_ms = wish->since_ms;
    } else if (!looked) {
        out->since_ms = (int64_t)site_now_ms(o->site) - NEWS_FIRST_DAYS * DAY_MS;
    }
    *since =
        (struct view_since){.bookmark = out->since_ms == INT64_MIN ? out->bookmark : NULL, .time_ms = out->since_ms};
    return OK;
}

enum err news_find(struct news *out, struct ops *o, const struct people *p, const struct news_wish *wish)
{
    struct findings_refreshed refreshed;
    struct view_since since;
    struct view_changes changes;
    struct desk desk = {.news = out, .ops = o, .people = p};
    *out = (struct news){.since_ms = INT64_MIN};
    enum err e = findings_refresh(&refreshed, o, false);
    if (e != ERR_MEMORY) { /* what is not kept is looked for plan by plan */
        e = choose_since(&since, out, o, wish);
    }
    if (e == OK) {
        e = ops_told(o, view_history_since(&changes, o->arena, o->site, &since));
    }
    if (e == OK) {
        e = collect(&desk, &changes);
    }
    if (e == OK) {
        e = read_mine(&desk);
    }
    if (e == OK) {
        e = read_plans(&desk);
    }
    if (e == OK) {
        e = matters_read(&desk.matters, o, p, NULL);
    }
    if (e == OK) {
        e = add_plans(&desk);
    }
    if (e == OK && out->count > 1) {
        qsort(out->plans, out->count, sizeof *out->plans, by_interest);
    }
    return e;
}

void news_free(struct news *n)
{
    for (size_t i = 0; i < n->count; i++) {
        matters_free(&n->plans[i].matters);
    }
    *n = (struct news){.since_ms = INT64_MIN};
}
