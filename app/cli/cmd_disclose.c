#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/disclosures.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

/* "--to A B C": words after the plan are further recipients. */
static enum err join_recipients(struct call *c, struct disclosures_wish *wish)
{
    for (int i = 1; i < c->arg_count; i++) {
        if (!wish->to) {
            return call_usage(c, N_("that is too much"), c->args[i]);
        }
        wish->to = arena_printf(&c->arena, "%s;%s", wish->to, c->args[i]);
    }
    return ops_memory(&c->ops);
}

static enum err show_made(struct call *c, const struct disclosures_made *made, const char *tx)
{
    struct people people;
    enum err e = people_load(&people, &c->ops);
    if (e != OK) {
        return e;
    }
    json_t *sections = js_array(&c->js);
    for (size_t i = 0; i < made->count; i++) {
        const struct disclosures_one *one = &made->items[i];
        json_t *to = js_array(&c->js);
        out_say(c, "%s → ", labels_of(one->topic));
        for (size_t k = 0; k < one->to.count; k++) {
            const char *name = people_name(&people, &one->to.grants[k].id);
            js_add(&c->js, to, shape_grant(&c->js, &c->ops, &people, &one->to.grants[k]));
            out_say(c, "%s%s", k == 0 ? "" : "; ", name ? name : "?");
        }
        out_say(c, "  (%s)\n", one->ground);
        json_t *section = js_object(&c->js);
        js_text(&c->js, section, "topic", one->topic);
        js_text(&c->js, section, "ground", one->ground);
        js_put(&c->js, section, "to", to);
        js_add(&c->js, sections, section);
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "plan", c->args[0]);
    js_text(&c->js, out, "tx", tx);
    js_put(&c->js, out, "sections", sections);
    out_json(c, out);
    if (!tx) {
        out_note(c, tr(N_("They had it already; nothing was changed.")));
    }
    return call_done(c);
}

enum err cmd_disclose_make(struct call *c)
{
    struct disclosures_wish wish = {0};
    const struct args_option options[] = {{.name = "--sections", .value = &wish.topics},
                                          {.name = "--to", .list = &wish.to},
                                          {.name = "--ground", .value = &wish.ground},
                                          {.name = NULL}};
    struct disclosures_made made = {0};
    struct edit *ed = NULL;
    const char *tx = NULL;
    enum err e = args_take(c, options, 1, ARGS_ANY);
    if (e == OK) {
        e = join_recipients(c, &wish);
    }
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        wish.plan = c->args[0];
        e = disclosures_make(&made, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    return e == OK ? show_made(c, &made, tx) : e;
}

static json_t *section_json(struct call *c, const struct people *p, const struct view_section *s)
{
    json_t *out = js_object(&c->js);
    json_t *to = js_array(&c->js);
    json_t *grounds = js_array(&c->js);
    for (size_t i = 0; i < s->grant_count; i++) {
        json_t *grant = shape_grant(&c->js, &c->ops, p, &s->grants[i]);
        js_bool(&c->js, grant, "writes", s->grants[i].writes);
        js_add(&c->js, to, grant);
    }
    for (size_t i = 0; i < s->ground_count; i++) {
        js_add_text(&c->js, grounds, s->grounds[i]);
    }
    const bool shared = uuid_is_nil(&s->place.owner);
    js_text(&c->js, out, "section", names_hex(&c->arena, s->id.b, sizeof s->id.b));
    js_text(&c->js, out, "owner", shared ? "shared" : s->owner_name);
    js_text(&c->js, out, "owner_id", names_uuid(&c->arena, &s->place.owner));
    js_text(&c->js, out, "topic", s->place.topic);
    js_put(&c->js, out, "to", to);
    js_put(&c->js, out, "grounds", grounds);
    js_bool(&c->js, out, "may_write", s->may_write);
    return out;
}

static void say_section(struct call *c, const struct people *p, const struct view_section *s)
{
    const bool shared = uuid_is_nil(&s->place.owner);
    out_say(c, "%s · %s:", shared ? tr(N_("shared")) : s->owner_name, labels_of(s->place.topic));
    for (size_t i = 0; i < s->grant_count; i++) {
        const char *name = people_name(p, &s->grants[i].id);
        out_say(c, "%s %s (%s)", i == 0 ? "" : ";", name ? name : "?",
                s->grants[i].writes ? tr(N_("reads and writes")) : tr(N_("reads")));
    }
    out_say(c, "%s\n", s->grant_count == 0 ? tr(N_(" nobody else")) : "");
}

enum err cmd_disclose_list(struct call *c)
{
    struct people people;
    struct view_sections list;
    const struct view_object *plan = NULL;
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = ops_told(&c->ops, view_sections(&list, &c->arena, c->ops.site, &plan->key.id));
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < list.count; i++) {
        js_add(&c->js, rows, section_json(c, &people, &list.sections[i]));
        say_section(c, &people, &list.sections[i]);
    }
    out_json(c, rows);
    return call_done(c);
}
