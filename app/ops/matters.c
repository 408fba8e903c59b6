#include "app/ops/matters.h"

#include <string.h>

#include "app/ops/closing.h"
#include "app/ops/guarded.h"
#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/remisser.h"

const char *matters_kind_word(enum matters_kind kind)
{
    static const char *const words[] = {
        [MATTERS_CONFLICT] = "conflict",   [MATTERS_PROPOSAL] = "proposal",     [MATTERS_REMISS] = "remiss",
        [MATTERS_FINDING] = "clash",       [MATTERS_CONSENT] = "consent",       [MATTERS_FOLLOWUP] = "followup",
        [MATTERS_TOO_LARGE] = "too_large", [MATTERS_ASSESSMENT] = "assessment",
    };
    return words[kind];
}

static bool is_us(const struct ops *o, const struct uuid *party)
{
    return memcmp(party, &site_self(o->site)->party, sizeof *party) == 0;
}

/* The room doubles whenever it is full, which is when the count is a power of two. */
static enum err add(struct matters *m, struct ops *o, const struct matters_one *one)
{
    if ((m->count & (m->count - 1)) == 0) {
        struct matters_one *items = arena_array(o->arena, m->count > 0 ? 2 * m->count : 1, sizeof *items);
        if (!items) {
            return ops_memory(o);
        }
        if (m->count > 0) {
            memcpy(items, m->items, m->count * sizeof *items);
        }
        m->items = items;
    }
    m->items[m->count++] = *one;
    return OK;
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

static bool is_of(const struct view_object *object, const struct uuid *plan)
{
    return memcmp(&object->place.plan, plan, sizeof *plan) == 0;
}

static enum err add_conflicts(struct matters *m, struct ops *o, const struct conflicts_list *list,
                              const struct uuid *plan)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct conflicts_one *c = &list->items[i];
        if (is_of(c->object, plan)) {
            e = add(m, o,
                    &(struct matters_one){
                        .kind = MATTERS_CONFLICT, .object = c->object, .conflict = c, .ours = conflict_is_ours(o, c)});
        }
    }
    return e;
}

static enum err add_proposals(struct matters *m, struct ops *o, const struct proposals_list *list,
                              const struct uuid *plan)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct proposals_one *one = &list->items[i];
        if (one->waiting && is_of(one->object, plan)) {
            e = add(m, o,
                    &(struct matters_one){
                        .kind = MATTERS_PROPOSAL, .object = one->object, .proposal = one, .ours = one->ours});
        }
    }
    return e;
}

static enum err add_remisser(struct matters *m, struct ops *o, const struct people *p, const struct view_list *list,
                             const struct uuid *plan)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct view_object *remiss = &list->objects[i];
        bool waits = false;
        if (is_of(remiss, plan)) {
            e = remisser_waits_for_us(&waits, o, p, remiss);
        }
        if (e == OK && waits) {
            e = add(m, o, &(struct matters_one){.kind = MATTERS_REMISS, .object = remiss, .ours = true});
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

static enum err add_findings(struct matters *m, struct ops *o, const struct people *p, const struct view_object *plan,
                             bool many)
{
    const char *us = names_uuid(o->arena, &site_self(o->site)->party);
    enum err e = findings_find(&m->findings, o, p, plan);
    e = e == OK ? guarded_findings(&m->findings, o, p, many) : e;
    for (size_t i = 0; e == OK && i < m->findings.count; i++) {
        const struct findings_of *of = &m->findings.plans[i];
        if (of->too_large) {
            e = add(m, o, &(struct matters_one){.kind = MATTERS_TOO_LARGE, .object = plan, .ours = true});
        }
        for (size_t k = 0; e == OK && k < of->found.count; k++) {
            const struct finding *f = &of->found.items[k];
            if (!f->past && !findings_accepted(of, f)) {
                e = add(m, o,
                        &(struct matters_one){
                            .kind = MATTERS_FINDING, .finding = f, .of = of, .ours = concerns_us(f, us ? us : "")});
            }
        }
    }
    return e;
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

static enum err add_consents(struct matters *m, struct ops *o, const struct consents_list *list,
                             const struct uuid *plan)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct consents_consent *c = &list->consents[i];
        const bool soon = c->until != DATES_OPEN_END && c->until - o->today <= MATTERS_CONSENT_DAYS;
        if (is_of(c->object, plan) && consents_in_force(c, o->today) && soon && !is_told(m, c->id)) {
            e = add(
                m, o,
                &(struct matters_one){.kind = MATTERS_CONSENT, .object = c->object, .ours = is_us(o, &c->recorded_by)});
        }
    }
    return e;
}

static enum err add_assessments(struct matters *m, struct ops *o, const struct assessments_list *list,
                                const struct uuid *plan)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        const struct assessments_one *one = &list->items[i];
        if (one->ours && is_of(one->object, plan)) {
            e = add(m, o, &(struct matters_one){.kind = MATTERS_ASSESSMENT, .object = one->object, .ours = true});
        }
    }
    return e;
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
    return add(m, o,
               &(struct matters_one){.kind = MATTERS_FOLLOWUP, .object = plan, .ours = !known || is_us(o, &party)});
}

enum err matters_read(struct matters_source *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    const struct view_query remisser = {.plan = plan, .type = "remiss"};
    *out = (struct matters_source){.many = !plan};
    enum err e = conflicts_list(&out->conflicts, o, plan);
    if (e == OK) {
        e = guarded_conflicts(&out->conflicts, o, p, out->many);
    }
    if (e == OK) {
        e = proposals_list(&out->proposals, o, plan);
    }
    if (e == OK) {
        e = guarded_proposals(&out->proposals, o, p, out->many);
    }
    if (e == OK) {
        e = ops_told(o, view_objects(&out->remisser, o->arena, o->site, &remisser));
    }
    if (e == OK) {
        e = consents_list(&out->consents, o, p, plan);
    }
    if (e == OK) {
        e = assessments_list(&out->assessments, o, p, plan);
    }
    return e;
}

enum err matters_pick(struct matters *out, struct ops *o, const struct people *p, const struct matters_source *source,
                      const struct view_object *plan)
{
    const struct uuid *id = &plan->key.id;
    *out = (struct matters){0};
    enum err e = add_conflicts(out, o, &source->conflicts, id);
    if (e == OK) {
        e = add_proposals(out, o, &source->proposals, id);
    }
    if (e == OK) {
        e = add_remisser(out, o, p, &source->remisser, id);
    }
    if (e == OK) {
        e = add_findings(out, o, p, plan, source->many);
    }
    if (e == OK) {
        e = add_consents(out, o, &source->consents, id);
    }
    if (e == OK) {
        e = add_followup(out, o, p, plan);
    }
    if (e == OK) {
        e = add_assessments(out, o, &source->assessments, id);
    }
    return e;
}

enum err matters_find(struct matters *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct matters_source source;
    *out = (struct matters){0};
    enum err e = matters_read(&source, o, p, &plan->key.id);
    return e == OK ? matters_pick(out, o, p, &source, plan) : e;
}

void matters_free(struct matters *m)
{
    findings_free(&m->findings);
    *m = (struct matters){0};
}
