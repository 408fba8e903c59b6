#include "app/ops/news.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/plans.h"

#define DAY_MS ((int64_t)86400000)

/* A change by somebody else since then. */
struct fresh {
    struct uuid plan; /* nil: the förbund's */
    const struct view_change *change;
    const struct view_section *section; /* NULL: not known */
    size_t index;                       /* in order of arrival */
};

struct plan_row {
    const struct plans_row *row;
    bool mine;
    bool told; /* it has news */
};

/* While news is put together. */
struct desk {
    struct news *news;
    struct ops *ops;
    const struct people *people;
    struct fresh *fresh;
    size_t fresh_count;
    struct plan_row *rows; /* sorted by the plan's id */
    size_t row_count;
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

static enum err collect(struct desk *d, const struct seen_world *world, const struct news_wish *wish)
{
    d->fresh = arena_array(d->ops->arena, world->changes.count + 1, sizeof *d->fresh);
    if (!d->fresh) {
        return ops_memory(d->ops);
    }
    const bool by_time = d->news->since_ms != INT64_MIN;
    for (size_t i = 0; i < world->changes.count; i++) {
        const struct view_change *c = &world->changes.changes[i];
        const bool since = by_time ? c->by.time_ms >= d->news->since_ms : seen_is_new(world, i, wish->before);
        if (since && is_news(d->ops, c)) {
            struct fresh *f = &d->fresh[d->fresh_count++];
            *f = (struct fresh){.change = c, .section = world->sections[i].section, .index = i};
            f->plan = f->section ? f->section->place.plan : (struct uuid){{0}};
        }
    }
    if (d->fresh_count > 1) {
        qsort(d->fresh, d->fresh_count, sizeof *d->fresh, by_place);
    }
    return OK;
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
static struct news_change *keep(size_t *count, struct ops *o, const struct fresh *run, size_t len)
{
    struct news_change *list = arena_array(o->arena, len + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list && i < len; i++) {
        struct view_change change = *run[i].change;
        const bool withheld = run[i].section && news_is_withheld(run[i].section->place.topic);
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

static void read_object(struct news_object *out, struct ops *o, const struct fresh *run, size_t len)
{
    const struct view_section *section = run[0].section;
    *out = (struct news_object){
        .id = run[0].change->object.id, .type = run[0].change->type, .owner_name = "", .first = run[0].index};
    if (section) {
        out->place = section->place;
        out->owner_name = section->owner_name;
    }
    for (size_t i = 0; i < len; i++) {
        const char *op = run[i].change->op;
        out->made = out->made || strcmp(op, "new") == 0;
        out->removed = strcmp(op, "remove") == 0 || (out->removed && strcmp(op, "keep") != 0);
    }
    out->changes = keep(&out->count, o, run, len);
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
        read_object(object, o, run + at, end - at);
        out->count += object->count > 0; /* all may have been written over by this member since */
        at = end;
    }
    if (out->count > 1) {
        qsort(out->objects, out->count, sizeof *out->objects, by_first);
    }
    return ops_memory(o);
}

/* ---- plans ---- */

static int by_plan(const void *a, const void *b)
{
    const struct plan_row *x = a;
    const struct plan_row *y = b;
    return memcmp(&x->row->plan->key.id, &y->row->plan->key.id, sizeof(struct uuid));
}

/* NULL if it cannot be read. */
static struct plan_row *find_row(const struct desk *d, const struct uuid *plan)
{
    const struct view_object sought = {.key.id = *plan};
    const struct plans_row row = {.plan = &sought};
    const struct plan_row key = {.row = &row};
    return d->row_count > 0 ? bsearch(&key, d->rows, d->row_count, sizeof key, by_plan) : NULL;
}

static bool names_me(const struct ops *o, const struct view_object *object, const char *field)
{
    const struct view_field *f = view_field(object, field);
    struct uuid id;
    for (size_t i = 0; f && i < f->count; i++) {
        const char *value = f->values[i].value;
        if (value && uuid_parse(&id, span_str(value)) == OK &&
            memcmp(&id, &site_self(o->site)->member, sizeof id) == 0) {
            return true;
        }
    }
    return false;
}

static enum err mark_mine(struct desk *d)
{
    struct view_list activities;
    const struct view_query query = {.type = "activity"};
    enum err e = ops_told(d->ops, view_objects(&activities, d->ops->arena, d->ops->site, &query));
    for (size_t i = 0; i < d->row_count; i++) {
        d->rows[i].mine = names_me(d->ops, d->rows[i].row->plan, "huvudansvarig");
    }
    for (size_t i = 0; e == OK && i < activities.count; i++) {
        struct plan_row *row = find_row(d, &activities.objects[i].place.plan);
        if (row && names_me(d->ops, &activities.objects[i], "responsible")) {
            row->mine = true;
        }
    }
    return e;
}

static enum err read_plans(struct desk *d)
{
    struct plans_list list;
    enum err e = plans_list(&list, d->ops, NULL);
    if (e != OK) {
        return e;
    }
    d->rows = arena_array(d->ops->arena, list.count + 1, sizeof *d->rows);
    if (!d->rows) {
        return ops_memory(d->ops);
    }
    for (size_t i = 0; i < list.count; i++) {
        d->rows[i].row = &list.rows[i];
    }
    d->row_count = list.count;
    if (list.count > 1) {
        qsort(d->rows, list.count, sizeof *d->rows, by_plan);
    }
    return mark_mine(d);
}

/* Leaves out what is others' to decide, where the plan is not mine. */
static enum err read_matters(struct news_plan *plan, const struct desk *d)
{
    if (!plan->object) {
        return OK;
    }
    enum err e = matters_find(&plan->matters, d->ops, d->people, plan->object);
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
    struct plan_row *row = find_row(d, id);
    *plan = (struct news_plan){.plan = *id};
    if (row) {
        plan->object = row->row->plan;
        plan->person = row->row->person;
        plan->mine = row->mine;
        row->told = true;
    }
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

static enum err add_plans(struct desk *d)
{
    d->news->plans = arena_array(d->ops->arena, d->fresh_count + d->row_count + 1, sizeof *d->news->plans);
    enum err e = ops_memory(d->ops);
    for (size_t at = 0; e == OK && at < d->fresh_count;) {
        const struct uuid *plan = &d->fresh[at].plan;
        size_t end = at + 1;
        while (end < d->fresh_count && memcmp(plan, &d->fresh[end].plan, sizeof *plan) == 0) {
            end++;
        }
        if (uuid_is_nil(plan)) {
            d->news->forbund = keep(&d->news->forbund_count, d->ops, d->fresh + at, end - at);
            e = ops_memory(d->ops);
        } else {
            e = add_plan(d, plan, d->fresh + at, end - at);
        }
        at = end;
    }
    for (size_t i = 0; e == OK && i < d->row_count; i++) {
        if (d->rows[i].mine && !d->rows[i].told) {
            e = add_plan(d, &d->rows[i].row->plan->key.id, d->fresh, 0);
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

enum err news_find(struct news *out, struct ops *o, const struct people *p, const struct news_wish *wish)
{
    struct seen_world world;
    struct desk desk = {.news = out, .ops = o, .people = p};
    *out = (struct news){.since_ms = INT64_MIN};
    if (wish->has_since) {
        out->since_ms = wish->since_ms;
    } else if (!wish->before->any) {
        out->since_ms = (int64_t)site_now_ms(o->site) - NEWS_FIRST_DAYS * DAY_MS;
    }
    enum err e = seen_world(&world, o);
    if (e == OK) {
        e = seen_all(&out->seen, o, &world);
    }
    if (e == OK && out->since_ms == INT64_MIN) {
        seen_forget_late(wish->before, &world);
    }
    if (e == OK) {
        e = collect(&desk, &world, wish);
    }
    if (e == OK) {
        e = read_plans(&desk);
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
