#include "app/web/reply.h"

#include "app/cli/out.h"
#include "app/ops/js.h"

#define RETRY_S 1u

static void out_of_memory(struct http_answer *a)
{
    static const char text[] = "{\"error\": {\"code\": \"memory\", \"message\": \"out of memory\"}}";
    a->status = 500;
    a->type = REPLY_JSON;
    a->still = span_of(text, sizeof text - 1);
}

void reply_json(struct http_answer *a, unsigned status, json_t *value)
{
    a->status = status;
    a->type = REPLY_JSON;
    if (!value || js_line(&a->body, value) != OK || a->body.failed) {
        out_of_memory(a);
    }
    json_decref(value);
}

static void put_error(struct http_answer *a, unsigned status, json_t *error)
{
    struct js j = {0};
    json_t *all = js_object(&j);
    js_put(&j, all, "error", error);
    if (j.failed) {
        json_decref(all);
        all = NULL;
    }
    reply_json(a, status, all);
}

static json_t *error_object(struct js *j, const char *code, const char *message)
{
    json_t *error = js_object(j);
    js_text(j, error, "code", code);
    js_text(j, error, "message", message);
    return error;
}

void reply_error(struct http_answer *a, unsigned status, const char *code, const char *message)
{
    struct js j = {0};
    put_error(a, status, error_object(&j, code, message));
}

static unsigned status_of(const struct call *c, enum err e)
{
    switch (e) {
    case OK:
        return 200;
    case ERR_INPUT:
        return c->usage ? 400 : c->damaged ? 500 : 422;
    case ERR_LIMIT:
    case ERR_FORGED:
        return 422;
    case ERR_PASS:
    case ERR_REFUSED:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_EXISTS:
    case ERR_CHANGED:
        return 409;
    case ERR_BUSY:
        return 503;
    case ERR_TRANSPORT:
        return 502;
    case ERR_MEMORY:
    case ERR_STORAGE:
    case ERR_DAMAGED:
        break;
    }
    return 500;
}

void reply_failed(struct http_answer *a, struct call *c, enum err e, json_t *conflict)
{
    struct js j = {0};
    json_t *error = error_object(&j, out_code(c, e), out_story(c, e));
    if (conflict) {
        js_put(&j, error, "conflict", conflict);
    }
    a->retry_after_s = e == ERR_BUSY ? RETRY_S : 0;
    put_error(a, status_of(c, e), error);
}

void reply_why(struct http_answer *a, enum err e, const struct why *why)
{
    struct call c = {0};
    c.ops.arena = &c.arena;
    c.ops.why = *why;
    reply_failed(a, &c, e, NULL);
    arena_free(&c.arena);
}

void reply_done(struct http_answer *a)
{
    reply_json(a, 200, json_object());
}
