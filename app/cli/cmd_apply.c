#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/apply.h"
#include "app/ops/code.h"

#define FILE_MAX ((size_t)256 << 20)

static json_t *result_json(struct call *c, const struct apply_result *r)
{
    json_t *refused = js_array(&c->js);
    for (size_t i = 0; i < r->refused_count; i++) {
        json_t *row = js_object(&c->js);
        js_count(&c->js, row, "line", r->refused[i].line);
        js_text(&c->js, row, "code", code_word(r->refused[i].code));
        js_text(&c->js, row, "message", r->refused[i].message);
        js_add(&c->js, refused, row);
    }
    json_t *out = js_object(&c->js);
    js_count(&c->js, out, "transactions", r->transactions);
    js_count(&c->js, out, "operations", r->operations);
    js_put(&c->js, out, "refused", refused);
    return out;
}

static void say_result(struct call *c, const struct apply_result *r)
{
    for (size_t i = 0; i < r->refused_count; i++) {
        out_say(c, tr(N_("line %zu refused: %s\n")), r->refused[i].line, r->refused[i].message);
    }
    out_say(c, tr(N_("%llu transactions with %llu operations saved\n")), (unsigned long long)r->transactions,
            (unsigned long long)r->operations);
}

enum err cmd_apply_file(struct call *c)
{
    bool all = false;
    const struct args_option options[] = {{.name = "--all-or-nothing", .flag = &all}, {.name = NULL}};
    struct buf lines = {0};
    struct apply_result result = {0};
    enum err e = args_take(c, options, 1, 1);
    if (e == OK) {
        e = assign_read(&lines, c, c->args[0], FILE_MAX);
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        c->kept = all ? CALL_NOTHING : CALL_SOME;
        e = apply_run(&result, &c->ops, span_buf(&lines), all);
    }
    if (e == OK) {
        c->kept = CALL_ALL;
        out_json(c, result_json(c, &result));
        say_result(c, &result);
        c->look = result.refused_count > 0;
        e = call_done(c);
    }
    apply_free(&result);
    buf_free(&lines);
    return e;
}
