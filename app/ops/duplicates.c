#include "app/ops/duplicates.h"

#include <stdlib.h>
#include <string.h>

static int by_bytes(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

bool duplicates_is_protected(const struct view_object *person)
{
    const struct view_field *f = view_field(person, "protected");
    for (size_t i = 0; f && i < f->count; i++) {
        if (f->values[i].value && strcmp(f->values[i].value, "nej") != 0) {
            return true;
        }
    }
    return false;
}

/* ---- what was decided ---- */

static int by_pair(const struct duplicates_decision *x, const struct duplicates_decision *y)
{
    const int order = by_bytes(&x->a, &y->a);
    return order != 0 ? order : by_bytes(&x->b, &y->b);
}

static int oldest_first(const void *a, const void *b)
{
    const struct duplicates_decision *x = a;
    const struct duplicates_decision *y = b;
    int order = by_pair(x, y);
    if (order == 0 && x->time_ms != y->time_ms) {
        order = x->time_ms < y->time_ms ? -1 : 1;
    }
    if (order == 0) {
        order = memcmp(&x->tx.chain, &y->tx.chain, sizeof x->tx.chain);
    }
    return order != 0 ? order : x->tx.n < y->tx.n ? -1 : x->tx.n > y->tx.n;
}

bool duplicates_read(struct duplicates_decision *out, const struct view_object *object)
{
    const char *a = view_get(object, "person");
    const char *b = view_get(object, "other");
    const struct view_field *f = view_field(object, "decision");
    if (!a || !b || !f || !f->values[0].value || uuid_parse(&out->a, span_str(a)) != OK ||
        uuid_parse(&out->b, span_str(b)) != OK) {
        return false;
    }
    if (by_bytes(&out->a, &out->b) > 0) {
        const struct uuid swapped = out->a;
        out->a = out->b;
        out->b = swapped;
    }
    out->same = strcmp(f->values[0].value, DUPLICATES_SAME) == 0;
    out->time_ms = f->values[0].by.time_ms;
    out->tx = f->values[0].by.tx;
    return by_bytes(&out->a, &out->b) != 0;
}

/* Of the copies of each pair, the latest. */
static enum err load_decisions(struct duplicates *out, struct ops *o)
{
    struct view_list list = {0};
    const struct view_query query = {.type = DUPLICATES_TYPE};
    if (schema_type_named(site_schema(o->site), DUPLICATES_TYPE)) {
        enum err e = view_objects(&list, o->arena, o->site, &query);
        if (e != OK) {
            return ops_told(o, e);
        }
    }
    struct duplicates_decision *all = arena_array(o->arena, list.count + 1, sizeof *all);
    size_t count = 0;
    for (size_t i = 0; all && i < list.count; i++) {
        count += duplicates_read(&all[count], &list.objects[i]);
    }
    if (all && count > 1) {
        qsort(all, count, sizeof *all, oldest_first);
    }
    out->decisions = all;
    for (size_t i = 0; all && i < count; i++) {
        if (i + 1 == count || by_pair(&all[i], &all[i + 1]) != 0) {
            all[out->decision_count++] = all[i];
        }
    }
    return ops_memory(o);
}

const struct duplicates_decision *duplicates_decided(const struct duplicates *d, const struct uuid *a,
                                                     const struct uuid *b)
{
    const bool ordered = by_bytes(a, b) <= 0;
    const struct duplicates_decision sought = {.a = ordered ? *a : *b, .b = ordered ? *b : *a};
    size_t low = 0;
    size_t high = d->decision_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = by_pair(&d->decisions[middle], &sought);
        if (order == 0) {
            return &d->decisions[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

/* ---- who is who ---- */

static int by_id(const void *a, const void *b)
{
    const struct duplicates_person *x = a;
    const struct duplicates_person *y = b;
    const int order = by_bytes(&x->id, &y->id);
    return order != 0 ? order : (y->object != NULL) - (x->object != NULL); /* one that can be read first */
}

struct duplicates_person *duplicates_person(const struct duplicates *d, const struct uuid *id)
{
    size_t low = 0;
    size_t high = d->person_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = by_bytes(&d->persons[middle].id, id);
        if (order == 0) {
            return &d->persons[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

size_t duplicates_root(struct duplicates_person *persons, size_t i)
{
    while (persons[i].one_of != i) {
        persons[i].one_of = persons[persons[i].one_of].one_of;
        i = persons[i].one_of;
    }
    return i;
}

void duplicates_unite(struct duplicates_person *persons, size_t i, size_t k)
{
    const size_t a = duplicates_root(persons, i);
    const size_t b = duplicates_root(persons, k);
    persons[a > b ? a : b].one_of = a > b ? b : a;
}

/* All persons that can be read, and those that a decision names. */
static enum err load_persons(struct duplicates *out, struct ops *o)
{
    struct view_list list;
    const struct view_query query = {.type = "person"};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    const size_t room = list.count + 2 * out->decision_count;
    struct duplicates_person *all = arena_array(o->arena, room + 1, sizeof *all);
    if (!all) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < list.count; i++) {
        all[i] = (struct duplicates_person){.id = list.objects[i].key.id, .object = &list.objects[i]};
    }
    for (size_t i = 0; i < out->decision_count; i++) {
        all[list.count + 2 * i].id = out->decisions[i].a;
        all[list.count + 2 * i + 1].id = out->decisions[i].b;
    }
    if (room > 1) {
        qsort(all, room, sizeof *all, by_id);
    }
    out->persons = all;
    for (size_t i = 0; i < room; i++) {
        if (i == 0 || by_bytes(&all[i].id, &out->persons[out->person_count - 1].id) != 0) {
            all[out->person_count] = all[i];
            all[out->person_count].one_of = out->person_count;
            out->person_count++;
        }
    }
    return OK;
}

enum err duplicates_load(struct duplicates *out, struct ops *o)
{
    *out = (struct duplicates){0};
    enum err e = load_decisions(out, o);
    if (e == OK) {
        e = load_persons(out, o);
    }
    for (size_t i = 0; e == OK && i < out->decision_count; i++) {
        const struct duplicates_decision *one = &out->decisions[i];
        if (one->same) {
            duplicates_unite(out->persons, (size_t)(duplicates_person(out, &one->a) - out->persons),
                             (size_t)(duplicates_person(out, &one->b) - out->persons));
        }
    }
    for (size_t i = 0; e == OK && i < out->person_count; i++) {
        out->persons[i].one_of = duplicates_root(out->persons, i);
        struct duplicates_person *first = &out->persons[out->persons[i].one_of];
        first->joined = first->joined || first != &out->persons[i];
        first->guarded = first->guarded || (out->persons[i].object && duplicates_is_protected(out->persons[i].object));
    }
    return e;
}

const struct uuid *duplicates_first(const struct duplicates *d, const struct uuid *id)
{
    const struct duplicates_person *person = duplicates_person(d, id);
    return person ? &d->persons[person->one_of].id : id;
}

bool duplicates_joined(const struct duplicates *d, const struct uuid *id)
{
    const struct duplicates_person *person = duplicates_person(d, id);
    return person && d->persons[person->one_of].joined;
}

bool duplicates_protected(const struct duplicates *d, const struct uuid *id)
{
    const struct duplicates_person *person = duplicates_person(d, id);
    return person && d->persons[person->one_of].guarded;
}
