/* Answers of the API: JSON, the error object of the command line, and which status goes with which error. */
#ifndef APP_WEB_REPLY_H
#define APP_WEB_REPLY_H

#include <jansson.h>

#include "app/cli/call.h"
#include "app/web/http.h"

#define REPLY_JSON "application/json"

/* value is taken; NULL is an error of memory. */
void reply_json(struct http_answer *a, unsigned status, json_t *value);
/* {"error":{"code","message"}}. code is constant, message translated. */
void reply_error(struct http_answer *a, unsigned status, const char *code, const char *message);
/* What a call failed with; detail (taken, NULL: none) becomes "conflict" in the error. */
void reply_failed(struct http_answer *a, struct call *c, enum err e, json_t *conflict);
/* The same where there is no call: an error and its story. */
void reply_why(struct http_answer *a, enum err e, const struct why *why);
/* 200 with {}. */
void reply_done(struct http_answer *a);

#endif
