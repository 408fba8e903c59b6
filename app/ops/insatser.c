#include "app/ops/insatser.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/fold.h"
#include "app/ops/names.h"
#include "app/ops/shape.h"

#define RANK_NAME 4u
#define RANK_TARGET 2u
#define RANK_PLACE 1u

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* ---- whom to ask ---- */

static const struct view_object *by_id(const struct view_list *list, const char *text)
{
    struct uuid id;
    if (!text || uuid_parse(&id, span_str(text)) != OK) {
        return NULL;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(&list->objects[i].key.id, &id, sizeof id) == 0) {
            return &list->objects[i];
        }
    }
    return NULL;
}

static const char *somebody(const struct people *p, const char *text)
{
    struct uuid id;
    return text && uuid_parse(&id, span_str(text)) == OK ? or_empty(people_name(p, &id)) : "";
}

static void read_insats(struct insatser_one *out, const struct ops *o, const struct people *p,
                        const struct view_list *functions, const struct view_object *object)
{
    const char *contact = view_get(object, "contact_function");
    const struct view_object *function = by_id(functions, contact);
    const char *to = view_get(object, "to");
    int32_t last;
    *out = (struct insatser_one){.object = object, .name = or_empty(view_get(object, "name"))};
    out->owner = somebody(p, view_get(object, "owner_party"));
    out->contact = function ? or_empty(view_get(function, "name")) : somebody(p, contact);
    out->holder = function ? somebody(p, view_get(function, "holder")) : "";
    out->over = to && dates_parse(&last, to) == OK && last < o->today;
}

/* ---- searching ---- */

/* Every value of those fields in one text, folded. */
static const char *folded_fields(struct ops *o, const struct view_object *object, const char *const *names)
{
    const char *text = "";
    for (; *names && text; names++) {
        const struct view_field *f = view_field(object, *names);
        for (size_t i = 0; text && f && i < f->count; i++) {
            text = arena_printf(o->arena, "%s %s", text, or_empty(f->values[i].value));
        }
    }
    return fold_text(o->arena, text);
}

/* Does any word stand there? */
static bool has_any(struct ops *o, const char *text, const char *query)
{
    while (*query) {
        const size_t len = strcspn(query, " ");
        const char *word = arena_text(o->arena, span_of(query, len));
        if (word && fold_has_words(text, word)) {
            return true;
        }
        query += len;
        query += *query == ' ';
    }
    return false;
}

static bool matches(struct insatser_one *one, struct ops *o, const char *query)
{
    static const char *const name[] = {"name", NULL};
    static const char *const target[] = {"target_groups", NULL};
    static const char *const place[] = {"area", "places", NULL};
    static const char *const rest[] = {"purpose", "goals", "referral", NULL};
    if (!*query) {
        return true;
    }
    const char *names = folded_fields(o, one->object, name);
    const char *targets = folded_fields(o, one->object, target);
    const char *places = folded_fields(o, one->object, place);
    const char *people = arena_printf(o->arena, "%s %s %s", one->owner, one->contact, one->holder);
    const char *all = arena_printf(o->arena, "%s %s %s %s %s", names, targets, places,
                                   folded_fields(o, one->object, rest), fold_text(o->arena, people));
    one->rank = (has_any(o, names, query) ? RANK_NAME : 0u) + (has_any(o, targets, query) ? RANK_TARGET : 0u) +
                (has_any(o, places, query) ? RANK_PLACE : 0u);
    return all && fold_has_words(all, query);
}

static int best_first(const void *a, const void *b)
{
    const struct insatser_one *x = a;
    const struct insatser_one *y = b;
    if (x->over != y->over) {
        return x->over ? 1 : -1;
    }
    if (x->rank != y->rank) {
        return x->rank > y->rank ? -1 : 1;
    }
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : memcmp(&x->object->key.id, &y->object->key.id, sizeof x->object->key.id);
}

enum err insatser_find(struct insatser_list *out, struct ops *o, const struct people *p, const char *query)
{
    struct view_list list;
    struct view_list functions;
    const struct view_query of_insatser = {.type = "insats"};
    const struct view_query of_functions = {.type = "function"};
    enum err e = view_objects(&list, o->arena, o->site, &of_insatser);
    if (e == OK) {
        e = view_objects(&functions, o->arena, o->site, &of_functions);
    }
    if (e != OK) {
        return ops_told(o, e);
    }
    const char *folded = fold_text(o->arena, query);
    *out = (struct insatser_list){.items = arena_array(o->arena, list.count + 1, sizeof *out->items)};
    for (size_t i = 0; out->items && i < list.count; i++) {
        struct insatser_one *one = &out->items[out->count];
        read_insats(one, o, p, &functions, &list.objects[i]);
        out->count += matches(one, o, folded);
    }
    if (out->items && out->count > 1) {
        qsort(out->items, out->count, sizeof *out->items, best_first);
    }
    return ops_memory(o);
}

enum err insatser_named(struct insatser_one *out, struct ops *o, const struct people *p, const char *text)
{
    struct insatser_list all;
    struct uuid id;
    const bool is_id = uuid_parse(&id, span_str(text)) == OK;
    enum err e = insatser_find(&all, o, p, NULL);
    const char *folded = fold_text(o->arena, text);
    size_t found = 0;
    for (size_t i = 0; e == OK && i < all.count; i++) {
        const struct insatser_one *one = &all.items[i];
        if (is_id ? memcmp(&one->object->key.id, &id, sizeof id) == 0
                  : strcmp(fold_text(o->arena, one->name), folded) == 0) {
            *out = *one;
            found++;
        }
    }
    if (e == OK) {
        e = ops_memory(o);
    }
    if (e == OK && found == 0) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("no insats has that name or id (samplan insats list)"), "%s", text);
    }
    if (e == OK && found > 1) {
        return why_set(&o->why, ERR_INPUT, N_("several insatser have that name; give the id"), "%s", text);
    }
    return e;
}

/* ---- groups and modules ---- */

/* Does the field name that object? */
static bool refers(const struct view_object *object, const char *field, const struct uuid *to)
{
    struct uuid id;
    const char *text = view_get(object, field);
    return text && uuid_parse(&id, span_str(text)) == OK && memcmp(&id, to, sizeof id) == 0;
}

static bool refers_to_any(const struct view_object *object, const char *field, const struct view_object **list,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (refers(object, field, &list[i]->key.id)) {
            return true;
        }
    }
    return false;
}

static int by_field(const struct view_object *x, const struct view_object *y, const char *field)
{
    const int order = strcmp(or_empty(view_get(x, field)), or_empty(view_get(y, field)));
    return order != 0 ? order : memcmp(&x->key.id, &y->key.id, sizeof x->key.id);
}

static int by_order(const void *a, const void *b)
{
    const struct view_object *x = *(const struct view_object *const *)a;
    const struct view_object *y = *(const struct view_object *const *)b;
    const long n = strtol(or_empty(view_get(x, "order")), NULL, 10);
    const long m = strtol(or_empty(view_get(y, "order")), NULL, 10);
    return n != m ? (n < m ? -1 : 1) : by_field(x, y, "name");
}

static int by_from(const void *a, const void *b)
{
    return by_field(*(const struct view_object *const *)a, *(const struct view_object *const *)b, "from");
}

static int by_when(const void *a, const void *b)
{
    return by_field(*(const struct view_object *const *)a, *(const struct view_object *const *)b, "when");
}

static enum err load(struct view_list *list, const struct view_object ***out, struct ops *o, const char *type)
{
    const struct view_query query = {.type = type};
    enum err e = ops_told(o, view_objects(list, o->arena, o->site, &query));
    *out = e == OK ? arena_array(o->arena, list->count + 1, sizeof **out) : NULL;
    return e == OK ? ops_memory(o) : e;
}

enum err insatser_parts(struct insatser_parts *out, struct ops *o, const struct view_object *insats)
{
    struct view_list modules;
    struct view_list groups;
    struct view_list sessions;
    *out = (struct insatser_parts){0};
    enum err e = load(&modules, &out->modules, o, "module");
    for (size_t i = 0; e == OK && i < modules.count; i++) {
        if (refers(&modules.objects[i], "insats", &insats->key.id)) {
            out->modules[out->module_count++] = &modules.objects[i];
        }
    }
    if (e == OK) {
        e = load(&groups, &out->groups, o, "group");
    }
    for (size_t i = 0; e == OK && i < groups.count; i++) {
        if (refers(&groups.objects[i], "insats", &insats->key.id)) {
            out->groups[out->group_count++] = &groups.objects[i];
        }
    }
    if (e == OK) {
        e = load(&sessions, &out->sessions, o, "session");
    }
    for (size_t i = 0; e == OK && i < sessions.count; i++) {
        const struct view_object *s = &sessions.objects[i];
        if (refers_to_any(s, "group", out->groups, out->group_count) ||
            refers_to_any(s, "module", out->modules, out->module_count)) {
            out->sessions[out->session_count++] = s;
        }
    }
    if (e == OK) {
        qsort(out->modules, out->module_count, sizeof *out->modules, by_order);
        qsort(out->groups, out->group_count, sizeof *out->groups, by_from);
        qsort(out->sessions, out->session_count, sizeof *out->sessions, by_when);
    }
    return e;
}

static void put_name(struct js *j, json_t *to, const char *key, const char *name)
{
    js_text(j, to, key, *name ? name : NULL);
}

json_t *insatser_json(struct js *j, struct ops *o, const struct insatser_one *one)
{
    json_t *out = shape_object(j, o, one->object);
    put_name(j, out, "name", one->name);
    put_name(j, out, "owner_name", one->owner);
    put_name(j, out, "contact_name", one->contact);
    put_name(j, out, "contact_holder", one->holder);
    js_bool(j, out, "over", one->over);
    return out;
}
