#include "app/ops/findings_keep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/ops/duplicates.h"
#include "app/ops/findings_build.h" /* made by cmake: FINDINGS_BUILD */
#include "app/ops/findings_code.h"
#include "app/ops/findings_look.h"
#include "app/ops/same_person.h"
#include "sync/memo.h"

#define CHUNK 512 /* plans that are looked at under one lock */

static const struct uuid state_key = {{0}};

/* What was known when the plans were last gone through: where in the order of arrival that was, and the marks of the
 * förbund. Its row has "findings sv state" for its kind, the plans' have "findings sv". */
struct state {
    bool known; /* false: nothing is kept, or by another build of the program */
    int64_t upto;
    struct hash policies;
    size_t mark_count;
    const struct picture_forbund_mark *marks;
};

struct keep {
    struct ops *o;
    const char *kind;
    const char *state_kind;
    struct state state;
    bool loaded; /* forbund is, as the replica has it now */
    struct arena arena;
    struct people people; /* in arena, as what forbund has is */
    struct picture_forbund forbund;
    struct buf before; /* ids of the findings that what was looked at had before, and has now */
    struct buf now;
    size_t looked_at;
};

static enum err memory(struct ops *o)
{
    return why_set(&o->why, ERR_MEMORY, N_("out of memory; nothing was changed"), "%s", "");
}

static enum err keep_open(struct keep *k, struct ops *o)
{
    *k = (struct keep){.o = o};
    k->kind = arena_printf(o->arena, "findings %s", text_language());
    k->state_kind = arena_printf(o->arena, "findings %s state", text_language());
    return ops_memory(o);
}

static void forget_forbund(struct keep *k)
{
    if (k->loaded) {
        picture_forbund_free(&k->forbund);
        arena_free(&k->arena);
        k->arena = (struct arena){0};
        k->loaded = false;
    }
}

static void keep_close(struct keep *k)
{
    forget_forbund(k);
    buf_free(&k->before);
    buf_free(&k->now);
}

static enum err load_forbund(struct keep *k)
{
    struct ops inner = *k->o;
    if (k->loaded) {
        return OK;
    }
    inner.arena = &k->arena;
    k->loaded = true;
    enum err e = people_load(&k->people, &inner);
    policy_init(&k->forbund.policy);
    if (e == OK) {
        e = picture_forbund_load(&k->forbund, &inner, &k->people);
    }
    k->o->why = inner.why;
    return e;
}

/* ---- the state ---- */

static void read_state(struct state *out, struct arena *a, struct span bytes)
{
    struct reader r = reader_of(bytes);
    const struct span build = reader_take(&r, strlen(FINDINGS_BUILD));
    *out = (struct state){.upto = (int64_t)reader_u64be(&r)};
    reader_copy(&r, out->policies.b, sizeof out->policies.b);
    out->mark_count = reader_u32be(&r);
    struct picture_forbund_mark *marks = r.failed ? NULL : arena_array(a, out->mark_count + 1, sizeof *marks);
    for (size_t i = 0; marks && !r.failed && i < out->mark_count; i++) {
        reader_copy(&r, marks[i].id.b, sizeof marks[i].id.b);
        marks[i].mark = reader_u64be(&r);
    }
    out->marks = marks;
    out->known = marks && reader_done(&r) && span_equal(build, span_str(FINDINGS_BUILD));
}

static enum err load_state(struct keep *k)
{
    struct memo_row row;
    bool found;
    enum err e = memo_get(&found, &row, k->o->arena, k->o->site, k->state_kind, &state_key);
    k->state = (struct state){0};
    if (e == OK && found) {
        read_state(&k->state, k->o->arena, row.value);
    }
    return e == OK ? ops_memory(k->o) : ops_told(k->o, e);
}

static enum err save_state(struct keep *k)
{
    struct buf bytes = {0};
    buf_put_str(&bytes, FINDINGS_BUILD);
    buf_put_u64be(&bytes, (uint64_t)k->state.upto);
    buf_put(&bytes, k->state.policies.b, sizeof k->state.policies.b);
    buf_put_u32be(&bytes, (uint32_t)k->state.mark_count);
    for (size_t i = 0; i < k->state.mark_count; i++) {
        buf_put(&bytes, k->state.marks[i].id.b, sizeof k->state.marks[i].id.b);
        buf_put_u64be(&bytes, k->state.marks[i].mark);
    }
    enum err e = buf_check(&bytes) == OK ? OK : memory(k->o);
    if (e == OK) {
        const struct memo_row row = {
            .key = state_key, .from = DATES_OPEN_START, .to = DATES_OPEN_END, .value = span_buf(&bytes)};
        e = ops_told(k->o, memo_put(k->o->site, k->state_kind, &row));
    }
    buf_free(&bytes);
    return e;
}

/* ---- what is to be looked at again ---- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* The ids whose marks differ between the two, both sorted; and the nil id, for what rests on somebody not known. */
static struct uuid *changed_ids(size_t *count, struct keep *k, const struct state *before, const struct state *now)
{
    struct uuid *ids = arena_array(k->o->arena, before->mark_count + now->mark_count + 1, sizeof *ids);
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
static enum err survey_forbund(struct keep *k)
{
    struct state now = k->state;
    size_t count = 0;
    forget_forbund(k);
    enum err e = load_forbund(k);
    if (e != OK) {
        return e;
    }
    now.policies = k->forbund.policies;
    now.marks = picture_forbund_marks(&now.mark_count, k->o, &k->forbund);
    const struct uuid *ids = now.marks ? changed_ids(&count, k, &k->state, &now) : NULL;
    if (!ids) {
        return ops_memory(k->o);
    }
    if (!k->state.known || memcmp(&now.policies, &k->state.policies, sizeof now.policies) != 0) {
        count = 0; /* every plan */
    }
    k->state = now;
    return ops_told(k->o, memo_spoil_resting_on(k->o->site, k->kind, ids, count));
}

static enum err spoil_all(struct keep *k)
{
    struct buf ids = {0};
    enum err e = memo_drop_all(k->o->site, k->kind);
    if (e == OK) {
        e = view_roots(&ids, k->o->site, "plan");
    }
    for (size_t at = 0; e == OK && at < ids.len; at += sizeof(struct uuid)) {
        struct uuid id;
        memcpy(id.b, ids.ptr + at, sizeof id.b);
        e = memo_spoil(k->o->site, k->kind, &id);
    }
    buf_free(&ids);
    return ops_told(k->o, e);
}

/* From nothing. */
static enum err survey_all(struct keep *k)
{
    enum err e = spoil_all(k);
    if (e == OK) {
        e = survey_forbund(k);
    }
    k->state.known = e == OK;
    return e;
}

/* The plan, and with it the other plans of the same person, as they were when it was looked at: they are among what it
 * rests on. */
static enum err spoil_plan(struct keep *k, const struct uuid *plan)
{
    struct memo_row row;
    bool found;
    enum err e = memo_get(&found, &row, k->o->arena, k->o->site, k->kind, plan);
    for (size_t at = 0; e == OK && found && at + sizeof *plan <= row.rests_on.len; at += sizeof *plan) {
        struct uuid id;
        memcpy(id.b, row.rests_on.ptr + at, sizeof id.b);
        e = memo_spoil_kept(k->o->site, k->kind, &id);
    }
    return ops_told(k->o, e == OK ? memo_spoil(k->o->site, k->kind, plan) : e);
}

/* Persons whom a plan's decisions name have come together or apart: their plans. */
static enum err spoil_joined(struct keep *k, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = DUPLICATES_TYPE, .removed_too = true};
    enum err e = ops_told(k->o, view_objects(&list, k->o->arena, k->o->site, &query));
    for (size_t i = 0; e == OK && i < list.count; i++) {
        struct duplicates_decision d;
        struct same_person_ids plans;
        if (!duplicates_read(&d, &list.objects[i])) {
            continue;
        }
        const struct uuid both[] = {d.a, d.b};
        const struct same_person_ids persons = {2, both};
        e = same_person_plans(&plans, k->o, &persons);
        for (size_t n = 0; e == OK && n < plans.count; n++) {
            e = spoil_plan(k, &plans.ids[n]);
        }
    }
    return e;
}

/* Other plans of the same person that do not know of this one yet. */
static enum err spoil_others(struct keep *k, struct ops *o, const struct uuid *plan, const struct findings_hold *hold)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < hold->other_count; i++) {
        struct memo_row row;
        bool found;
        bool knows = false;
        e = ops_told(o, memo_get(&found, &row, o->arena, o->site, k->kind, &hold->others[i]));
        for (size_t at = 0; e == OK && found && at + sizeof *plan <= row.rests_on.len; at += sizeof *plan) {
            knows = knows || memcmp(row.rests_on.ptr + at, plan, sizeof *plan) == 0;
        }
        if (e == OK && !knows) {
            e = ops_told(o, memo_spoil(o->site, k->kind, &hold->others[i]));
        }
    }
    return e;
}

static enum err survey_touched(struct keep *k, const struct view_touched *touched)
{
    bool forbund = false;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < touched->count; i++) {
        const struct uuid *plan = &touched->touches[i].plan;
        if (uuid_is_nil(plan)) {
            forbund = true;
        } else {
            const struct schema_type *type = touched->touches[i].type;
            e = spoil_plan(k, plan);
            if (e == OK && type && strcmp(type->name, DUPLICATES_TYPE) == 0) {
                e = spoil_joined(k, plan);
            }
        }
    }
    return e == OK && forbund ? survey_forbund(k) : e;
}

/* Spoils what is kept of whatever has been touched since the last time. */
static enum err survey(struct keep *k)
{
    struct view_touched touched;
    enum err e = load_state(k);
    if (e == OK) {
        e = ops_told(k->o, view_touched(&touched, k->o->arena, k->o->site, k->state.known ? k->state.upto : INT64_MAX));
    }
    if (e != OK || (k->state.known && touched.upto == k->state.upto)) {
        return e;
    }
    e = k->state.known && touched.upto > k->state.upto ? survey_touched(k, &touched) : survey_all(k);
    k->state.upto = touched.upto;
    return e == OK ? save_state(k) : e;
}

/* ---- looking ---- */

static void note_before(struct keep *k, const struct uuid *plan, struct arena *a)
{
    struct memo_row row;
    bool found;
    if (memo_get(&found, &row, a, k->o->site, k->kind, plan) == OK && found) {
        findings_code_ids(&k->before, row.value);
    }
}

static enum err look(struct keep *k, struct ops *o, const struct uuid *plan)
{
    struct findings_of of = {.plan = *plan};
    struct findings_hold hold;
    struct buf bytes = {0};
    bool there;
    note_before(k, plan, o->arena);
    enum err e = findings_look(&there, &of, &hold, o, &k->forbund, plan);
    if (e == OK && there) {
        findings_code_put(&bytes, &of);
        findings_code_ids(&k->now, span_buf(&bytes));
        const struct memo_row row = {.key = *plan,
                                     .from = hold.days.from,
                                     .to = hold.days.to,
                                     .rests_on = hold.rests_on,
                                     .value = span_buf(&bytes)};
        e = buf_check(&bytes) == OK ? ops_told(o, memo_put(o->site, k->kind, &row)) : memory(o);
        finding_truncate(&of.found, 0);
        e = e == OK ? spoil_others(k, o, plan, &hold) : e;
    } else if (e == OK) {
        e = ops_told(o, memo_drop(o->site, k->kind, plan));
    }
    buf_free(&bytes);
    k->looked_at += there;
    return e;
}

/* Looks at some of what is due; *more: there may be others. */
static enum err look_at_some(struct keep *k, bool *more)
{
    struct buf due = {0};
    enum err e = ops_told(k->o, memo_due(&due, k->o->site, k->kind, k->o->today, CHUNK));
    *more = due.len > 0; /* looking may make others due */
    if (e == OK && due.len > 0) {
        e = load_forbund(k);
    }
    for (size_t at = 0; e == OK && at < due.len; at += sizeof(struct uuid)) {
        struct arena scratch = {0};
        struct ops inner = *k->o;
        struct uuid plan;
        memcpy(plan.b, due.ptr + at, sizeof plan.b);
        inner.arena = &scratch;
        e = look(k, &inner, &plan);
        k->o->why = inner.why;
        arena_free(&scratch);
    }
    buf_free(&due);
    return e;
}

/* One lock's work. */
static enum err step(struct keep *k, bool *more)
{
    enum err e = survey(k);
    if (e == OK) {
        e = look_at_some(k, more);
    }
    if (e == OK) {
        e = ops_told(k->o, memo_commit(k->o->site));
    }
    if (e != OK) {
        memo_cancel(k->o->site);
    }
    return e;
}

static int by_text(const void *a, const void *b)
{
    return memcmp(a, b, FINDING_ID_LEN);
}

/* How many ids, each once, are in now and not in before. */
static size_t count_fresh(struct buf *now, struct buf *before)
{
    const size_t now_count = now->len / FINDING_ID_LEN;
    const size_t before_count = before->len / FINDING_ID_LEN;
    size_t fresh = 0;
    if (now_count > 1) {
        qsort(now->ptr, now_count, FINDING_ID_LEN, by_text);
    }
    if (before_count > 1) {
        qsort(before->ptr, before_count, FINDING_ID_LEN, by_text);
    }
    for (size_t i = 0; i < now_count; i++) {
        const uint8_t *id = now->ptr + i * FINDING_ID_LEN;
        const bool again = i > 0 && memcmp(id, id - FINDING_ID_LEN, FINDING_ID_LEN) == 0;
        fresh += !again && (before_count == 0 || !bsearch(id, before->ptr, before_count, FINDING_ID_LEN, by_text));
    }
    return fresh;
}

enum err findings_keep_refresh(bool *kept, struct findings_refreshed *out, struct ops *o, bool wait)
{
    struct keep k;
    bool more = true;
    enum err e = keep_open(&k, o);
    *kept = true;
    while (e == OK && *kept && more) {
        e = ops_told(o, memo_begin(kept, o->site, wait));
        if (e == OK && *kept) {
            e = step(&k, &more);
        }
    }
    if (e == OK && (k.before.failed || k.now.failed)) {
        e = memory(o);
    }
    if (e == OK && *kept) {
        *out = (struct findings_refreshed){.looked_at = k.looked_at, .fresh = count_fresh(&k.now, &k.before)};
    }
    keep_close(&k);
    return e;
}

/* ---- reading ---- */

struct reading {
    struct findings_list *out;
    struct ops *o;
    size_t room;
};

static enum err read_row(void *ctx, const struct memo_row *row)
{
    struct reading *r = ctx;
    struct findings_of of = {.plan = row->key};
    bool good;
    enum err e = findings_code_get(&good, &of, r->o, row->value);
    if (e != OK || !good) {
        return e;
    }
    if (r->out->count == r->room) {
        const size_t grown = r->room > 0 ? 2 * r->room : 64;
        struct findings_of *more = arena_array(r->o->arena, grown, sizeof *more);
        if (!more) {
            finding_truncate(&of.found, 0);
            return ops_memory(r->o);
        }
        if (r->out->count > 0) {
            memcpy(more, r->out->plans, r->out->count * sizeof *more);
        }
        r->out->plans = more;
        r->room = grown;
    }
    r->out->plans[r->out->count++] = of;
    return OK;
}

enum err findings_keep_read(struct findings_list *out, struct ops *o)
{
    struct keep k;
    struct reading reading = {.out = out, .o = o};
    enum err e = keep_open(&k, o);
    return e == OK ? memo_each(o->site, k.kind, read_row, &reading) : e;
}

/* Has nothing been written since the plans were last gone through? */
static enum err is_current(bool *out, struct keep *k)
{
    struct view_touched touched;
    enum err e = load_state(k);
    *out = false;
    if (e == OK && k->state.known) {
        e = ops_told(k->o, view_touched(&touched, k->o->arena, k->o->site, INT64_MAX));
        *out = e == OK && touched.upto == k->state.upto;
    }
    return e;
}

enum err findings_keep_one(bool *found, struct findings_of *out, struct ops *o)
{
    struct keep k;
    struct memo_row row;
    bool current = false;
    *found = false;
    enum err e = keep_open(&k, o);
    if (e == OK) {
        e = is_current(&current, &k);
    }
    if (e == OK && current) {
        e = ops_told(o, memo_get(found, &row, o->arena, o->site, k.kind, &out->plan));
    }
    if (e == OK && *found) {
        *found = row.from <= o->today && o->today <= row.to && row.value.len > 0;
    }
    return e == OK && *found ? findings_code_get(found, out, o, row.value) : e;
}

struct search {
    const char *finding;
    struct buf *plans;
};

static enum err search_row(void *ctx, const struct memo_row *row)
{
    const struct search *s = ctx;
    struct buf ids = {0};
    findings_code_ids(&ids, row->value);
    for (size_t at = 0; at + FINDING_ID_LEN <= ids.len; at += FINDING_ID_LEN) {
        if (memcmp(ids.ptr + at, s->finding, FINDING_ID_LEN) == 0) {
            buf_put(s->plans, row->key.b, sizeof row->key.b);
        }
    }
    enum err e = buf_check(&ids);
    buf_free(&ids);
    return e;
}

enum err findings_keep_search(bool *sure, struct buf *plans, struct ops *o, const char *finding)
{
    struct keep k;
    struct buf due = {0};
    struct search search = {finding, plans};
    *sure = false;
    enum err e = keep_open(&k, o);
    if (e == OK) {
        e = is_current(sure, &k);
    }
    if (e == OK && *sure) {
        e = ops_told(o, memo_due(&due, o->site, k.kind, o->today, 1));
        *sure = due.len == 0;
    }
    if (e == OK && *sure) {
        e = memo_each(o->site, k.kind, search_row, &search);
        e = e == OK && buf_check(plans) == OK ? OK : memory(o);
    }
    buf_free(&due);
    return e;
}
