#include "app/ops/findings_kept.h"

#include <string.h>

#include "app/ops/findings_code.h"
#include "app/ops/findings_state.h"
#include "sync/memo.h"

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

enum err findings_kept_read(struct findings_list *out, struct ops *o)
{
    struct findings_kinds kinds;
    struct reading reading = {.out = out, .o = o};
    enum err e = findings_state_kinds(&kinds, o);
    return e == OK ? memo_each(o->site, kinds.plans, read_row, &reading) : e;
}

enum err findings_kept_one(bool *found, struct findings_of *out, struct ops *o)
{
    struct findings_kinds kinds;
    struct memo_row row;
    bool current = false;
    *found = false;
    enum err e = findings_state_kinds(&kinds, o);
    if (e == OK) {
        e = findings_state_is_current(&current, o, &kinds);
    }
    if (e == OK && current) {
        e = ops_told(o, memo_get(found, &row, o->arena, o->site, kinds.plans, &out->plan));
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

enum err findings_kept_search(bool *sure, struct buf *plans, struct ops *o, const char *finding)
{
    struct findings_kinds kinds;
    struct buf due = {0};
    struct search search = {finding, plans};
    *sure = false;
    enum err e = findings_state_kinds(&kinds, o);
    if (e == OK) {
        e = findings_state_is_current(sure, o, &kinds);
    }
    if (e == OK && *sure) {
        e = ops_told(o, memo_due(&due, o->site, kinds.plans, o->today, 1));
        *sure = due.len == 0;
    }
    if (e == OK && *sure) {
        e = memo_each(o->site, kinds.plans, search_row, &search);
        if (e != OK || buf_check(plans) != OK) {
            e = ops_no_memory(o);
        }
    }
    buf_free(&due);
    return e;
}
