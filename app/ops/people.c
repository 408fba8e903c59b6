#include "app/ops/people.h"

#include <string.h>

static bool same(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

enum err people_load(struct people *p, struct ops *o)
{
    return ops_told(o, member_list(&p->list, o->arena, o->site));
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
    return NULL;
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
    return false;
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

static void add(struct people_grants *g, const struct grant *one)
{
    if (!people_has(g, one)) {
        g->grants[g->count++] = *one;
    }
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
    struct people_grants g = {.grants = arena_array(o->arena, count + p->list.party_count, sizeof *g.grants)};
    if (ops_memory(o) != OK) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        struct grant one = {0};
        if (strcmp(names[i], "alla") == 0) {
            for (size_t k = 0; k < p->list.party_count; k++) {
                one = (struct grant){.kind = GRANT_PARTY, .id = p->list.parties[k].id};
                add(&g, &one);
            }
            continue;
        }
        e = member_resolve(&one, o->site, names[i]);
        if (e != OK) {
            return ops_told(o, e);
        }
        add(&g, &one);
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
