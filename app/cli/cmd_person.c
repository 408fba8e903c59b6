#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/duplicates_write.h"
#include "app/ops/names.h"

/* A list names nobody who has protected data. */
static json_t *person_json(struct call *c, const struct duplicates *d, const struct view_object *person)
{
    json_t *out = js_object(&c->js);
    const bool hidden = duplicates_protected(d, &person->key.id);
    js_text(&c->js, out, "id", names_uuid(&c->arena, &person->key.id));
    js_text(&c->js, out, "plan", names_uuid(&c->arena, &person->place.plan));
    js_bool(&c->js, out, "protected", hidden);
    js_text(&c->js, out, "name", hidden ? NULL : view_get(person, "name"));
    js_text(&c->js, out, "birth_year", hidden ? NULL : view_get(person, "birth_year"));
    js_text(&c->js, out, "kommun", hidden ? NULL : view_get(person, "kommun"));
    return out;
}

static json_t *pair_json(struct call *c, const struct duplicates *d, const struct duplicates_pair *pair)
{
    json_t *out = js_object(&c->js);
    const bool hidden = duplicates_protected(d, &pair->a->key.id) || duplicates_protected(d, &pair->b->key.id);
    js_text(&c->js, out, "ground", pair->number ? "number" : "name");
    js_bool(&c->js, out, "certain", pair->number != NULL);
    js_text(&c->js, out, "number", hidden ? NULL : pair->number);
    js_put(&c->js, out, "a", person_json(c, d, pair->a));
    js_put(&c->js, out, "b", person_json(c, d, pair->b));
    return out;
}

static void say_person(struct call *c, const struct duplicates *d, const struct view_object *person)
{
    const bool hidden = duplicates_protected(d, &person->key.id);
    const char *name = hidden ? tr(N_("(protected)")) : view_get(person, "name");
    const char *year = hidden ? NULL : view_get(person, "birth_year");
    out_say(c, "    %s  %s%s%s\n", names_uuid(&c->arena, &person->key.id), name ? name : tr(N_("(anonymous)")),
            year ? ", " : "", year ? year : "");
}

static void say_pair(struct call *c, const struct duplicates *d, const struct duplicates_pair *pair)
{
    out_say(c, "%s\n",
            pair->number ? tr(N_("the same identity number:"))
                         : tr(N_("the same name and year of birth (only a suggestion):")));
    say_person(c, d, pair->a);
    say_person(c, d, pair->b);
}

enum err cmd_person_duplicates(struct call *c)
{
    struct duplicates all;
    struct duplicates_pairs pairs;
    enum err e = args_take(c, NULL, 0, 0);
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = duplicates_load(&all, &c->ops);
    }
    if (e == OK) {
        e = duplicates_find(&pairs, &c->ops, &all);
    }
    if (e != OK) {
        return e;
    }
    json_t *rows = js_array(&c->js);
    for (size_t i = 0; i < pairs.count; i++) {
        js_add(&c->js, rows, pair_json(c, &all, &pairs.items[i]));
        say_pair(c, &all, &pairs.items[i]);
    }
    out_json(c, rows);
    c->look = pairs.count > 0;
    if (pairs.count == 0) {
        out_note(c, tr(N_("Nobody seems to be registered twice.")));
    }
    return call_done(c);
}

static enum err decide(struct call *c, bool same)
{
    struct edit *ed = NULL;
    const char *tx = NULL;
    size_t count = 0;
    enum err e = args_take(c, NULL, same ? 2 : 1, 2);
    if (e == OK) {
        e = session_edit(&ed, c);
    }
    if (e == OK) {
        const struct duplicates_write_wish wish = {c->args[0], c->args[1], same};
        e = duplicates_write_decide(&count, &c->ops, ed, &wish);
        e = session_commit(&tx, c, ed, e);
    }
    if (e != OK) {
        return e;
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "person", c->args[0]);
    js_text(&c->js, out, "other", c->args[1]);
    js_count(&c->js, out, "pairs", count);
    js_text(&c->js, out, "tx", tx);
    out_json(c, out);
    out_note(c, tx ? tr(N_("Saved.")) : tr(N_("It was decided so already; nothing was changed.")));
    return call_done(c);
}

enum err cmd_person_join(struct call *c)
{
    return decide(c, true);
}

enum err cmd_person_split(struct call *c)
{
    return decide(c, false);
}
