#include "app/ops/findings_state.h"

#include <string.h>

#include "app/ops/findings_build.h" /* made by cmake: FINDINGS_BUILD */
#include "sync/memo.h"

static const struct uuid state_key = {{0}};

enum err findings_state_kinds(struct findings_kinds *out, struct ops *o)
{
    out->plans = arena_printf(o->arena, "findings %s", text_language());
    out->state = arena_printf(o->arena, "findings %s state", text_language());
    return ops_memory(o);
}

static void read_state(struct findings_state *out, struct arena *a, struct span bytes)
{
    struct reader r = reader_of(bytes);
    const struct span build = reader_take(&r, strlen(FINDINGS_BUILD));
    *out = (struct findings_state){.upto = (int64_t)reader_u64be(&r)};
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

enum err findings_state_load(struct findings_state *out, struct ops *o, const struct findings_kinds *kinds)
{
    struct memo_row row;
    bool found;
    enum err e = memo_get(&found, &row, o->arena, o->site, kinds->state, &state_key);
    *out = (struct findings_state){0};
    if (e == OK && found) {
        read_state(out, o->arena, row.value);
    }
    return e == OK ? ops_memory(o) : ops_told(o, e);
}

enum err findings_state_save(const struct findings_state *state, struct ops *o, const struct findings_kinds *kinds)
{
    struct buf bytes = {0};
    buf_put_str(&bytes, FINDINGS_BUILD);
    buf_put_u64be(&bytes, (uint64_t)state->upto);
    buf_put(&bytes, state->policies.b, sizeof state->policies.b);
    buf_put_u32be(&bytes, (uint32_t)state->mark_count);
    for (size_t i = 0; i < state->mark_count; i++) {
        buf_put(&bytes, state->marks[i].id.b, sizeof state->marks[i].id.b);
        buf_put_u64be(&bytes, state->marks[i].mark);
    }
    enum err e = buf_check(&bytes);
    if (e == OK) {
        const struct memo_row row = {
            .key = state_key, .from = DATES_OPEN_START, .to = DATES_OPEN_END, .value = span_buf(&bytes)};
        e = ops_told(o, memo_put(o->site, kinds->state, &row));
    } else {
        e = ops_no_memory(o);
    }
    buf_free(&bytes);
    return e;
}

enum err findings_state_is_current(bool *out, struct ops *o, const struct findings_kinds *kinds)
{
    struct findings_state state;
    struct view_touched touched;
    enum err e = findings_state_load(&state, o, kinds);
    *out = false;
    if (e == OK && state.known) {
        e = ops_told(o, view_touched(&touched, o->arena, o->site, INT64_MAX));
        *out = e == OK && touched.upto == state.upto;
    }
    return e;
}
