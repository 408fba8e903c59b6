#include "app/ops/copyout.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/printing_sheet.h"
#include "app/ops/printing_words.h"

struct copy {
    struct buf *out;
    const struct printing_sheet *s;
    struct arena *a;
};

static const char *get(const struct view_object *object, const char *field)
{
    const char *value = view_get(object, field);
    return value ? value : "";
}

/* "  label: words", with further lines under the words. */
static void line(struct copy *c, const char *label, const char *words)
{
    if (!*words) {
        return;
    }
    buf_printf(c->out, "  %s: ", label);
    for (; *words; words++) {
        buf_put(c->out, words, 1);
        buf_put_str(c->out, *words == '\n' && words[1] ? "    " : "");
    }
    buf_put_str(c->out, "\n");
}

static void put_frame(struct copy *c)
{
    const struct view_object *plan = c->s->plan;
    const char *today = names_day(c->a, c->s->ops->today);
    buf_printf(c->out, "%s, %s\n", tr(N_("From the handlingsplan in samverkan")), today ? today : "");
    line(c, tr(N_("huvudansvarig")), printing_sheet_whom(c->s, plan, "huvudansvarig"));
    line(c, tr(N_("status")), get(plan, "status"));
    line(c, tr(N_("aim")), get(plan, "aim"));
    line(c, tr(N_("next follow-up")), get(plan, "follow_up"));
    if (c->s->others.count > 0) { /* by number: a title may say a name */
        const char *count = arena_printf(c->a, "%zu", c->s->others.count);
        line(c, tr(N_("together with other plans of the same person")), count ? count : "");
    }
    for (size_t i = 0; i < c->s->others.count; i++) {
        line(c, tr(N_("aim")), get(c->s->others.items[i], "aim"));
    }
    for (size_t i = 0; i < c->s->goals.count; i++) {
        const struct view_object *goal = c->s->goals.items[i];
        const char *words = *get(goal, "text") ? get(goal, "text") : get(goal, "kind");
        const char *by = get(goal, "target_date");
        const char *whole = *by ? arena_printf(c->a, "%s (%s %s)", words, tr(N_("no later than")), by) : words;
        line(c, tr(N_("goal")), whole ? whole : "");
    }
}

static void put_slots(struct copy *c, const struct view_object *activity)
{
    for (size_t i = 0; i < c->s->slots.count; i++) {
        struct uuid id;
        const struct view_object *slot = c->s->slots.items[i];
        if (uuid_parse(&id, span_str(get(slot, "activity"))) == OK && memcmp(&id, &activity->key.id, sizeof id) == 0) {
            line(c, tr(N_("time slot")), printing_words_slot(c->a, slot));
        }
    }
}

static void put_activity(struct copy *c, const struct view_object *activity)
{
    const struct view_object *insats = printing_sheet_insats(c->s, activity);
    const char *from = get(activity, "from");
    const char *to = get(activity, "to");
    buf_printf(c->out, "- %s", get(activity, "kind"));
    if (*from || *to) {
        buf_printf(c->out, ", %s – %s", from, to);
    }
    buf_printf(c->out, "%s%s\n", *get(activity, "extent") ? ", " : "", get(activity, "extent"));
    line(c, tr(N_("what")), get(activity, "text"));
    line(c, tr(N_("insats")), insats ? get(insats, "name") : "");
    line(c, tr(N_("status")), get(activity, "status"));
    line(c, tr(N_("responsible")), printing_sheet_whom(c->s, activity, "responsible"));
    if (!c->s->guarded) {
        line(c, tr(N_("place")), get(activity, "place"));
        put_slots(c, activity);
    }
    line(c, tr(N_("evaluation")), get(activity, "evaluation"));
}

static void put_activities(struct copy *c)
{
    const struct uuid *party = &site_self(c->s->ops->site)->party;
    size_t count = 0;
    buf_printf(c->out, "\n%s (%s)\n", tr(N_("Our activities")), site_self(c->s->ops->site)->party_name);
    for (size_t i = 0; i < c->s->activities.count; i++) {
        if (memcmp(&c->s->activities.items[i]->place.owner, party, sizeof *party) == 0) {
            put_activity(c, c->s->activities.items[i]);
            count++;
        }
    }
    if (count == 0) {
        buf_printf(c->out, "- %s\n", tr(N_("none")));
    }
}

static void put_decisions(struct copy *c)
{
    if (c->s->decisions.count == 0) {
        return;
    }
    buf_printf(c->out, "\n%s\n", tr(N_("Joint decisions")));
    for (size_t i = 0; i < c->s->decisions.count; i++) {
        const struct view_object *d = c->s->decisions.items[i];
        const char *due = get(d, "due");
        const char *done = get(d, "done");
        buf_printf(c->out, "- %s\n", get(d, "text"));
        line(c, tr(N_("who")), printing_sheet_whom(c->s, d, "party"));
        line(c, tr(N_("due")), due);
        line(c, tr(N_("done")), strcmp(done, "nej") == 0 ? "" : done);
    }
}

enum err copyout_text(struct buf *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct printing_sheet sheet;
    enum err e = printing_sheet_load(&sheet, o, p, plan);
    if (e != OK) {
        return e;
    }
    struct copy copy = {.out = out, .s = &sheet, .a = o->arena};
    put_frame(&copy);
    put_activities(&copy);
    put_decisions(&copy);
    if (buf_check(out) != OK) {
        return ops_no_memory(o);
    }
    return ops_memory(o);
}
