/* HTTP on the loopback address alone, by libmicrohttpd: the one file that includes its header is http.c. What is said is
 * decided elsewhere (struct http_world); here are connections, limits, and the headers that every answer has.
 *
 * One thread of the library reads and writes all connections. A request that is whole is given to the world and its
 * connection put aside until http_done, which any thread may call. */
#ifndef APP_WEB_HTTP_H
#define APP_WEB_HTTP_H

#include <stdint.h>

#include "crypto/buf.h"

#define HTTP_CONNECTIONS_MAX 64
#define HTTP_HEAD_MAX ((size_t)32 << 10) /* bytes of request line and headers; the library answers 431 or 414 beyond */
#define HTTP_IDLE_S 15u                  /* a connection on which nothing moves */
#define HTTP_HEAD_S 20u                  /* all of a request's head, from when the connection is free for it */
#define HTTP_BODY_S 60u                  /* a whole body, and a second more for each HTTP_BODY_RATE bytes allowed */
#define HTTP_BODY_RATE ((size_t)256 << 10)

struct http;
struct http_stream;

struct http_answer {
    unsigned status;
    const char *type;           /* constant; NULL: no body */
    struct buf body;            /* freed by http.c */
    struct span still;          /* where its ptr is not NULL: constant content, in place of body */
    const char *etag;           /* constant; NULL */
    bool gzip;                  /* still is compressed */
    bool may_keep;              /* the browser may keep it (it asks again each time); otherwise no-store */
    char cookie[160];           /* Set-Cookie; "" none */
    char policy[160];           /* Content-Security-Policy; "": HTTP_POLICY */
    const char *allow;          /* constant; Allow of a 405 */
    unsigned retry_after_s;     /* 0: none */
    struct http_stream *stream; /* taken: its content follows as it comes, in place of body */
};
/* The pages' own: nothing from elsewhere, no script or style within a page. */
#define HTTP_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "                 \
    "connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/* Texts are borrowed until the answer is sent; "" where a header is missing. */
struct http_request {
    char method[16]; /* "" if longer */
    char path[512];  /* as sent, undecoded, without what follows "?"; "" if longer */
    char host[128];
    char origin[128];
    char fetch_site[32]; /* Sec-Fetch-Site */
    char token[80];      /* X-Samplan-Token */
    char type[96];       /* Content-Type */
    char language[128];  /* Accept-Language */
    char match[96];      /* If-None-Match */
    char length[24];     /* Content-Length; "" where it comes in chunks, or there is no body */
    bool takes_gzip;
    bool odd;            /* one of these stands twice or is longer than that, or there is a query */
    char cookies[4][80]; /* values of the cookie that http_options names */
    struct buf body;     /* wiped when freed */
    struct http_answer answer;
    void *pass; /* the world's own, between admit and serve */
};

struct http_world {
    void *ctx;
    /* The head is here. True: at most *body_max bytes may follow. False: the answer is set, and the body is not read.
     * In the library's thread: nothing slow. */
    bool (*admit)(void *ctx, struct http_request *q, size_t *body_max);
    /* All of it is here. Sees to it that http_done is called once the answer is set, now or later. */
    void (*serve)(void *ctx, struct http_request *q);
};
struct http_options {
    uint16_t port; /* 0: any */
    struct http_world world;
};

/* Listens on 127.0.0.1. ERR_TRANSPORT: the port is taken; ERR_MEMORY. *port: the one it got. The cookie looked for is
 * "samplan-PORT". */
MUST_CHECK enum err http_start(struct http **out, uint16_t *port, const struct http_options *o);
/* Takes no more connections. Requests that are under way must be answered, and streams ended, before http_stop. */
void http_quiesce(struct http *h);
void http_stop(struct http *h); /* NULL allowed */

/* The answer is set: it is sent, and q is gone. */
void http_done(struct http_request *q);

/* A body that is made while it is sent. Two hold it: who writes, and the answer that it was given to. NULL: no memory. */
struct http_stream *http_stream_new(void);
/* False: the other side does not keep up, or is gone, and nothing was added; what must not be lost is forced. */
bool http_stream_put(struct http_stream *s, struct span bytes, bool force);
/* The writer's last word; s is gone for it. NULL allowed. */
void http_stream_end(struct http_stream *s);

#endif
