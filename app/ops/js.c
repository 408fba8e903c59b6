#include "app/ops/js.h"

#include <stdlib.h>

static json_t *keep(struct js *j, json_t *value)
{
    if (!value) {
        j->failed = true;
    }
    return value;
}

json_t *js_object(struct js *j)
{
    return keep(j, json_object());
}

json_t *js_array(struct js *j)
{
    return keep(j, json_array());
}

void js_put(struct js *j, json_t *to, const char *key, json_t *value)
{
    /* jansson releases value also where it refuses, and refuses NULL. */
    if (json_object_set_new(to, key, value) != 0) {
        j->failed = true;
    }
}

void js_add(struct js *j, json_t *to, json_t *value)
{
    if (json_array_append_new(to, value) != 0) {
        j->failed = true;
    }
}

void js_text(struct js *j, json_t *to, const char *key, const char *text)
{
    js_put(j, to, key, text ? json_string(text) : json_null());
}

void js_count(struct js *j, json_t *to, const char *key, uint64_t n)
{
    js_put(j, to, key, json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n));
}

void js_bool(struct js *j, json_t *to, const char *key, bool yes)
{
    js_put(j, to, key, json_boolean(yes));
}

void js_add_text(struct js *j, json_t *to, const char *text)
{
    js_add(j, to, json_string(text));
}

enum err js_check(const struct js *j)
{
    return j->failed ? ERR_MEMORY : OK;
}

static int append(const char *bytes, size_t len, void *ctx)
{
    struct buf *out = ctx;
    buf_put(out, bytes, len);
    return out->failed ? -1 : 0;
}

enum err js_canonical(struct buf *out, const json_t *value)
{
    return json_dump_callback(value, append, out, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) == 0 ? OK
                                                                                                        : ERR_MEMORY;
}

enum err js_line(struct buf *out, const json_t *value)
{
    return json_dump_callback(value, append, out, JSON_ENCODE_ANY) == 0 ? OK : ERR_MEMORY;
}

static bool memory_out;

static void *take(size_t len)
{
    void *p = malloc(len);
    memory_out = memory_out || !p;
    return p;
}

enum err js_parse(json_t **out, json_error_t *error, struct span text, size_t flags)
{
    json_set_alloc_funcs(take, free);
    memory_out = false;
    *out = json_loadb((const char *)text.ptr, text.len, flags, error);
    if (memory_out) {
        json_decref(*out);
        *out = NULL;
        return ERR_MEMORY;
    }
    return *out ? OK : ERR_INPUT;
}
