#include "app/web/courier.h"

#include "app/cli/out.h"
#include "app/ops/round.h"
#include "app/ops/today.h"
#include "app/plan/dates.h"
#include "app/plan/model.h"
#include "sync/posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMOTE_MAX 80

struct courier {
    struct web *web;
    pthread_mutex_t lock; /* of all up to the blank line */
    bool running;
    bool cancel;
    char remote[REMOTE_MAX];
    const char *phase; /* constant */
    uint64_t done;
    uint64_t total;

    /* the thread's, while it runs; otherwise the desk's */
    bool joinable;
    pthread_t thread;
    struct site *site;
    struct arena arena;
    size_t count;
    char **remotes;
    const char *language; /* constant */
    struct http_stream *stream;
};

/* ---- in the thread ---- */

/* A line; what is not forced may be left out when nobody reads. Takes value. */
static void tell(struct courier *c, json_t *value, bool force)
{
    struct buf line = {0};
    if (value && js_line(&line, value) == OK) {
        buf_put_str(&line, "\n");
        if (!line.failed) {
            (void)http_stream_put(c->stream, span_buf(&line), force);
        }
    }
    buf_free(&line);
    json_decref(value);
}

static bool keep(struct courier *c, const struct round_step *s)
{
    (void)pthread_mutex_lock(&c->lock);
    (void)snprintf(c->remote, sizeof c->remote, "%s", s->remote);
    c->phase = s->phase;
    c->done = s->done;
    c->total = s->total;
    const bool on = !c->cancel;
    (void)pthread_mutex_unlock(&c->lock);
    return on;
}

static bool go_on(void *ctx, const struct round_step *s)
{
    struct courier *c = ctx;
    /* at most a hundred lines a phase, beside its first and last */
    if (s->phase[0] != '\0' &&
        (s->new_phase || s->done == s->total || s->total < 100 || s->done % (s->total / 100) == 0)) {
        struct js j = {0};
        json_t *line = js_object(&j);
        js_text(&j, line, "event", "progress");
        js_text(&j, line, "remote", s->remote);
        js_text(&j, line, "phase", s->phase);
        js_count(&j, line, "done", s->done);
        js_count(&j, line, "total", s->total);
        tell(c, line, false);
    }
    return keep(c, s);
}

static void met(void *ctx, const struct round_met *m)
{
    struct courier *c = ctx;
    struct js j = {0};
    struct ops ops = {.site = c->site, .arena = &c->arena};
    json_t *line = round_shape(&j, &ops, m);
    js_text(&j, line, "event", "met");
    tell(c, line, true);
}

/* The same error as a failed command has. */
static json_t *error_object(struct js *j, enum err e, const struct why *why)
{
    struct call call = {0};
    call.ops.arena = &call.arena;
    call.ops.why = *why;
    json_t *error = js_object(j);
    js_text(j, error, "code", out_code(&call, e));
    js_text(j, error, "message", out_story(&call, e));
    arena_free(&call.arena);
    return error;
}

static void failed(void *ctx, const char *remote, enum err e, const struct why *why)
{
    struct courier *c = ctx;
    struct js j = {0};
    json_t *line = js_object(&j);
    js_text(&j, line, "event", "failed");
    js_text(&j, line, "remote", remote);
    js_put(&j, line, "error", error_object(&j, e, why));
    tell(c, line, true);
}

static void tell_end(struct courier *c, enum err e, const struct why *why, const struct round_result *result)
{
    struct js j = {0};
    json_t *line = js_object(&j);
    js_text(&j, line, "event", "end");
    js_count(&j, line, "places", result->places);
    js_bool(&j, line, "look", result->look);
    (void)pthread_mutex_lock(&c->lock);
    js_bool(&j, line, "cancelled", c->cancel);
    (void)pthread_mutex_unlock(&c->lock);
    js_put(&j, line, "error", e == OK ? json_null() : error_object(&j, e, why));
    tell(c, line, true);
}

static int32_t today_of(const struct web *w)
{
    int32_t day = today_in_sweden((int64_t)(posix_now_ms() / 1000));
    if (w->today) {
        (void)!dates_parse(&day, w->today); /* checked at start */
    }
    return day;
}

static void *work(void *ctx)
{
    struct courier *c = ctx;
    struct ops ops = {.site = c->site, .arena = &c->arena, .today = today_of(c->web)};
    ops.why.text = "";
    struct round_result result;
    const struct round_wish wish = {.count = c->count, .remotes = (const char *const *)c->remotes};
    const struct round_hooks hooks = {.ctx = c, .go_on = go_on, .met = met, .failed = failed};
    text_choose_here(c->language);
    enum err e = round_run(&result, &ops, &wish, &hooks);
    tell_end(c, e, &ops.why, &result);
    site_close(c->site);
    c->site = NULL;
    (void)pthread_mutex_lock(&c->lock);
    c->running = false;
    (void)pthread_mutex_unlock(&c->lock);
    http_stream_end(c->stream); /* last: whoever reads the end finds that it is over */
    c->stream = NULL;
    return NULL;
}

/* ---- at the desk ---- */

enum err courier_new(struct web *w)
{
    struct courier *c = calloc(1, sizeof *c);
    if (!c || pthread_mutex_init(&c->lock, NULL) != 0) {
        free(c);
        return ERR_MEMORY;
    }
    c->web = w;
    c->phase = "";
    w->courier = c;
    return OK;
}

static void await(struct courier *c)
{
    if (c->joinable) {
        (void)pthread_join(c->thread, NULL);
        c->joinable = false;
    }
    arena_free(&c->arena);
}

bool courier_is_running(struct web *w)
{
    struct courier *c = w->courier;
    (void)pthread_mutex_lock(&c->lock);
    const bool running = c->running;
    (void)pthread_mutex_unlock(&c->lock);
    return running;
}

static enum err copy_remotes(struct courier *c, const struct courier_wish *wish)
{
    c->count = wish->count;
    c->remotes = arena_array(&c->arena, wish->count + 1, sizeof *c->remotes);
    for (size_t i = 0; c->remotes && i < wish->count; i++) {
        c->remotes[i] = arena_text(&c->arena, span_str(wish->remotes[i]));
    }
    c->language = strcmp(wish->language, "en") == 0 ? "en" : "sv";
    return c->arena.failed ? ERR_MEMORY : OK;
}

static enum err open_beside(struct courier *c, struct why *why)
{
    const struct site_options o = {.dir = c->web->home, .beside = c->web->site, .schema = model_schema()};
    enum err e = site_open(&c->site, &o);
    if (e != OK && c->site) {
        *why = *site_why(c->site);
    }
    if (e != OK) {
        site_close(c->site);
        c->site = NULL;
    }
    return e;
}

enum err courier_start(struct http_stream **out, struct why *why, struct web *w, const struct courier_wish *wish)
{
    struct courier *c = w->courier;
    *out = NULL;
    if (courier_is_running(w)) {
        return why_set(why, ERR_BUSY, N_("a meeting is under way"), "%s", "");
    }
    await(c);
    enum err e = copy_remotes(c, wish);
    if (e == OK) {
        e = open_beside(c, why);
    }
    if (e == OK) {
        c->stream = http_stream_new();
        c->running = c->stream != NULL;
        c->cancel = false;
        *out = c->stream;
        e = c->stream ? OK : ERR_MEMORY;
    }
    if (e == OK && pthread_create(&c->thread, NULL, work, c) != 0) {
        e = ERR_MEMORY;
        c->running = false;
        http_stream_end(c->stream); /* for both who would have held it */
        http_stream_end(c->stream);
        *out = NULL;
    }
    c->joinable = e == OK;
    if (e != OK) {
        site_close(c->site);
        c->site = NULL;
    }
    return e;
}

void courier_cancel(struct web *w)
{
    struct courier *c = w->courier;
    (void)pthread_mutex_lock(&c->lock);
    c->cancel = c->running;
    (void)pthread_mutex_unlock(&c->lock);
}

json_t *courier_state(struct js *j, struct web *w)
{
    struct courier *c = w->courier;
    json_t *out = js_object(j);
    (void)pthread_mutex_lock(&c->lock);
    js_bool(j, out, "running", c->running);
    js_text(j, out, "remote", c->running ? c->remote : NULL);
    js_text(j, out, "phase", c->running ? c->phase : NULL);
    js_count(j, out, "done", c->running ? c->done : 0);
    js_count(j, out, "total", c->running ? c->total : 0);
    (void)pthread_mutex_unlock(&c->lock);
    return out;
}

void courier_stop(struct web *w)
{
    courier_cancel(w);
    await(w->courier);
}

void courier_free(struct web *w)
{
    struct courier *c = w->courier;
    if (c) {
        (void)pthread_mutex_destroy(&c->lock);
        free(c);
        w->courier = NULL;
    }
}
