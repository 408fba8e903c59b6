#include "app/cli/assign.h"

#include <stdio.h>
#include <string.h>

#include "app/cli/session.h"
#include "app/plan/value.h"
#include "sync/posix.h"

static enum err read_input(struct buf *out, size_t max)
{
    unsigned char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (n > max - out->len) {
            return ERR_LIMIT;
        }
        buf_put(out, chunk, n);
    }
    return ferror(stdin) ? ERR_STORAGE : buf_check(out);
}

enum err assign_read(struct buf *out, struct call *c, const char *path, size_t max)
{
    for (size_t i = 0; i < c->file_count; i++) {
        if (strcmp(c->files[i].name, path) == 0 && c->files[i].content.len <= max) {
            buf_put_span(out, c->files[i].content);
            return buf_check(out);
        }
    }
    if (c->no_files) {
        return why_set(&c->ops.why, ERR_REFUSED, N_("no file of this machine is read here"), "%s", path);
    }
    enum err e = strcmp(path, "-") == 0 ? read_input(out, max) : posix_read_file(out, path, max);
    switch (e) {
    case OK:
        return OK;
    case ERR_NOT_FOUND:
        return why_set(&c->ops.why, e, N_("there is no such file"), "%s", path);
    case ERR_LIMIT:
        return why_set(&c->ops.why, e, N_("that file is too large"), "%s (%zu)", path, max);
    case ERR_STORAGE:
        return why_set(&c->ops.why, ERR_INPUT, N_("that file cannot be read"), "%s", path);
    default:
        return ops_no_memory(&c->ops);
    }
}

enum err assign_value(const char **out, struct call *c, const char *typed)
{
    if (c->no_files) {
        *out = typed;
        return OK;
    }
    if (typed[0] != '@' || typed[1] == '@') {
        *out = typed + (typed[0] == '@');
        return OK;
    }
    struct buf content = {0};
    enum err e = assign_read(&content, c, typed + 1, VALUE_TEXT_MAX + 1);
    if (e == OK) {
        const size_t len = content.len > 0 && content.ptr[content.len - 1] == '\n' ? content.len - 1 : content.len;
        if (len > 0 && memchr(content.ptr, '\0', len)) {
            e = why_set(&c->ops.why, ERR_INPUT, N_("not clean UTF-8 text"), "%s", typed + 1);
        } else {
            *out = arena_text(&c->arena, span_of(content.ptr, len));
            e = ops_memory(&c->ops);
        }
    }
    buf_free(&content);
    return e;
}

enum err assign_take(struct fields_changes *out, struct call *c, int first)
{
    const size_t count = c->arg_count > first ? (size_t)(c->arg_count - first) : 0;
    struct fields_change *list = arena_array(&c->arena, count + 1, sizeof *list);
    if (!list) {
        return ops_memory(&c->ops);
    }
    for (size_t i = 0; i < count; i++) {
        const char *word = c->args[(size_t)first + i];
        if (!strchr(word, '=')) {
            return call_usage(c, N_("expected FIELD=VALUE"), word);
        }
        enum err e = fields_parse(&list[i], &c->ops, word);
        if (e == OK) {
            e = assign_value(&list[i].value, c, list[i].value);
        }
        if (e != OK) {
            return e;
        }
    }
    *out = (struct fields_changes){.count = count, .changes = list};
    return OK;
}

enum err assign_edit(struct fields_changes *out, struct edit **ed, struct call *c)
{
    *ed = NULL;
    enum err e = assign_take(out, c, 1);
    return e == OK ? session_edit(ed, c) : e;
}
