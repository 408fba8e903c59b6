#include "app/web/api.h"

#include "app/cli/call.h"
#include "app/ops/js.h"
#include "app/ops/names.h"
#include "app/web/reply.h"
#include "sync/draft.h"

static void answer(struct web *w, struct http_request *q, enum err e, json_t *value)
{
    if (e == OK) {
        reply_json(&q->answer, 200, value);
    } else {
        json_decref(value);
        reply_why(&q->answer, e, site_why(w->site));
    }
}

void api_draft_list(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    struct js j = {0};
    struct draft_list list = {0};
    json_t *out = js_array(&j);
    enum err e = draft_list(&list, &a, w->site);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        json_t *row = js_object(&j);
        js_text(&j, row, "key", list.rows[i].name);
        js_text(&j, row, "saved", names_time(&a, list.rows[i].saved_ms));
        js_add(&j, out, row);
    }
    answer(w, q, e == OK && (j.failed || a.failed) ? ERR_MEMORY : e, out);
    arena_free(&a);
}

void api_draft_get(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct js j = {0};
    struct buf body = {0};
    int64_t saved_ms = 0;
    enum err e = draft_get(&body, &saved_ms, w->site, rest);
    json_t *out = js_object(&j);
    if (e == OK) {
        js_text(&j, out, "key", rest);
        js_text(&j, out, "saved", names_time(&a, saved_ms));
        json_t *draft = NULL;
        e = js_parse(&draft, NULL, span_buf(&body), JSON_DECODE_ANY);
        js_put(&j, out, "draft", draft);
    }
    answer(w, q, e == OK && (j.failed || a.failed) ? ERR_MEMORY : e, out);
    buf_wipe(&body);
    arena_free(&a);
}

void api_draft_put(struct web *w, struct http_request *q, const char *rest)
{
    json_t *draft = NULL;
    enum err e = js_parse(&draft, NULL, span_buf(&q->body), JSON_DECODE_ANY | JSON_REJECT_DUPLICATES);
    if (e == ERR_INPUT) {
        reply_error(&q->answer, 400, "usage", tr(N_("the request is not JSON")));
        return;
    }
    json_decref(draft);
    e = e == OK ? draft_put(w->site, rest, span_buf(&q->body)) : e;
    answer(w, q, e, e == OK ? json_object() : NULL);
}

void api_draft_drop(struct web *w, struct http_request *q, const char *rest)
{
    enum err e = draft_drop(w->site, rest);
    answer(w, q, e, e == OK ? json_object() : NULL);
}
