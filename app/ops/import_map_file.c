#include "app/ops/import_map_file.h"

#include <string.h>

#include "app/ops/fold.h"
#include "sync/utf8.h"

#define LINES_MAX ((size_t)2000)

struct scan {
    struct ops *ops;
    size_t line;
};

static enum err malformed(struct scan *s, const char *line)
{
    return why_set(
        &s->ops->why, ERR_INPUT,
        N_("a line of the mapping that cannot be read: expected Column = type.field or Column[cell] = value"),
        "%zu: %s", s->line, line);
}

/* Takes a name up to one of stops, or one in quotation marks; *at is left at the stop. NULL: there is no stop. */
static const char *take_name(struct scan *s, const char **at, const char *stops)
{
    const char *from = *at + strspn(*at, " \t");
    size_t len;
    if (*from == '"') {
        len = strcspn(++from, "\"");
        *at = from + len + (from[len] == '"');
        *at += strspn(*at, " \t");
    } else {
        len = strcspn(from, stops);
        *at = from + len;
    }
    return **at && strchr(stops, **at) ? arena_text(s->ops->arena, span_of(from, len)) : NULL;
}

/* The rest of the line without the spaces around it. */
static char *trimmed(struct scan *s, const char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r", text[len - 1])) {
        len--;
    }
    return arena_text(s->ops->arena, span_of(text, len));
}

/* "type.field" or 'type.field, "text in front"'. */
static enum err take_target(struct import_map_line *out, struct scan *s, const char *line, const char *after)
{
    char *target = trimmed(s, after);
    char *comma = target ? strchr(target, ',') : NULL;
    out->prefix = "";
    if (comma) {
        char *quoted = trimmed(s, comma + 1);
        const size_t len = quoted ? strlen(quoted) : 0;
        if (len < 2 || quoted[0] != '"' || quoted[len - 1] != '"') {
            return malformed(s, line);
        }
        quoted[len - 1] = '\0';
        out->prefix = quoted + 1;
        *comma = '\0';
        target = trimmed(s, target);
    }
    out->target = target;
    return target && !*target ? malformed(s, line) : ops_memory(s->ops);
}

/* Column[cell] = value; at stands behind the bracket. */
static enum err take_swap(struct import_map_file *out, struct scan *s, const char *column, const char *line,
                          const char *at)
{
    const char *from = take_name(s, &at, "]");
    if (!from) {
        return malformed(s, line);
    }
    at++;
    at += strspn(at, " \t");
    if (*at != '=') {
        return malformed(s, line);
    }
    struct import_swap *swap = &out->swaps[out->swap_count++];
    *swap = (struct import_swap){column, fold_text(s->ops->arena, from), trimmed(s, at + 1)};
    return ops_memory(s->ops);
}

static bool in_header(struct scan *s, const struct csv_row *header, const char *folded)
{
    for (size_t i = 0; i < header->count; i++) {
        if (strcmp(fold_text(s->ops->arena, header->cells[i]), folded) == 0) {
            return true;
        }
    }
    return false;
}

static enum err take_line(struct import_map_file *out, struct scan *s, const struct csv_row *header, const char *line)
{
    const char *at = line + strspn(line, " \t\r");
    if (*at == '#' || *at == '\0') {
        return OK;
    }
    const char *name = take_name(s, &at, "=[");
    if (!name) {
        return malformed(s, line);
    }
    const char *folded = fold_text(s->ops->arena, name);
    if (!in_header(s, header, folded)) {
        return why_set(&s->ops->why, ERR_INPUT, N_("a line of the mapping names a column that the table has not"),
                       "%zu: %s", s->line, line);
    }
    if (*at == '[') {
        return take_swap(out, s, folded, line, at + 1);
    }
    if (import_map_file_find(out, folded)) {
        return why_set(&s->ops->why, ERR_INPUT, N_("a line of the mapping names a column again"), "%zu: %s", s->line,
                       line);
    }
    struct import_map_line *to = &out->lines[out->count];
    enum err e = take_target(to, s, line, at + 1);
    to->column = folded;
    out->count += e == OK;
    return e;
}

enum err import_map_file_read(struct import_map_file *out, struct ops *o, const struct csv_row *header,
                              struct span text)
{
    struct scan s = {.ops = o};
    struct buf clean = {0};
    *out = (struct import_map_file){0};
    if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0) {
        text = span_of(text.ptr + 3, text.len - 3);
    }
    enum err e = utf8_clean(&clean, text);
    char *lines = e == OK ? arena_text(o->arena, span_buf(&clean)) : NULL;
    buf_free(&clean);
    if (e == ERR_INPUT) {
        return why_set(&o->why, e, N_("the mapping is not clean UTF-8 text"), "%s", "");
    }
    if (!lines) {
        return ops_no_memory(o);
    }
    out->lines = arena_array(o->arena, LINES_MAX, sizeof *out->lines);
    out->swaps = arena_array(o->arena, LINES_MAX, sizeof *out->swaps);
    for (char *line = lines; e == OK && out->lines && out->swaps && line;) {
        char *end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        if (++s.line > LINES_MAX) {
            return why_set(&o->why, ERR_LIMIT, N_("the mapping has too many lines"), "%zu", LINES_MAX);
        }
        e = take_line(out, &s, header, line);
        line = end ? end + 1 : NULL;
    }
    return e == OK ? ops_memory(o) : e;
}

const struct import_map_line *import_map_file_find(const struct import_map_file *file, const char *folded)
{
    for (size_t i = 0; i < file->count; i++) {
        if (strcmp(file->lines[i].column, folded) == 0) {
            return &file->lines[i];
        }
    }
    return NULL;
}
