#include "app/cli/say.h"

#include <string.h>

#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/ops/closing.h"
#include "app/ops/names.h"
#include "app/plan/referral.h"

const char *say_value(const struct people *p, const struct schema_field *f, const char *value)
{
    struct uuid id;
    if (!value) {
        return tr(N_("(not set)"));
    }
    if (!f) {
        return value[0] == 'r' ? tr(N_("removed")) : tr(N_("kept"));
    }
    const char *name = NULL;
    if (f->form == FORM_WHOM && uuid_parse(&id, span_str(value)) == OK) {
        name = people_name(p, &id);
    }
    return name ? name : value;
}

void say_conflict(struct call *c, const struct people *p, const struct conflicts_one *one)
{
    out_say(c, "  %s · %s (%s)  [%s]\n", labels_of(one->object->type->name), labels_of(conflicts_field_name(one)),
            conflicts_field_name(one), names_uuid(&c->arena, &one->object->key.id));
    for (size_t i = 0; i < one->field->count; i++) {
        const struct view_value *v = &one->field->values[i];
        out_say(c, "    %zu  ", i);
        out_lines(c, one->withheld ? tr(N_("(protected)")) : say_value(p, one->field->field, v->value), 7);
        out_say(c, "  — %s, %s, %s%s\n", v->by.member_name, v->by.party_name,
                names_local_time(&c->arena, v->by.time_ms), i == 0 ? tr(N_("  (shown)")) : "");
    }
    if (one->suggestion.base && one->field->field && !one->withheld) {
        out_say(c, "    %s ", tr(N_("both started from:")));
        out_lines(c, say_value(p, one->field->field, *one->suggestion.base ? one->suggestion.base : NULL), 7);
        out_say(c, "\n");
    }
    if (one->suggestion.merged && !one->withheld) {
        out_say(c, "    %s ", tr(N_("merged, review (--merged):")));
        out_lines(c, one->suggestion.merged, 7);
        out_say(c, "\n");
    }
}

void say_too_large(struct call *c, const struct findings_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->plans[i].too_large) {
            out_note(c, tr(N_("A plan is too large for the rules, and was not looked at:")));
            out_note(c, names_uuid(&c->arena, &list->plans[i].plan));
            c->look = true;
        }
    }
}

void say_findings(struct call *c, const struct findings_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->plans[i].found.count; k++) {
            const struct finding *f = &list->plans[i].found.items[k];
            const struct findings_acceptance *accepted = findings_accepted(&list->plans[i], f);
            out_say(c, "  %s %s%s: %s  [%s]\n", f->rule, f->kind == FINDING_KROCK ? tr(N_("krock")) : tr(N_("glapp")),
                    f->past ? tr(N_(" (over)")) : "", f->text, f->id);
            if (accepted) {
                out_say(c, tr(N_("      accepted by %s, %s: ")), accepted->by.member_name, accepted->by.party_name);
                out_lines(c, accepted->why, 6);
                out_say(c, "\n");
            }
        }
    }
}

const char *say_short(struct arena *a, const char *text, size_t most)
{
    size_t len = strcspn(text, "\n");
    const char *after = text + len;
    if (len > most) {
        len = most;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
            len--;
        }
    } else if (after[0] == '\0' || after[1] == '\0') {
        return text[len] ? arena_text(a, span_of(text, len)) : text;
    }
    const char *cut = arena_printf(a, "%.*s…", (int)len, text);
    return cut ? cut : "";
}

static const char *target_words(const struct proposals_one *one)
{
    return one->target ? labels_of(one->target->type->name) : tr(N_("something that cannot be read here"));
}

void say_proposal(struct call *c, const struct people *p, const struct proposals_one *one)
{
    const char *field = view_get(one->object, "field");
    const char *why = view_get(one->object, "why");
    const char *value = view_get(one->object, "value");
    const struct schema_field *f = one->target && field ? schema_field_named(one->target->type, field) : NULL;
    const struct view_field *by = view_field(one->object, "target");
    const char *now = f ? view_get(one->target, field) : NULL;
    out_say(c, "%s · %s: ", target_words(one), labels_of(field ? field : ""));
    if (f && !one->withheld) {
        out_say(c, "%s → ", say_short(&c->arena, say_value(p, f, now), SAY_SHORT));
    }
    value = one->withheld ? tr(N_("(protected)")) : !value ? tr(N_("(not set)")) : f ? say_value(p, f, value) : value;
    out_say(c, "%s", say_short(&c->arena, value, SAY_SHORT));
    out_say(c, "%s%s", why ? " · " : "", why ? say_short(&c->arena, why, SAY_SHORT) : "");
    if (by && by->count > 0) {
        out_say(c, "  — %s, %s", by->values[0].by.member_name, by->values[0].by.party_name);
    }
}

static void say_remiss(struct call *c, const struct people *p, const struct view_object *remiss)
{
    if (referral_is_back(view_get(remiss, "status"))) {
        const struct view_field *to = view_field(remiss, "to");
        const char *whom = to && to->count > 0 ? say_value(p, to->field, to->values[0].value) : "?";
        const char *why = view_get(remiss, "status_reason");
        out_say(c, tr(N_("the referral to %s has come back (%s)")), whom, view_get(remiss, "status"));
        out_say(c, "%s%s", why ? ": " : "", why ? say_short(&c->arena, why, SAY_SHORT) : "");
        return;
    }
    const char *reason = view_get(remiss, "reason");
    const struct view_field *from = view_field(remiss, "from_party");
    const char *name = from && from->count > 0 ? say_value(p, from->field, from->values[0].value) : "?";
    out_say(c, tr(N_("a referral from %s is not answered")), name);
    out_say(c, "%s%s", reason ? ": " : "", reason ? say_short(&c->arena, reason, SAY_SHORT) : "");
}

static void say_followup(struct call *c, const struct view_object *plan)
{
    const char *text = view_get(plan, "follow_up");
    int32_t day;
    const bool today = !text || dates_parse(&day, text) != OK || day >= c->ops.today;
    if (closing_is_closed(plan)) {
        out_say(c,
                today ? tr(N_("the follow-up after closing is today, %s"))
                      : tr(N_("the follow-up after closing was to be on %s and is not made")),
                text ? text : "?");
    } else {
        out_say(c, tr(N_("the follow-up is today, %s")), text ? text : "?");
    }
}

void say_matter(struct call *c, const struct people *p, const struct matters_one *m)
{
    const char *text;
    switch (m->kind) {
    case MATTERS_CONFLICT:
        out_say(c, tr(N_("%s · %s: %zu values were set without knowing of each other")),
                labels_of(m->object->type->name), labels_of(conflicts_field_name(m->conflict)),
                m->conflict->field->count);
        break;
    case MATTERS_PROPOSAL:
        out_say(c, "%s: ", tr(N_("proposal")));
        say_proposal(c, p, m->proposal);
        break;
    case MATTERS_REMISS:
        say_remiss(c, p, m->object);
        break;
    case MATTERS_FINDING:
        out_say(c, "%s %s: %s", m->finding->rule, m->finding->kind == FINDING_KROCK ? tr(N_("krock")) : tr(N_("glapp")),
                m->finding->text);
        break;
    case MATTERS_CONSENT:
        out_say(c, tr(N_("a consent ends on %s")), view_get(m->object, "until") ? view_get(m->object, "until") : "?");
        break;
    case MATTERS_ASSESSMENT:
        text = view_get(m->object, "text");
        out_say(c, "%s: %s", tr(N_("a joint assessment waits for your party")),
                text ? say_short(&c->arena, text, SAY_SHORT) : "–");
        break;
    case MATTERS_TOO_LARGE:
        out_say(c, "%s", tr(N_("a plan is too large for the rules, and was not looked at for krockar and glapp")));
        break;
    case MATTERS_FOLLOWUP:
        say_followup(c, m->object);
        break;
    }
}

const char *say_matter_id(struct call *c, const struct matters_one *m)
{
    return m->object ? names_uuid(&c->arena, &m->object->key.id) : m->finding->id;
}
