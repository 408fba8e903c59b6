#include "app/web/api.h"

#include "app/cli/cmd.h"
#include "app/cli/command.h"
#include "app/ops/printing.h"
#include "app/ops/today.h"
#include "app/plan/dates.h"
#include "app/web/courier.h"
#include "app/web/reply.h"
#include "app/web/request.h"
#include "app/web/run.h"
#include "sync/posix.h"

#include <stdio.h>
#include <string.h>

/* ---- meeting ---- */

void api_files_sync(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    struct why why = {.text = ""};
    const char *const *remotes = NULL;
    struct courier_wish wish = {.language = text_language()};
    enum err e = request_list(&remotes, &a, &why, &(struct request_source){span_buf(&q->body), false}, "remotes");
    if (e == OK) {
        while (remotes[wish.count]) {
            wish.count++;
        }
        wish.remotes = remotes;
        e = courier_start(&q->answer.stream, &why, w, &wish);
    }
    if (e == OK) {
        q->answer.status = 200;
        q->answer.type = "application/x-ndjson";
    } else {
        reply_why(&q->answer, e, &why);
    }
    arena_free(&a);
}

void api_files_cancel(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    courier_cancel(w);
    reply_done(&q->answer);
}

/* ---- print ---- */

static int32_t today_of(const struct web *w)
{
    int32_t day = today_in_sweden((int64_t)(posix_now_ms() / 1000));
    if (w->today) {
        (void)!dates_parse(&day, w->today); /* checked at start */
    }
    return day;
}

/* Puts to in place of the first from. */
static void replace(struct buf *page, const char *from, const char *to)
{
    struct buf out = {0};
    const char *text = buf_text(page);
    const char *at = text ? strstr(text, from) : NULL;
    if (at) {
        buf_put(&out, text, (size_t)(at - text));
        buf_put_str(&out, to);
        buf_put_str(&out, at + strlen(from));
        buf_wipe(page);
        *page = out;
    }
}

/* The page has its style within itself, for it is also kept as a file. Here it goes by a number used once, in front of
 * anything that a person has written. */
static void keep_page(struct web *w)
{
    char number[GATE_TEXT];
    char text[160];
    gate_fresh(number);
    gate_fresh(w->print_key);
    (void)snprintf(text, sizeof text, "style-src 'nonce-%s'", number);
    replace(&w->print_page, "style-src 'unsafe-inline'", text);
    (void)snprintf(text, sizeof text, "<style nonce=\"%s\">", number);
    replace(&w->print_page, "<style>", text);
    (void)snprintf(w->print_policy, sizeof w->print_policy,
                   "default-src 'none'; style-src 'nonce-%s'; base-uri 'none'; frame-ancestors 'none'", number);
}

void api_files_print(struct web *w, struct http_request *q, const char *rest)
{
    struct arena a = {0};
    struct ops ops = {.site = w->site, .arena = &a, .today = today_of(w)};
    struct people people;
    const struct view_object *plan = NULL;
    ops.why.text = "";
    buf_wipe(&w->print_page);
    w->print_key[0] = '\0';
    enum err e = ops_plan(&plan, &ops, rest);
    if (e == OK) {
        e = people_load(&people, &ops);
    }
    if (e == OK) {
        e = printing_html(&w->print_page, &ops, &people, plan);
    }
    if (e == OK) {
        keep_page(w);
        e = buf_check(&w->print_page);
    }
    if (e == OK) {
        struct js j = {0};
        json_t *out = js_object(&j);
        js_text(&j, out, "address", arena_printf(&a, "/print/%s", w->print_key));
        reply_json(&q->answer, 200, out);
    } else {
        buf_wipe(&w->print_page);
        reply_why(&q->answer, e, &ops.why);
    }
    arena_free(&a);
}

void api_files_print_page(struct web *w, struct http_request *q, const char *rest)
{
    if (!gate_is(rest, w->print_key)) {
        reply_error(&q->answer, 404, "not-found", tr(N_("there is no such path")));
        return;
    }
    buf_put_span(&q->answer.body, span_buf(&w->print_page));
    q->answer.status = 200;
    q->answer.type = "text/html; charset=utf-8";
    memcpy(q->answer.policy, w->print_policy, sizeof q->answer.policy);
}

/* ---- import ---- */

void api_files_import(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    const struct run_options o = {
        .site = w->site, .home = w->home, .version = w->version, .today = w->today, .takes_files = true};
    int used = 0;
    char *const words[] = {(char *)(uintptr_t) "import"};
    run_command(&q->answer, command_find(1, words, &used), span_buf(&q->body), &o);
}
