#include "app/ops/matters.h"

#include <string.h>

#include "app/ops/closing.h"
#include "app/ops/consents.h"
#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/remisser.h"

const char *matters_kind_word(enum matters_kind kind)
{
    static const char *const words[] = {
        [MATTERS_CONFLICT] = "conflict",   [MATTERS_PROPOSAL] = "proposal", [MATTERS_REMISS] = "remiss",
        [MATTERS_FINDING] = "clash",       [MATTERS_CONSENT] = "consent",   [MATTERS_FOLLOWUP] = "followup",
        [MATTERS_TOO_LARGE] = "too_large",
    };
    return words[kind];
}

static bool is_us(const struct ops *o, const struct uuid *party)
{
    return memcmp(party, &site_self(o->site)->party, sizeof *party) == 0;
}

/* Room for so many more; NULL where there is no memory. */
static struct matters_one *room(struct matters *m, struct ops *o, size_t more)
{
    struct matters_one *items = arena_array(o->arena, m->count + more + 1, sizeof *items);
    if (items && m->count > 0) {
        memcpy(items, m->items, m->count * sizeof *items);
    }
    m->items = items ? items : m->items;
    return items;
}

/* Ours where it stands in our own section or one of us wrote one of the values. */
static bool conflict_is_ours(const struct ops *o, const struct conflicts_one *c)
{
    bool ours = is_us(o, &c->object->place.owner);
    for (size_t i = 0; i < c->field->count; i++) {
        ours = ours || is_us(o, &c->field->values[i].by.party);
    }
    return ours;
}

static enum err add_conflicts(struct matters *m, struct ops *o, const struct uuid *plan)
{
    struct conflicts_list list;
    enum err e = conflicts_list(&list, o, plan);
    if (e != OK || !room(m, o, list.count)) {
        return e != OK ? e : ops_memory(o);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct conflicts_one *c = &list.items[i];
        m->items[m->count++] = (struct matters_one){
            .kind = MATTERS_CONFLICT, .object = c->object, .conflict = c, .ours = conflict_is_ours(o, c)};
    }
    return OK;
}

static enum err add_proposals(struct matters *m, struct ops *o, const struct uuid *plan)
{
    struct proposals_list list;
    enum err e = proposals_list(&list, o, plan);
    if (e != OK || !room(m, o, list.count)) {
        return e != OK ? e : ops_memory(o);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct proposals_one *one = &list.items[i];
        if (one->waiting) {
            m->items[m->count++] = (struct matters_one){
                .kind = MATTERS_PROPOSAL, .object = one->object, .proposal = one, .ours = one->ours};
        }
    }
    return OK;
}

static enum err add_remisser(struct matters *m, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = "remiss"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK || !room(m, o, list.count)) {
        return e != OK ? e : ops_memory(o);
    }
    for (size_t i = 0; e == OK && i < list.count; i++) {
        bool waits;
        e = remisser_waits_for_us(&waits, o, p, &list.objects[i]);
        if (e == OK && waits) {
            m->items[m->count++] =
                (struct matters_one){.kind = MATTERS_REMISS, .object = &list.objects[i], .ours = true};
        }
    }
    return e;
}

static bool concerns_us(const struct finding *f, const char *us)
{
    for (size_t i = 0; i < f->party_count; i++) {
        if (strcmp(f->parties[i], us) == 0) {
            return true;
        }
    }
    return f->party_count == 0; /* nobody's in particular: a plan without huvudansvarig */
}

static enum err add_findings(struct matters *m, struct ops *o, const struct people *p, const struct view_object *plan)
{
    const char *us = names_uuid(o->arena, &site_self(o->site)->party);
    enum err e = findings_find(&m->findings, o, p, plan);
    if (e != OK || !room(m, o, findings_count(&m->findings) + m->findings.count)) {
        return e != OK ? e : ops_memory(o);
    }
    for (size_t i = 0; i < m->findings.count; i++) {
        const struct findings_of *of = &m->findings.plans[i];
        if (of->too_large) {
            m->items[m->count++] = (struct matters_one){.kind = MATTERS_TOO_LARGE, .object = plan, .ours = true};
        }
        for (size_t k = 0; k < of->found.count; k++) {
            const struct finding *f = &of->found.items[k];
            if (!f->past && !findings_accepted(of, f)) {
                m->items[m->count++] = (struct matters_one){
                    .kind = MATTERS_FINDING, .finding = f, .of = of, .ours = concerns_us(f, us ? us : "")};
            }
        }
    }
    return OK;
}

static bool is_told(const struct matters *m, const char *object)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct finding *f = m->items[i].finding;
        for (size_t k = 0; f && k < f->object_count; k++) {
            if (strcmp(f->objects[k], object) == 0) {
                return true;
            }
        }
    }
    return false;
}

static enum err add_consents(struct matters *m, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct consents_list list;
    enum err e = consents_list(&list, o, p, plan);
    if (e != OK || !room(m, o, list.count)) {
        return e != OK ? e : ops_memory(o);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct consents_consent *c = &list.consents[i];
        const bool soon = c->until != DATES_OPEN_END && c->until - o->today <= MATTERS_CONSENT_DAYS;
        if (consents_in_force(c, o->today) && soon && !is_told(m, c->id)) {
            m->items[m->count++] =
                (struct matters_one){.kind = MATTERS_CONSENT, .object = c->object, .ours = is_us(o, &c->recorded_by)};
        }
    }
    return OK;
}

/* The huvudansvarig calls for it; without one, everybody. Of a plan that is not closed a date that has passed is a finding. */
static enum err add_followup(struct matters *m, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct uuid id;
    struct uuid party;
    const char *head = view_get(plan, "huvudansvarig");
    const int32_t day = picture_fields_day(plan, "follow_up", DATES_OPEN_END);
    if (day > o->today || (day < o->today && !closing_is_closed(plan))) {
        return OK;
    }
    const bool known = head && uuid_parse(&id, span_str(head)) == OK && people_party(&party, p, &id);
    if (!room(m, o, 1)) {
        return ops_memory(o);
    }
    m->items[m->count++] =
        (struct matters_one){.kind = MATTERS_FOLLOWUP, .object = plan, .ours = !known || is_us(o, &party)};
    return OK;
}

enum err matters_find(struct matters *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    *out = (struct matters){0};
    const struct uuid *id = &plan->key.id;
    enum err e = add_conflicts(out, o, id);
    if (e == OK) {
        e = add_proposals(out, o, id);
    }
    if (e == OK) {
        e = add_remisser(out, o, p, id);
    }
    if (e == OK) {
        e = add_findings(out, o, p, plan);
    }
    if (e == OK) {
        e = add_consents(out, o, p, id);
    }
    if (e == OK) {
        e = add_followup(out, o, p, plan);
    }
    return e;
}

void matters_free(struct matters *m)
{
    findings_free(&m->findings);
    *m = (struct matters){0};
}
