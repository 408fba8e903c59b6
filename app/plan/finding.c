#include "app/plan/finding.h"

#include <stdlib.h>
#include <string.h>

#include "app/plan/dates.h"
#include "crypto/ids.h"

_Static_assert(FINDING_ID_LEN == 2 * ID_LEN, "an id in hex");

enum err finding_add(struct finding **out, struct findings *list)
{
    if (list->count >= FINDING_MAX) {
        return ERR_LIMIT;
    }
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        struct finding *items = realloc(list->items, cap * sizeof(*items));
        if (!items) {
            return ERR_MEMORY;
        }
        list->items = items;
        list->cap = cap;
    }
    struct finding *f = &list->items[list->count++];
    *f = (struct finding){.rule = "", .from = DATES_OPEN_START, .to = DATES_OPEN_END, .peak_percent = FINDING_NO_PEAK};
    *out = f;
    return OK;
}

/* Fresh; NULL if memory is out. (strdup is not C11.) */
static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    if (copy) {
        memcpy(copy, text, size);
    }
    return copy;
}

/* Inserts a copy of id into a sorted list without doubles. */
static enum err insert(char ***list, size_t *count, const char *id)
{
    size_t at = 0;

    if (!id || !*id) {
        return OK;
    }
    while (at < *count && strcmp((*list)[at], id) < 0) {
        at++;
    }
    if (at < *count && strcmp((*list)[at], id) == 0) {
        return OK;
    }
    char **longer = realloc(*list, (*count + 1) * sizeof(*longer));
    if (!longer) {
        return ERR_MEMORY;
    }
    *list = longer;
    char *copy = copy_of(id);
    if (!copy) {
        return ERR_MEMORY;
    }
    memmove(longer + at + 1, longer + at, (*count - at) * sizeof(*longer));
    longer[at] = copy;
    *count += 1;
    return OK;
}

enum err finding_object(struct finding *f, const char *id)
{
    return insert(&f->objects, &f->object_count, id);
}

enum err finding_party(struct finding *f, const char *id)
{
    return insert(&f->parties, &f->party_count, id);
}

/* The first 16 bytes of the hash of content, in hex. */
static void hash_text(char out[FINDING_ID_LEN + 1], const struct buf *content)
{
    static const char hex[] = "0123456789abcdef";
    struct hash h = ids_hash(span_buf(content));

    for (size_t i = 0; i < ID_LEN; i++) {
        out[2 * i] = hex[h.b[i] >> 4];
        out[2 * i + 1] = hex[h.b[i] & 15];
    }
    out[FINDING_ID_LEN] = '\0';
}

/* Lengths before contents, so that no two lists of texts look alike. All are far shorter than 4 GiB. */
static void put_text(struct buf *b, const char *text)
{
    buf_put_u32be(b, (uint32_t)strlen(text));
    buf_put_str(b, text);
}

static enum err set_id(struct finding *f)
{
    struct buf b = {0};

    buf_put_str(&b, "samplan finding 1");
    buf_put_u8(&b, (uint8_t)f->kind);
    put_text(&b, f->rule);
    for (size_t i = 0; i < f->object_count; i++) {
        put_text(&b, f->objects[i]);
    }
    enum err err = buf_check(&b);
    if (err == OK) {
        hash_text(f->id, &b);
    }
    buf_free(&b);
    return err;
}

enum err finding_finish(struct finding *f, const struct buf *matter, struct buf *text)
{
    const char *sentence = buf_text(text);

    if (!sentence || buf_check(matter) != OK) {
        return ERR_MEMORY;
    }
    enum err err = set_id(f);
    if (err != OK) {
        return err;
    }
    hash_text(f->matter, matter);
    free(f->text);
    f->text = copy_of(sentence);
    return f->text ? OK : ERR_MEMORY;
}

static void free_texts(char **list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i]);
    }
    free(list);
}

static void free_content(struct finding *f)
{
    free_texts(f->objects, f->object_count);
    free_texts(f->parties, f->party_count);
    free(f->text);
}

void finding_drop(struct findings *list, size_t at)
{
    free_content(&list->items[at]);
    list->count--;
    memmove(&list->items[at], &list->items[at + 1], (list->count - at) * sizeof(*list->items));
}

void finding_truncate(struct findings *list, size_t keep)
{
    while (list->count > keep) {
        free_content(&list->items[--list->count]);
    }
    if (keep == 0) {
        free(list->items);
        *list = (struct findings){0};
    }
}

static int compare(const void *left, const void *right)
{
    const struct finding *a = left;
    const struct finding *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

void finding_sort(struct findings *list, size_t skip)
{
    if (list->count > skip) {
        qsort(list->items + skip, list->count - skip, sizeof(*list->items), compare);
    }
}

const struct finding *finding_by_id(const struct findings *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].id, id) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

const char *finding_kind_word(enum finding_kind kind)
{
    return kind == FINDING_KROCK ? "krock" : "glapp";
}

const char *finding_severity_word(enum finding_severity severity)
{
    return severity == FINDING_STOP ? "stop" : "warn";
}

/* The value for the name of len bytes, or NULL. */
static const char *lookup(const char *name, size_t len, const struct finding_word *words, size_t word_count)
{
    for (size_t i = 0; i < word_count; i++) {
        if (strlen(words[i].name) == len && memcmp(words[i].name, name, len) == 0) {
            return words[i].value;
        }
    }
    return NULL;
}

void finding_say(struct buf *out, const char *template, const struct finding_word *words, size_t word_count)
{
    while (*template) {
        const char *close = *template == '{' ? strchr(template, '}') : NULL;
        const char *value = close ? lookup(template + 1, (size_t)(close - template - 1), words, word_count) : NULL;
        if (value) {
            buf_put_str(out, value);
            template = close + 1;
        } else {
            buf_put_u8(out, (uint8_t) * template ++);
        }
    }
}
