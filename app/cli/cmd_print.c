#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/copyout.h"
#include "app/ops/printing.h"
#include "sync/posix.h"

/* Only its owner may read the file: it holds what the plan holds. */
static enum err write_file(struct call *c, const char *path, const struct buf *page)
{
    if (posix_write_file(path, span_buf(page)) != OK) {
        return why_set(&c->ops.why, ERR_STORAGE, N_("that file cannot be written"), "%s", path);
    }
    json_t *out = js_object(&c->js);
    js_text(&c->js, out, "file", path);
    js_count(&c->js, out, "bytes", page->len);
    out_json(c, out);
    out_note(c, tr(N_("Open it in a browser and print it there.")));
    return call_done(c);
}

/* A text on standard output, or under a key with --json. */
static enum err show_text(struct call *c, const char *key, struct buf *text)
{
    const char *whole = buf_text(text);
    if (c->json && whole) {
        json_t *out = js_object(&c->js);
        js_text(&c->js, out, key, whole);
        out_json(c, out);
    }
    buf_put_span(&c->text, span_buf(text));
    return call_done(c);
}

enum err cmd_print_plan(struct call *c)
{
    const char *path = NULL;
    const struct args_option options[] = {{.name = "--html", .value = &path}, {.name = NULL}};
    const struct view_object *plan;
    struct people people;
    struct buf page = {0};
    enum err e = args_take(c, options, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = printing_html(&page, &c->ops, &people, plan);
    }
    if (e == OK) {
        e = path ? write_file(c, path, &page) : show_text(c, "html", &page);
    }
    buf_free(&page);
    return e;
}

enum err cmd_print_copy(struct call *c)
{
    const struct view_object *plan;
    struct people people;
    struct buf text = {0};
    enum err e = args_take(c, NULL, 1, 1);
    if (e == OK) {
        e = session_plan(&plan, &people, c);
    }
    if (e == OK) {
        e = copyout_text(&text, &c->ops, &people, plan);
    }
    if (e == OK) {
        e = show_text(c, "text", &text);
    }
    buf_free(&text);
    return e;
}
