#include "app/ops/shape_group.h"

#include "app/ops/names.h"

static json_t *session_json(struct js *j, struct ops *o, const struct groups_session *s)
{
    if (!s) {
        return json_null();
    }
    json_t *out = js_object(j);
    js_text(j, out, "id", names_uuid(o->arena, &s->object->key.id));
    js_text(j, out, "when", view_get(s->object, "when"));
    return out;
}

static json_t *head_json(struct js *j, struct ops *o, const struct groups_one *g)
{
    json_t *out = js_object(j);
    js_text(j, out, "id", names_uuid(o->arena, &g->group->key.id));
    js_text(j, out, "name", view_get(g->group, "name"));
    js_text(j, out, "insats", view_get(g->group, "insats"));
    js_text(j, out, "insats_name", g->insats ? view_get(g->insats, "name") : NULL);
    js_text(j, out, "from", view_get(g->group, "from"));
    js_text(j, out, "to", view_get(g->group, "to"));
    return out;
}

json_t *shape_group_row(struct js *j, struct ops *o, const struct groups_one *g, const struct groups_participants *all)
{
    json_t *out = head_json(j, o, g);
    const struct groups_session *next = NULL;
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        count += !all->items[i].left;
    }
    for (size_t i = g->session_count; i > 0; i--) {
        next = g->sessions[i - 1].day >= o->today ? &g->sessions[i - 1] : next;
    }
    js_count(j, out, "participants", count);
    js_put(j, out, "next_session", session_json(j, o, next));
    return out;
}

static json_t *module_json(struct js *j, struct ops *o, const struct groups_one *g, size_t at)
{
    json_t *out = js_object(j);
    json_t *requires = js_array(j);
    json_t *sessions = js_array(j);
    for (size_t i = 0; i < g->course[at].requires_count; i++) {
        js_add_text(j, requires, g->course[at].requires[i]);
    }
    for (size_t i = 0; i < g->session_count; i++) {
        if (g->sessions[i].module == at) {
            js_add(j, sessions, session_json(j, o, &g->sessions[i]));
        }
    }
    js_text(j, out, "id", g->course[at].id);
    js_text(j, out, "name", view_get(g->modules[at], "name"));
    js_text(j, out, "order", view_get(g->modules[at], "order"));
    js_put(j, out, "requires", requires);
    js_put(j, out, "sessions", sessions);
    return out;
}

/* [{"id","attended":true|false|null}] of a module's sessions, by time. */
static json_t *noted_json(struct js *j, struct ops *o, const struct groups_one *g, const struct groups_participant *p,
                          size_t module)
{
    json_t *out = js_array(j);
    for (size_t i = 0; i < g->session_count; i++) {
        if (g->sessions[i].module != module) {
            continue;
        }
        json_t *row = js_object(j);
        js_text(j, row, "id", names_uuid(o->arena, &g->sessions[i].object->key.id));
        js_put(j, row, "attended",
               p->noted[i] == GROUPS_UNNOTED ? json_null() : json_boolean(p->noted[i] == GROUPS_ATTENDED));
        js_add(j, out, row);
    }
    return out;
}

static json_t *step_json(struct js *j, struct ops *o, const struct groups_one *g, const struct groups_participant *p,
                         size_t at)
{
    const struct groups_step *step = &p->steps[at];
    json_t *out = js_object(j);
    js_text(j, out, "module", g->course[at].id);
    js_put(j, out, "sessions", noted_json(j, o, g, p, at));
    js_text(j, out, "state", course_state_word(step->standing.state));
    js_count(j, out, "attended", step->attended);
    js_count(j, out, "missed", step->missed);
    js_text(j, out, "waits_for", step->standing.waits_for);
    js_bool(j, out, "out_of_order", step->standing.out_of_order);
    return out;
}

static json_t *participant_json(struct js *j, struct ops *o, const struct groups_one *g,
                                const struct groups_participant *p)
{
    json_t *out = js_object(j);
    json_t *steps = js_array(j);
    for (size_t i = 0; i < g->module_count; i++) {
        js_add(j, steps, step_json(j, o, g, p, i));
    }
    js_text(j, out, "plan", names_uuid(o->arena, &p->activity->place.plan));
    js_text(j, out, "activity", names_uuid(o->arena, &p->activity->key.id));
    js_text(j, out, "person", p->plan ? view_get(p->plan, "person") : NULL);
    js_text(j, out, "person_name", p->person ? view_get(p->person, "name") : NULL);
    js_bool(j, out, "protected", p->protected);
    js_bool(j, out, "left", p->left);
    js_bool(j, out, "ours", p->ours);
    js_text(j, out, "next", p->next < g->module_count ? g->course[p->next].id : NULL);
    js_put(j, out, "next_session", session_json(j, o, p->next_session));
    js_put(j, out, "modules", steps);
    return out;
}

json_t *shape_group_whole(struct js *j, struct ops *o, const struct groups_one *g,
                          const struct groups_participants *all)
{
    json_t *out = head_json(j, o, g);
    json_t *modules = js_array(j);
    json_t *participants = js_array(j);
    for (size_t i = 0; i < g->module_count; i++) {
        js_add(j, modules, module_json(j, o, g, i));
    }
    for (size_t i = 0; i < all->count; i++) {
        js_add(j, participants, participant_json(j, o, g, &all->items[i]));
    }
    js_put(j, out, "modules", modules);
    js_put(j, out, "participants", participants);
    return out;
}
