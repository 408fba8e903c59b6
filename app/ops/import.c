#include "app/ops/import.h"

#include <string.h>

#include "app/ops/names.h"

#define SEAL_EVERY 256

struct run {
    const struct import_options *options;
    struct import_result *result;
    struct ops *ops;    /* with the arena of the result */
    struct ops row_ops; /* with an arena for one row, so that memory stays flat */
    struct arena row_arena;
    struct import_map map;
    struct import_index ix;
    struct import_seen seen;
    bool saving;
    size_t line;
};

static enum err no_memory(struct run *r)
{
    return ops_no_memory(&r->row_ops);
}

/* These are the row's own fault; anything else stops the whole. */
static bool is_refusal(enum err e)
{
    return e == ERR_INPUT || e == ERR_LIMIT || e == ERR_NOT_FOUND || e == ERR_EXISTS || e == ERR_REFUSED ||
           e == ERR_CHANGED;
}

static const char *keep(struct run *r, const char *text)
{
    return text ? arena_text(r->ops->arena, span_str(text)) : NULL;
}

/* ---- what is told ---- */

static enum err list_refused(struct run *r, const struct import_problem *p, enum err code)
{
    struct import_result *out = r->result;
    out->refused_cells++;
    if (out->refused_count == IMPORT_LISTED_MAX) {
        return OK;
    }
    if ((out->refused_count & (out->refused_count - 1)) == 0) { /* a power of two: full */
        struct import_refused *grown =
            arena_array(r->ops->arena, out->refused_count ? 2 * out->refused_count : 1, sizeof *grown);
        if (!grown) {
            return no_memory(r);
        }
        if (out->refused_count > 0) {
            memcpy(grown, out->refused, out->refused_count * sizeof *grown);
        }
        out->refused = grown;
    }
    out->refused[out->refused_count++] = (struct import_refused){r->line,
                                                                 p->column ? p->column->title : NULL,
                                                                 keep(r, p->value),
                                                                 code,
                                                                 keep(r, p->reason),
                                                                 keep(r, p->expected ? p->expected : "")};
    return r->ops->arena->failed ? no_memory(r) : OK;
}

/* Where the row gave no problem of its own, the story is one. */
static enum err list_story(struct run *r, const struct import_row *row, enum err code)
{
    struct import_problem p = row->problem;
    if (!p.reason) {
        const struct why *why = &r->row_ops.why;
        p = (struct import_problem){NULL, import_cell_cut(r->row_ops.arena, why->detail),
                                    tr(why->text && *why->text ? why->text : N_("it failed")), ""};
    }
    return list_refused(r, &p, code);
}

static enum err list_done(struct run *r, const struct import_row *row)
{
    struct import_result *out = r->result;
    if (!r->options->dry_run || row->action == IMPORT_SAME || out->done_count == IMPORT_LISTED_MAX) {
        return OK;
    }
    if (!out->done) {
        out->done = arena_array(r->ops->arena, IMPORT_LISTED_MAX, sizeof *out->done);
    }
    struct import_change *changes = arena_array(r->ops->arena, row->change_count + 1, sizeof *changes);
    if (!out->done || !changes) {
        return no_memory(r);
    }
    for (size_t i = 0; i < row->change_count; i++) {
        const struct import_change *c = &row->changes[i];
        changes[i] = (struct import_change){c->field, keep(r, c->old), keep(r, c->value)};
    }
    const bool fresh_plan = row->action == IMPORT_NEW && r->map.kind == IMPORT_PARTICIPANTS;
    out->done[out->done_count++] = (struct import_done){
        r->line,           row->action, fresh_plan ? NULL : names_uuid(r->ops->arena, &row->id), keep(r, row->label),
        row->change_count, changes};
    return r->ops->arena->failed ? no_memory(r) : OK;
}

/* ---- a row ---- */

/* The value of the same field from a column before it. */
static struct import_value *same_field(const struct import_row *row, const struct import_column *column)
{
    for (size_t i = 0; i < row->value_count; i++) {
        if (row->values[i].column->to == column->to && row->values[i].column->field == column->field) {
            return &row->values[i];
        }
    }
    return NULL;
}

/* Puts what two columns say of one field together, if that is still a value. */
static enum err put_together(struct import_row *row, struct import_value *to, const struct import_value *more)
{
    const struct import_column *c = more->column;
    const bool is_set = c->field->merge == MERGE_SET;
    const char *both = arena_printf(row->ops->arena, is_set ? "%s;%s" : "%s\n%s", to->value, more->value);
    if (!both) {
        return ops_memory(row->ops);
    }
    const char *expected = is_set ? NULL : site_schema(row->ops->site)->expects(c->type, c->field, both);
    if (expected) {
        return import_row_refuse(row, more, N_("together with another column not a value of that field"), expected);
    }
    *to = (struct import_value){c, both, false};
    return OK;
}

static enum err take_cell(struct run *r, struct import_row *row, const struct import_column *column, const char *cell)
{
    const char *text = import_cell_text(row->ops->arena, cell);
    text = import_map_meant(row->map, row->ops->arena, column, text);
    struct import_value value;
    if (!*text) {
        return ops_memory(row->ops);
    }
    enum err e = import_cell_take(&value, &row->problem, row->ops, row->ix, column, text);
    struct import_value *before = e == OK ? same_field(row, column) : NULL;
    if (e == OK && before) {
        e = put_together(row, before, &value);
    } else if (e == OK) {
        row->values[row->value_count++] = value;
    }
    return e == ERR_INPUT && row->problem.reason ? list_refused(r, &row->problem, e) : e;
}

/* Every cell, so that all that is wrong is told at once. *refused: some are. */
static enum err take_cells(struct run *r, struct import_row *row, const struct csv_row *csv)
{
    row->values = arena_array(row->ops->arena, r->map.count + 1, sizeof *row->values);
    enum err e = ops_memory(row->ops);
    for (size_t i = 0; e == OK && i < r->map.count; i++) {
        e = take_cell(r, row, &r->map.columns[i], csv->cells[r->map.columns[i].index]);
    }
    row->problem = (struct import_problem){0};
    return e;
}

/* More cells than the heading are let pass where they are empty. */
static const char *shape_fault(struct run *r, const struct csv_row *csv)
{
    if (csv->fault != CSV_GOOD) {
        return tr(csv_fault_text(csv->fault));
    }
    bool extra = false;
    for (size_t i = r->map.cell_count; i < csv->count; i++) {
        extra = extra || *csv->cells[i];
    }
    if (csv->count >= r->map.cell_count && !extra) {
        return NULL;
    }
    return arena_printf(&r->row_arena, tr(N_("the row has %zu cells, the heading %zu")), csv->count, r->map.cell_count);
}

static enum err write_row(struct run *r, struct import_row *row)
{
    struct edit *ed = NULL;
    enum err e = ops_told(&r->row_ops, edit_begin(&ed, r->row_ops.site));
    if (e != OK) {
        return e;
    }
    e = import_row_write(row, ed);
    if (e != OK || !r->saving) {
        edit_cancel(ed);
    } else {
        e = ops_told(&r->row_ops, edit_commit(ed, NULL));
    }
    if (e == OK) {
        r->result->counts[row->action]++;
        return list_done(r, row);
    }
    if (is_refusal(e)) {
        r->result->counts[IMPORT_REFUSED]++;
        return list_story(r, row, e);
    }
    return e;
}

static enum err do_row(struct run *r, const struct csv_row *csv)
{
    struct import_row row = {.ops = &r->row_ops, .ix = &r->ix, .map = &r->map, .seen = &r->seen, .line = csv->line};
    const char *fault = shape_fault(r, csv);
    if (r->row_arena.failed) {
        return no_memory(r);
    }
    r->result->rows++;
    if (fault) {
        const struct import_problem p = {.value = "", .reason = fault};
        r->result->counts[IMPORT_REFUSED]++;
        return list_refused(r, &p, ERR_INPUT);
    }
    const size_t before = r->result->refused_cells;
    enum err e = take_cells(r, &row, csv);
    if (e == OK && r->result->refused_cells > before && !r->options->leave_cells) {
        r->result->counts[IMPORT_REFUSED]++;
        return OK;
    }
    return e == OK ? write_row(r, &row) : e;
}

/* ---- the table ---- */

/* Is it time to make a record of what was saved, as it would be from many commands? */
static enum err seal(struct run *r)
{
    const size_t saved = r->result->counts[IMPORT_NEW] + r->result->counts[IMPORT_CHANGED];
    return r->saving && saved > 0 && saved % SEAL_EVERY == 0 ? ops_told(&r->row_ops, site_seal_if_due(r->ops->site))
                                                             : OK;
}

static enum err do_rows(struct run *r, struct csv csv, bool saving)
{
    static const struct import_seen none;
    struct csv_row row;
    enum err e = OK;
    r->saving = saving;
    *r->result = (struct import_result){.kind = r->map.kind, .not_used = r->map.not_used};
    import_seen_free(&r->seen);
    r->seen = none;
    while (e == OK && csv_next(&row, &csv, &r->row_arena)) {
        r->line = row.line;
        if (r->result->rows == IMPORT_ROWS_MAX) {
            return why_set(&r->row_ops.why, ERR_LIMIT, N_("that is too many rows for one file"), "%zu",
                           IMPORT_ROWS_MAX);
        }
        e = do_row(r, &row);
        arena_free(&r->row_arena);
        if (e == OK) {
            e = seal(r);
        }
    }
    return e;
}

/* Of a trial: the first thing that is wrong, and how many there are. */
static enum err check_trial(struct run *r)
{
    const struct import_refused *first = r->result->refused;
    const char *where = arena_printf(r->ops->arena, tr(N_("line %zu")), first->line);
    const char *expected =
        *first->expected ? arena_printf(r->ops->arena, " (%s %s)", tr(N_("expected")), first->expected) : "";
    if (!where || !expected) {
        return ops_memory(r->ops);
    }
    return why_set(&r->ops->why, first->code, first->reason, "%s %s \"%s\"%s; %zu", where,
                   first->column ? first->column : "", first->value, expected, r->result->refused_cells);
}

static enum err told_stop(struct run *r, enum err e)
{
    const struct why *why = &r->row_ops.why;
    const size_t saved = r->saving ? r->result->counts[IMPORT_NEW] + r->result->counts[IMPORT_CHANGED] : 0;
    const char *detail =
        arena_printf(r->ops->arena, tr(N_("line %zu; %zu rows before it are saved; %s")), r->line, saved, why->detail);
    return why_set(&r->ops->why, e, why->text ? why->text : "", "%s", detail ? detail : "");
}

static enum err take_heading(struct run *r, struct csv *csv, struct csv_row *heading)
{
    if (!csv_next(heading, csv, r->ops->arena)) {
        return why_set(&r->ops->why, ERR_INPUT, N_("the table is empty: expected a row of headings first"), "%s", "");
    }
    if (heading->fault != CSV_GOOD) {
        return why_set(&r->ops->why, ERR_INPUT, csv_fault_text(heading->fault), "%zu", heading->line);
    }
    const struct import_map_wish wish = {r->options->kind, heading, r->options->map};
    enum err e = ops_memory(r->ops);
    return e == OK ? import_map_make(&r->map, r->ops, &wish) : e;
}

static enum err open_file(struct csv *csv, struct ops *o, struct span file)
{
    size_t line = 0;
    unsigned byte = 0;
    if (csv_open(csv, file, &line, &byte) == OK) {
        return OK;
    }
    const bool utf16 = line == 1 && byte >= 0xfe;
    return why_set(&o->why, ERR_INPUT,
                   utf16 ? N_("that file is UTF-16; save it as \"CSV UTF-8\" and try again")
                         : N_("that file is not UTF-8 (likely Windows-1252); save it as \"CSV UTF-8\" and try again"),
                   tr(N_("line %zu, byte %02x")), line, byte);
}

enum err import_run(struct import_result *out, struct ops *o, struct span file, const struct import_options *options)
{
    struct run r = {.options = options, .result = out, .ops = o, .row_ops = *o};
    struct csv csv;
    struct csv_row heading;
    *out = (struct import_result){0};
    r.row_ops.arena = &r.row_arena;
    enum err e = open_file(&csv, o, file);
    if (e == OK) {
        e = take_heading(&r, &csv, &heading);
    }
    if (e == OK) {
        e = import_index_load(&r.ix, o);
    }
    if (e != OK) {
        return e;
    }
    if (options->all_or_nothing && !options->dry_run) {
        e = do_rows(&r, csv, false);
        if (e == OK && r.result->refused_count > 0) {
            import_seen_free(&r.seen);
            return check_trial(&r);
        }
    }
    if (e == OK) {
        e = do_rows(&r, csv, !options->dry_run);
    }
    if (e != OK) {
        e = told_stop(&r, e);
    }
    import_seen_free(&r.seen);
    arena_free(&r.row_arena);
    return e;
}
