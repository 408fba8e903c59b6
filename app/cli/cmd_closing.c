#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/saved.h"
#include "app/cli/say.h"
#include "app/cli/session.h"
#include "app/ops/closing.h"
#include "app/ops/consents.h"
#include "app/ops/names.h"

#include <string.h>

#define FOLLOWUP_PREFIX "followup."

/* ---- closing ---- */

/* What the reader knows it by. */
static const char *known_by(const struct closing_matter *m)
{
    static const char *const fields[] = {"text", "reason", "kind", "field", NULL};
    for (const char *const *field = fields; *field; field++) {
        const struct view_field *f = view_field(m->object, *field);
        if (f && f->count > 0 && f->values[0].value) {
            return f->values[0].value;
        }
    }
    return "–";
}

static json_t *matter_json(struct call *c, const struct closing_matter *m)
{
    json_t *row = js_object(&c->js);
    js_text(&c->js, row, "kind", closing_kind_word(m->kind));
    js_text(&c->js, row, "id", names_uuid(&c->arena, &m->object->key.id));
    js_text(&c->js, row, "text", known_by(m));
    js_text(&c->js, row, "owner", m->object->owner_name[0] ? m->object->owner_name : NULL);
    js_bool(&c->js, row, "ours", m->ours);
    return row;
}

/* Is there a consent in force for following up? */
static enum err may_follow(bool *out, struct call *c, const struct people *p, const struct view_object *plan)
{
    struct consents_list list;
    *out = false;
    enum err e = consents_list(&list, &c->ops, p, &plan->key.id);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const struct consents_consent *one = &list.consents[i];
        *out =
            *out || (one->purpose && strcmp(one->purpose, "uppföljning") == 0 && consents_in_force(one, c->ops.today));
    }
    return e;
}

/* {"plan","closed","open":[{"kind","id","text","owner","ours"}],"followup_consent","tx"} */
static enum err tell(struct call *c, const struct people *p, const struct view_object *plan, bool closed,
                     const char *tx)
{
    struct closing_open open;
    bool follow;
    enum err e = closing_look(&open, &c->ops, plan);
    if (e == OK) {
        e = may_follow(&follow, c, p, plan);
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < open.count; i++) {
        const struct closing_matter *m = &open.items[i];
        js_add(&c->js, rows, matter_json(c, m));
        out_say(c, "  %s%s%s: %s  [%s]\n", labels_of(closing_kind_word(m->kind)), m->object->owner_name[0] ? ", " : "",
                m->object->owner_name, say_short(&c->arena, known_by(m), SAY_SHORT),
                names_uuid(&c->arena, &m->object->key.id));
    }
    js_text(&c->js, out, "plan", names_uuid(&c->arena, &plan->key.id));
    js_bool(&c->js, out, "closed", closed);
    js_put(&c->js, out, "open", rows);
    js_bool(&c->js, out, "followup_consent", follow);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    if (closed) {
        out_note(c, tr(N_("The plan is closed.")));
    } else if (open.count == 0) {
        out_note(c, tr(N_("Nothing is open.")));
    }
    if (!follow) {
        out_note(c, tr(N_("No consent for uppföljning is in force: it is a form of its own.")));
    }
    c->look = !closed && open.count > 0;
    return call_done(c);
}

/* "followup.FIELD" from the plan's own fields. */
static enum err split(struct closing_wish *wish, struct call *c, const struct fields_changes *all)
{
    struct fields_change *plan = arena_array(&c->arena, all->count + 1, sizeof *plan);
    struct fields_change *followup = arena_array(&c->arena, all->count + 1, sizeof *followup);
    const size_t prefix = strlen(FOLLOWUP_PREFIX);
    if (!plan || !followup) {
        return ops_memory(&c->ops);
    }
    for (size_t i = 0; i < all->count; i++) {
        struct fields_change change = all->changes[i];
        if (strncmp(change.name, FOLLOWUP_PREFIX, prefix) == 0) {
            change.name += prefix;
            followup[wish->followup.count++] = change;
        } else {
            plan[wish->fields.count++] = change;
        }
    }
    wish->fields.changes = plan;
    wish->followup.changes = followup;
    return OK;
}

enum err cmd_closing_close(struct call *c)
{
    struct closing_wish wish = {0};
    struct fields_changes typed = {0};
    struct people people;
    const struct view_object *plan = NULL;
    const struct args_option options[] = {
        {.name = "--end", .value = &wish.end}, {.name = "--leave", .value = &wish.leave}, {.name = NULL}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 1, ARGS_ANY);
    if (e == OK) {
        e = assign_take(&typed, c, 1);
    }
    const bool only_look = typed.count == 0 && !wish.end && !wish.leave;
    if (e == OK) {
        e = split(&wish, c, &typed);
    }
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK && !only_look) {
        wish.plan = c->args[0];
        e = session_begin(&ed, c);
        if (e == OK) {
            e = closing_close(&c->ops, ed, &wish);
            e = session_commit(&tx, c, ed, e);
        }
    }
    return e == OK ? tell(c, &people, plan, !only_look || closing_is_closed(plan), tx) : e;
}

/* ---- after it ---- */

enum err cmd_closing_follow(struct call *c)
{
    struct closing_followup wish = {0};
    const struct args_option options[] = {{.name = "--next", .value = &wish.next}, {.name = NULL}};
    struct uuid id = {{0}};
    const char *point = NULL;
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 2, ARGS_ANY);
    if (e == OK) {
        e = assign_edit(&wish.fields, &ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = closing_follow(&id, &point, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK || !c->json) {
        return e == OK ? saved_made(c, &id, tx) : e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "id", names_uuid(&c->arena, &id));
    js_text(&c->js, out, "point", point);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    return call_done(c);
}

enum err cmd_closing_reopen(struct call *c)
{
    struct closing_again wish = {0};
    const struct args_option options[] = {
        {.name = "--why", .value = &wish.why}, {.name = "--new", .flag = &wish.anew}, {.name = NULL}};
    struct uuid id = {{0}};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 1, ARGS_ANY);
    if (e == OK) {
        e = assign_edit(&wish.fields, &ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = closing_reopen(&id, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? saved_made(c, &id, tx) : e;
}
