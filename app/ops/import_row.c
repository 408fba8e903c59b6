#include "app/ops/import_row.h"

#include <string.h>

#include "app/ops/closing.h"
#include "app/ops/derive.h"
#include "app/ops/fold.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/people.h"

const struct import_value *import_row_find(const struct import_row *row, enum import_to to, const char *field)
{
    for (size_t i = 0; i < row->value_count; i++) {
        const struct import_column *c = row->values[i].column;
        if (c->to == to && (to != IMPORT_TO_FIELD || strcmp(c->field->name, field) == 0)) {
            return &row->values[i];
        }
    }
    return NULL;
}

enum err import_row_refuse(struct import_row *row, const struct import_value *value, const char *reason,
                           const char *expected)
{
    row->problem = (struct import_problem){value ? value->column : NULL,
                                           value ? import_cell_cut(row->ops->arena, value->value) : "", tr(reason),
                                           *expected ? tr(expected) : ""};
    return ERR_INPUT;
}

/* ---- what differs ---- */

static bool has_member(const struct view_field *set, const char *member)
{
    for (size_t i = 0; set && i < set->count; i++) {
        if (strcmp(set->values[i].value, member) == 0) {
            return true;
        }
    }
    return false;
}

static enum err same_set(bool *same, struct import_row *row, const struct view_field *now, const char *value)
{
    const char *const *members;
    enum err e = people_split(&members, row->ops, value, ';');
    size_t distinct = 0;
    *same = true;
    for (size_t i = 0; e == OK && members[i]; i++) {
        *same = *same && has_member(now, members[i]);
        bool again = false;
        for (size_t k = 0; k < i; k++) {
            again = again || strcmp(members[k], members[i]) == 0;
        }
        distinct += !again;
    }
    *same = *same && (now ? now->count : 0) == distinct;
    return e;
}

/* The members of a set in one line, for people. */
static const char *shown(struct arena *a, const struct view_field *now)
{
    const char *text = now && now->count > 0 ? now->values[0].value : NULL;
    for (size_t i = 1; text && now->field->merge == MERGE_SET && i < now->count; i++) {
        text = arena_printf(a, "%s;%s", text, now->values[i].value);
    }
    return text;
}

enum err import_row_differing(struct fields_changes *out, struct import_row *row, const char *type,
                              const struct view_object *object)
{
    struct fields_change *list = arena_array(row->ops->arena, row->value_count + 1, sizeof *list);
    *out = (struct fields_changes){.changes = list};
    for (size_t i = 0; list && i < row->value_count; i++) {
        const struct import_value *v = &row->values[i];
        if (v->column->to != IMPORT_TO_FIELD || strcmp(v->column->type->name, type) != 0) {
            continue;
        }
        const struct schema_field *field = v->column->field;
        const struct view_field *now = object ? view_field(object, field->name) : NULL;
        const char *old = shown(row->ops->arena, now);
        bool same = old && strcmp(old, v->value) == 0;
        enum err e = field->merge == MERGE_SET ? same_set(&same, row, now, v->value) : OK;
        if (e != OK) {
            return e;
        }
        if (!same) {
            list[out->count++] = (struct fields_change){field->name, FIELDS_SET, v->value};
            row->changes[row->change_count++] = (struct import_change){field, old, v->value};
        }
    }
    return ops_memory(row->ops);
}

/* ---- which object ---- */

enum err import_row_note(struct import_seen_before *before, struct import_row *row, const struct uuid *id)
{
    if (import_seen_note(before, row->seen, id, row->line) != OK) {
        return ops_no_memory(row->ops);
    }
    return OK;
}

enum err import_row_once(struct import_row *row, const struct uuid *id)
{
    struct import_seen_before before;
    enum err e = import_row_note(&before, row, id);
    if (e != OK || before.earlier == 0) {
        return e;
    }
    const char *where = arena_printf(row->ops->arena, tr(N_("the same stands on line %zu already")), before.earlier);
    return where ? import_row_refuse(row, NULL, where, "") : ops_memory(row->ops);
}

enum err import_row_object(const struct view_object **out, bool *removed, struct import_row *row, const struct uuid *id,
                           const char *type)
{
    struct view_list list;
    const struct view_query query = {.id = id, .type = type, .removed_too = true};
    enum err e = ops_told(row->ops, view_objects(&list, row->ops->arena, row->ops->site, &query));
    *out = NULL;
    *removed = false;
    for (size_t i = 0; e == OK && i < list.count; i++) {
        *removed = *removed || list.objects[i].removed;
        *out = !*out && !list.objects[i].removed ? &list.objects[i] : *out;
    }
    *removed = *removed && !*out;
    return e;
}

enum err import_row_refuse_removed(struct import_row *row)
{
    return import_row_refuse(row, NULL, N_("it was removed here, and import does not bring it back"), "");
}

enum err import_row_put(struct import_row *row, struct edit *ed, struct objects_wish *wish,
                        const struct view_object *now)
{
    enum err e = import_row_differing(&wish->fields, row, wish->type, now);
    if (e != OK) {
        return e;
    }
    row->action = now ? wish->fields.count > 0 ? IMPORT_CHANGED : IMPORT_SAME : IMPORT_NEW;
    row->id = now ? now->key.id : *wish->id;
    return now ? objects_set(row->ops, ed, now, &wish->fields) : objects_new(&row->id, row->ops, ed, wish);
}

/* ---- insatser ---- */

/* A contact function that the förbund has not yet: made with the row, kept filled by the owner. */
static enum err make_function(struct import_row *row, struct edit *ed, struct import_value *value)
{
    const struct import_value *owner = import_row_find(row, IMPORT_TO_FIELD, "owner_party");
    const char *parts[] = {"function", value->value, owner ? owner->value : "", NULL};
    const struct view_object *now = NULL;
    bool removed = false;
    struct uuid id = {{0}};
    enum err e = derive_id(&id, row->ops, parts);
    if (e == OK) {
        e = import_row_object(&now, &removed, row, &id, "function");
    }
    if (e == OK && removed) {
        return import_row_refuse(row, value, N_("it was removed here, and import does not bring it back"), "");
    }
    if (e == OK && !now) {
        const struct fields_change fields[] = {{"name", FIELDS_SET, value->value},
                                               {"party", FIELDS_SET, owner ? owner->value : NULL}};
        const struct objects_wish wish = {
            .id = &id, .type = "function", .fields = {.count = owner ? 2 : 1, .changes = fields}};
        e = objects_new(&id, row->ops, ed, &wish);
    }
    value->value = names_uuid(row->ops->arena, &id);
    value->new_function = false;
    return e;
}

static enum err insats(struct import_row *row, struct edit *ed)
{
    const struct import_value *name = import_row_find(row, IMPORT_TO_FIELD, "name");
    const struct import_value *key = import_row_find(row, IMPORT_TO_KEY, NULL);
    if (!name) {
        return import_row_refuse(row, NULL, N_("the row has no name"), N_("the name of an insats"));
    }
    row->label = name->value;
    const char *folded = fold_text(row->ops->arena, name->value);
    const char *parts[] = {"insats", key ? "key" : "name", key ? key->value : folded, NULL};
    const struct view_object *now = NULL;
    bool removed = false;
    struct uuid id = {{0}};
    enum err e = derive_id(&id, row->ops, parts);
    if (e == OK) {
        e = import_row_object(&now, &removed, row, &id, "insats");
    }
    size_t count;
    const struct import_index_pair *by_hand = import_index_find(&count, &row->ix->insatser, folded);
    if (e == OK && !now && !removed && count == 1) {
        id = by_hand->id;
        e = import_row_object(&now, &removed, row, &id, "insats");
    }
    if (e == OK) {
        e = import_row_once(row, &id);
    }
    if (e == OK && removed) {
        return import_row_refuse_removed(row);
    }
    struct objects_wish wish = {.id = &id, .type = "insats"};
    for (size_t i = 0; e == OK && i < row->value_count; i++) {
        e = row->values[i].new_function ? make_function(row, ed, &row->values[i]) : OK;
    }
    return e == OK ? import_row_put(row, ed, &wish, now) : e;
}

enum err import_row_write(struct import_row *row, struct edit *ed)
{
    row->problem = (struct import_problem){0};
    row->label = "";
    row->changes = arena_array(row->ops->arena, row->value_count + 1, sizeof *row->changes);
    if (!row->changes) {
        return ops_memory(row->ops);
    }
    switch (row->map->kind) {
    case IMPORT_PARTICIPANTS:
        return import_row_participant(row, ed);
    case IMPORT_ACTIVITIES:
        return import_row_activity(row, ed);
    case IMPORT_INSATSER:
    case IMPORT_GUESS:
        break;
    }
    return insats(row, ed);
}

enum err import_row_plan(struct uuid *out, const struct import_row *row, const struct import_index_pair *plans,
                         size_t count)
{
    const char *first = NULL;
    bool joined = false;
    size_t open = 0;
    for (size_t i = 0; i < count; i++) { /* in order of id: by the time they were made */
        const struct view_object *plan;
        enum err e = ops_plan(&plan, row->ops, names_uuid(row->ops->arena, &plans[i].id));
        if (e != OK) {
            return e;
        }
        const char *person = view_get(plan, "person");
        joined = joined || (first && person && strcmp(first, person) != 0);
        first = first ? first : person;
        if (count == 1 || (!closing_is_closed(plan) && open++ == 0)) {
            *out = plans[i].id;
        }
    }
    return count == 1 || open == 1 || (open > 1 && joined) ? OK : ERR_NOT_FOUND;
}
