#include "app/ops/conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/fields.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"

static bool is_conflict(const struct view_field *f)
{
    return f->conflict || !f->field;
}

const char *conflicts_field_name(const struct conflicts_one *c)
{
    return c->field->field ? c->field->field->name : CONFLICTS_REMOVED;
}

/* The age of a conflict is that of its oldest value. */
static int64_t since(const struct conflicts_one *c)
{
    int64_t oldest = INT64_MAX;
    for (size_t i = 0; i < c->field->count; i++) {
        const int64_t at = c->field->values[i].by.time_ms;
        oldest = at < oldest ? at : oldest;
    }
    return oldest;
}

static int by_identity(const void *a, const void *b)
{
    const struct conflicts_one *x = a;
    const struct conflicts_one *y = b;
    int order = memcmp(&x->object->section, &y->object->section, sizeof x->object->section);
    if (order == 0) {
        order = memcmp(&x->object->key.id, &y->object->key.id, sizeof x->object->key.id);
    }
    return order != 0 ? order : strcmp(conflicts_field_name(x), conflicts_field_name(y));
}

static int by_age(const void *a, const void *b)
{
    const int64_t x = since(a);
    const int64_t y = since(b);
    return x < y ? -1 : x > y ? 1 : by_identity(a, b);
}

enum err conflicts_list(struct conflicts_list *out, struct ops *o, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .conflicts_only = true};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    size_t room = 0;
    for (size_t i = 0; i < list.count; i++) {
        room += list.objects[i].field_count;
    }
    struct conflicts_list found = {.items = arena_array(o->arena, room + 1, sizeof *found.items)};
    if (!found.items) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct view_object *object = &list.objects[i];
        for (size_t k = 0; k < object->field_count; k++) {
            if (is_conflict(&object->fields[k])) {
                found.items[found.count++] = (struct conflicts_one){.object = object, .field = &object->fields[k]};
            }
        }
    }
    if (found.count > 1) {
        qsort(found.items, found.count, sizeof *found.items, by_age);
    }
    *out = found;
    return OK;
}

enum err conflicts_suggest(struct conflicts_list *list, struct ops *o)
{
    for (size_t i = 0; i < list->count; i++) {
        struct conflicts_one *one = &list->items[i];
        enum err e = view_suggest(&one->suggestion, o->arena, o->site, one->object, one->field);
        if (e != OK) {
            return ops_told(o, e);
        }
    }
    return OK;
}

size_t conflicts_new(const struct conflicts_list *now, const struct conflicts_list *before)
{
    struct conflicts_one *sorted = before->items;
    if (before->count > 1) {
        qsort(sorted, before->count, sizeof *sorted, by_identity);
    }
    size_t fresh = 0;
    for (size_t i = 0; i < now->count; i++) {
        fresh += before->count == 0 || !bsearch(&now->items[i], sorted, before->count, sizeof *sorted, by_identity);
    }
    return fresh;
}

/* Which value choice->take means. */
static enum err parse_take(size_t *index, struct ops *o, const struct conflicts_choice *choice,
                           const struct view_field *field)
{
    char *end = NULL;
    const unsigned long n = choice->take[0] >= '0' && choice->take[0] <= '9' ? strtoul(choice->take, &end, 10) : 0;
    if (!end || *end || n >= field->count) {
        return why_set(&o->why, ERR_INPUT, N_("no value has that number: expected one that conflicts shows"), "%s",
                       choice->take);
    }
    *index = (size_t)n;
    return OK;
}

static enum err no_suggestion(struct ops *o, const struct conflicts_choice *choice)
{
    return why_set(&o->why, ERR_INPUT, N_("there is no suggestion that joins the values: take one or write one"),
                   "%s, %s", choice->object, choice->field);
}

static enum err settle_removal(struct ops *o, struct edit *ed, const struct conflicts_one *c,
                               const struct conflicts_choice *choice)
{
    size_t index = 0;
    const char *value = choice->value;
    enum err e = shown_expect_removal(o, c->field, &choice->shown);
    if (e == OK && choice->merged) {
        e = no_suggestion(o, choice);
    }
    if (e == OK && choice->take) {
        e = parse_take(&index, o, choice, c->field);
        value = e == OK ? c->field->values[index].value : NULL;
    }
    if (e != OK) {
        return e;
    }
    if (strcmp(value, "removed") == 0) {
        return ops_told(o, edit_remove(ed, &c->object->key));
    }
    if (strcmp(value, "kept") == 0) {
        return ops_told(o, edit_keep(ed, &c->object->key));
    }
    return why_set(&o->why, ERR_INPUT, N_("expected removed or kept"), "%s", value);
}

static enum err settle_field(struct ops *o, struct edit *ed, const struct conflicts_one *c,
                             const struct conflicts_choice *choice)
{
    const struct fields_target target = {.key = &c->object->key, .type = c->object->type, .now = c->object};
    enum err e = shown_expect(o, ed, c->object, c->field->field, &choice->shown);
    if (e != OK) {
        return e;
    }
    if (choice->merged) {
        struct view_suggestion suggestion;
        e = ops_told(o, view_suggest(&suggestion, o->arena, o->site, c->object, c->field));
        if (e == OK && !suggestion.merged) {
            e = no_suggestion(o, choice);
        }
        return e == OK ? fields_put(o, ed, &target, c->field->field->name, suggestion.merged) : e;
    }
    if (!choice->take) {
        return fields_put(o, ed, &target, c->field->field->name, choice->value);
    }
    size_t index = 0;
    e = parse_take(&index, o, choice, c->field);
    if (e != OK) {
        return e;
    }
    /* As it stands, whatever today's schema thinks of it: it was accepted once. */
    return ops_told(o, edit_set(ed, &c->object->key, c->field->field, c->field->values[index].value));
}

/* There is no conflict (any more): where one was shown, that has changed. */
static enum err not_in_conflict(struct ops *o, struct edit *ed, const struct view_object *object,
                                const struct conflicts_choice *choice)
{
    enum err e = OK;
    if (choice->shown.stated && strcmp(choice->field, CONFLICTS_REMOVED) == 0) {
        const struct view_field gone = {0};
        e = shown_expect_removal(o, &gone, &choice->shown);
    } else if (choice->shown.stated) {
        const struct schema_field *field;
        e = fields_named(&field, o, object->type, choice->field);
        if (e == OK) {
            e = shown_expect(o, ed, object, field, &choice->shown);
        }
    }
    return e != OK ? e
                   : why_set(&o->why, ERR_NOT_FOUND, N_("there is no conflict in that field"), "%s, %s", choice->object,
                             choice->field);
}

/* The reason stands as a note where the field stands, so that whoever reads the one reads the other. What is under a topic
 * that has no notes is told under the plan's. */
static enum err note_why(struct ops *o, struct edit *ed, const struct view_object *object, const char *why)
{
    const struct place *place = &object->place;
    const bool shared = uuid_is_nil(&place->owner);
    const struct schema_type *note;
    struct uuid id;
    if (uuid_is_nil(&place->plan)) {
        return why_set(&o->why, ERR_INPUT, N_("a reason is kept as a note of a plan, and that is of none"), "%s", why);
    }
    enum err e = objects_type(&note, o, "note");
    if (e != OK) {
        return e;
    }
    const struct fields_change text = {"text", FIELDS_SET,
                                       arena_printf(o->arena, tr(N_("On a conflict that was settled: %s")), why)};
    const bool allowed = schema_allows(note, shared ? PLACE_SHARED : PLACE_OWNED, place->topic);
    const struct objects_wish wish = {.plan = names_uuid(o->arena, &place->plan),
                                      .type = "note",
                                      .topic = allowed ? place->topic : NULL,
                                      .side = shared ? OBJECTS_SHARED : OBJECTS_OWN,
                                      .fields = {1, &text}};
    return text.value ? objects_new(&id, o, ed, &wish) : ops_memory(o);
}

static enum err settle_one(struct ops *o, struct edit *ed, const struct conflicts_one *c,
                           const struct conflicts_choice *choice)
{
    enum err e = c->field->field ? settle_field(o, ed, c, choice) : settle_removal(o, ed, c, choice);
    return e == OK && choice->why ? note_why(o, ed, c->object, choice->why) : e;
}

enum err conflicts_settle(struct ops *o, struct edit *ed, const struct conflicts_choice *choice)
{
    const struct view_object *object;
    const struct ops_wanted wanted = {.text = choice->object};
    enum err e = ops_object(&object, o, &wanted);
    if (e != OK) {
        return e;
    }
    for (size_t i = 0; i < object->field_count; i++) {
        const struct conflicts_one c = {.object = object, .field = &object->fields[i]};
        if (is_conflict(c.field) && strcmp(conflicts_field_name(&c), choice->field) == 0) {
            return settle_one(o, ed, &c, choice);
        }
    }
    return not_in_conflict(o, ed, object, choice);
}
