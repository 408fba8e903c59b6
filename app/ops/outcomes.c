#include "app/ops/outcomes.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/plan/model.h"

/* That a party has scored an insats. */
struct mark {
    struct uuid party;
    const char *insats;
};
/* What is known of a plan's matrix here. */
struct matrix {
    struct uuid plan;
    size_t mark_count;
    struct mark *marks;
    struct view_list outcomes; /* that can be read */
};

static bool same_party(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static const struct uuid *own_party(const struct ops *o)
{
    return &site_self(o->site)->party;
}

/* A mark counts for the party of who made it, whatever it says. */
static enum err load_marks(struct matrix *m, struct ops *o)
{
    struct view_list list;
    const struct view_query query = {.plan = &m->plan, .type = "scored"};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    m->marks = arena_array(o->arena, list.count + 1, sizeof *m->marks);
    for (size_t i = 0; m->marks && i < list.count; i++) {
        const struct view_field *f = view_field(&list.objects[i], "insats");
        for (size_t k = 0; f && k < f->count && k < 1; k++) {
            if (f->values[k].value) {
                m->marks[m->mark_count++] = (struct mark){f->values[k].by.party, f->values[k].value};
            }
        }
    }
    return ops_memory(o);
}

static enum err load(struct matrix *m, struct ops *o, const struct uuid *plan)
{
    *m = (struct matrix){.plan = *plan};
    const struct view_query query = {.plan = &m->plan, .type = "outcome"};
    enum err e = load_marks(m, o);
    return e == OK ? ops_told(o, view_objects(&m->outcomes, o->arena, o->site, &query)) : e;
}

static bool has_scored(const struct matrix *m, const struct uuid *party, const char *insats)
{
    for (size_t i = 0; i < m->mark_count; i++) {
        if (same_party(&m->marks[i].party, party) && strcmp(m->marks[i].insats, insats) == 0) {
            return true;
        }
    }
    return false;
}

/* Has that party scored everything that this party has? */
static bool may_see(const struct matrix *m, const struct ops *o, const struct uuid *party)
{
    for (size_t i = 0; i < m->mark_count; i++) {
        if (same_party(&m->marks[i].party, own_party(o)) && !has_scored(m, party, m->marks[i].insats)) {
            return false;
        }
    }
    return true;
}

/* This party's section of the matrix; *out NULL: there is none. */
static enum err own_section(const struct view_section **out, struct ops *o, const struct uuid *plan)
{
    struct view_sections sections;
    enum err e = view_sections(&sections, o->arena, o->site, plan);
    *out = NULL;
    for (size_t i = 0; e == OK && i < sections.count; i++) {
        const struct view_section *s = &sections.sections[i];
        if (strcmp(s->place.topic, MODEL_TOPIC_MATRIS) == 0 && same_party(&s->place.owner, own_party(o))) {
            *out = s;
        }
    }
    return ops_told(o, e);
}

static struct place place_of(const struct ops *o, const struct uuid *plan)
{
    return (struct place){.plan = *plan, .owner = *own_party(o), .topic = MODEL_TOPIC_MATRIS};
}

static const char *insats_of(const struct fields_changes *fields)
{
    const struct fields_change *c = fields_find(fields, "insats");
    return c && c->value && *c->value ? c->value : NULL;
}

static enum err check_insats(struct ops *o, const char *insats)
{
    const struct view_object *found;
    const struct ops_wanted wanted = {.text = insats};
    if (!insats) {
        return why_set(&o->why, ERR_INPUT, N_("an outcome is of an insats: expected insats=ID (samplan insats list)"),
                       "%s", "outcome");
    }
    enum err e = ops_object(&found, o, &wanted);
    if (e == OK && strcmp(found->type->name, "insats") != 0) {
        e = why_set(&o->why, ERR_INPUT, N_("that is no insats of the catalogue (samplan insats list)"), "%s", insats);
    }
    return e;
}

/* Closes the section to those who have it and have not scored that insats. */
static enum err close_to_blind(struct ops *o, struct edit *ed, const struct matrix *m, const char *insats)
{
    const struct view_section *section;
    enum err e = own_section(&section, o, &m->plan);
    if (e != OK || !section) {
        return e;
    }
    struct grant *blind = arena_array(o->arena, section->grant_count + 1, sizeof *blind);
    size_t count = 0;
    for (size_t i = 0; blind && i < section->grant_count; i++) {
        if (!has_scored(m, &section->grants[i].id, insats)) {
            blind[count++] = section->grants[i];
        }
    }
    if (!blind || count == 0) {
        return ops_memory(o);
    }
    const struct place place = place_of(o, &m->plan);
    return ops_told(o, edit_exclude(ed, &place, blind, count, "matris"));
}

enum err outcomes_before(struct ops *o, struct edit *ed, const struct uuid *plan, const struct fields_changes *fields)
{
    struct matrix m;
    const char *insats = insats_of(fields);
    enum err e = check_insats(o, insats);
    if (e == OK) {
        e = load(&m, o, plan);
    }
    if (e == OK && has_scored(&m, own_party(o), insats)) {
        return why_set(&o->why, ERR_EXISTS, N_("your party has scored that insats: change the outcome that there is"),
                       "%s", insats);
    }
    return e == OK ? close_to_blind(o, ed, &m, insats) : e;
}

enum err outcomes_after(struct ops *o, struct edit *ed, const struct uuid *plan, const struct fields_changes *fields)
{
    const char *insats = insats_of(fields);
    struct uuid id;
    struct uuid made;
    size_t revealed;
    const char *const parts[] = {"scored", names_uuid(o->arena, plan), names_uuid(o->arena, own_party(o)), insats,
                                 NULL};
    enum err e = derive_id(&id, o, parts);
    if (e == OK) {
        const struct fields_change field = {.name = "insats", .how = FIELDS_SET, .value = insats};
        const struct objects_wish mark = {
            .plan = names_uuid(o->arena, plan), .id = &id, .type = "scored", .fields = {1, &field}};
        e = objects_new(&made, o, ed, &mark);
    }
    return e == OK ? outcomes_reveal(&revealed, o, ed, plan) : e;
}

static const struct view_object *outcome_of(const struct matrix *m, const struct mark *mark)
{
    for (size_t i = 0; i < m->outcomes.count; i++) {
        const struct view_object *one = &m->outcomes.objects[i];
        const char *insats = view_get(one, "insats");
        if (insats && strcmp(insats, mark->insats) == 0 && same_party(&one->place.owner, &mark->party)) {
            return one;
        }
    }
    return NULL;
}

enum err outcomes_allow_mark(struct ops *o, const struct uuid *plan, const struct fields_changes *fields)
{
    struct matrix m;
    const struct mark wanted = {.party = *own_party(o), .insats = insats_of(fields)};
    enum err e = load(&m, o, plan);
    if (e == OK && !(wanted.insats && outcome_of(&m, &wanted))) {
        e = why_set(&o->why, ERR_INPUT, N_("that is made with an outcome, not by itself"), "%s", "scored");
    }
    return e;
}

/* ---- opening ---- */

/* The consent that lets this party tell that one for evaluation; NULL: there is none. */
static const char *ground_for(const struct consents_list *consents, const struct people *p, const struct grant *to,
                              int32_t day)
{
    for (size_t i = 0; i < consents->count; i++) {
        const struct consents_consent *c = &consents->consents[i];
        if (c->purpose && strcmp(c->purpose, "utvärdering") == 0 && consents_in_force(c, day) &&
            consents_names(c, p, to)) {
            return c->id;
        }
    }
    return NULL;
}

static bool has_grant(const struct view_section *section, const struct grant *to)
{
    for (size_t i = 0; i < section->grant_count; i++) {
        if (same_party(&section->grants[i].id, &to->id)) {
            return true;
        }
    }
    return false;
}

static enum err reveal_plan(size_t *count, struct ops *o, struct edit *ed, const struct people *p,
                            const struct uuid *plan)
{
    struct matrix m;
    struct consents_list consents;
    const struct view_section *section = NULL;
    enum err e = load(&m, o, plan);
    if (e == OK) {
        e = own_section(&section, o, plan);
    }
    if (e != OK || !section) {
        return e;
    }
    e = consents_list(&consents, o, p, plan);
    for (size_t i = 0; e == OK && i < p->list.party_count; i++) {
        const struct grant to = {.kind = GRANT_PARTY, .id = p->list.parties[i].id};
        const char *ground = ground_for(&consents, p, &to, ops_day(o));
        if (ground && !same_party(&to.id, own_party(o)) && !has_grant(section, &to) && may_see(&m, o, &to.id)) {
            const struct place place = place_of(o, plan);
            e = ops_told(o, edit_admit(ed, &place, &to, 1, ground));
            *count += e == OK;
        }
    }
    return e;
}

enum err outcomes_reveal(size_t *count, struct ops *o, struct edit *ed, const struct uuid *plan)
{
    struct people people;
    struct view_list plans = {0};
    const struct view_query query = {.type = "scored"};
    *count = 0;
    enum err e = people_load(&people, o);
    if (e != OK || plan) {
        return e == OK ? reveal_plan(count, o, ed, &people, plan) : e;
    }
    e = ops_told(o, view_objects(&plans, o->arena, o->site, &query));
    for (size_t i = 0; e == OK && i < plans.count; i++) {
        const struct uuid *of = &plans.objects[i].place.plan;
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++) {
            seen = same_party(&plans.objects[k].place.plan, of);
        }
        e = seen ? OK : reveal_plan(count, o, ed, &people, of);
    }
    return e;
}

/* ---- reading ---- */

static const char *name_of_insats(struct ops *o, const char *id)
{
    const struct view_object *insats;
    const struct ops_wanted wanted = {.text = id};
    const char *name = ops_object(&insats, o, &wanted) == OK ? view_get(insats, "name") : NULL;
    return name ? name : id;
}

static int by_insats(const void *a, const void *b)
{
    const struct outcomes_row *x = a;
    const struct outcomes_row *y = b;
    const int names = strcmp(x->insats_name, y->insats_name);
    const int ids = names ? names : strcmp(x->insats, y->insats);
    return ids ? ids : strcmp(x->party_name, y->party_name);
}

enum err outcomes_list(struct outcomes_list *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct matrix m;
    *out = (struct outcomes_list){0};
    enum err e = load(&m, o, plan);
    if (e != OK) {
        return e;
    }
    struct outcomes_list list = {.rows = arena_array(o->arena, m.mark_count + 1, sizeof *list.rows)};
    for (size_t i = 0; list.rows && i < m.mark_count; i++) {
        const struct mark *mark = &m.marks[i];
        const char *party = people_name(p, &mark->party);
        list.rows[list.count++] = (struct outcomes_row){.insats = mark->insats,
                                                        .insats_name = name_of_insats(o, mark->insats),
                                                        .party = mark->party,
                                                        .party_name = party ? party : "",
                                                        .outcome = outcome_of(&m, mark)};
        bool seen = has_scored(&m, own_party(o), mark->insats);
        for (size_t k = 0; k < i && !seen; k++) {
            seen = strcmp(m.marks[k].insats, mark->insats) == 0;
        }
        list.blind += !seen;
    }
    e = ops_memory(o);
    if (e == OK && list.rows) {
        qsort(list.rows, list.count, sizeof *list.rows, by_insats);
        *out = list;
    }
    return e;
}
