#include "app/ops/import_index.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/fold.h"
#include "app/ops/names.h"

struct import_seen_slot {
    struct uuid id;
    size_t line; /* 0: free */
    size_t times;
};

static int by_text(const void *a, const void *b)
{
    const struct import_index_pair *x = a;
    const struct import_index_pair *y = b;
    const int order = strcmp(x->text, y->text);
    return order != 0 ? order : memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

static void add(struct import_index_pairs *to, const char *text, const struct uuid *id)
{
    if (text && *text && !uuid_is_nil(id)) {
        to->items[to->count++] = (struct import_index_pair){text, *id};
    }
}

static void sort(struct import_index_pairs *pairs)
{
    if (pairs->items && pairs->count > 1) {
        qsort(pairs->items, pairs->count, sizeof *pairs->items, by_text);
    }
}

/* Room for one pair an object. */
static enum err load(struct view_list *list, struct import_index_pairs *out, struct ops *o, const char *type)
{
    const struct view_query query = {.type = type};
    enum err e = ops_told(o, view_objects(list, o->arena, o->site, &query));
    if (e == OK) {
        *out = (struct import_index_pairs){.items = arena_array(o->arena, list->count + 1, sizeof *out->items)};
        e = ops_memory(o);
    }
    return e;
}

static enum err load_numbers(struct import_index *out, struct ops *o)
{
    struct view_list list;
    enum err e = load(&list, &out->numbers, o, "identity");
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const char *person = view_get(&list.objects[i], "person");
        struct uuid id;
        if (person && uuid_parse(&id, span_str(person)) == OK) {
            add(&out->numbers, view_get(&list.objects[i], "number"), duplicates_first(&out->same, &id));
        }
    }
    return e;
}

/* The id that the person stands under; NULL: none. */
static const char *first_id(const struct import_index *ix, struct ops *o, const char *person)
{
    struct uuid id;
    return person && uuid_parse(&id, span_str(person)) == OK ? names_uuid(o->arena, duplicates_first(&ix->same, &id))
                                                             : person;
}

static enum err load_plans(struct import_index *out, struct ops *o)
{
    struct view_list list;
    enum err e = load(&list, &out->plans, o, "plan");
    out->titles.items = e == OK ? arena_array(o->arena, list.count + 1, sizeof *out->titles.items) : NULL;
    for (size_t i = 0; e == OK && out->titles.items && i < list.count; i++) {
        const struct view_object *plan = &list.objects[i];
        if (memcmp(&plan->key.id, &plan->place.plan, sizeof plan->key.id) == 0) {
            add(&out->plans, first_id(out, o, view_get(plan, "person")), &plan->key.id);
            add(&out->titles, view_get(plan, "title"), &plan->key.id);
        }
    }
    return e == OK ? ops_memory(o) : e;
}

/* Of the förbund's own section, by name. */
static enum err load_named(struct import_index_pairs *out, struct ops *o, const char *type, bool folded)
{
    struct view_list list;
    enum err e = load(&list, out, o, type);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const char *name = view_get(&list.objects[i], "name");
        add(out, folded ? fold_text(o->arena, name) : name, &list.objects[i].key.id);
    }
    sort(out);
    return e == OK ? ops_memory(o) : e;
}

enum err import_index_load(struct import_index *out, struct ops *o)
{
    *out = (struct import_index){0};
    enum err e = duplicates_load(&out->same, o);
    if (e == OK) {
        e = load_numbers(out, o);
    }
    if (e == OK) {
        e = load_plans(out, o);
    }
    if (e == OK) {
        e = load_named(&out->insatser, o, "insats", true);
    }
    if (e == OK) {
        e = load_named(&out->functions, o, "function", false);
    }
    sort(&out->numbers);
    sort(&out->plans);
    sort(&out->titles);
    return e;
}

const struct import_index_pair *import_index_find(size_t *count, const struct import_index_pairs *pairs,
                                                  const char *text)
{
    size_t low = 0;
    size_t high = pairs->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(pairs->items[middle].text, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *count = 0;
    while (low + *count < pairs->count && strcmp(pairs->items[low + *count].text, text) == 0) {
        (*count)++;
    }
    return *count > 0 ? &pairs->items[low] : NULL;
}

/* The slot of id, or the free one where it belongs. There always is a free one. */
static struct import_seen_slot *slot_of(const struct import_seen *seen, const struct uuid *id)
{
    uint64_t at;
    memcpy(&at, id->b + 8, sizeof at); /* ids are hashes or random there */
    for (;; at++) {
        struct import_seen_slot *slot = &seen->slots[at & (seen->room - 1)];
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): grow has put a new table in the place of the freed one */
        if (slot->line == 0 || memcmp(&slot->id, id, sizeof *id) == 0) {
            return slot;
        }
    }
}

static enum err grow(struct import_seen *seen)
{
    struct import_seen larger = {.count = seen->count, .room = seen->room ? 2 * seen->room : 256};
    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (!larger.slots) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < seen->room; i++) {
        if (seen->slots[i].line != 0) {
            *slot_of(&larger, &seen->slots[i].id) = seen->slots[i];
        }
    }
    free(seen->slots);
    *seen = larger;
    return OK;
}

enum err import_seen_note(struct import_seen_before *out, struct import_seen *seen, const struct uuid *id, size_t line)
{
    if (2 * (seen->count + 1) > seen->room && grow(seen) != OK) {
        return ERR_MEMORY;
    }
    struct import_seen_slot *slot = slot_of(seen, id);
    *out = (struct import_seen_before){slot->line, slot->times + 1};
    seen->count += slot->line == 0;
    *slot = (struct import_seen_slot){*id, slot->line ? slot->line : line, slot->times + 1};
    return OK;
}

void import_seen_free(struct import_seen *seen)
{
    free(seen->slots);
    *seen = (struct import_seen){0};
}
