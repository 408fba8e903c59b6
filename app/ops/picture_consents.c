#include "app/ops/picture_consents.h"

#include "app/ops/consents.h"
#include "app/ops/names.h"
#include "app/ops/picture_fields.h"

/* The last day in force: a withdrawal ends it, on the day that it names or, where it names none, was written. */
static int32_t last_day(const struct consents_consent *c)
{
    const struct view_field *withdrawn = view_field(c->object, "withdrawn");
    int32_t last = c->until;
    for (size_t i = 0; withdrawn && i < withdrawn->count; i++) {
        const struct view_value *v = &withdrawn->values[i];
        int32_t day = last;
        if (picture_fields_yes(v->value)) {
            if (dates_parse(&day, v->value) != OK) {
                day = picture_fields_written(&v->by, last);
            }
            last = day < last ? day : last;
        }
    }
    return last;
}

static void read_consent(struct rules_consent *out, struct ops *o, const struct picture_forbund *f,
                         const struct consents_consent *c)
{
    const char **to = arena_array(o->arena, c->to.count + 1, sizeof *to);
    size_t count = 0;
    for (size_t i = 0; to && i < c->to.count; i++) {
        const char *id = names_uuid(o->arena, &c->to.grants[i].id);
        const struct picture_forbund_who *who = picture_forbund_who(f, id);
        if (who && who->party) {
            to[count++] = who->party;
        }
    }
    *out = (struct rules_consent){.id = c->id,
                                  .purpose = c->purpose,
                                  .to = to,
                                  .to_count = count,
                                  .from = c->from,
                                  .until = last_day(c),
                                  .withdrawn = c->withdrawn};
}

/* Whom it names: somebody who is not known now may be later. */
static void rest_on_named(const struct picture_forbund *f, const struct view_object *consent)
{
    const struct view_field *to = view_field(consent, "to");
    struct uuid id;
    for (size_t i = 0; to && i < to->count; i++) {
        if (uuid_parse(&id, span_str(to->values[i].value)) == OK) {
            picture_forbund_rest_on(f, &id);
        }
    }
}

enum err picture_consents_read(struct rules_plan *out, struct ops *o, const struct picture_forbund *f,
                               const struct uuid *plan)
{
    struct consents_list list;
    enum err e = consents_list(&list, o, f->people, plan);
    struct rules_consent *consents = e == OK ? arena_array(o->arena, list.count + 1, sizeof *consents) : NULL;
    size_t count = 0;
    for (size_t i = 0; consents && i < list.count; i++) {
        const struct consents_consent *c = &list.consents[i];
        rest_on_named(f, c->object);
        /* Without a first day it was never in force; activities are matter of topic plan. */
        if (c->from != DATES_OPEN_START && consents_has_topic(c, "plan")) {
            read_consent(&consents[count++], o, f, c);
        }
    }
    out->consents = consents;
    out->consent_count = count;
    return e == OK ? ops_memory(o) : e;
}
