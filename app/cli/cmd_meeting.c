#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/shape_news.h"

#include <string.h>

/* Points of an agenda, one a line, with their ids where they are for the screen. */
static void say_points(struct call *c, const struct people *p, const struct matters *m, bool ids)
{
    for (size_t i = 0; i < m->count; i++) {
        out_say(c, "%zu. ", i + 1);
        say_matter(c, p, &m->items[i]);
        if (ids) {
            out_say(c, "  [%s]", say_matter_id(c, &m->items[i]));
        }
        out_say(c, "\n");
    }
}

/* The plan's agenda as a text. "" where there is nothing. In the arena. */
static enum err agenda_text(const char **out, struct call *c, const char *plan_id)
{
    struct people people;
    struct matters matters = {0};
    const struct view_object *plan;
    const size_t start = c->text.len;
    enum err e = ops_plan(&plan, &c->ops, plan_id);
    if (e == OK) {
        e = people_load(&people, &c->ops);
    }
    if (e == OK) {
        e = matters_find(&matters, &c->ops, &people, plan);
    }
    if (e == OK) {
        say_points(c, &people, &matters, false);
        const size_t len = c->text.len - start;
        *out = c->text.failed ? NULL : arena_text(&c->arena, span_of(c->text.ptr + start, len > 0 ? len - 1 : 0));
        buf_cut(&c->text, start);
        c->arena.failed = c->arena.failed || !*out;
        e = ops_memory(&c->ops);
    }
    matters_free(&matters);
    return e;
}

enum err cmd_meeting_new(struct call *c)
{
    struct objects_wish wish = {.type = "meeting"};
    bool agenda = false;
    const struct args_option options[] = {{.name = "--agenda", .flag = &agenda}, {.name = NULL}};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 1, ARGS_ANY);
    if (e == OK) {
        e = assign_edit(&wish.fields, &ed, c);
    }
    if (e != OK) {
        return e;
    }
    wish.plan = c->args[0];
    struct fields_change *fields = arena_array(&c->arena, wish.fields.count + 1, sizeof *fields);
    e = ops_memory(&c->ops);
    if (e == OK && agenda) {
        memcpy(fields, wish.fields.changes, wish.fields.count * sizeof *fields);
        fields[wish.fields.count] = (struct fields_change){.name = "agenda"};
        e = agenda_text(&fields[wish.fields.count].value, c, wish.plan);
        wish.fields.changes = fields;
        const char *text = fields[wish.fields.count].value;
        wish.fields.count += e == OK && text && *text;
    }
    if (e == OK) {
        e = objects_new(&id, &c->ops, ed, &wish);
    }
    e = session_commit(&tx, c, ed, e);
    return e == OK ? saved_made(c, &id, tx) : e;
}

static enum err find_meeting(const struct view_object **out, struct call *c)
{
    const struct ops_wanted wanted = {.text = c->args[0]};
    enum err e = ops_object(out, &c->ops, &wanted);
    if (e == OK && strcmp((*out)->type->name, "meeting") != 0) {
        e = why_set(&c->ops.why, ERR_INPUT, N_("that is no meeting"), "%s", c->args[0]);
    }
    return e;
}

enum err cmd_meeting_minutes(struct call *c)
{
    const struct view_object *meeting;
    struct fields_change entry = {.name = "minutes", .how = FIELDS_ADD};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 2, 2);
    if (e == OK) {
        e = assign_value(&entry.value, c, c->args[1]);
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        const struct fields_changes changes = {.count = 1, .changes = &entry};
        e = find_meeting(&meeting, c);
        if (e == OK) {
            e = objects_set(&c->ops, ed, meeting, &changes);
        }
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_known(c, c->args[0], tx, N_("Saved.")) : e;
}

/* The decision belongs to the meeting, and to its plan. */
static enum err decide(struct uuid *id, struct call *c, struct edit *ed, const struct fields_changes *typed)
{
    const struct view_object *meeting;
    struct fields_change *fields = arena_array(&c->arena, typed->count + 1, sizeof *fields);
    enum err e = ops_memory(&c->ops);
    if (e == OK) {
        e = find_meeting(&meeting, c);
    }
    if (e != OK) {
        return e;
    }
    fields[0] = (struct fields_change){"meeting", FIELDS_SET, names_uuid(&c->arena, &meeting->key.id)};
    memcpy(fields + 1, typed->changes, typed->count * sizeof *fields);
    const struct objects_wish wish = {.plan = names_uuid(&c->arena, &meeting->place.plan),
                                      .type = "decision",
                                      .fields = {.count = typed->count + 1, .changes = fields}};
    return objects_new(id, &c->ops, ed, &wish);
}

enum err cmd_meeting_decide(struct call *c)
{
    struct fields_changes typed;
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, NULL, 2, ARGS_ANY);
    if (e == OK) {
        e = assign_take(&typed, c, 1);
    }
    if (e == OK && !fields_find(&typed, "text")) {
        e = call_usage(c, N_("something is missing"), "text=…");
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        e = decide(&id, c, ed, &typed);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}

enum err cmd_meeting_agenda(struct call *c)
{
    struct people people;
    struct matters matters = {0};
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = matters_find(&matters, &c->ops, &people, plan);
    }
    if (e == OK) {
        json_t *rows = js_array(&c->js);
        for (size_t i = 0; i < matters.count; i++) {
            js_add(&c->js, rows, shape_news_matter(&c->js, &c->ops, &people, &plan->key.id, &matters.items[i]));
        }
        out_json(c, rows);
        say_points(c, &people, &matters, true);
        if (matters.count == 0) {
            out_note(c, tr(N_("Nothing waits for a decision.")));
        }
        e = call_done(c);
    }
    matters_free(&matters);
    return e;
}
