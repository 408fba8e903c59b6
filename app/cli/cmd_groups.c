#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/shape_group.h"

#include <string.h>

static const char *or_dash(const char *text)
{
    return text && *text ? text : "–";
}

static const char *name_of(const struct view_object *object)
{
    return or_dash(object ? view_get(object, "name") : NULL);
}

static const char *when_of(struct call *c, const struct groups_session *s)
{
    int64_t seconds;
    const char *when = view_get(s->object, "when");
    return when && dates_parse_time(&seconds, when) == OK ? names_local_time(&c->arena, seconds * 1000) : "–";
}

static void say_head(struct call *c, const struct groups_one *g)
{
    const char *to = view_get(g->group, "to");
    out_say(c, "%s · %s  %s – %s  [%s]\n", name_of(g->group), name_of(g->insats), or_dash(view_get(g->group, "from")),
            to ? to : "", names_uuid(&c->arena, &g->group->key.id));
}

static enum err read(struct groups_participants *all, struct groups_one *g, struct call *c,
                     const struct view_object *group)
{
    enum err e = groups_read(g, &c->ops, group);
    return e == OK ? groups_participants(all, &c->ops, g) : e;
}

enum err cmd_groups_list(struct call *c)
{
    struct groups_list list;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = groups_list(&list, &c->ops);
    }
    json_t *rows = e == OK ? js_array(&c->js) : NULL;
    for (size_t i = 0; e == OK && i < list.count; i++) {
        struct groups_one g;
        struct groups_participants all;
        e = read(&all, &g, c, list.items[i]);
        if (e == OK) {
            js_add(&c->js, rows, shape_group_row(&c->js, &c->ops, &g, &all));
            say_head(c, &g);
            out_say(c, tr(N_("    participants that can be read here: %zu\n")), all.count);
        }
    }
    out_json(c, rows);
    if (e == OK && list.count == 0) {
        out_note(c, tr(N_("No groups (samplan group new).")));
    }
    return e == OK ? call_done(c) : e;
}

/* ---- one group ---- */

static const char *module_name(const struct groups_one *g, const char *id)
{
    for (size_t i = 0; id && i < g->module_count; i++) {
        if (strcmp(g->course[i].id, id) == 0) {
            return name_of(g->modules[i]);
        }
    }
    return "–";
}

static void say_module(struct call *c, const struct groups_one *g, size_t at)
{
    out_say(c, "  %s. %s", or_dash(view_get(g->modules[at], "order")), name_of(g->modules[at]));
    for (size_t i = 0; i < g->course[at].requires_count; i++) {
        out_say(c, "%s%s", i == 0 ? tr(N_(" (builds on ")) : ", ", module_name(g, g->course[at].requires[i]));
    }
    out_say(c, "%s  [%s]\n", g->course[at].requires_count > 0 ? ")" : "", g->course[at].id);
    for (size_t i = 0; i < g->session_count; i++) {
        if (g->sessions[i].module == at) {
            out_say(c, "     %s  [%s]\n", when_of(c, &g->sessions[i]),
                    names_uuid(&c->arena, &g->sessions[i].object->key.id));
        }
    }
}

static const char *state_words(const struct groups_step *step)
{
    switch (step->standing.state) {
    case COURSE_UNPLANNED:
        return tr(N_("not planned"));
    case COURSE_COMING:
        return tr(N_("to come"));
    case COURSE_GOING:
        return tr(N_("going on"));
    case COURSE_OVER:
        return tr(N_("over, not completed"));
    case COURSE_COMPLETED:
        return tr(N_("completed"));
    }
    return "";
}

static void say_step(struct call *c, const struct groups_one *g, size_t at, const struct groups_step *step)
{
    out_say(c, "     %s: %s", name_of(g->modules[at]), state_words(step));
    if (step->attended + step->missed > 0) {
        out_say(c, tr(N_(", there %zu, missed %zu")), step->attended, step->missed);
    }
    if (step->standing.waits_for) {
        out_say(c,
                step->standing.out_of_order ? tr(N_("  ! builds on %s, which is not completed"))
                                            : tr(N_(", waits for %s")),
                module_name(g, step->standing.waits_for));
    }
    out_say(c, "\n");
}

static void say_participant(struct call *c, const struct groups_one *g, const struct groups_participant *p)
{
    const char *name = p->person ? view_get(p->person, "name") : NULL;
    if (!name) {
        name = p->protected ? tr(N_("(protected)"))
               : p->person  ? tr(N_("(anonymous)"))
                            : tr(N_("(person not readable here)"));
    }
    out_say(c, "  %s%s  [%s]\n", name, p->left ? tr(N_("  (broken off)")) : "",
            names_uuid(&c->arena, &p->activity->place.plan));
    for (size_t i = 0; !p->left && i < g->module_count; i++) {
        say_step(c, g, i, &p->steps[i]);
    }
    if (!p->left && g->module_count > 0 && p->next == g->module_count) {
        out_say(c, "     %s\n", tr(N_("All modules are completed.")));
    } else if (!p->left && p->next < g->module_count) {
        out_say(c, tr(N_("     next: %s%s%s\n")), name_of(g->modules[p->next]), p->next_session ? ", " : "",
                p->next_session ? when_of(c, p->next_session) : "");
    }
}

static bool is_out_of_order(const struct groups_one *g, const struct groups_participant *p)
{
    for (size_t i = 0; !p->left && i < g->module_count; i++) {
        if (p->steps[i].standing.out_of_order) {
            return true;
        }
    }
    return false;
}

enum err cmd_groups_show(struct call *c)
{
    struct groups_one g;
    struct groups_participants all;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = groups_named(&g, &c->ops, c->args[0]);
    }
    if (e == OK) {
        e = groups_participants(&all, &c->ops, &g);
    }
    if (e != OK) {
        return e;
    }
    say_head(c, &g);
    for (size_t i = 0; i < g.module_count; i++) {
        say_module(c, &g, i);
    }
    out_say(c, "%s%s\n", all.count > 0 ? "\n" : "", all.count > 0 ? tr(N_("Participants")) : "");
    for (size_t i = 0; i < all.count; i++) {
        say_participant(c, &g, &all.items[i]);
        c->look = c->look || is_out_of_order(&g, &all.items[i]);
    }
    out_json(c, shape_group_whole(&c->js, &c->ops, &g, &all));
    return call_done(c);
}
