#include "app/ops/apply.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/apply_line.h"

#define SEAL_EVERY 256

/* The transaction that lines are being added to. */
struct group {
    struct edit *ed; /* NULL: none, or refused */
    char *tx;        /* its "tx", fresh; NULL: of one line */
    bool open;
};

struct run {
    struct apply_result *result;
    struct ops ops; /* with an arena for one line, so that memory stays flat */
    struct arena arena;
    struct group group;
    size_t line;
    bool trying; /* all lines in one edit, to be cancelled */
};

void apply_free(struct apply_result *r)
{
    for (size_t i = 0; i < r->refused_count; i++) {
        free((char *)(uintptr_t)r->refused[i].message);
    }
    free(r->refused);
    *r = (struct apply_result){0};
}

/* These are the line's own fault; anything else stops the whole. */
static bool is_refusal(enum err e)
{
    return e == ERR_INPUT || e == ERR_LIMIT || e == ERR_NOT_FOUND || e == ERR_EXISTS || e == ERR_REFUSED ||
           e == ERR_CHANGED;
}

static const char *story(struct ops *o)
{
    const char *text = tr(o->why.text && *o->why.text ? o->why.text : N_("it failed"));
    const char *whole = o->why.detail[0] ? arena_printf(o->arena, "%s: %s", text, o->why.detail) : text;
    return whole ? whole : text;
}

static enum err refuse(struct run *r, enum err e)
{
    struct apply_result *out = r->result;
    if (out->refused_count == out->refused_room) {
        const size_t room = out->refused_room ? 2 * out->refused_room : 16;
        struct apply_refused *grown = realloc(out->refused, room * sizeof *grown);
        if (!grown) {
            return ERR_MEMORY;
        }
        out->refused = grown;
        out->refused_room = room;
    }
    const char *text = story(&r->ops);
    char *message = malloc(strlen(text) + 1);
    if (!message) {
        return ERR_MEMORY;
    }
    memcpy(message, text, strlen(text) + 1);
    out->refused[out->refused_count++] = (struct apply_refused){r->line, e, message};
    edit_cancel(r->group.ed);
    r->group.ed = NULL;
    return OK;
}

static enum err close_group(struct run *r)
{
    struct edit *ed = r->group.ed;
    free(r->group.tx);
    r->group = (struct group){0};
    if (!ed) {
        return OK;
    }
    const size_t size = edit_size(ed);
    struct dot at = {0};
    enum err e = edit_commit(ed, &at);
    if (e != OK) {
        return ops_told(&r->ops, e);
    }
    r->result->operations += size;
    r->result->transactions += at.n > 0;
    /* A long file becomes several records, as it would from many commands. */
    return r->result->transactions % SEAL_EVERY == 0 ? ops_told(&r->ops, site_seal_if_due(r->ops.site)) : OK;
}

/* Is the line in the transaction that is open? A line that cannot be read is, if the transaction has several lines:
 * nobody can tell what it said, and half of one must not be saved. */
static bool continues(const struct run *r, const json_t *line)
{
    if (!r->group.open || r->trying) {
        return r->group.open;
    }
    const char *tx = line ? apply_line_tx(line) : r->group.tx;
    return r->group.tx && tx && strcmp(tx, r->group.tx) == 0;
}

static enum err open_group(struct run *r, const json_t *line)
{
    enum err e = close_group(r);
    if (e != OK) {
        return e;
    }
    const char *tx = line ? apply_line_tx(line) : NULL;
    if (tx) {
        r->group.tx = malloc(strlen(tx) + 1);
        if (!r->group.tx) {
            return ERR_MEMORY;
        }
        memcpy(r->group.tx, tx, strlen(tx) + 1);
    }
    r->group.open = true;
    return ops_told(&r->ops, edit_begin(&r->group.ed, r->ops.site));
}

static enum err do_line(struct run *r, struct span text)
{
    json_t *line;
    enum err parsed = apply_line_parse(&line, &r->ops, text);
    if (parsed == ERR_MEMORY) {
        return parsed;
    }
    const struct why why = r->ops.why;
    enum err e = continues(r, line) ? OK : open_group(r, line);
    if (e == OK && r->group.ed) {
        r->ops.why = parsed == OK ? r->ops.why : why;
        e = parsed == OK ? apply_line_do(&r->ops, r->group.ed, line) : parsed;
        if (is_refusal(e) && !r->trying) {
            e = refuse(r, e);
        }
    }
    json_decref(line);
    return e;
}

static bool is_blank(struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (!strchr(" \t\r", line.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* Every line; then the last transaction is closed, or the trial cancelled. */
static enum err do_lines(struct run *r, struct span lines)
{
    enum err e = OK;
    r->line = 0;
    while (e == OK && lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        const size_t len = end ? (size_t)(end - lines.ptr) : lines.len;
        const struct span line = span_of(lines.ptr, len);
        const size_t step = end ? len + 1 : len;
        lines = span_of(lines.ptr + step, lines.len - step);
        r->line++;
        if (!is_blank(line)) {
            e = do_line(r, line);
            arena_free(&r->arena);
        }
    }
    if (e == OK && !r->trying) {
        e = close_group(r);
    }
    edit_cancel(r->group.ed);
    free(r->group.tx);
    r->group = (struct group){0};
    return e;
}

enum err apply_run(struct apply_result *out, struct ops *o, struct span lines, bool all_or_nothing)
{
    *out = (struct apply_result){0};
    struct run r = {.result = out, .ops = *o};
    r.ops.arena = &r.arena;
    enum err e = OK;
    if (all_or_nothing) {
        r.trying = true;
        e = do_lines(&r, lines);
        r.trying = false;
    }
    const bool tried = e == OK;
    if (tried) {
        e = do_lines(&r, lines);
    }
    if (e != OK) {
        char *detail = arena_printf(o->arena, tr(N_("line %zu; %llu transactions before it are saved; %s")), r.line,
                                    (unsigned long long)out->transactions, r.ops.why.detail);
        (void)!why_set(&o->why, e, r.ops.why.text ? r.ops.why.text : "", "%s", detail ? detail : "");
    }
    arena_free(&r.arena);
    return e;
}
