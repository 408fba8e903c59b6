#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/history.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

/* "2026-09-15" (its beginning in UTC) or a time; *out is milliseconds. */
static enum err parse_since(int64_t *out, struct call *c, const char *text)
{
    int32_t day;
    int64_t seconds;
    *out = INT64_MIN;
    if (!text) {
        return OK;
    }
    if (dates_parse(&day, text) == OK) {
        *out = (int64_t)day * 86400000;
        return OK;
    }
    if (dates_parse_time(&seconds, text) == OK) {
        *out = seconds * 1000;
        return OK;
    }
    return why_set(&c->ops.why, ERR_INPUT, N_("not a day or time: expected YYYY-MM-DD or YYYY-MM-DDTHH:MMZ"),
                   "--since %s", text);
}

enum err cmd_log_plan(struct call *c)
{
    const char *field = NULL;
    const char *since_text = NULL;
    const struct args_option options[] = {
        {.name = "--field", .value = &field}, {.name = "--since", .value = &since_text}, {.name = NULL}};
    struct people people;
    struct view_changes changes;
    const struct view_object *plan = NULL;
    int64_t since;
    enum err e = args_take(c, options, 1, 1);
    if (e == OK) {
        e = parse_since(&since, c, since_text);
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        e = ops_plan(&plan, &c->ops, c->args[0]);
    }
    if (e == OK) {
        e = ops_told(&c->ops, view_history(&changes, &c->arena, c->ops.site, &plan->key.id, field));
    }
    if (e != OK) {
        return e;
    }
    e = people_load(&people, &c->ops);
    if (e != OK) {
        return e;
    }
    json_t *rows = c->json ? js_array(&c->js) : NULL;
    for (size_t i = 0; i < changes.count; i++) {
        const struct view_change *change = &changes.changes[i];
        if (change->by.time_ms < since) {
            continue;
        }
        if (c->json) {
            js_add(&c->js, rows, shape_change(&c->js, &c->ops, change));
        } else {
            history_say(&c->text, &c->arena, &people, change);
        }
    }
    out_json(c, rows);
    return call_done(c);
}
