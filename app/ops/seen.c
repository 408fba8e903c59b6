#include "app/ops/seen.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/js.h"
#include "app/ops/names.h"

#define VERSION 1
#define PAIR_LEN 8

/* ---- the world ---- */

static int by_number(const void *a, const void *b)
{
    const struct seen_section *x = a;
    const struct seen_section *y = b;
    return x->section->section < y->section->section ? -1 : x->section->section > y->section->section;
}

static struct seen_section *sort_sections(struct ops *o, const struct view_sections *sections)
{
    struct seen_section *sorted = arena_array(o->arena, sections->count + 1, sizeof *sorted);
    for (size_t i = 0; sorted && i < sections->count; i++) {
        sorted[i].section = &sections->sections[i];
    }
    if (sorted && sections->count > 1) {
        qsort(sorted, sections->count, sizeof *sorted, by_number);
    }
    return sorted;
}

static struct seen_section find_section(const struct seen_section *sorted, size_t count, int64_t number)
{
    const struct view_section sought = {.section = number};
    const struct seen_section key = {&sought};
    const struct seen_section *found = count > 0 ? bsearch(&key, sorted, count, sizeof key, by_number) : NULL;
    return found ? *found : (struct seen_section){NULL};
}

static uint64_t pair_of(const struct view_section *section, const struct chain_id *chain)
{
    uint8_t both[sizeof section->id.b + sizeof chain->b] = {0};
    if (section) {
        memcpy(both, section->id.b, sizeof section->id.b);
    }
    memcpy(both + sizeof section->id.b, chain->b, sizeof chain->b);
    const struct hash hash = ids_hash(span_of(both, sizeof both));
    struct reader r = reader_of(span_of(hash.b, PAIR_LEN));
    return reader_u64be(&r);
}

enum err seen_world(struct seen_world *out, struct ops *o)
{
    struct view_sections sections;
    struct seen_world world;
    enum err e = view_history(&world.changes, o->arena, o->site, NULL, NULL);
    if (e == OK) {
        e = view_sections(&sections, o->arena, o->site, NULL);
    }
    if (e != OK) {
        return ops_told(o, e);
    }
    const struct seen_section *sorted = sort_sections(o, &sections);
    const size_t count = world.changes.count;
    world.sections = arena_array(o->arena, count + 1, sizeof *world.sections);
    world.pairs = arena_array(o->arena, count + 1, sizeof *world.pairs);
    if (!sorted || !world.sections || !world.pairs) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < count; i++) {
        const struct view_change *c = &world.changes.changes[i];
        world.sections[i] = find_section(sorted, sections.count, c->object.section);
        world.pairs[i] = pair_of(world.sections[i].section, &c->by.tx.chain);
    }
    *out = world;
    return OK;
}

/* ---- what has been seen of it ---- */

static int by_pair(const void *a, const void *b)
{
    const struct seen_pair *x = a;
    const struct seen_pair *y = b;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

static struct seen_pair *find_pair(const struct seen *seen, uint64_t pair)
{
    const struct seen_pair key = {.pair = pair};
    return seen->count > 0 ? bsearch(&key, seen->pairs, seen->count, sizeof key, by_pair) : NULL;
}

static void sort_pairs(struct seen *seen)
{
    if (seen->count > 1) {
        qsort(seen->pairs, seen->count, sizeof *seen->pairs, by_pair);
    }
}

enum err seen_all(struct seen *out, struct ops *o, const struct seen_world *world)
{
    struct seen all = {.any = true, .pairs = arena_array(o->arena, world->changes.count + 1, sizeof *all.pairs)};
    if (!all.pairs) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < world->changes.count; i++) {
        all.pairs[i] = (struct seen_pair){world->pairs[i], world->changes.changes[i].by.tx.n, 1};
    }
    all.count = world->changes.count;
    sort_pairs(&all);
    size_t kept = 0;
    for (size_t i = 0; i < all.count; i++) {
        struct seen_pair *last = kept > 0 ? &all.pairs[kept - 1] : NULL;
        if (last && last->pair == all.pairs[i].pair) {
            last->n = last->n > all.pairs[i].n ? last->n : all.pairs[i].n;
            last->count++;
        } else {
            all.pairs[kept++] = all.pairs[i];
        }
    }
    all.count = kept;
    *out = all;
    return OK;
}

void seen_forget_late(struct seen *before, const struct seen_world *world)
{
    for (size_t i = 0; i < world->changes.count; i++) {
        struct seen_pair *pair = find_pair(before, world->pairs[i]);
        if (pair && pair->n > 0 && world->changes.changes[i].by.tx.n <= pair->n) {
            if (pair->count == 0) {
                pair->n = 0; /* one more than there were */
            } else {
                pair->count--;
            }
        }
    }
}

bool seen_is_new(const struct seen_world *world, size_t i, const struct seen *before)
{
    const struct seen_pair *pair = find_pair(before, world->pairs[i]);
    return !pair || world->changes.changes[i].by.tx.n > pair->n;
}

/* ---- keeping it ---- */

enum err seen_write(struct buf *out, struct ops *o, const struct seen *seen)
{
    struct js j = {0};
    json_t *pairs = js_array(&j);
    for (size_t i = 0; i < seen->count; i++) {
        json_t *row = js_array(&j);
        js_add_text(&j, row, arena_printf(o->arena, "%016llx", (unsigned long long)seen->pairs[i].pair));
        js_add(&j, row, json_integer((json_int_t)seen->pairs[i].n));
        js_add(&j, row, json_integer((json_int_t)seen->pairs[i].count));
        js_add(&j, pairs, row);
    }
    json_t *all = js_object(&j);
    js_put(&j, all, "version", json_integer(VERSION));
    js_text(&j, all, "member", names_uuid(o->arena, &site_self(o->site)->member));
    js_put(&j, all, "seen", pairs);
    enum err e = js_check(&j);
    if (e == OK) {
        e = js_canonical(out, all);
    }
    json_decref(all);
    return e != OK ? why_set(&o->why, e, N_("out of memory; nothing was changed"), "%s", "") : OK;
}

static bool read_pair(struct seen_pair *out, const json_t *row)
{
    uint8_t bytes[PAIR_LEN];
    const char *pair = json_string_value(json_array_get(row, 0));
    const json_int_t n = json_integer_value(json_array_get(row, 1));
    const json_int_t count = json_integer_value(json_array_get(row, 2));
    if (!pair || n < 1 || count < 1 || hex_decode(bytes, sizeof bytes, span_str(pair)) != OK) {
        return false;
    }
    struct reader r = reader_of(span_of(bytes, sizeof bytes));
    *out = (struct seen_pair){reader_u64be(&r), (uint64_t)n, (uint64_t)count};
    return true;
}

static bool is_mine(const struct ops *o, const json_t *all)
{
    struct uuid member;
    const char *text = json_string_value(json_object_get(all, "member"));
    return json_integer_value(json_object_get(all, "version")) == VERSION && text &&
           uuid_parse(&member, span_str(text)) == OK &&
           memcmp(&member, &site_self(o->site)->member, sizeof member) == 0;
}

enum err seen_read(struct seen *out, struct ops *o, struct span text)
{
    *out = (struct seen){0};
    json_t *all = json_loadb((const char *)text.ptr, text.len, 0, NULL);
    const json_t *rows = is_mine(o, all) ? json_object_get(all, "seen") : NULL;
    const size_t count = json_array_size(rows);
    struct seen seen = {.any = json_is_array(rows), .pairs = arena_array(o->arena, count + 1, sizeof *seen.pairs)};
    for (size_t i = 0; seen.pairs && i < count; i++) {
        seen.any = seen.any && read_pair(&seen.pairs[seen.count++], json_array_get(rows, i));
    }
    json_decref(all);
    if (!seen.pairs) {
        return ops_memory(o);
    }
    if (seen.any) {
        sort_pairs(&seen);
        *out = seen;
    }
    return OK;
}
