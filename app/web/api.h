/* The API: the table of routes (docs/api.md), and what each answers. */
#ifndef APP_WEB_API_H
#define APP_WEB_API_H

#include "app/web/web.h"

#define API_SMALL ((size_t)64 << 10)  /* bytes of a body that holds a few texts */
#define API_IMPORT ((size_t)32 << 20) /* of a spreadsheet, as JSON */
#define API_BUNDLE ((size_t)64 << 20) /* of a bundle that the browser carries */

struct api_route {
    const char *method;
    const char *path; /* one that ends in '*' takes any rest but an empty one */
    enum gate_need need;
    bool open_site; /* 423 while locked */
    size_t body_max;
    const char *type; /* what Content-Type must begin with, where there is a body */
    /* At the desk. rest: what '*' stands for, or "". */
    void (*run)(struct web *w, struct http_request *q, const char *rest);
};
/* Ended by one without a method. Constant. */
extern const struct api_route api_routes[];

/* In the library's thread: struct http_world's two calls. ctx: struct web. */
bool api_admit(void *ctx, struct http_request *q, size_t *body_max);
void api_take(void *ctx, struct http_request *q);

/* ---- at the desk ---- */

void api_serve(struct web *w, struct http_request *q);
void api_lock_if_idle(struct web *w);
/* Seals what is due and closes the site. */
void api_close(struct web *w);
/* Takes a site that was opened or made; site NULL, or e not OK: answers with the failure. True: it is open now. */
bool api_open(struct web *w, struct http_answer *a, struct site *site, enum err e);

/* ---- inside ---- */

/* app/web/api_session.c: entering, locking, and how things stand */
void api_session_state(struct web *w, struct http_request *q, const char *rest);
void api_session_enter(struct web *w, struct http_request *q, const char *rest);
void api_session_ticket(struct web *w, struct http_request *q, const char *rest);
void api_session_unlock(struct web *w, struct http_request *q, const char *rest);
void api_session_lock(struct web *w, struct http_request *q, const char *rest);

/* app/web/api_home.c: founding, joining, and another passphrase */
void api_home_passwd(struct web *w, struct http_request *q, const char *rest);
void api_home_found(struct web *w, struct http_request *q, const char *rest);
void api_home_request(struct web *w, struct http_request *q, const char *rest);
void api_home_request_again(struct web *w, struct http_request *q, const char *rest);
void api_home_look(struct web *w, struct http_request *q, const char *rest);
void api_home_approve(struct web *w, struct http_request *q, const char *rest);
void api_home_accept(struct web *w, struct http_request *q, const char *rest);

/* app/web/api_files.c: what comes and goes */
void api_files_sync(struct web *w, struct http_request *q, const char *rest);
void api_files_cancel(struct web *w, struct http_request *q, const char *rest);
void api_files_print(struct web *w, struct http_request *q, const char *rest);
void api_files_print_page(struct web *w, struct http_request *q, const char *rest);
void api_files_import(struct web *w, struct http_request *q, const char *rest);

/* app/web/api_bundle.c: a place to meet that the browser carries for */
void api_bundle_add(struct web *w, struct http_request *q, const char *rest);
void api_bundle_put(struct web *w, struct http_request *q, const char *rest);
void api_bundle_get(struct web *w, struct http_request *q, const char *rest);
void api_bundle_drop(struct web *w, struct http_request *q, const char *rest);

/* app/web/api_draft.c: forms half filled in */
void api_draft_list(struct web *w, struct http_request *q, const char *rest);
void api_draft_get(struct web *w, struct http_request *q, const char *rest);
void api_draft_put(struct web *w, struct http_request *q, const char *rest);
void api_draft_drop(struct web *w, struct http_request *q, const char *rest);

#endif
