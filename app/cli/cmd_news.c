#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/cli/since.h"
#include "app/ops/history.h"
#include "app/ops/names.h"
#include "app/ops/shape_news.h"

#include <string.h>

/* ---- for people: a page that can be read aloud ---- */

static void say_heading(struct call *c, const struct news_plan *plan)
{
    const char *title = plan->object ? view_get(plan->object, "title") : NULL;
    const char *name = plan->person ? view_get(plan->person, "name") : NULL;
    if (!name) {
        name = plan->protected ? tr(N_("(protected)"))
               : plan->person  ? tr(N_("(anonymous)"))
                               : tr(N_("(person not readable here)"));
    }
    out_say(c, "\n%s%s%s  [%s]\n", name, title ? " · " : "", title ? title : "", names_uuid(&c->arena, &plan->plan));
}

static bool same_author(const struct view_author *a, const struct view_author *b)
{
    return memcmp(&a->member, &b->member, sizeof a->member) == 0;
}

/* "Alex (Arbetsförmedlingen): aktivitet, ny" */
static void say_author(struct call *c, const struct news_object *object, const struct view_author *by)
{
    out_say(c, "  %s (%s): %s", by->member_name[0] ? by->member_name : tr(N_("somebody unknown")), by->party_name,
            object->type ? labels_of(object->type->name) : tr(N_("disclosed to others")));
    if (object->place.topic && (!object->type || news_is_withheld(object->place.topic))) {
        out_say(c, " (%s)", labels_of(object->place.topic));
    }
    out_say(c, "%s\n", object->removed ? tr(N_(", removed")) : object->made ? tr(N_(", new")) : "");
}

/* Ids and fingerprints say nothing to people; what they are about is told by the object they stand in. */
static bool is_sayable(const struct view_change *c)
{
    return c->field && c->field->form != FORM_REF &&
           !(strcmp(c->type->name, "acceptance") == 0 && strcmp(c->field->name, "why") != 0);
}

static void say_change(struct call *c, const struct people *p, const struct news_change *one)
{
    const struct view_change *change = &one->change;
    out_say(c, "      %s: ", labels_of(change->field->name));
    if (one->withheld) {
        out_say(c, "%s\n", tr(N_("changed; read it in the plan")));
        return;
    }
    const bool many = change->field->merge == MERGE_SET || change->field->merge == MERGE_ENTRIES;
    if (many) {
        out_say(c, "%s", strcmp(change->op, "drop") == 0 ? "− " : "+ ");
    } else if (change->old) {
        out_say(c, "%s → ", say_short(&c->arena, say_value(p, change->field, change->old), SAY_SHORT));
    }
    out_say(c, "%s", say_short(&c->arena, say_value(p, change->field, change->value), SAY_SHORT));
    out_say(c, "%s\n", change->standing == VIEW_CONFLICT ? tr(N_("  (in conflict, see samplan conflicts)")) : "");
}

static void say_object(struct call *c, const struct people *p, const struct news_object *object)
{
    const struct view_author *last = NULL;
    for (size_t i = 0; i < object->count; i++) {
        const struct view_change *change = &object->changes[i].change;
        if (!last || !same_author(last, &change->by)) {
            last = &change->by;
            say_author(c, object, last);
        }
        if (is_sayable(change)) {
            say_change(c, p, &object->changes[i]);
        }
    }
}

static void say_decisions(struct call *c, const struct people *p, const struct news *news)
{
    bool first = true;
    for (size_t i = 0; i < news->count; i++) {
        const struct news_plan *plan = &news->plans[i];
        if (plan->matters.count == 0) {
            continue;
        }
        if (first) {
            out_say(c, "%s\n", tr(N_("Needs your decision")));
        }
        first = false;
        say_heading(c, plan);
        for (size_t k = 0; k < plan->matters.count; k++) {
            out_say(c, "  • ");
            say_matter(c, p, &plan->matters.items[k]);
            out_say(c, "\n");
        }
    }
}

static bool has_changes(const struct news *news)
{
    bool any = news->forbund_count > 0;
    for (size_t i = 0; i < news->count; i++) {
        any = any || news->plans[i].count > 0;
    }
    return any;
}

static void say_news(struct call *c, const struct people *p, const struct news *news)
{
    say_decisions(c, p, news);
    if (!has_changes(news)) {
        out_note(c, tr(N_("Nothing new.")));
        return;
    }
    out_say(c, "%s", c->text.len > 0 ? "\n" : "");
    if (news->since_ms == INT64_MIN) {
        out_say(c, "%s\n", tr(N_("New since you last looked")));
    } else {
        out_say(c, tr(N_("New since %s\n")), names_local_time(&c->arena, news->since_ms));
    }
    for (size_t i = 0; i < news->count; i++) {
        const struct news_plan *plan = &news->plans[i];
        if (plan->count > 0) {
            say_heading(c, plan);
        }
        for (size_t k = 0; k < plan->count; k++) {
            say_object(c, p, &plan->objects[k]);
        }
    }
    if (news->forbund_count > 0) {
        out_say(c, "\n%s\n", tr(N_("In the förbund")));
    }
    for (size_t i = 0; i < news->forbund_count; i++) {
        out_say(c, "  ");
        history_say(&c->text, &c->arena, p, &news->forbund[i].change);
    }
}

static void show(struct call *c, const struct people *p, const struct news *news)
{
    for (size_t i = 0; i < news->count; i++) {
        c->look = c->look || news->plans[i].matters.count > 0;
    }
    if (c->json) {
        out_json(c, shape_news_all(&c->js, &c->ops, p, news));
    } else {
        say_news(c, p, news);
    }
}

enum err cmd_news_show(struct call *c)
{
    bool peek = false;
    const char *since = NULL;
    const struct args_option options[] = {
        {.name = "--since", .value = &since}, {.name = "--peek", .flag = &peek}, {.name = NULL}};
    struct people people;
    struct news news = {0};
    struct news_wish wish = {0};
    enum err e = args_take(c, options, 0, 0);
    if (e == OK) {
        wish.has_since = since != NULL;
        e = since_parse(&wish.since_ms, c, since);
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = people_load(&people, &c->ops);
    }
    if (e == OK) {
        e = news_find(&news, &c->ops, &people, &wish);
    }
    if (e == OK) {
        show(c, &people, &news);
        e = call_done(c);
    }
    if (e == OK && !peek && !since) {
        c->bookmark = news.bookmark; /* moved when all of it has been shown */
        c->read_upto = news.upto;
    }
    news_free(&news);
    return e;
}
