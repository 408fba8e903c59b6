#include "app/ops/findings_keep.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/findings_code.h"
#include "app/ops/findings_look.h"
#include "app/ops/findings_survey.h"
#include "sync/memo.h"

#define CHUNK 512 /* plans that are looked at under one lock */

struct keep {
    struct findings_survey survey;
    struct buf before; /* ids of the findings that what was looked at had before, and has now */
    struct buf now;
    size_t looked_at;
};

static void note_before(struct keep *k, const struct uuid *plan, struct arena *a)
{
    struct memo_row row;
    bool found;
    if (memo_get(&found, &row, a, k->survey.o->site, k->survey.kinds.plans, plan) == OK && found) {
        findings_code_ids(&k->before, row.value);
    }
}

/* Other plans of the same person that do not know of this one yet. */
static enum err spoil_others(struct keep *k, struct ops *o, const struct uuid *plan, const struct findings_hold *hold)
{
    const char *kind = k->survey.kinds.plans;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < hold->other_count; i++) {
        struct memo_row row;
        struct uuid id;
        bool found;
        bool knows = false;
        e = ops_told(o, memo_get(&found, &row, o->arena, o->site, kind, &hold->others[i]));
        for (size_t n = 0; e == OK && found && !knows && memo_rests_on(&id, &row, n); n++) {
            knows = memcmp(id.b, plan->b, sizeof id.b) == 0;
        }
        if (e == OK && !knows) {
            e = ops_told(o, memo_spoil(o->site, kind, &hold->others[i]));
        }
    }
    return e;
}

static enum err look(struct keep *k, struct ops *o, const struct uuid *plan)
{
    struct findings_of of = {.plan = *plan};
    struct findings_hold hold;
    struct buf bytes = {0};
    bool there;
    note_before(k, plan, o->arena);
    enum err e = findings_look(&there, &of, &hold, o, &k->survey.forbund, plan);
    if (e == OK && there) {
        findings_code_put(&bytes, &of);
        findings_code_ids(&k->now, span_buf(&bytes));
        const struct memo_row row = {.key = *plan,
                                     .from = hold.days.from,
                                     .to = hold.days.to,
                                     .rests_on = hold.rests_on,
                                     .value = span_buf(&bytes)};
        e = buf_check(&bytes) == OK ? ops_told(o, memo_put(o->site, k->survey.kinds.plans, &row)) : ops_no_memory(o);
        finding_truncate(&of.found, 0);
        e = e == OK ? spoil_others(k, o, plan, &hold) : e;
    } else if (e == OK) {
        e = ops_told(o, memo_drop(o->site, k->survey.kinds.plans, plan));
    }
    buf_free(&bytes);
    k->looked_at += there;
    return e;
}

/* Looks at some of what is due; *more: there may be others. */
static enum err look_at_some(struct keep *k, bool *more)
{
    struct buf due = {0};
    enum err e =
        ops_told(k->survey.o, memo_due(&due, k->survey.o->site, k->survey.kinds.plans, k->survey.o->today, CHUNK));
    *more = due.len > 0; /* looking may make others due */
    if (e == OK && due.len > 0) {
        e = findings_survey_forbund(&k->survey);
    }
    for (size_t at = 0; e == OK && at < due.len; at += sizeof(struct uuid)) {
        struct arena scratch = {0};
        struct ops inner = *k->survey.o;
        struct uuid plan;
        memcpy(plan.b, due.ptr + at, sizeof plan.b);
        inner.arena = &scratch;
        e = look(k, &inner, &plan);
        k->survey.o->why = inner.why;
        arena_free(&scratch);
    }
    buf_free(&due);
    return e;
}

/* One lock's work. */
static enum err step(struct keep *k, bool *more)
{
    enum err e = findings_survey_spoil(&k->survey);
    if (e == OK) {
        e = look_at_some(k, more);
    }
    if (e == OK) {
        e = ops_told(k->survey.o, memo_commit(k->survey.o->site));
    }
    if (e != OK) {
        memo_cancel(k->survey.o->site);
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
    struct keep k = {.looked_at = 0};
    bool more = true;
    enum err e = findings_survey_begin(&k.survey, o);
    *kept = true;
    while (e == OK && *kept && more) {
        e = ops_told(o, memo_begin(kept, o->site, wait));
        if (e == OK && *kept) {
            e = step(&k, &more);
        }
    }
    if (e == OK && (k.before.failed || k.now.failed)) {
        e = ops_no_memory(o);
    }
    if (e == OK && *kept) {
        *out = (struct findings_refreshed){.looked_at = k.looked_at, .fresh = count_fresh(&k.now, &k.before)};
    }
    buf_free(&k.before);
    buf_free(&k.now);
    findings_survey_end(&k.survey);
    return e;
}
