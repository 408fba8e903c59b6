#include "app/web/api.h"

#include "app/text/text.h"
#include "app/web/courier.h"
#include "app/web/desk.h"
#include "app/web/offer.h"
#include "app/web/pages.h"
#include "app/web/reply.h"
#include "app/web/request.h"
#include "app/web/run.h"
#include "sync/draft.h"

#include <stdlib.h>
#include <string.h>

#define JSON "application/json"

static void command(struct web *w, struct http_request *q, const char *rest)
{
    const struct run_options o = {.site = w->site, .home = w->home, .version = w->version, .today = w->today};
    run_command(&q->answer, offer_find(rest), span_buf(&q->body), &o);
}

const struct api_route api_routes[] = {
    {"GET", "/api/state", GATE_SESSION, false, 0, NULL, api_session_state},
    {"POST", "/api/enter", GATE_OPEN, false, API_SMALL, JSON, api_session_enter},
    {"POST", "/api/ticket", GATE_OPEN, false, API_SMALL, JSON, api_session_ticket},
    {"POST", "/api/unlock", GATE_SESSION, false, API_SMALL, JSON, api_session_unlock},
    {"POST", "/api/lock", GATE_SESSION, false, 0, NULL, api_session_lock},
    {"POST", "/api/passwd", GATE_SESSION, true, API_SMALL, JSON, api_home_passwd},
    {"POST", "/api/c/*", GATE_SESSION, true, REQUEST_BODY_MAX, JSON, command},
    {"POST", "/api/import", GATE_SESSION, true, API_IMPORT, JSON, api_files_import},
    {"POST", "/api/sync", GATE_SESSION, true, API_SMALL, JSON, api_files_sync},
    {"POST", "/api/sync/cancel", GATE_SESSION, false, 0, NULL, api_files_cancel},
    {"POST", "/api/found", GATE_SESSION, false, API_SMALL, JSON, api_home_found},
    {"POST", "/api/enrol/request", GATE_SESSION, false, API_SMALL, JSON, api_home_request},
    {"GET", "/api/enrol/request", GATE_SESSION, true, 0, NULL, api_home_request_again},
    {"POST", "/api/enrol/look", GATE_SESSION, true, API_SMALL, JSON, api_home_look},
    {"POST", "/api/enrol/approve", GATE_SESSION, true, API_SMALL, JSON, api_home_approve},
    {"POST", "/api/enrol/accept", GATE_SESSION, true, API_SMALL, JSON, api_home_accept},
    {"POST", "/api/print/*", GATE_SESSION, true, 0, NULL, api_files_print},
    {"GET", "/print/*", GATE_COOKIE, true, 0, NULL, api_files_print_page},
    {"POST", "/api/bundle/*", GATE_SESSION, true, 0, NULL, api_bundle_add},
    {"PUT", "/api/bundle/*", GATE_SESSION, true, API_BUNDLE, "application/octet-stream", api_bundle_put},
    {"GET", "/api/bundle/*", GATE_SESSION, true, 0, NULL, api_bundle_get},
    {"DELETE", "/api/bundle/*", GATE_SESSION, true, 0, NULL, api_bundle_drop},
    {"GET", "/api/drafts", GATE_SESSION, true, 0, NULL, api_draft_list},
    {"GET", "/api/drafts/*", GATE_SESSION, true, 0, NULL, api_draft_get},
    {"PUT", "/api/drafts/*", GATE_SESSION, true, DRAFT_MAX, JSON, api_draft_put},
    {"DELETE", "/api/drafts/*", GATE_SESSION, true, 0, NULL, api_draft_drop},
    {NULL, NULL, GATE_OPEN, false, 0, NULL, NULL},
};

/* ---- which route ---- */

/* NULL: not that route. Otherwise what '*' stands for. */
static const char *matches(const struct api_route *route, const char *path)
{
    const size_t len = strlen(route->path);
    if (route->path[len - 1] != '*') {
        return strcmp(route->path, path) == 0 ? "" : NULL;
    }
    return strncmp(route->path, path, len - 1) == 0 && path[len - 1] ? path + len - 1 : NULL;
}

/* The route with that method; *known: some route has the path. */
static const struct api_route *find(bool *known, const struct http_request *q)
{
    *known = false;
    for (const struct api_route *r = api_routes; r->method; r++) {
        if (matches(r, q->path)) {
            *known = true;
            if (strcmp(r->method, q->method) == 0) {
                return r;
            }
        }
    }
    return NULL;
}

/* ---- at the head ---- */

/* The first of "sv-SE, sv;q=0.9, en" that there is, for this thread. */
static void choose_language(const char *wanted)
{
    char list[128];
    size_t len = 0;
    bool weight = false;
    for (; *wanted && len + 1 < sizeof list; wanted++) {
        weight = *wanted == ';' || (weight && *wanted != ',');
        if (!weight && *wanted != ' ') {
            list[len] = ':';
            if (*wanted != ',') {
                list[len] = *wanted;
            }
            len++;
        }
    }
    list[len] = '\0';
    text_choose_here(list);
}

static bool refuse(struct http_request *q, unsigned status, const char *code, const char *message)
{
    reply_error(&q->answer, status, code, tr(message));
    return false;
}

static bool refuse_verdict(struct http_request *q, enum gate_verdict verdict)
{
    switch (verdict) {
    case GATE_FOREIGN:
        return refuse(q, 421, "host", N_("this server answers to 127.0.0.1 and localhost only"));
    case GATE_CROSS:
        return refuse(q, 403, "origin", N_("the request comes from another page"));
    case GATE_STRANGER:
        return refuse(q, 403, "session", N_("this page is not let in: open it with samplan web"));
    case GATE_MALFORMED:
    case GATE_IN:
        break;
    }
    return refuse(q, 400, "usage", N_("the request is not of the form that is expected"));
}

static enum gate_verdict look(struct web *w, const struct http_request *q, enum gate_need need)
{
    (void)pthread_mutex_lock(&w->lock);
    const enum gate_verdict verdict = gate_look(q, w->port, need, &w->keys);
    (void)pthread_mutex_unlock(&w->lock);
    return verdict;
}

/* "application/json" and "application/json; charset=utf-8". */
static bool is_type(const struct http_request *q, const char *type)
{
    const size_t len = strlen(type);
    return strncmp(q->type, type, len) == 0 && (q->type[len] == '\0' || q->type[len] == ';');
}

/* Nothing of the API has that path, or not with that method: perhaps it is a page. */
static bool admit_other(struct web *w, struct http_request *q, bool known)
{
    const enum gate_verdict verdict = look(w, q, GATE_OPEN);
    if (verdict != GATE_IN) {
        return refuse_verdict(q, verdict);
    }
    if (known) {
        q->answer.allow = "GET, POST, PUT, DELETE";
        return refuse(q, 405, "method", N_("that is not done with this path"));
    }
    if (strncmp(q->path, "/api", 4) == 0) {
        return refuse(q, 404, "not-found", N_("there is no such path"));
    }
    pages_answer(q);
    return false;
}

bool api_admit(void *ctx, struct http_request *q, size_t *body_max)
{
    struct web *w = ctx;
    bool known = false;
    choose_language(q->language);
    const struct api_route *route = find(&known, q);
    if (!route) {
        return admit_other(w, q, known);
    }
    const enum gate_verdict verdict = look(w, q, route->need);
    if (verdict != GATE_IN) {
        return refuse_verdict(q, verdict);
    }
    if (route->run == command && !offer_find(matches(route, q->path))) {
        return refuse(q, 404, "not-found", N_("there is no such path"));
    }
    if (route->type && !is_type(q, route->type)) {
        return refuse(q, 415, "type", N_("that kind of content is not taken here"));
    }
    if (strtoull(q->length, NULL, 10) > route->body_max) {
        return refuse(q, 413, "limit", N_("that is too much in one request"));
    }
    *body_max = route->body_max;
    return true;
}

void api_take(void *ctx, struct http_request *q)
{
    desk_give(ctx, q);
}

/* ---- at the desk ---- */

/* What another program did to the home meanwhile. */
static bool is_ready(struct web *w, struct http_request *q)
{
    if (w->site) {
        enum err e = site_refresh(w->site);
        if (e == ERR_CHANGED) {
            api_close(w);
        } else if (e != OK) {
            reply_why(&q->answer, e, site_why(w->site));
            return false;
        }
    }
    return w->site || refuse(q, 423, "locked", N_("locked: the passphrase is needed"));
}

void api_serve(struct web *w, struct http_request *q)
{
    bool known = false;
    const struct api_route *route = find(&known, q); /* as in api_admit */
    choose_language(q->language);
    /* The session may have ended since the head was looked at. */
    if (look(w, q, route->need) != GATE_IN) {
        (void)refuse_verdict(q, GATE_STRANGER);
        return;
    }
    if (route->need == GATE_SESSION) {
        (void)pthread_mutex_lock(&w->lock);
        w->entered_page[0] = '\0'; /* it has the answer */
        (void)pthread_mutex_unlock(&w->lock);
    }
    api_lock_if_idle(w);
    if (route->open_site && !is_ready(w, q)) {
        return;
    }
    if (route->run != api_session_state) {
        w->active_s = desk_now(); /* a page that only looks how things stand keeps nothing open */
    }
    route->run(w, q, matches(route, q->path));
}

void api_close(struct web *w)
{
    if (w->site) {
        (void)!site_seal_if_due(w->site); /* durable already; the next command tries again */
        site_close(w->site);
        w->site = NULL;
    }
    buf_wipe(&w->print_page);
    w->print_key[0] = '\0';
}

void api_lock_if_idle(struct web *w)
{
    if (w->site && courier_is_running(w)) {
        w->active_s = desk_now();
    }
    if (w->site && desk_now() - w->active_s >= (time_t)w->idle_s) {
        api_close(w);
    }
}
