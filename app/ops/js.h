/* Building JSON with jansson: every put is a no-op once one has failed, so that a row of them is checked once. */
#ifndef APP_OPS_JS_H
#define APP_OPS_JS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/buf.h"

/* Zero-initialise. */
struct js {
    bool failed;
};

/* Fresh; NULL and j->failed where there is no memory. */
json_t *js_object(struct js *j);
json_t *js_array(struct js *j);
/* Each adds to object to; NULL text gives null. value of js_put and js_add is taken, in every case. */
void js_text(struct js *j, json_t *to, const char *key, const char *text);
void js_count(struct js *j, json_t *to, const char *key, uint64_t n);
void js_bool(struct js *j, json_t *to, const char *key, bool yes);
void js_put(struct js *j, json_t *to, const char *key, json_t *value);
/* Adds to array to. */
void js_add(struct js *j, json_t *to, json_t *value);
void js_add_text(struct js *j, json_t *to, const char *text);
/* ERR_MEMORY if anything failed. */
MUST_CHECK enum err js_check(const struct js *j);

/* Reads text with json_loadb's flags. *out is fresh: json_decref. ERR_INPUT: error says why; ERR_MEMORY: jansson
 * takes that for bad text, or leaves letters out. */
MUST_CHECK enum err js_parse(json_t **out, json_error_t *error, struct span text, size_t flags);
/* Appends value as text: compact, keys sorted (canonical: one way to write each value). ERR_MEMORY. */
MUST_CHECK enum err js_canonical(struct buf *out, const json_t *value);
/* Appends value on one line, keys in the order they were put. ERR_MEMORY. */
MUST_CHECK enum err js_line(struct buf *out, const json_t *value);

#endif
