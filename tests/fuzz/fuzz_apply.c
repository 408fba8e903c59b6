/* Lines of an apply file: JSON, then operations in an edit that is cancelled. */
#include <stdlib.h>
#include <string.h>

#include "app/ops/apply_line.h"
#include "sync/edit.h"
#include "tests/fuzz/stage.h"

#define LINES_MAX 64

static void do_line(struct ops *o, struct edit *ed, struct span text)
{
    json_t *line = NULL;
    if (apply_line_parse(&line, o, text) == OK) {
        (void)apply_line_tx(line);
        (void)!apply_line_do(o, ed, line);
    }
    json_decref(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct arena a = {0};
    struct ops *o = stage_ops(&a);
    struct span rest = span_of(data, len);
    struct edit *ed = NULL;
    if (edit_begin(&ed, o->site) != OK) {
        abort();
    }
    for (int i = 0; i < LINES_MAX && rest.len > 0; i++) {
        const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
        const size_t n = end ? (size_t)(end - rest.ptr) : rest.len;
        const size_t step = end ? n + 1 : n;
        do_line(o, ed, span_of(rest.ptr, n));
        rest = span_of(rest.ptr + step, rest.len - step);
    }
    edit_cancel(ed);
    arena_free(&a);
    return 0;
}
