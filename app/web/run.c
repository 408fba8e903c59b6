#include "app/web/run.h"

#include <string.h>

#include "app/cli/out.h"
#include "app/cli/session.h"
#include "app/ops/conflicts.h"
#include "app/ops/shape.h"
#include "app/web/reply.h"
#include "app/web/request.h"

/* "extent=50%", "needs+=x" or "extent" name the field extent. */
static const char *field_of(struct call *c, const char *word)
{
    return arena_text(&c->arena, span_of(word, strcspn(word, "=+-")));
}

/* The field as it stands, in the shape of a conflict; NULL if it cannot be told. Of plan set and resolve: their first
 * two words are the object and the field. */
static json_t *conflict_now(struct call *c)
{
    if (c->arg_count < 2) {
        return NULL;
    }
    const struct ops_wanted wanted = {.text = c->args[0], .removed_too = true};
    struct conflicts_one one = {0};
    const char *name = field_of(c, c->args[1]);
    if (!name || ops_object(&one.object, &c->ops, &wanted) != OK) {
        return NULL;
    }
    for (size_t i = 0; i < one.object->field_count && !one.field; i++) {
        const struct view_field *f = &one.object->fields[i];
        if (strcmp(f->field ? f->field->name : CONFLICTS_REMOVED, name) == 0) {
            one.field = f;
        }
    }
    if (!one.field) {
        return NULL;
    }
    struct conflicts_list list = {1, &one};
    if (conflicts_suggest(&list, &c->ops) != OK) {
        return NULL;
    }
    json_t *shape = shape_conflict(&c->js, &c->ops, &one);
    if (c->js.failed || c->arena.failed) {
        json_decref(shape);
        shape = NULL;
    }
    return shape;
}

static void answer_failed(struct http_answer *a, struct call *c, enum err e)
{
    const struct why why = c->ops.why;
    json_t *conflict = e == ERR_CHANGED ? conflict_now(c) : NULL;
    c->ops.why = why;
    c->js.failed = false;
    reply_failed(a, c, e, conflict);
}

static void answer_done(struct http_answer *a, struct call *c)
{
    struct js j = {0};
    json_t *all = js_object(&j);
    js_put(&j, all, "result", c->result ? json_incref(c->result) : json_null());
    js_bool(&j, all, "look", c->look);
    if (j.failed) {
        json_decref(all);
        all = NULL;
    }
    reply_json(a, 200, all);
    (void)call_mark(c); /* not noted: it is shown again */
}

void run_command(struct http_answer *a, const struct command *command, struct span body, const struct run_options *o)
{
    struct call c = {.command = command, .version = o->version, .home = o->home, .today = o->today};
    c.ops.arena = &c.arena;
    c.json = true;
    c.held = o->site;
    c.no_files = true;
    struct request_words words;
    const struct request_source from = {body, o->takes_files};
    enum err e = request_decode(&words, &c.arena, &c.ops.why, &from);
    if (e == OK) {
        c.file_count = words.file_count;
        c.files = words.files;
        c.rest_count = words.count;
        c.rest = words.words;
        e = command->run(&c);
    } else {
        c.usage = e == ERR_INPUT;
    }
    if (e == OK) {
        answer_done(a, &c);
    } else {
        answer_failed(a, &c, e);
    }
    (void)!session_end(&c, e);
    json_decref(c.result);
    buf_free(&c.text);
    arena_free(&c.arena);
}
