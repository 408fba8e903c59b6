#include "app/ops/shown.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/people.h"

static bool same(const struct dot *a, const struct dot *b)
{
    return a->n == b->n && memcmp(a->chain.b, b->chain.b, sizeof a->chain.b) == 0;
}

static bool is_among(const struct dot *one, const struct dot *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (same(one, &list[i])) {
            return true;
        }
    }
    return false;
}

/* "<chain, 32 hex>.<n>" */
static bool parse_tx(struct dot *out, const char *text)
{
    const char *point = strchr(text, '.');
    char *end = NULL;
    if (!point || hex_decode(out->chain.b, sizeof out->chain.b, span_of(text, (size_t)(point - text))) != OK ||
        point[1] < '1' || point[1] > '9' || strlen(point + 1) > 19) {
        return false;
    }
    out->n = strtoull(point + 1, &end, 10);
    return *end == '\0' && out->n <= INT64_MAX;
}

enum err shown_parse(struct shown *out, struct ops *o, const char *text)
{
    *out = (struct shown){.stated = text != NULL};
    const char *const *parts;
    enum err e = people_split(&parts, o, text ? text : "", ',');
    size_t count = 0;
    while (e == OK && parts[count]) {
        count++;
    }
    struct dot *heads = e == OK ? arena_array(o->arena, count + 1, sizeof *heads) : NULL;
    if (!heads) {
        return e == OK ? ops_memory(o) : e;
    }
    for (size_t i = 0; i < count; i++) {
        struct dot one;
        if (!parse_tx(&one, parts[i])) {
            return why_set(&o->why, ERR_INPUT, N_("not the name of a transaction, as conflicts and blame show it"),
                           "--shown %s", parts[i]);
        }
        if (!is_among(&one, heads, out->count)) {
            heads[out->count++] = one;
        }
    }
    out->heads = heads;
    return OK;
}

/* The transactions of a field's heads, each once. */
static enum err heads_of(struct shown *out, struct ops *o, const struct view_field *f)
{
    const size_t count = f ? f->count : 0;
    struct dot *heads = arena_array(o->arena, count + 1, sizeof *heads);
    if (!heads) {
        return ops_memory(o);
    }
    *out = (struct shown){.stated = true, .heads = heads};
    for (size_t i = 0; i < count; i++) {
        if (!is_among(&f->values[i].by.tx, heads, out->count)) {
            heads[out->count++] = f->values[i].by.tx;
        }
    }
    return OK;
}

enum err shown_expect(struct ops *o, struct edit *ed, const struct view_object *object, const struct schema_field *f,
                      const struct shown *shown)
{
    struct shown read;
    enum err e = heads_of(&read, o, view_field(object, f->name));
    if (e != OK) {
        return e;
    }
    const struct shown *stated = shown && shown->stated ? shown : &read;
    return ops_told(o, edit_expect(ed, &object->key, f, stated->heads, stated->count));
}

enum err shown_expect_removal(struct ops *o, const struct view_field *now, const struct shown *shown)
{
    struct shown read;
    enum err e = heads_of(&read, o, now);
    if (e != OK || !shown || !shown->stated) {
        return e;
    }
    bool equal = read.count == shown->count;
    for (size_t i = 0; equal && i < read.count; i++) {
        equal = is_among(&read.heads[i], shown->heads, shown->count);
    }
    return equal ? OK
                 : why_set(&o->why, ERR_CHANGED, N_("it was changed since it was shown; nothing was saved, look again"),
                           "%s", "removed");
}
