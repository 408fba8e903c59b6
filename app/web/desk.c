#include "app/web/desk.h"

#include "app/web/api.h"
#include "app/web/reply.h"

#include <errno.h>
#include <stdlib.h>

struct desk {
    struct web *web;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool closing;
    size_t first;
    size_t count;
    struct http_request *waiting[HTTP_CONNECTIONS_MAX]; /* no more can be under way */
};

time_t desk_now(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}

/* The next request; NULL: closing and nothing waits. Locks the site meanwhile when its time is over. */
static struct http_request *next(struct desk *d)
{
    struct http_request *q = NULL;
    (void)pthread_mutex_lock(&d->lock);
    while (d->count == 0 && !d->closing) {
        const struct timespec until = {.tv_sec = d->web->active_s + (time_t)d->web->idle_s + 1};
        const int why =
            d->web->site ? pthread_cond_timedwait(&d->more, &d->lock, &until) : pthread_cond_wait(&d->more, &d->lock);
        if (why == ETIMEDOUT && d->count == 0) {
            (void)pthread_mutex_unlock(&d->lock);
            api_lock_if_idle(d->web);
            (void)pthread_mutex_lock(&d->lock);
        }
    }
    if (d->count > 0) {
        q = d->waiting[d->first];
        d->first = (d->first + 1) % HTTP_CONNECTIONS_MAX;
        d->count--;
    }
    (void)pthread_mutex_unlock(&d->lock);
    return q;
}

static void *work(void *ctx)
{
    struct desk *d = ctx;
    for (struct http_request *q = next(d); q; q = next(d)) {
        api_serve(d->web, q);
        http_done(q);
    }
    api_close(d->web);
    return NULL;
}

static bool prepare(struct desk *d)
{
    pthread_condattr_t how;
    if (pthread_condattr_init(&how) != 0) {
        return false;
    }
    bool done = pthread_condattr_setclock(&how, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&d->more, &how) == 0;
    (void)pthread_condattr_destroy(&how);
    if (done && pthread_mutex_init(&d->lock, NULL) != 0) {
        (void)pthread_cond_destroy(&d->more);
        done = false;
    }
    return done;
}

enum err desk_start(struct web *w)
{
    struct desk *d = calloc(1, sizeof *d);
    if (!d || !prepare(d)) {
        free(d);
        return ERR_MEMORY;
    }
    d->web = w;
    w->desk = d;
    if (pthread_create(&d->thread, NULL, work, d) != 0) {
        w->desk = NULL;
        (void)pthread_cond_destroy(&d->more);
        (void)pthread_mutex_destroy(&d->lock);
        free(d);
        return ERR_MEMORY;
    }
    return OK;
}

void desk_give(struct web *w, struct http_request *q)
{
    struct desk *d = w->desk;
    (void)pthread_mutex_lock(&d->lock);
    const bool taken = !d->closing && d->count < HTTP_CONNECTIONS_MAX;
    if (taken) {
        d->waiting[(d->first + d->count++) % HTTP_CONNECTIONS_MAX] = q;
        (void)pthread_cond_signal(&d->more);
    }
    (void)pthread_mutex_unlock(&d->lock);
    if (!taken) {
        reply_why(&q->answer, ERR_BUSY, &(struct why){.text = ""});
        http_done(q);
    }
}

void desk_stop(struct web *w)
{
    struct desk *d = w->desk;
    if (!d) {
        return;
    }
    (void)pthread_mutex_lock(&d->lock);
    d->closing = true;
    (void)pthread_cond_signal(&d->more);
    (void)pthread_mutex_unlock(&d->lock);
    (void)pthread_join(d->thread, NULL);
}

void desk_free(struct web *w)
{
    struct desk *d = w->desk;
    if (d) {
        (void)pthread_cond_destroy(&d->more);
        (void)pthread_mutex_destroy(&d->lock);
        free(d);
        w->desk = NULL;
    }
}
