#include "app/cli/say.h"

#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/ops/names.h"

static const char *value_words(const struct people *p, const struct view_field *f, const char *value)
{
    struct uuid id;
    if (!value) {
        return tr(N_("(not set)"));
    }
    if (!f->field) {
        return value[0] == 'r' ? tr(N_("removed")) : tr(N_("kept"));
    }
    const char *name = NULL;
    if (f->field->form == FORM_WHOM && uuid_parse(&id, span_str(value)) == OK) {
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
        out_lines(c, value_words(p, one->field, v->value), 7);
        out_say(c, "  — %s, %s, %s%s\n", v->by.member_name, v->by.party_name,
                names_local_time(&c->arena, v->by.time_ms), i == 0 ? tr(N_("  (shown)")) : "");
    }
}

void say_findings(struct call *c, const struct findings_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->plans[i].found.count; k++) {
            const struct finding *f = &list->plans[i].found.items[k];
            out_say(c, "  %s %s%s: %s\n", f->rule, f->kind == FINDING_KROCK ? tr(N_("krock")) : tr(N_("glapp")),
                    f->past ? tr(N_(" (over)")) : "", f->text);
        }
    }
}
