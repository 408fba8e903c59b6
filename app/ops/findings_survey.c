#include "app/ops/findings_survey.h"

#include <assert.h>
#include <string.h>

#include "app/ops/duplicates.h"
#include "app/ops/same_person.h"
#include "sync/memo.h"

enum err findings_survey_begin(struct findings_survey *out, struct ops *o)
{
    *out = (struct findings_survey){.o = o};
    return findings_state_kinds(&out->kinds, o);
}

void findings_survey_end(struct findings_survey *s)
{
    if (s->loaded) {
        picture_forbund_free(&s->forbund);
        arena_free(&s->arena);
        s->arena = (struct arena){0};
        s->loaded = false;
    }
}

enum err findings_survey_forbund(struct findings_survey *s)
{
    struct ops inner = *s->o;
    if (s->loaded) {
        return OK;
    }
    inner.arena = &s->arena;
    s->loaded = true;
    enum err e = people_load(&s->people, &inner);
    policy_init(&s->forbund.policy);
    if (e == OK) {
        e = picture_forbund_load(&s->forbund, &inner, &s->people);
    }
    s->o->why = inner.why;
    return e;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* The ids whose marks differ between the two, both sorted; and the nil id, for what rests on somebody not known. */
static struct uuid *changed_ids(size_t *count, struct findings_survey *s, const struct findings_state *before,
                                const struct findings_state *now)
{
    struct uuid *ids = arena_array(s->o->arena, before->mark_count + now->mark_count + 1, sizeof *ids);
    size_t i = 0;
    size_t n = 0;
    *count = ids ? 1 : 0;
    while (ids && (i < before->mark_count || n < now->mark_count)) {
        const struct picture_forbund_mark *old = i < before->mark_count ? &before->marks[i] : NULL;
        const struct picture_forbund_mark *new = n < now->mark_count ? &now->marks[n] : NULL;
        const int order = old && new ? by_id(old, new) : 0;
        const struct picture_forbund_mark *first = !new || (old && order <= 0) ? old : new;
        assert(first);
        if (!old || !new || order != 0 || old->mark != new->mark) {
            ids[(*count)++] = first->id;
        }
        i += old && (!new || order <= 0);
        n += new && (!old || order >= 0);
    }
    return ids;
}

/* The förbund's section was written in: who rests on what has another mark now? */
static enum err survey_forbund(struct findings_survey *s)
{
    struct findings_state now = s->state;
    size_t count = 0;
    findings_survey_end(s); /* what is loaded is of before */
    enum err e = findings_survey_forbund(s);
    if (e != OK) {
        return e;
    }
    now.policies = s->forbund.policies;
    now.marks = picture_forbund_marks(&now.mark_count, s->o, &s->forbund);
    const struct uuid *ids = now.marks ? changed_ids(&count, s, &s->state, &now) : NULL;
    if (!ids) {
        return ops_memory(s->o);
    }
    if (!s->state.known || memcmp(&now.policies, &s->state.policies, sizeof now.policies) != 0) {
        count = 0; /* every plan */
    }
    s->state = now;
    return ops_told(s->o, memo_spoil_resting_on(s->o->site, s->kinds.plans, ids, count));
}

static enum err spoil_all(struct findings_survey *s)
{
    struct buf ids = {0};
    enum err e = memo_drop_all(s->o->site, s->kinds.plans);
    if (e == OK) {
        e = view_roots(&ids, s->o->site, "plan");
    }
    for (size_t at = 0; e == OK && at < ids.len; at += sizeof(struct uuid)) {
        struct uuid id;
        memcpy(id.b, ids.ptr + at, sizeof id.b);
        e = memo_spoil(s->o->site, s->kinds.plans, &id);
    }
    buf_free(&ids);
    return ops_told(s->o, e);
}

/* From nothing. */
static enum err survey_all(struct findings_survey *s)
{
    enum err e = spoil_all(s);
    if (e == OK) {
        e = survey_forbund(s);
    }
    s->state.known = e == OK;
    return e;
}

/* The plan, and with it the other plans of the same person, as they were when it was looked at: they are among what it
 * rests on. */
static enum err spoil_plan(struct findings_survey *s, const struct uuid *plan)
{
    struct memo_row row;
    struct uuid id;
    bool found;
    enum err e = memo_get(&found, &row, s->o->arena, s->o->site, s->kinds.plans, plan);
    for (size_t i = 0; e == OK && found && memo_rests_on(&id, &row, i); i++) {
        e = memo_spoil_kept(s->o->site, s->kinds.plans, &id);
    }
    return ops_told(s->o, e == OK ? memo_spoil(s->o->site, s->kinds.plans, plan) : e);
}

/* Persons whom a plan's decisions name have come together or apart: their plans. */
static enum err spoil_joined(struct findings_survey *s, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = DUPLICATES_TYPE, .removed_too = true};
    enum err e = ops_told(s->o, view_objects(&list, s->o->arena, s->o->site, &query));
    for (size_t i = 0; e == OK && i < list.count; i++) {
        struct duplicates_decision d;
        struct same_person_ids plans;
        if (!duplicates_read(&d, &list.objects[i])) {
            continue;
        }
        const struct uuid both[] = {d.a, d.b};
        const struct same_person_ids persons = {2, both};
        e = same_person_plans(&plans, s->o, &persons);
        for (size_t n = 0; e == OK && n < plans.count; n++) {
            e = spoil_plan(s, &plans.ids[n]);
        }
    }
    return e;
}

static enum err survey_touched(struct findings_survey *s, const struct view_touched *touched)
{
    bool forbund = false;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < touched->count; i++) {
        const struct uuid *plan = &touched->touches[i].plan;
        if (uuid_is_nil(plan)) {
            forbund = true;
        } else {
            const struct schema_type *type = touched->touches[i].type;
            e = spoil_plan(s, plan);
            if (e == OK && type && strcmp(type->name, DUPLICATES_TYPE) == 0) {
                e = spoil_joined(s, plan);
            }
        }
    }
    return e == OK && forbund ? survey_forbund(s) : e;
}

enum err findings_survey_spoil(struct findings_survey *s)
{
    struct view_touched touched;
    enum err e = findings_state_load(&s->state, s->o, &s->kinds);
    if (e == OK) {
        e = ops_told(s->o, view_touched(&touched, s->o->arena, s->o->site, s->state.known ? s->state.upto : INT64_MAX));
    }
    if (e != OK || (s->state.known && touched.upto == s->state.upto)) {
        return e;
    }
    e = s->state.known && touched.upto > s->state.upto ? survey_touched(s, &touched) : survey_all(s);
    s->state.upto = touched.upto;
    return e == OK ? findings_state_save(&s->state, s->o, &s->kinds) : e;
}
