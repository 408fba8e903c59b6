#include "app/cli/args.h"
#include "app/cli/assign.h"
#include "app/cli/cmd.h"
#include "app/cli/labels.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/code.h"
#include "app/ops/import.h"

#define FILE_MAX ((size_t)64 << 20)
#define MAP_MAX ((size_t)256 << 10)

static const char *const action_words[] = {
    [IMPORT_SAME] = "same", [IMPORT_NEW] = "new", [IMPORT_CHANGED] = "changed", [IMPORT_REFUSED] = "refused"};

static json_t *refused_json(struct call *c, const struct import_refused *one)
{
    json_t *row = js_object(&c->js);
    js_count(&c->js, row, "line", one->line);
    js_text(&c->js, row, "column", one->column);
    js_text(&c->js, row, "value", one->value);
    js_text(&c->js, row, "code", code_word(one->code));
    js_text(&c->js, row, "reason", one->reason);
    js_text(&c->js, row, "expected", one->expected[0] ? one->expected : NULL);
    return row;
}

static json_t *done_json(struct call *c, const struct import_done *one)
{
    json_t *row = js_object(&c->js);
    json_t *fields = js_array(&c->js);
    for (size_t i = 0; i < one->change_count; i++) {
        json_t *field = js_object(&c->js);
        js_text(&c->js, field, "field", one->changes[i].field->name);
        js_text(&c->js, field, "old", one->changes[i].old);
        js_text(&c->js, field, "new", one->changes[i].value);
        js_add(&c->js, fields, field);
    }
    js_count(&c->js, row, "line", one->line);
    js_text(&c->js, row, "action", action_words[one->action]);
    js_text(&c->js, row, "id", one->id);
    js_text(&c->js, row, "label", one->label);
    js_put(&c->js, row, "fields", fields);
    return row;
}

static json_t *result_json(struct call *c, const struct import_result *r, bool dry_run)
{
    json_t *out = js_object(&c->js);
    json_t *refused = js_array(&c->js);
    json_t *done = js_array(&c->js);
    json_t *not_used = js_array(&c->js);
    for (size_t i = 0; i < r->refused_count; i++) {
        js_add(&c->js, refused, refused_json(c, &r->refused[i]));
    }
    for (size_t i = 0; i < r->done_count; i++) {
        js_add(&c->js, done, done_json(c, &r->done[i]));
    }
    for (size_t i = 0; r->not_used[i]; i++) {
        js_add_text(&c->js, not_used, r->not_used[i]);
    }
    js_text(&c->js, out, "as", import_map_word(r->kind));
    js_bool(&c->js, out, "dry_run", dry_run);
    js_count(&c->js, out, "rows", r->rows);
    js_count(&c->js, out, "new", r->counts[IMPORT_NEW]);
    js_count(&c->js, out, "changed", r->counts[IMPORT_CHANGED]);
    js_count(&c->js, out, "same", r->counts[IMPORT_SAME]);
    js_count(&c->js, out, "refused_rows", r->counts[IMPORT_REFUSED]);
    js_count(&c->js, out, "refused_cells", r->refused_cells);
    js_put(&c->js, out, "refused", refused);
    js_put(&c->js, out, "not_used", not_used);
    if (dry_run) {
        js_put(&c->js, out, "would", done);
    } else {
        json_decref(done);
    }
    return out;
}

static void say_refused(struct call *c, const struct import_refused *one)
{
    out_say(c, tr(N_("line %zu")), one->line);
    if (one->column) {
        out_say(c, ", %s", one->column);
    }
    if (one->value[0]) {
        out_say(c, ", \"%s\"", one->value);
    }
    out_say(c, ": %s", one->reason);
    if (one->expected[0]) {
        out_say(c, " (%s %s)", tr(N_("expected")), one->expected);
    }
    out_say(c, "\n");
}

static void say_done(struct call *c, const struct import_done *one)
{
    out_say(c, tr(N_("line %zu")), one->line);
    out_say(c, "  %s  %s\n", one->action == IMPORT_NEW ? tr(N_("new")) : tr(N_("changed")), one->label);
    for (size_t i = 0; i < one->change_count; i++) {
        const struct import_change *change = &one->changes[i];
        out_say(c, "    %s: ", labels_of(change->field->name));
        if (change->old) {
            out_say(c, "%s → ", import_cell_cut(&c->arena, change->old));
        }
        out_lines(c, import_cell_cut(&c->arena, change->value), 6);
        out_say(c, "\n");
    }
}

static void say_result(struct call *c, const struct import_result *r, bool dry_run)
{
    for (size_t i = 0; i < r->done_count; i++) {
        say_done(c, &r->done[i]);
    }
    for (size_t i = 0; i < r->refused_count; i++) {
        say_refused(c, &r->refused[i]);
    }
    for (size_t i = 0; r->not_used[i]; i++) {
        out_say(c, tr(N_("column %s is not used\n")), r->not_used[i]);
    }
    out_say(c, tr(N_("%zu rows: %zu new, %zu changed, %zu as before, %zu refused\n")), r->rows, r->counts[IMPORT_NEW],
            r->counts[IMPORT_CHANGED], r->counts[IMPORT_SAME], r->counts[IMPORT_REFUSED]);
    if (dry_run) {
        out_say(c, "%s\n", tr(N_("A dry run: nothing was saved.")));
    }
}

static enum err take_kind(enum import_kind *out, struct call *c, const char *as)
{
    *out = as ? import_map_kind(as) : IMPORT_GUESS;
    return as && *out == IMPORT_GUESS ? call_usage(c, N_("expected --as participants, activities or insatser"), as)
                                      : OK;
}

enum err cmd_import_file(struct call *c)
{
    const char *as = NULL;
    const char *map_path = NULL;
    struct import_options wish = {0};
    const struct args_option options[] = {{.name = "--as", .value = &as},
                                          {.name = "--map", .value = &map_path},
                                          {.name = "--dry-run", .flag = &wish.dry_run},
                                          {.name = "--all-or-nothing", .flag = &wish.all_or_nothing},
                                          {.name = "--leave-refused-cells", .flag = &wish.leave_cells},
                                          {.name = NULL}};
    struct buf file = {0};
    struct buf map = {0};
    struct import_result result;
    enum err e = args_take(c, options, 1, 1);
    if (e == OK) {
        e = take_kind(&wish.kind, c, as);
    }
    if (e == OK) {
        e = assign_read(&file, c, c->args[0], FILE_MAX);
    }
    if (e == OK && map_path) {
        e = assign_read(&map, c, map_path, MAP_MAX);
        wish.map = span_buf(&map);
    }
    if (e == OK) {
        e = session_open(c);
    }
    if (e == OK) {
        c->kept = wish.all_or_nothing || wish.dry_run ? CALL_NOTHING : CALL_SOME;
        e = import_run(&result, &c->ops, span_buf(&file), &wish);
    }
    if (e == OK) {
        c->kept = wish.dry_run ? CALL_NOTHING : CALL_ALL;
        out_json(c, result_json(c, &result, wish.dry_run));
        say_result(c, &result, wish.dry_run);
        c->look = result.refused_cells > 0;
        e = call_done(c);
    }
    buf_free(&map);
    buf_free(&file);
    return e;
}
