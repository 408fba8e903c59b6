#include "app/ops/people.h"

#include <string.h>

static bool same(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static enum err load_functions(struct people *p, struct ops *o)
{
    struct view_list list;
    const struct view_query query = {.type = "function"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    struct people_function *functions = e == OK ? arena_array(o->arena, list.count + 1, sizeof *functions) : NULL;
    for (size_t i = 0; functions && i < list.count; i++) {
        const char *party = view_get(&list.objects[i], "party");
        const char *name = view_get(&list.objects[i], "name");
        struct people_function *f = &functions[p->function_count];
        *f = (struct people_function){.id = list.objects[i].key.id, .name = name ? name : ""};
        p->function_count += party && uuid_parse(&f->party, span_str(party)) == OK;
    }
    p->functions = functions;
    return e == OK ? ops_memory(o) : e;
}

enum err people_load(struct people *p, struct ops *o)
{
    *p = (struct people){.function_count = 0};
    enum err e = ops_told(o, member_list(&p->list, o->arena, o->site));
    return e == OK ? load_functions(p, o) : e;
}

const struct people_function *people_function(const struct people *p, const struct uuid *id)
{
    for (size_t i = 0; i < p->function_count; i++) {
        if (same(&p->functions[i].id, id)) {
            return &p->functions[i];
        }
    }
    return NULL;
}

enum err people_function_named(const struct people_function **out, struct ops *o, const struct people *p,
                               const char *name)
{
    *out = NULL;
    for (size_t i = 0; i < p->function_count; i++) {
        if (strcmp(p->functions[i].name, name) != 0) {
            continue;
        }
        if (*out) {
            return why_set(&o->why, ERR_INPUT, N_("more than one has that name; give the id (samplan members --json)"),
                           "%s", name);
        }
        *out = &p->functions[i];
    }
    return *out ? OK : ERR_NOT_FOUND;
}

const char *people_name(const struct people *p, const struct uuid *id)
{
    for (size_t i = 0; i < p->list.party_count; i++) {
        if (same(&p->list.parties[i].id, id)) {
            return p->list.parties[i].name;
        }
    }
    for (size_t i = 0; i < p->list.device_count; i++) {
        if (same(&p->list.devices[i].member, id)) {
            return p->list.devices[i].member_name;
        }
    }
    const struct people_function *function = people_function(p, id);
    return function ? function->name : NULL;
}

bool people_party(struct uuid *party, const struct people *p, const struct uuid *id)
{
    for (size_t i = 0; i < p->list.party_count; i++) {
        if (same(&p->list.parties[i].id, id)) {
            *party = *id;
            return true;
        }
    }
    for (size_t i = 0; i < p->list.device_count; i++) {
        if (same(&p->list.devices[i].member, id)) {
            *party = p->list.devices[i].party;
            return true;
        }
    }
    const struct people_function *function = people_function(p, id);
    if (function) {
        *party = function->party;
    }
    return function != NULL;
}

bool people_has(const struct people_grants *g, const struct grant *one)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->grants[i].kind == one->kind && same(&g->grants[i].id, &one->id)) {
            return true;
        }
    }
    return false;
}

static void add(struct people_grants *g, const struct grant *one, const struct uuid *named)
{
    for (size_t i = 0; i < g->count; i++) {
        if (same(&g->named[i], named)) {
            return;
        }
    }
    g->named[g->count] = *named;
    g->grants[g->count++] = *one;
}

/* A name or an id; *named is the function's where it is one. */
static enum err resolve(struct grant *one, struct uuid *named, struct ops *o, const struct people *p, const char *text)
{
    const struct people_function *function = NULL;
    enum err e = OK;
    if (uuid_parse(named, span_str(text)) == OK) {
        function = people_function(p, named);
    } else {
        e = people_function_named(&function, o, p, text);
    }
    if (function && member_resolve(one, o->site, text) == OK) {
        return why_set(&o->why, ERR_INPUT, N_("more than one has that name; give the id (samplan members --json)"),
                       "%s", text);
    }
    if (function) {
        *one = (struct grant){.kind = GRANT_PARTY, .id = function->party};
        *named = function->id;
        return OK;
    }
    if (e == ERR_INPUT) {
        return e;
    }
    e = ops_told(o, member_resolve(one, o->site, text));
    *named = one->id;
    return e;
}

enum err people_whom(struct people_grants *out, struct ops *o, const struct people *p, const char *text)
{
    const char *const *names;
    enum err e = people_split(&names, o, text, ';');
    if (e != OK) {
        return e;
    }
    size_t count = 0;
    while (names[count]) {
        count++;
    }
    struct people_grants g = {.grants = arena_array(o->arena, count * (p->list.party_count + 1), sizeof *g.grants),
                              .named = arena_array(o->arena, count * (p->list.party_count + 1), sizeof *g.named)};
    if (ops_memory(o) != OK) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        struct grant one = {0};
        if (strcmp(names[i], "alla") == 0) {
            for (size_t k = 0; k < p->list.party_count; k++) {
                one = (struct grant){.kind = GRANT_PARTY, .id = p->list.parties[k].id};
                add(&g, &one, &one.id);
            }
            continue;
        }
        struct uuid named;
        e = resolve(&one, &named, o, p, names[i]);
        if (e != OK) {
            return e;
        }
        add(&g, &one, &named);
    }
    if (g.count == 0) {
        return why_set(&o->why, ERR_INPUT, N_("nobody is named: expected a party, a member or \"alla\""), "%s", text);
    }
    *out = g;
    return OK;
}

enum err people_split(const char *const **out, struct ops *o, const char *text, char separator)
{
    size_t room = 2;
    for (const char *c = text; *c; c++) {
        room += *c == separator;
    }
    const char **parts = arena_array(o->arena, room, sizeof *parts);
    if (!parts) {
        return ERR_MEMORY;
    }
    size_t count = 0;
    const char *at = text;
    while (*at) {
        at += strspn(at, " \t\n");
        const char *end = strchr(at, separator);
        size_t len = end ? (size_t)(end - at) : strlen(at);
        const char *next = end ? end + 1 : at + len;
        while (len > 0 && strchr(" \t\n", at[len - 1])) {
            len--;
        }
        if (len > 0) {
            parts[count++] = arena_text(o->arena, span_of(at, len));
        }
        at = next;
    }
    *out = parts;
    return ops_memory(o);
}
