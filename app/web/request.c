#include "app/web/request.h"

#include "app/ops/js.h"
#include "app/text/text.h"
#include "crypto/device.h"
#include "sync/utf8.h"

#include <jansson.h>
#include <string.h>

#define OPTION_NAME_MAX 40

static const char *const globals[] = {"home", "json", "quiet", "passphrase-file", "today", "help", "version"};

static enum err bad(struct why *why, const char *text, const char *detail)
{
    return why_set(why, ERR_INPUT, text, "%.100s", detail);
}

static enum err out_of_memory(struct why *why)
{
    return why_set(why, ERR_MEMORY, N_("out of memory; nothing was changed"), "%s", "");
}

static enum err parse(json_t **out, struct why *why, struct span body)
{
    json_error_t error;
    enum err e = OK;
    if (body.len == 0) {
        *out = json_object();
    } else {
        e = js_parse(out, &error, body, JSON_REJECT_DUPLICATES);
    }
    if (e == ERR_INPUT) {
        return why_set(why, ERR_INPUT, N_("the request is not JSON"), "%d:%d", error.line, error.column);
    }
    if (!*out) {
        return out_of_memory(why);
    }
    return json_is_object(*out) ? OK : bad(why, N_("the request is not of the form that is expected"), "{");
}

static enum err clean(struct why *why, const json_t *text)
{
    if (!json_is_string(text)) {
        return bad(why, N_("the request is not of the form that is expected"), "text");
    }
    struct buf checked = {0};
    enum err e = utf8_clean(&checked, span_of(json_string_value(text), json_string_length(text)));
    buf_wipe(&checked);
    return e == OK || e == ERR_MEMORY ? e : bad(why, N_("not clean UTF-8 text"), "");
}

struct words {
    struct request_words *out;
    struct arena *a;
    struct why *why;
};

static enum err put(struct words *w, const char *word)
{
    if (w->out->count >= REQUEST_WORDS_MAX) {
        return why_set(w->why, ERR_LIMIT, N_("too many words in one request"), "%d", REQUEST_WORDS_MAX);
    }
    char *copy = word ? arena_text(w->a, span_str(word)) : NULL;
    if (!copy) {
        return out_of_memory(w->why);
    }
    w->out->words[w->out->count++] = copy;
    return OK;
}

/* A long name, and none that every command has. */
static bool is_option(const char *name)
{
    const size_t len = strlen(name);
    if (len < 2 || len > OPTION_NAME_MAX || name[0] == '-' || strspn(name, "abcdefghijklmnopqrstuvwxyz-") != len) {
        return false;
    }
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        if (strcmp(name, globals[i]) == 0) {
            return false;
        }
    }
    return true;
}

static enum err put_value(struct words *w, const char *name, const json_t *value)
{
    enum err e = clean(w->why, value);
    return e == OK ? put(w, arena_printf(w->a, "--%s=%s", name, json_string_value(value))) : e;
}

static enum err put_option(struct words *w, const char *name, const json_t *value)
{
    if (!is_option(name)) {
        return bad(w->why, N_("no such option"), name);
    }
    if (json_is_boolean(value)) {
        return json_is_true(value) ? put(w, arena_printf(w->a, "--%s", name)) : OK;
    }
    if (!json_is_array(value)) {
        return put_value(w, name, value);
    }
    enum err e = OK;
    for (size_t i = 0; e == OK && i < json_array_size(value); i++) {
        e = put_value(w, name, json_array_get(value, i));
    }
    return e;
}

static enum err put_options(struct words *w, json_t *options)
{
    if (options && !json_is_object(options)) {
        return bad(w->why, N_("the request is not of the form that is expected"), "options");
    }
    const char *name;
    json_t *value;
    json_object_foreach(options, name, value)
    {
        enum err e = put_option(w, name, value);
        if (e != OK) {
            return e;
        }
    }
    return OK;
}

static enum err put_args(struct words *w, const json_t *args)
{
    if (args && !json_is_array(args)) {
        return bad(w->why, N_("the request is not of the form that is expected"), "args");
    }
    enum err e = put(w, "--");
    for (size_t i = 0; e == OK && i < json_array_size(args); i++) {
        const json_t *one = json_array_get(args, i);
        e = clean(w->why, one);
        if (e == OK) {
            e = put(w, json_string_value(one));
        }
    }
    return e;
}

static enum err put_file(struct words *w, const char *name, const json_t *content)
{
    enum err e = clean(w->why, content);
    if (e != OK) {
        return e;
    }
    struct call_file *file = &w->out->files[w->out->file_count++];
    file->name = arena_text(w->a, span_str(name));
    const char *copy = arena_text(w->a, span_str(json_string_value(content)));
    file->content = span_of(copy, json_string_length(content));
    return file->name && copy ? OK : out_of_memory(w->why);
}

static enum err put_files(struct words *w, json_t *files)
{
    if (files && !json_is_object(files)) {
        return bad(w->why, N_("the request is not of the form that is expected"), "files");
    }
    w->out->files = arena_array(w->a, json_object_size(files) + 1, sizeof *w->out->files);
    if (!w->out->files) {
        return out_of_memory(w->why);
    }
    const char *name;
    json_t *content;
    json_object_foreach(files, name, content)
    {
        enum err e = put_file(w, name, content);
        if (e != OK) {
            return e;
        }
    }
    return OK;
}

static enum err check_keys(struct why *why, json_t *all, bool takes_files)
{
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        if (strcmp(key, "args") != 0 && strcmp(key, "options") != 0 && !(takes_files && strcmp(key, "files") == 0)) {
            return bad(why, N_("the request has a key that is not known"), key);
        }
    }
    return OK;
}

enum err request_decode(struct request_words *out, struct arena *a, struct why *why, const struct request_source *from)
{
    struct request_words words = {0};
    struct words w = {&words, a, why};
    json_t *all = NULL;
    *out = words;
    enum err e = parse(&all, why, from->body);
    if (e == OK) {
        words.words = arena_array(a, REQUEST_WORDS_MAX + 1, sizeof *words.words);
        e = words.words ? check_keys(why, all, from->takes_files) : out_of_memory(why);
    }
    if (e == OK) {
        e = put_options(&w, json_object_get(all, "options"));
    }
    if (e == OK) {
        e = put_args(&w, json_object_get(all, "args"));
    }
    if (e == OK) {
        e = put_files(&w, json_object_get(all, "files"));
    }
    if (e == OK) {
        *out = words;
    }
    json_decref(all);
    return e;
}

static const struct request_text *find(const struct request_text *list, const char *key)
{
    for (; list->key; list++) {
        if (strcmp(list->key, key) == 0) {
            return list;
        }
    }
    return NULL;
}

static enum err take_texts(struct arena *a, struct why *why, json_t *all, const struct request_text *list)
{
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        const struct request_text *one = find(list, key);
        if (!one) {
            return bad(why, N_("the request has a key that is not known"), key);
        }
        if (json_is_null(value)) {
            continue;
        }
        enum err e = clean(why, value);
        if (e != OK) {
            return e;
        }
        *one->to = arena_text(a, span_str(json_string_value(value)));
        if (!*one->to) {
            return out_of_memory(why);
        }
    }
    for (; list->key; list++) {
        if (list->needed && !*list->to) {
            return bad(why, N_("something is missing"), list->key);
        }
    }
    return OK;
}

/* What a passphrase has passed through. */
static void wipe_texts(json_t *all)
{
    const char *key;
    json_t *value;
    json_object_foreach(all, key, value)
    {
        if (json_is_string(value)) {
            device_wipe((void *)(uintptr_t)json_string_value(value), json_string_length(value));
        }
    }
}

enum err request_texts(struct arena *a, struct why *why, struct span body, const struct request_text *list)
{
    json_t *all = NULL;
    for (const struct request_text *one = list; one->key; one++) {
        *one->to = NULL;
    }
    enum err e = parse(&all, why, body);
    if (e == OK) {
        e = take_texts(a, why, all, list);
    }
    if (json_is_object(all)) {
        wipe_texts(all);
    }
    json_decref(all);
    return e;
}

static enum err take_list(const char **list, struct arena *a, struct why *why, const json_t *texts)
{
    for (size_t i = 0; i < json_array_size(texts); i++) {
        const json_t *one = json_array_get(texts, i);
        enum err e = clean(why, one);
        if (e != OK) {
            return e;
        }
        list[i] = arena_text(a, span_str(json_string_value(one)));
        if (!list[i]) {
            return out_of_memory(why);
        }
    }
    return OK;
}

enum err request_list(const char *const **out, struct arena *a, struct why *why, const struct request_source *from,
                      const char *key)
{
    json_t *all = NULL;
    const char **list = NULL;
    enum err e = parse(&all, why, from->body);
    const json_t *texts = json_object_get(all, key);
    if (e == OK && json_object_size(all) > (texts ? 1U : 0U)) {
        e = bad(why, N_("the request has a key that is not known"), "");
    }
    if (e == OK && texts && !json_is_array(texts)) {
        e = bad(why, N_("the request is not of the form that is expected"), key);
    }
    if (e == OK && json_array_size(texts) > REQUEST_WORDS_MAX) {
        e = why_set(why, ERR_LIMIT, N_("too many words in one request"), "%d", REQUEST_WORDS_MAX);
    }
    if (e == OK) {
        list = arena_array(a, json_array_size(texts) + 1, sizeof *list);
        e = list ? take_list(list, a, why, texts) : out_of_memory(why);
    }
    json_decref(all);
    *out = list;
    return e;
}
