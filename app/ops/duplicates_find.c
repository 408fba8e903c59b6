/* Who looks like whom. */
#include "app/ops/duplicates.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/fold.h"

/* A number or a name and year that a person goes by. */
struct trait {
    const char *text;
    size_t person; /* index among the persons */
};

static int by_trait(const void *a, const void *b)
{
    const struct trait *x = a;
    const struct trait *y = b;
    const int order = strcmp(x->text, y->text);
    return order != 0 ? order : x->person < y->person ? -1 : x->person > y->person;
}

struct search {
    const struct duplicates *d;
    struct duplicates_person *seen; /* a copy, where pairs that are told are united too */
    struct duplicates_pairs *out;
    size_t number_count;
    struct trait *numbers; /* by person; personnummer only */
};

/* Does each of them have a personnummer, and none in common? */
static bool differ(const struct search *s, size_t i, size_t k)
{
    bool has_i = false;
    bool has_k = false;
    for (size_t n = 0; n < s->number_count; n++) {
        has_i = has_i || s->numbers[n].person == i;
        has_k = has_k || s->numbers[n].person == k;
    }
    return has_i && has_k; /* a common one made a pair already */
}

static void tell(struct search *s, const struct trait *a, const struct trait *b, bool by_number)
{
    struct duplicates_pair *pair = &s->out->items[s->out->count++];
    *pair = (struct duplicates_pair){s->d->persons[a->person].object, s->d->persons[b->person].object,
                                     by_number ? a->text : NULL};
    duplicates_unite(s->seen, a->person, b->person);
}

/* Pairs each of a group with one before it that it may be the same as. */
static void pair_group(struct search *s, const struct trait *group, size_t count, bool by_number)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            const size_t x = group[i].person;
            const size_t y = group[k].person;
            if (duplicates_root(s->seen, x) == duplicates_root(s->seen, y)) {
                break; /* one already, or told */
            }
            if (!duplicates_decided(s->d, &s->d->persons[x].id, &s->d->persons[y].id) &&
                (by_number || !differ(s, x, y))) {
                tell(s, &group[k], &group[i], by_number);
                break;
            }
        }
    }
}

static void pair_all(struct search *s, struct trait *traits, size_t count, bool by_number)
{
    if (count > 1) {
        qsort(traits, count, sizeof *traits, by_trait);
    }
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && strcmp(traits[end].text, traits[i].text) == 0) {
            end++;
        }
        pair_group(s, &traits[i], end - i, by_number);
        i = end;
    }
}

static enum err find_by_number(struct search *s, struct ops *o)
{
    struct view_list list;
    const struct view_query query = {.type = "identity"};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    struct trait *traits = arena_array(o->arena, list.count + 1, sizeof *traits);
    s->numbers = arena_array(o->arena, list.count + 1, sizeof *s->numbers);
    size_t count = 0;
    for (size_t i = 0; traits && s->numbers && i < list.count; i++) {
        const char *text = view_get(&list.objects[i], "person");
        const char *number = view_get(&list.objects[i], "number");
        const char *kind = view_get(&list.objects[i], "kind");
        struct uuid id;
        const struct duplicates_person *person =
            text && number && uuid_parse(&id, span_str(text)) == OK ? duplicates_person(s->d, &id) : NULL;
        if (person && person->object) {
            traits[count++] = (struct trait){number, (size_t)(person - s->d->persons)};
            if (kind && strcmp(kind, "personnummer") == 0) {
                s->numbers[s->number_count++] = traits[count - 1];
            }
        }
    }
    if (ops_memory(o) == OK) {
        s->out->items = arena_array(o->arena, count + s->d->person_count + 1, sizeof *s->out->items);
    }
    if (s->out->items) {
        pair_all(s, traits, count, true);
    }
    return ops_memory(o);
}

static enum err find_by_name(struct search *s, struct ops *o)
{
    struct trait *traits = arena_array(o->arena, s->d->person_count + 1, sizeof *traits);
    size_t count = 0;
    for (size_t i = 0; traits && i < s->d->person_count; i++) {
        const struct view_object *object = s->d->persons[i].object;
        const char *name = object ? fold_text(o->arena, view_get(object, "name")) : "";
        const char *year = object ? view_get(object, "birth_year") : NULL;
        const char *both = *name && year ? arena_printf(o->arena, "%s, %s", name, year) : NULL;
        if (both) {
            traits[count++] = (struct trait){both, i};
        }
    }
    if (ops_memory(o) == OK) {
        pair_all(s, traits, count, false);
    }
    return ops_memory(o);
}

enum err duplicates_find(struct duplicates_pairs *out, struct ops *o, const struct duplicates *d)
{
    struct search s = {.d = d, .out = out};
    *out = (struct duplicates_pairs){0};
    s.seen = arena_array(o->arena, d->person_count + 1, sizeof *s.seen);
    if (!s.seen) {
        return ops_memory(o);
    }
    if (d->person_count > 0) {
        memcpy(s.seen, d->persons, d->person_count * sizeof *s.seen);
    }
    enum err e = find_by_number(&s, o);
    return e == OK ? find_by_name(&s, o) : e;
}
