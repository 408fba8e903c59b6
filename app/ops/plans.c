#include "app/ops/plans.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/duplicates.h"
#include "app/ops/names.h"
#include "app/ops/same_person.h"
#include "app/plan/idnumber.h"

/* Opens the plan's shared section of that topic and makes an object in it. */
static enum err make(struct object_key *key, struct ops *o, struct edit *ed, const struct place *place,
                     const struct schema_type **type, const char *type_name, const struct uuid *id)
{
    *type = schema_type_named(site_schema(o->site), type_name);
    int64_t section;
    enum err e = edit_section(&section, ed, place);
    if (e == OK) {
        const struct uuid fresh = {{0}};
        e = edit_new(key, ed, section, *type, id ? id : &fresh);
    }
    return ops_told(o, e);
}

/* People write "19850119-2382". */
static const char *strip_number(struct ops *o, const char *typed)
{
    char *out = arena_alloc(o->arena, strlen(typed) + 1);
    size_t len = 0;
    for (const char *c = typed; out && *c; c++) {
        if (*c != '-' && *c != ' ') {
            out[len++] = *c;
        }
    }
    return out;
}

static enum err make_identity(struct ops *o, struct edit *ed, const struct place *place, const char *person,
                              const char *typed)
{
    const char *number = strip_number(o, typed);
    if (!number) {
        return ops_memory(o);
    }
    const char *kind = NULL;
    switch (idnumber_check(number)) {
    case IDNUMBER_PERSONNUMMER:
        kind = "personnummer";
        break;
    case IDNUMBER_SAMORDNINGSNUMMER:
        kind = "samordningsnummer";
        break;
    case IDNUMBER_NONE:
        return why_set(
            &o->why, ERR_INPUT,
            N_("not a personnummer or samordningsnummer: expected 12 digits, the last of them a check digit"),
            "person.number");
    }
    struct object_key key;
    const struct schema_type *type;
    enum err e = make(&key, o, ed, place, &type, "identity", NULL);
    const struct fields_change fields[] = {
        {"person", FIELDS_SET, person}, {"number", FIELDS_SET, number}, {"kind", FIELDS_SET, kind}};
    const struct fields_changes changes = {.count = 3, .changes = fields};
    const struct fields_target target = {.key = &key, .type = type};
    return e == OK ? fields_apply(o, ed, &target, &changes) : e;
}

static bool is_given(const struct fields_changes *typed, const char *field)
{
    const struct fields_change *c = fields_find(typed, field);
    return c && c->value && *c->value;
}

/* All fields of the person but the number, which is an object of its own. */
static enum err person_fields(struct fields_changes *out, struct ops *o, const struct fields_changes *typed)
{
    struct fields_change *list = arena_array(o->arena, typed->count + 1, sizeof *list);
    if (!list) {
        return ops_memory(o);
    }
    *out = (struct fields_changes){.changes = list};
    if (!fields_find(typed, "anonymous") && !is_given(typed, "name") && !is_given(typed, "number")) {
        list[out->count++] = (struct fields_change){"anonymous", FIELDS_SET, "ja"};
    }
    for (size_t i = 0; i < typed->count; i++) {
        if (strcmp(typed->changes[i].name, "number") != 0) {
            list[out->count++] = typed->changes[i];
        }
    }
    return OK;
}

static enum err make_person(const char **out, struct ops *o, struct edit *ed, const struct uuid *plan,
                            const struct fields_changes *typed)
{
    const struct place place = {.plan = *plan, .topic = "person"};
    struct object_key key;
    const struct schema_type *type;
    struct fields_changes fields;
    enum err e = person_fields(&fields, o, typed);
    if (e == OK) {
        e = make(&key, o, ed, &place, &type, "person", NULL);
    }
    if (e == OK) {
        const struct fields_target target = {.key = &key, .type = type};
        e = fields_apply(o, ed, &target, &fields);
    }
    if (e != OK) {
        return e;
    }
    *out = names_uuid(o->arena, &key.id);
    if (is_given(typed, "number")) {
        return make_identity(o, ed, &place, *out, fields_find(typed, "number")->value);
    }
    return ops_memory(o);
}

enum err plans_new(struct plans_made *out, struct ops *o, struct edit *ed, const struct plans_wish *wish)
{
    const struct fields_change *known = fields_find(&wish->plan, "person");
    if (known && wish->person.count > 0) {
        return why_set(&o->why, ERR_INPUT, N_("either person=ID or fields of a new person, not both"), "%s", "person");
    }
    struct plans_made made = {.plan = wish->id ? *wish->id : ops_fresh_id(o)};
    const struct place place = {.plan = made.plan, .topic = "plan"};
    struct object_key key;
    const struct schema_type *type;
    enum err e = make(&key, o, ed, &place, &type, "plan", &made.plan);
    if (e != OK) {
        return e;
    }
    const struct fields_target target = {.key = &key, .type = type};
    if (known) {
        made.person = known->value;
    } else {
        e = make_person(&made.person, o, ed, &made.plan, &wish->person);
        if (e == OK) {
            e = fields_put(o, ed, &target, "person", made.person);
        }
    }
    if (e == OK) {
        e = fields_apply(o, ed, &target, &wish->plan);
    }
    if (e == OK) {
        *out = made;
    }
    return e;
}

static enum err person_object(const struct view_object **out, struct ops *o, const struct uuid *id)
{
    struct view_list list;
    const struct view_query query = {.id = id, .type = "person"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    *out = e == OK && list.count > 0 ? &list.objects[0] : NULL;
    return e;
}

static bool has_name(const struct view_object *person)
{
    const char *name = person ? view_get(person, "name") : NULL;
    return name && *name;
}

enum err plans_person(const struct view_object **out, struct ops *o, const struct view_object *plan)
{
    struct same_person_ids same;
    struct uuid id;
    *out = NULL;
    if (!same_person_of(&id, plan)) {
        return OK;
    }
    enum err e = person_object(out, o, &id);
    if (e != OK || has_name(*out)) {
        return e;
    }
    e = same_person_ids(&same, o, &id);
    for (size_t i = 0; e == OK && !has_name(*out) && i < same.count; i++) {
        const struct view_object *joined;
        e = person_object(&joined, o, &same.ids[i]);
        *out = !*out || has_name(joined) ? joined : *out;
    }
    return e;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); /* NOLINT(bugprone-narrowing-conversions) */
}

static bool contains(const char *text, const char *query)
{
    for (; text && *text; text++) {
        size_t i = 0;
        while (query[i] && lower(text[i]) == lower(query[i])) {
            i++;
        }
        if (!query[i]) {
            return true;
        }
    }
    return false;
}

static bool wanted(struct ops *o, const struct plans_row *row, const char *query)
{
    if (!query || !*query) {
        return true;
    }
    return contains(view_get(row->plan, "title"), query) || contains(names_uuid(o->arena, &row->plan->key.id), query) ||
           (row->person && !row->protected && contains(view_get(row->person, "name"), query));
}

static int by_id(const void *a, const void *b)
{
    const struct view_object *const *x = a;
    const struct view_object *const *y = b;
    return memcmp(&(*x)->key.id, &(*y)->key.id, sizeof(struct uuid));
}

/* persons is sorted by_id: lists are long. */
static const struct view_object *find_person(const struct view_object **persons, size_t count,
                                             const struct view_object *plan)
{
    const char *text = view_get(plan, "person");
    struct view_object sought = {0};
    if (!text || count == 0 || uuid_parse(&sought.key.id, span_str(text)) != OK) {
        return NULL;
    }
    const struct view_object *key = &sought;
    const struct view_object **found = bsearch(&key, persons, count, sizeof *persons, by_id);
    return found ? *found : NULL;
}

static const struct view_object **sort_by_id(struct ops *o, const struct view_list *list)
{
    const struct view_object **sorted = arena_array(o->arena, list->count + 1, sizeof *sorted);
    for (size_t i = 0; sorted && i < list->count; i++) {
        sorted[i] = &list->objects[i];
    }
    if (sorted && list->count > 1) {
        qsort(sorted, list->count, sizeof *sorted, by_id);
    }
    return sorted;
}

static enum err plan_row(struct plans_list *list, struct ops *o, const struct uuid *id)
{
    struct view_list plans;
    const struct view_query query = {.plan = id, .id = id, .type = "plan"};
    enum err e = ops_told(o, view_objects(&plans, o->arena, o->site, &query));
    if (e == OK && plans.count > 0) {
        struct plans_row *row = &list->rows[list->count++];
        row->plan = &plans.objects[0];
        e = plans_person(&row->person, o, row->plan);
    }
    if (e == OK && plans.count > 0) {
        struct plans_row *row = &list->rows[list->count - 1];
        e = same_person_protected(&row->protected, o, row->plan);
    }
    return e;
}

/* By an id: the plan, or every plan of the person, under whichever of their ids. */
static enum err list_by_id(struct plans_list *out, struct ops *o, const struct uuid *id)
{
    struct same_person_ids persons;
    struct same_person_ids plans;
    enum err e = same_person_ids(&persons, o, id);
    if (e == OK) {
        e = same_person_plans(&plans, o, &persons);
    }
    if (e != OK) {
        return e;
    }
    *out = (struct plans_list){.rows = arena_array(o->arena, plans.count + 1, sizeof *out->rows)};
    e = ops_memory(o);
    if (e == OK && plans.count == 0) {
        return plan_row(out, o, id);
    }
    for (size_t i = 0; e == OK && i < plans.count; i++) {
        e = plan_row(out, o, &plans.ids[i]);
    }
    return e;
}

/* Of those alone whom a decision is about: the others are as they were read. */
static enum err read_joined(struct plans_list *list, struct ops *o)
{
    struct duplicates all;
    enum err e = duplicates_load(&all, o);
    for (size_t i = 0; e == OK && i < list->count; i++) {
        struct uuid id;
        struct plans_row *row = &list->rows[i];
        if (!same_person_of(&id, row->plan) || !duplicates_joined(&all, &id)) {
            continue;
        }
        row->protected = duplicates_protected(&all, &id);
        if (!has_name(row->person)) {
            e = plans_person(&row->person, o, row->plan);
        }
    }
    return e;
}

/* Where persons are joined, a plan whose person has no name that can be read here may have one by another id. */
static enum err name_joined(struct plans_list *list, struct ops *o)
{
    struct view_list joins;
    const struct view_query query = {.type = DUPLICATES_TYPE};
    enum err e = ops_told(o, view_objects(&joins, o->arena, o->site, &query));
    return e == OK && joins.count > 0 ? read_joined(list, o) : e;
}

enum err plans_list(struct plans_list *out, struct ops *o, const char *query)
{
    struct uuid id;
    if (query && uuid_parse(&id, span_str(query)) == OK) {
        return list_by_id(out, o, &id);
    }
    struct view_list plans;
    struct view_list persons;
    const struct view_query all_plans = {.type = "plan"};
    const struct view_query all_persons = {.type = "person"};
    enum err e = view_objects(&plans, o->arena, o->site, &all_plans);
    if (e == OK) {
        e = view_objects(&persons, o->arena, o->site, &all_persons);
    }
    if (e != OK) {
        return ops_told(o, e);
    }
    const struct view_object **sorted = sort_by_id(o, &persons);
    struct plans_list list = {.rows = arena_array(o->arena, plans.count + 1, sizeof *list.rows)};
    for (size_t i = 0; sorted && list.rows && i < plans.count; i++) {
        const struct view_object *person = find_person(sorted, persons.count, &plans.objects[i]);
        list.rows[i] = (struct plans_row){&plans.objects[i], person, person && duplicates_is_protected(person)};
        list.count++;
    }
    e = ops_memory(o);
    if (e == OK) {
        e = name_joined(&list, o);
    }
    size_t kept = 0;
    for (size_t i = 0; e == OK && i < list.count; i++) {
        if (wanted(o, &list.rows[i], query)) {
            list.rows[kept++] = list.rows[i];
        }
    }
    list.count = kept;
    *out = list;
    return e;
}
