#include "app/web/api.h"

#include "app/cli/call.h"
#include "app/ops/names.h"
#include "app/ops/today.h"
#include "app/plan/model.h"
#include "app/web/courier.h"
#include "app/web/desk.h"
#include "app/web/reply.h"
#include "app/web/request.h"
#include "crypto/device.h"
#include "sync/posix.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE_MS 2000u /* a save that waits for a meeting; then 503, and the page tries again */

/* ---- how things stand ---- */

static bool has_home(struct web *w)
{
    struct buf path = {0};
    buf_printf(&path, "%s/device.key", w->home);
    const char *text = buf_text(&path);
    const bool has = text && posix_exists(text);
    buf_free(&path);
    return has;
}

static const char *stage_of(struct web *w)
{
    if (!w->site) {
        return has_home(w) ? "locked" : "none";
    }
    switch (site_self(w->site)->stage) {
    case SITE_ASKED:
        return "asked";
    case SITE_INVITED:
        return "invited";
    case SITE_MEMBER:
    default:
        return "member";
    }
}

static void put_self(struct js *j, struct arena *a, json_t *out, struct web *w)
{
    const struct site_self *self = site_self(w->site);
    const bool member = self->stage == SITE_MEMBER;
    json_t *forbund = js_object(j);
    if (self->stage != SITE_ASKED) {
        js_text(j, forbund, "id", names_hex(a, self->forbund.b, sizeof self->forbund.b));
        js_text(j, forbund, "name", self->forbund_name);
        js_put(j, out, "forbund", forbund);
    } else {
        json_decref(forbund);
        js_put(j, out, "forbund", json_null());
    }
    js_text(j, out, "member", member ? self->member_name : NULL);
    js_text(j, out, "member_id", member ? names_uuid(a, &self->member) : NULL);
    js_text(j, out, "party", member ? self->party_name : NULL);
    js_text(j, out, "party_id", member ? names_uuid(a, &self->party) : NULL);
    js_text(j, out, "role", member ? self->role : NULL);
    js_text(j, out, "device", names_hex(a, self->device.b, sizeof self->device.b));
}

static enum err put_figures(struct js *j, json_t *out, struct web *w)
{
    struct site_figures f;
    enum err e = site_figures(&f, w->site);
    if (e == OK) {
        js_count(j, out, "transactions", f.transactions);
        js_count(j, out, "unsealed", f.unsealed);
        js_count(j, out, "waiting_for_key", f.waiting_for_key);
    }
    return e;
}

static const char *today_of(struct web *w, struct arena *a)
{
    return w->today ? w->today : names_day(a, today_in_sweden((int64_t)(posix_now_ms() / 1000)));
}

static void answer_state(struct web *w, struct http_answer *answer)
{
    struct js j = {0};
    struct arena a = {0};
    json_t *out = js_object(&j);
    js_text(&j, out, "version", w->version);
    js_text(&j, out, "language", text_language());
    js_text(&j, out, "today", today_of(w, &a));
    js_text(&j, out, "stage", stage_of(w));
    js_bool(&j, out, "unlocked", w->site != NULL);
    js_count(&j, out, "idle_seconds", w->idle_s);
    js_put(&j, out, "sync", courier_state(&j, w));
    enum err e = OK;
    if (w->site) {
        const time_t idle = desk_now() - w->active_s;
        js_count(&j, out, "idle_seconds_left", idle < (time_t)w->idle_s ? w->idle_s - (unsigned)idle : 0);
        put_self(&j, &a, out, w);
        e = put_figures(&j, out, w);
    }
    if (e == OK && !j.failed && !a.failed) {
        reply_json(answer, 200, out);
    } else {
        json_decref(out);
        reply_why(answer, e == OK ? ERR_MEMORY : e, w->site ? site_why(w->site) : &(struct why){.text = ""});
    }
    arena_free(&a);
}

void api_session_state(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    if (w->site && site_refresh(w->site) == ERR_CHANGED) {
        api_close(w);
    }
    answer_state(w, &q->answer);
}

/* ---- entering ---- */

/* Makes the keys of a fresh session, if the ticket lets that page in. w->lock is held. */
static void let_in(struct gate_keys *keys, struct web *w, const char *ticket, const char *page)
{
    const bool first = gate_is(ticket, w->ticket);
    const bool again = page && gate_is(ticket, w->entered_ticket) && gate_is(page, w->entered_page);
    if (first) {
        memcpy(w->entered_ticket, w->ticket, sizeof w->entered_ticket);
        w->entered_page[0] = '\0';
        if (page && strlen(page) == GATE_TEXT - 1) {
            memcpy(w->entered_page, page, sizeof w->entered_page);
        }
        w->ticket[0] = '\0';
    }
    if (first || again) {
        gate_fresh(w->keys.cookie);
        gate_fresh(w->keys.token);
        *keys = w->keys;
    }
}

static bool take_one(const char **out, struct arena *a, struct http_request *q, const char *key)
{
    struct why why = {.text = ""};
    const struct request_text list[] = {{key, out, true}, {NULL, NULL, false}};
    enum err e = request_texts(a, &why, span_buf(&q->body), list);
    if (e != OK) {
        reply_why(&q->answer, e, &why);
    }
    return e == OK;
}

/* A ticket opens one session, and ends the one before; a session begins locked. So one who stole it has little of it,
 * and is out as soon as its owner comes. A page that says a secret of its own may use it again until it has used the
 * session. */
void api_session_enter(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    const char *ticket = NULL;
    const char *page = NULL;
    struct why why = {.text = ""};
    const struct request_text list[] = {{"ticket", &ticket, true}, {"page", &page, false}, {NULL, NULL, false}};
    struct gate_keys keys = {.cookie = ""};
    enum err e = request_texts(&a, &why, span_buf(&q->body), list);
    if (e != OK) {
        reply_why(&q->answer, e, &why);
    } else {
        (void)pthread_mutex_lock(&w->lock);
        let_in(&keys, w, ticket, page);
        (void)pthread_mutex_unlock(&w->lock);
        if (keys.cookie[0]) {
            struct js j = {0};
            json_t *out = js_object(&j);
            js_text(&j, out, "token", keys.token);
            courier_cancel(w);
            api_close(w);
            (void)snprintf(q->answer.cookie, sizeof q->answer.cookie,
                           "samplan-%u=%s; Path=/; HttpOnly; SameSite=Strict", (unsigned)w->port, keys.cookie);
            reply_json(&q->answer, 200, out);
        } else {
            reply_error(&q->answer, 403, "ticket",
                        tr(N_("this address has been used already: open the pages with samplan web")));
        }
    }
    device_wipe(&keys, sizeof keys);
    arena_free(&a);
}

void api_session_ticket(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    const char *secret = NULL;
    char ticket[GATE_TEXT] = "";
    if (take_one(&secret, &a, q, "secret")) {
        (void)pthread_mutex_lock(&w->lock);
        if (gate_is(secret, w->secret)) {
            gate_fresh(w->ticket);
            memcpy(ticket, w->ticket, sizeof ticket);
        }
        (void)pthread_mutex_unlock(&w->lock);
        if (ticket[0]) {
            struct js j = {0};
            json_t *out = js_object(&j);
            js_text(&j, out, "ticket", ticket);
            reply_json(&q->answer, 200, out);
        } else {
            reply_error(&q->answer, 403, "session", tr(N_("this page is not let in: open it with samplan web")));
        }
    }
    device_wipe(ticket, sizeof ticket);
    arena_free(&a);
}

/* ---- the passphrase ---- */

bool api_open(struct web *w, struct http_answer *a, struct site *site, enum err e)
{
    if (e != OK) {
        const struct why none = {.text = ""};
        reply_why(a, e, site ? site_why(site) : &none);
        site_close(site);
        return false;
    }
    api_close(w);
    w->site = site;
    w->active_s = desk_now();
    site_set_patience(site, PATIENCE_MS);
    return true;
}

void api_session_unlock(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    struct arena a = {0};
    const char *passphrase = NULL;
    if (!take_one(&passphrase, &a, q, "passphrase")) {
        arena_free(&a);
        return;
    }
    struct site *site = NULL;
    const struct site_options o = {.dir = w->home, .passphrase = span_str(passphrase), .schema = model_schema()};
    enum err e = site_open(&site, &o);
    device_wipe((void *)(uintptr_t)passphrase, strlen(passphrase));
    if (api_open(w, &q->answer, site, e)) {
        answer_state(w, &q->answer);
    }
    arena_free(&a);
}

void api_session_lock(struct web *w, struct http_request *q, const char *rest)
{
    (void)rest;
    courier_cancel(w); /* it has the keys, too */
    api_close(w);
    answer_state(w, &q->answer);
}
