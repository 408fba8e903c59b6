#include "app/web/heads_posix.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct awaited {
    int socket;
    time_t until;
};

struct heads {
    unsigned seconds;
    size_t most;
    pthread_t thread;
    pthread_mutex_t lock; /* of what stands below */
    pthread_cond_t changed;
    bool closing;
    size_t count;
    struct awaited list[];
};

static time_t now_s(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}

/* Under the lock: the socket is open, for its connection takes it out of the list before it closes it. */
static void forget(struct heads *h, int socket)
{
    for (size_t i = 0; i < h->count; i++) {
        if (h->list[i].socket == socket) {
            h->list[i] = h->list[--h->count];
            return;
        }
    }
}

/* Shuts down what is late; when the next will be, or 0 where none is awaited. */
static time_t look(struct heads *h)
{
    time_t next = 0;
    const time_t now = now_s();
    for (size_t i = 0; i < h->count;) {
        if (h->list[i].until <= now) {
            (void)shutdown(h->list[i].socket, SHUT_RDWR); /* the library sees its end, and closes it */
            h->list[i] = h->list[--h->count];
            continue;
        }
        next = next == 0 || h->list[i].until < next ? h->list[i].until : next;
        i++;
    }
    return next;
}

static void *work(void *ctx)
{
    struct heads *h = ctx;
    (void)pthread_mutex_lock(&h->lock);
    while (!h->closing) {
        const struct timespec next = {.tv_sec = look(h)};
        (void)(next.tv_sec > 0 ? pthread_cond_timedwait(&h->changed, &h->lock, &next)
                               : pthread_cond_wait(&h->changed, &h->lock));
    }
    (void)pthread_mutex_unlock(&h->lock);
    return NULL;
}

static bool prepare(struct heads *h)
{
    pthread_condattr_t how;
    if (pthread_condattr_init(&how) != 0) {
        return false;
    }
    bool done = pthread_condattr_setclock(&how, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&h->changed, &how) == 0;
    (void)pthread_condattr_destroy(&how);
    if (done && pthread_mutex_init(&h->lock, NULL) != 0) {
        (void)pthread_cond_destroy(&h->changed);
        done = false;
    }
    return done;
}

static void end(struct heads *h)
{
    (void)pthread_cond_destroy(&h->changed);
    (void)pthread_mutex_destroy(&h->lock);
    free(h);
}

struct heads *heads_posix_start(size_t most, unsigned seconds)
{
    struct heads *h = calloc(1, sizeof *h + most * sizeof h->list[0]);
    if (!h || !prepare(h)) {
        free(h);
        return NULL;
    }
    h->most = most;
    h->seconds = seconds;
    if (pthread_create(&h->thread, NULL, work, h) != 0) {
        end(h);
        return NULL;
    }
    return h;
}

void heads_posix_await(struct heads *h, int socket)
{
    (void)pthread_mutex_lock(&h->lock);
    forget(h, socket);
    if (h->count < h->most) {
        h->list[h->count++] = (struct awaited){socket, now_s() + (time_t)h->seconds};
        (void)pthread_cond_signal(&h->changed);
    }
    (void)pthread_mutex_unlock(&h->lock);
}

void heads_posix_here(struct heads *h, int socket)
{
    (void)pthread_mutex_lock(&h->lock);
    forget(h, socket);
    (void)pthread_mutex_unlock(&h->lock);
}

void heads_posix_stop(struct heads *h)
{
    if (!h) {
        return;
    }
    (void)pthread_mutex_lock(&h->lock);
    h->closing = true;
    (void)pthread_cond_signal(&h->changed);
    (void)pthread_mutex_unlock(&h->lock);
    (void)pthread_join(h->thread, NULL);
    end(h);
}
