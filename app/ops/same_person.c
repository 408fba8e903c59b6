#include "app/ops/same_person.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/duplicates.h"
#include "app/ops/names.h"

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

bool same_person_of(struct uuid *out, const struct view_object *plan)
{
    const char *text = view_get(plan, "person");
    return text && uuid_parse(out, span_str(text)) == OK;
}

static bool has(const struct buf *ids, const struct uuid *id)
{
    for (size_t at = 0; at < ids->len; at += sizeof *id) {
        if (memcmp(ids->ptr + at, id, sizeof *id) == 0) {
            return true;
        }
    }
    return false;
}

/* What was decided of the person and somebody else, one row for each copy. */
struct copy {
    struct uuid other;
    bool same;
    int64_t time_ms;
    struct dot tx;
};

static int latest_last(const void *a, const void *b)
{
    const struct copy *x = a;
    const struct copy *y = b;
    int order = memcmp(&x->other, &y->other, sizeof x->other);
    if (order == 0 && x->time_ms != y->time_ms) {
        order = x->time_ms < y->time_ms ? -1 : 1;
    }
    if (order == 0) {
        order = memcmp(&x->tx.chain, &y->tx.chain, sizeof x->tx.chain);
    }
    return order != 0 ? order : x->tx.n < y->tx.n ? -1 : x->tx.n > y->tx.n;
}

static bool read_copy(struct copy *out, const struct view_object *join, const struct uuid *person)
{
    struct duplicates_decision d;
    if (!duplicates_read(&d, join)) {
        return false;
    }
    const bool first = memcmp(&d.a, person, sizeof d.a) == 0;
    *out = (struct copy){.other = first ? d.b : d.a, .same = d.same, .time_ms = d.time_ms, .tx = d.tx};
    return first || memcmp(&d.b, person, sizeof d.b) == 0;
}

static enum err gather(struct buf *copies, struct ops *o, const struct uuid *person, const char *field)
{
    struct view_list list;
    const char *text = names_uuid(o->arena, person);
    const struct view_query query = {.type = DUPLICATES_TYPE, .field = field, .value = text ? text : ""};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    for (size_t i = 0; e == OK && i < list.count; i++) {
        struct copy copy;
        memset(&copy, 0, sizeof copy);
        if (read_copy(&copy, &list.objects[i], person)) {
            buf_put(copies, &copy, sizeof copy);
        }
    }
    return e;
}

/* Appends those whom the latest decision joins the person with, and who are not there yet. */
static enum err add_joined(struct buf *ids, struct ops *o, const struct uuid *person)
{
    struct buf copies = {0};
    enum err e = gather(&copies, o, person, "person");
    if (e == OK) {
        e = gather(&copies, o, person, "other");
    }
    struct copy *list = e == OK ? arena_copy(o->arena, &copies) : NULL;
    const size_t count = copies.len / sizeof *list;
    buf_free(&copies);
    if (list && count > 1) {
        qsort(list, count, sizeof *list, latest_last);
    }
    for (size_t i = 0; list && i < count; i++) {
        const bool last = i + 1 == count || memcmp(&list[i].other, &list[i + 1].other, sizeof list[i].other) != 0;
        if (last && list[i].same && !has(ids, &list[i].other)) {
            buf_put(ids, &list[i].other, sizeof list[i].other);
        }
    }
    return e == OK ? ops_memory(o) : e;
}

static enum err finish(struct same_person_ids *out, struct ops *o, struct buf *ids, enum err e)
{
    struct uuid *list = e == OK ? arena_copy(o->arena, ids) : NULL;
    const size_t count = ids->len / sizeof *list;
    buf_free(ids);
    if (!list) {
        o->arena->failed = o->arena->failed || e == OK;
        return e == OK ? ops_memory(o) : e;
    }
    if (count > 1) {
        qsort(list, count, sizeof *list, by_id);
    }
    *out = (struct same_person_ids){.count = count, .ids = list};
    return OK;
}

enum err same_person_ids(struct same_person_ids *out, struct ops *o, const struct uuid *person)
{
    struct buf ids = {0};
    enum err e = OK;
    buf_put(&ids, person, sizeof *person);
    for (size_t at = 0; e == OK && at < ids.len; at += sizeof *person) {
        struct uuid one;
        memcpy(&one, ids.ptr + at, sizeof one);
        e = add_joined(&ids, o, &one);
    }
    return finish(out, o, &ids, e);
}

enum err same_person_plans(struct same_person_ids *out, struct ops *o, const struct same_person_ids *person)
{
    struct buf plans = {0};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < person->count; i++) {
        struct view_list list;
        const char *text = names_uuid(o->arena, &person->ids[i]);
        const struct view_query query = {.type = "plan", .field = "person", .value = text ? text : ""};
        e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
        for (size_t k = 0; e == OK && k < list.count; k++) {
            const struct view_object *plan = &list.objects[k];
            struct uuid of;
            const bool in_place = memcmp(&plan->key.id, &plan->place.plan, sizeof plan->key.id) == 0;
            if (in_place && same_person_of(&of, plan) && memcmp(&of, &person->ids[i], sizeof of) == 0) {
                buf_put(&plans, &plan->key.id, sizeof plan->key.id);
            }
        }
    }
    return finish(out, o, &plans, e);
}

enum err same_person_protected(bool *out, struct ops *o, const struct view_object *plan)
{
    struct same_person_ids same = {0};
    struct uuid id;
    *out = false;
    enum err e = same_person_of(&id, plan) ? same_person_ids(&same, o, &id) : OK;
    for (size_t i = 0; e == OK && !*out && i < same.count; i++) {
        struct view_list list;
        const struct view_query query = {.id = &same.ids[i], .type = "person"};
        e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
        for (size_t k = 0; e == OK && k < list.count; k++) {
            *out = *out || duplicates_is_protected(&list.objects[k]);
        }
    }
    return e;
}
