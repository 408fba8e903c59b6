#include "app/web/http.h"

#include "app/web/heads_posix.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STREAM_WAITING_MAX ((size_t)256 << 10) /* bytes not yet read; more only by force */
#define STREAM_BLOCK 4096

struct http {
    struct MHD_Daemon *daemon;
    struct http_world world;
    struct heads *heads;
    char cookie_name[24];
};

/* What http_request is to the library. */
struct held {
    struct http_request q; /* first: http_done gets its address */
    struct MHD_Connection *connection;
    size_t body_max;
    time_t deadline;
    bool served;
    size_t cookie_count;
    const char *cookie_name;
};

struct http_stream {
    pthread_mutex_t lock;
    struct buf waiting;
    size_t taken; /* bytes of waiting that were sent */
    unsigned holders;
    bool ended;  /* nothing more comes */
    bool gone;   /* nobody reads any more */
    bool asleep; /* the connection was put aside until something comes */
    struct MHD_Connection *connection;
};

static time_t now_s(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? t.tv_sec : 0;
}

/* ---- reading the head ---- */

static void take_header(struct held *h, char *to, size_t size, const char *value)
{
    const size_t len = strlen(value);
    if (to[0] != '\0' || len >= size) {
        h->q.odd = true;
        return;
    }
    memcpy(to, value, len + 1);
}

static enum MHD_Result look_at_header(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)kind;
    struct held *h = ctx;
    struct http_request *q = &h->q;
    const struct {
        const char *name;
        char *to;
        size_t size;
    } wanted[] = {
        {"Host", q->host, sizeof q->host},
        {"Origin", q->origin, sizeof q->origin},
        {"Sec-Fetch-Site", q->fetch_site, sizeof q->fetch_site},
        {"X-Samplan-Token", q->token, sizeof q->token},
        {"Content-Type", q->type, sizeof q->type},
        {"Accept-Language", q->language, sizeof q->language},
        {"If-None-Match", q->match, sizeof q->match},
        {"Content-Length", q->length, sizeof q->length},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (strcasecmp(wanted[i].name, key) == 0) {
            take_header(h, wanted[i].to, wanted[i].size, value ? value : "");
        }
    }
    if (strcasecmp("Accept-Encoding", key) == 0 && value && strstr(value, "gzip")) {
        q->takes_gzip = true;
    }
    return MHD_YES;
}

static enum MHD_Result look_at_cookie(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)kind;
    struct held *h = ctx;
    const size_t most = sizeof h->q.cookies / sizeof *h->q.cookies;
    if (value && strcmp(key, h->cookie_name) == 0 && h->cookie_count < most && strlen(value) < sizeof h->q.cookies[0]) {
        (void)snprintf(h->q.cookies[h->cookie_count++], sizeof h->q.cookies[0], "%s", value);
    }
    return MHD_YES;
}

static enum MHD_Result look_at_query(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)kind;
    (void)key;
    (void)value;
    struct held *h = ctx;
    h->q.odd = true; /* nothing here takes one */
    return MHD_NO;
}

static struct held *begin(struct http *http, struct MHD_Connection *connection, const char *method, const char *path)
{
    struct held *h = calloc(1, sizeof *h);
    if (!h) {
        return NULL;
    }
    h->connection = connection;
    h->cookie_name = http->cookie_name;
    if (strlen(method) < sizeof h->q.method) {
        (void)snprintf(h->q.method, sizeof h->q.method, "%s", method);
    }
    if (strlen(path) < sizeof h->q.path) {
        (void)snprintf(h->q.path, sizeof h->q.path, "%s", path);
    }
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at_header, h);
    (void)MHD_get_connection_values(connection, MHD_COOKIE_KIND, look_at_cookie, h);
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, look_at_query, h);
    return h;
}

/* ---- answering ---- */

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    (void)MHD_add_response_header(r, name, value);
}

static void add_headers(struct MHD_Response *r, const struct http_answer *a)
{
    char number[16];
    add(r, "Content-Security-Policy", a->policy[0] ? a->policy : HTTP_POLICY);
    add(r, "X-Content-Type-Options", "nosniff");
    add(r, "X-Frame-Options", "DENY");
    add(r, "Referrer-Policy", "no-referrer");
    add(r, "Cross-Origin-Resource-Policy", "same-origin");
    add(r, "Cross-Origin-Opener-Policy", "same-origin");
    add(r, "Cache-Control", a->may_keep ? "no-cache" : "no-store");
    if (a->type) {
        add(r, "Content-Type", a->type);
    }
    if (a->etag) {
        add(r, "ETag", a->etag);
        add(r, "Vary", "Accept-Encoding");
    }
    if (a->gzip) {
        add(r, "Content-Encoding", "gzip");
    }
    if (a->cookie[0]) {
        add(r, "Set-Cookie", a->cookie);
    }
    if (a->allow) {
        add(r, "Allow", a->allow);
    }
    if (a->retry_after_s > 0) {
        (void)snprintf(number, sizeof number, "%u", a->retry_after_s);
        add(r, "Retry-After", number);
    }
}

static void stream_release(struct http_stream *s)
{
    (void)pthread_mutex_lock(&s->lock);
    const bool last = --s->holders == 0;
    (void)pthread_mutex_unlock(&s->lock);
    if (last) {
        buf_free(&s->waiting);
        (void)pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

/* The library asks for more of a stream. Where there is nothing, the connection is put aside. */
static ssize_t read_stream(void *ctx, uint64_t at, char *to, size_t max)
{
    (void)at;
    struct http_stream *s = ctx;
    (void)pthread_mutex_lock(&s->lock);
    ssize_t n = 0;
    const size_t left = s->waiting.len - s->taken;
    if (left > 0) {
        n = (ssize_t)(left < max ? left : max);
        memcpy(to, s->waiting.ptr + s->taken, (size_t)n);
        s->taken += (size_t)n;
        if (s->taken == s->waiting.len) {
            buf_free(&s->waiting);
            s->taken = 0;
        }
    } else if (s->ended) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->asleep = true;
        MHD_suspend_connection(s->connection);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return n;
}

static void leave_stream(void *ctx)
{
    struct http_stream *s = ctx;
    (void)pthread_mutex_lock(&s->lock);
    s->gone = true;
    s->asleep = false;
    (void)pthread_mutex_unlock(&s->lock);
    stream_release(s);
}

static struct MHD_Response *make_response(struct held *h)
{
    struct http_answer *a = &h->q.answer;
    if (a->stream) {
        a->stream->connection = h->connection;
        struct MHD_Response *r =
            MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, a->stream, leave_stream);
        if (r) {
            a->stream = NULL; /* the response's from now on */
        }
        return r;
    }
    if (a->still.ptr) {
        return MHD_create_response_from_buffer(a->still.len, (void *)(uintptr_t)a->still.ptr, MHD_RESPMEM_PERSISTENT);
    }
    return MHD_create_response_from_buffer(a->body.failed ? 0 : a->body.len, a->body.ptr, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_answer(struct held *h)
{
    struct http_answer *a = &h->q.answer;
    struct MHD_Response *r = make_response(h);
    if (!r) {
        return MHD_NO;
    }
    if (a->body.failed) {
        a->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
    add_headers(r, a);
    enum MHD_Result done = MHD_queue_response(h->connection, a->status, r);
    MHD_destroy_response(r);
    return done;
}

/* ---- the library's calls ---- */

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static void begun_or_closed(void *ctx, struct MHD_Connection *connection, void **kept,
                            enum MHD_ConnectionNotificationCode what)
{
    (void)kept;
    struct http *http = ctx;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        heads_posix_await(http->heads, socket_of(connection));
    } else {
        heads_posix_here(http->heads, socket_of(connection));
    }
}

static enum MHD_Result take_body(struct held *h, const char *data, size_t *len)
{
    if (*len > h->body_max - h->q.body.len || now_s() > h->deadline) {
        return MHD_NO; /* the connection is closed: whoever sends so has had its limits told in the head */
    }
    buf_put(&h->q.body, data, *len);
    *len = 0;
    return h->q.body.failed ? MHD_NO : MHD_YES;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *data, size_t *len, void **kept)
{
    (void)version;
    struct http *http = ctx;
    struct held *h = *kept;
    if (!h) {
        heads_posix_here(http->heads, socket_of(connection));
        *kept = h = begin(http, connection, method, path);
        if (!h) {
            return MHD_NO;
        }
        if (!http->world.admit(http->world.ctx, &h->q, &h->body_max)) {
            return send_answer(h);
        }
        h->deadline = now_s() + (time_t)(HTTP_BODY_S + h->body_max / HTTP_BODY_RATE);
        return MHD_YES;
    }
    if (*len > 0) {
        return take_body(h, data, len);
    }
    if (h->served) {
        return send_answer(h);
    }
    h->served = true;
    MHD_suspend_connection(connection);
    http->world.serve(http->world.ctx, &h->q);
    return MHD_YES;
}

void http_done(struct http_request *q)
{
    struct held *h = (struct held *)q;
    MHD_resume_connection(h->connection);
}

static void completed(void *ctx, struct MHD_Connection *connection, void **kept, enum MHD_RequestTerminationCode why)
{
    (void)why;
    struct http *http = ctx;
    struct held *h = *kept;
    if (!h) {
        return;
    }
    heads_posix_await(http->heads, socket_of(connection)); /* the next one's; or it is closed, which is told at once */
    *kept = NULL;
    if (h->q.answer.stream) {
        leave_stream(h->q.answer.stream);
    }
    buf_wipe(&h->q.body);
    buf_wipe(&h->q.answer.body);
    free(h);
}

/* Paths are taken as they are: nothing that is served has a name with "%". */
static size_t leave_escaped(void *ctx, struct MHD_Connection *connection, char *text)
{
    (void)ctx;
    (void)connection;
    return strlen(text);
}

/* A socket of its own, so that the port is known before the first request comes. -1: taken. */
static int listen_on(uint16_t *port, uint16_t wanted)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(wanted)};
    socklen_t len = sizeof at;
    const int yes = 1;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *port = 0;
    const int made = socket(AF_INET, SOCK_STREAM, 0);
    if (made < 0) {
        return -1;
    }
    if (fcntl(made, F_SETFD, FD_CLOEXEC) == 0 && setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(made, (struct sockaddr *)&at, sizeof at) == 0 && listen(made, HTTP_CONNECTIONS_MAX) == 0 &&
        getsockname(made, (struct sockaddr *)&at, &len) == 0) {
        *port = ntohs(at.sin_port);
        return made;
    }
    (void)close(made);
    return -1;
}

enum err http_start(struct http **out, uint16_t *port, const struct http_options *o)
{
    *out = NULL;
    struct http *http = calloc(1, sizeof *http);
    if (!http) {
        return ERR_MEMORY;
    }
    http->world = o->world;
    const int listening = listen_on(port, o->port);
    (void)snprintf(http->cookie_name, sizeof http->cookie_name, "samplan-%u", (unsigned)*port);
    http->heads = heads_posix_start(HTTP_CONNECTIONS_MAX, HTTP_HEAD_S);
    if (listening >= 0 && http->heads) {
        http->daemon = MHD_start_daemon(
            MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, http,
            MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
            MHD_OPTION_CONNECTION_TIMEOUT, HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_HEAD_MAX,
            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, completed, http, MHD_OPTION_NOTIFY_CONNECTION,
            begun_or_closed, http, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_END);
    }
    if (!http->daemon) {
        if (listening >= 0) {
            (void)close(listening);
        }
        const enum err e = http->heads ? ERR_TRANSPORT : ERR_MEMORY;
        heads_posix_stop(http->heads);
        free(http);
        return e;
    }
    *out = http;
    return OK;
}

void http_quiesce(struct http *h)
{
    const MHD_socket socket = MHD_quiesce_daemon(h->daemon);
    if (socket != MHD_INVALID_SOCKET) {
        (void)close(socket);
    }
}

void http_stop(struct http *h)
{
    if (h) {
        if (h->daemon) {
            MHD_stop_daemon(h->daemon);
        }
        heads_posix_stop(h->heads);
        free(h);
    }
}

/* ---- streams ---- */

struct http_stream *http_stream_new(void)
{
    struct http_stream *s = calloc(1, sizeof *s);
    if (s && pthread_mutex_init(&s->lock, NULL) != 0) {
        free(s);
        s = NULL;
    }
    if (s) {
        s->holders = 2;
    }
    return s;
}

/* Under the lock. */
static void wake(struct http_stream *s)
{
    if (s->asleep) {
        s->asleep = false;
        MHD_resume_connection(s->connection);
    }
}

bool http_stream_put(struct http_stream *s, struct span bytes, bool force)
{
    (void)pthread_mutex_lock(&s->lock);
    const bool room = !s->gone && (force || s->waiting.len < STREAM_WAITING_MAX);
    if (room) {
        buf_put_span(&s->waiting, bytes);
        wake(s);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return room;
}

void http_stream_end(struct http_stream *s)
{
    if (!s) {
        return;
    }
    (void)pthread_mutex_lock(&s->lock);
    s->ended = true;
    wake(s);
    (void)pthread_mutex_unlock(&s->lock);
    stream_release(s);
}
