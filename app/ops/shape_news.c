#include "app/ops/shape_news.h"

#include <string.h>

#include "app/ops/names.h"

json_t *shape_news_matter(struct js *j, struct ops *o, const struct people *p, const struct uuid *plan,
                          const struct matters_one *m)
{
    json_t *out = js_object(j);
    json_t *row = NULL;
    const char *word = matters_kind_word(m->kind);
    switch (m->kind) {
    case MATTERS_CONFLICT:
        row = shape_conflict(j, o, m->conflict);
        break;
    case MATTERS_PROPOSAL:
        row = shape_proposal(j, o, m->proposal);
        break;
    case MATTERS_FINDING:
        row = shape_finding(j, o, p, m->of, m->finding);
        break;
    case MATTERS_REMISS:
    case MATTERS_CONSENT:
    case MATTERS_FOLLOWUP:
    case MATTERS_TOO_LARGE:
    case MATTERS_ASSESSMENT:
        row = shape_object(j, o, m->object);
        break;
    }
    js_text(j, out, "matter", word);
    js_text(j, out, "plan", names_uuid(o->arena, plan));
    js_bool(j, out, "ours", m->ours);
    js_put(j, out, word, row);
    return out;
}

static json_t *change_json(struct js *j, struct ops *o, const struct news_change *c)
{
    json_t *out = shape_change(j, o, &c->change);
    js_bool(j, out, "withheld", c->withheld);
    return out;
}

static json_t *changes_json(struct js *j, struct ops *o, const struct news_change *changes, size_t count)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < count; i++) {
        js_add(j, out, change_json(j, o, &changes[i]));
    }
    return out;
}

static json_t *object_json(struct js *j, struct ops *o, const struct news_object *object)
{
    const bool shared = uuid_is_nil(&object->place.owner);
    json_t *out = js_object(j);
    js_text(j, out, "object", names_uuid(o->arena, &object->id));
    js_text(j, out, "type", object->type ? object->type->name : NULL);
    js_text(j, out, "owner", shared ? "shared" : object->owner_name);
    js_text(j, out, "topic", object->place.topic);
    js_bool(j, out, "made", object->made);
    js_bool(j, out, "removed", object->removed);
    js_put(j, out, "changes", changes_json(j, o, object->changes, object->count));
    return out;
}

static json_t *plan_json(struct js *j, struct ops *o, const struct news_plan *plan)
{
    json_t *objects = js_array(j);
    for (size_t i = 0; i < plan->count; i++) {
        js_add(j, objects, object_json(j, o, &plan->objects[i]));
    }
    json_t *out = js_object(j);
    js_text(j, out, "plan", names_uuid(o->arena, &plan->plan));
    js_text(j, out, "title", plan->object ? view_get(plan->object, "title") : NULL);
    js_text(j, out, "person", plan->object ? view_get(plan->object, "person") : NULL);
    js_text(j, out, "person_name", plan->person ? view_get(plan->person, "name") : NULL);
    js_bool(j, out, "protected", plan->protected);
    js_bool(j, out, "mine", plan->mine);
    js_put(j, out, "objects", objects);
    return out;
}

/* In a list across plans it says whose it is. */
static json_t *decision_json(struct js *j, struct ops *o, const struct people *p, const struct news_plan *plan,
                             const struct matters_one *matter)
{
    json_t *out = shape_news_matter(j, o, p, &plan->plan, matter);
    js_text(j, out, "title", plan->object ? view_get(plan->object, "title") : NULL);
    js_text(j, out, "person_name", plan->person ? view_get(plan->person, "name") : NULL);
    return out;
}

json_t *shape_news_all(struct js *j, struct ops *o, const struct people *p, const struct news *news)
{
    json_t *decisions = js_array(j);
    json_t *plans = js_array(j);
    for (size_t i = 0; i < news->count; i++) {
        const struct news_plan *plan = &news->plans[i];
        for (size_t k = 0; k < plan->matters.count; k++) {
            js_add(j, decisions, decision_json(j, o, p, plan, &plan->matters.items[k]));
        }
        if (plan->count > 0) {
            js_add(j, plans, plan_json(j, o, plan));
        }
    }
    json_t *out = js_object(j);
    js_text(j, out, "since", news->since_ms == INT64_MIN ? NULL : names_time(o->arena, news->since_ms));
    js_put(j, out, "decisions", decisions);
    js_put(j, out, "plans", plans);
    js_put(j, out, "forbund", changes_json(j, o, news->forbund, news->forbund_count));
    return out;
}
