/* A row about a participant: the person, the identity number and the plan. */
#include "app/ops/import_row.h"

#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/plans.h"

/* Who and what the row is about, as far as it is there. */
struct found {
    const struct view_object *plan;
    const struct view_object *person;
    bool has_number; /* the person has the row's number already */
};

static enum err load_plan(struct found *f, struct import_row *row, const char *id)
{
    enum err e = ops_plan(&f->plan, row->ops, id);
    if (e == OK) {
        e = plans_person(&f->person, row->ops, f->plan);
    }
    return e;
}

/* Is that who stands under the first id, by whichever of the ids? */
static bool is_person(const struct import_row *row, const struct view_object *person, const struct uuid *first)
{
    return person && memcmp(duplicates_first(&row->ix->same, &person->key.id), first, sizeof *first) == 0;
}

/* Does the number belong to the person that was found by other means? */
static enum err check_number(struct found *f, struct import_row *row, const struct import_value *number)
{
    size_t count;
    const struct import_index_pair *owner = import_index_find(&count, &row->ix->numbers, number->value);
    for (size_t i = 0; i < count; i++) {
        f->has_number = f->has_number || is_person(row, f->person, &owner[i].id);
    }
    if (count > 0 && !f->has_number) {
        return import_row_refuse(row, number, N_("that number belongs to somebody else"),
                                 N_("the number of the person whose plan it is"));
    }
    return OK;
}

static enum err by_number(struct found *f, struct import_row *row, const struct import_value *number)
{
    size_t persons;
    size_t plans;
    const struct import_index_pair *person = import_index_find(&persons, &row->ix->numbers, number->value);
    if (persons == 0) {
        return OK;
    }
    for (size_t i = 1; i < persons; i++) {
        if (memcmp(&person[i].id, &person[0].id, sizeof person->id) != 0) {
            return import_row_refuse(row, number, N_("two persons have that number: see samplan person duplicates"),
                                     N_("a column plan.id that says which is meant"));
        }
    }
    f->has_number = true;
    const char *id = names_uuid(row->ops->arena, &person->id);
    const struct import_index_pair *plan = import_index_find(&plans, &row->ix->plans, id);
    if (plans == 0) {
        return import_row_refuse(row, number, N_("that person is known here, but no plan that can be read"),
                                 N_("a column plan.id that says which is meant"));
    }
    struct uuid chosen;
    enum err e = import_row_plan(&chosen, row, plan, plans);
    if (e == ERR_NOT_FOUND) {
        return import_row_refuse(row, number, N_("that person has several plans"),
                                 N_("a column plan.id that says which is meant"));
    }
    return e == OK ? load_plan(f, row, names_uuid(row->ops->arena, &chosen)) : e;
}

/* Only plans of persons without a number are known by their title. */
static enum err by_title(struct found *f, struct import_row *row, const struct import_value *title)
{
    size_t plans;
    const struct import_index_pair *plan = import_index_find(&plans, &row->ix->titles, title->value);
    if (plans == 0) {
        return OK;
    }
    if (plans > 1) {
        return import_row_refuse(row, title, N_("several plans have that title"),
                                 N_("a column plan.id that says which is meant"));
    }
    enum err e = load_plan(f, row, names_uuid(row->ops->arena, &plan->id));
    for (size_t i = 0; e == OK && f->person && i < row->ix->numbers.count; i++) {
        if (is_person(row, f->person, &row->ix->numbers.items[i].id)) {
            return import_row_refuse(row, title, N_("somebody with a personnummer has a plan with that title"),
                                     N_("the personnummer, or another title"));
        }
    }
    return e;
}

static enum err find(struct found *f, struct import_row *row)
{
    const struct import_value *number = import_row_find(row, IMPORT_TO_NUMBER, NULL);
    const struct import_value *plan = import_row_find(row, IMPORT_TO_PLAN, NULL);
    const struct import_value *title = import_row_find(row, IMPORT_TO_FIELD, "title");
    const struct import_value *by = plan ? plan : number ? number : title;
    if (!by) {
        return import_row_refuse(row, NULL, N_("nothing in the row tells whom it is about the next time"),
                                 N_("a personnummer, the id of a plan, or a title for the plan"));
    }
    const char *parts[] = {plan ? "plan" : number ? "number" : "title", by->value, NULL};
    struct uuid once; /* for this run only: never kept, never sent */
    enum err e = derive_id(&once, row->ops, parts);
    if (e == OK) {
        e = import_row_once(row, &once);
    }
    if (e != OK) {
        return e;
    }
    if (plan) {
        if (load_plan(f, row, plan->value) != OK) {
            return import_row_refuse(row, plan, N_("no such plan here, or it cannot be read here"),
                                     N_("the id of a plan"));
        }
        return number ? check_number(f, row, number) : OK;
    }
    return number ? by_number(f, row, number) : by_title(f, row, title);
}

/* An anonymous person has neither name nor number. */
static enum err check_anonymous(struct import_row *row, bool *said)
{
    const struct import_value *anonymous = import_row_find(row, IMPORT_TO_FIELD, "anonymous");
    *said = anonymous != NULL;
    const bool named = import_row_find(row, IMPORT_TO_NUMBER, NULL) || import_row_find(row, IMPORT_TO_FIELD, "name");
    if (anonymous && named && strcmp(anonymous->value, "ja") == 0) {
        return import_row_refuse(row, anonymous, N_("an anonymous person has neither name nor number"),
                                 N_("nej, or empty cells for name and number"));
    }
    return OK;
}

static enum err make_new(struct import_row *row, struct edit *ed)
{
    const struct import_value *number = import_row_find(row, IMPORT_TO_NUMBER, NULL);
    struct plans_wish wish = {0};
    struct plans_made made = {0};
    struct fields_changes person;
    bool said = false;
    enum err e = check_anonymous(row, &said);
    if (e == OK) {
        e = import_row_differing(&wish.plan, row, "plan", NULL);
    }
    if (e == OK) {
        e = import_row_differing(&person, row, "person", NULL);
    }
    struct fields_change *list = e == OK ? arena_array(row->ops->arena, person.count + 2, sizeof *list) : NULL;
    if (!list) {
        return e == OK ? ops_memory(row->ops) : e;
    }
    if (person.count > 0) {
        memcpy(list, person.changes, person.count * sizeof *list);
    }
    wish.person = (struct fields_changes){person.count, list};
    if (number) {
        list[wish.person.count++] = (struct fields_change){"number", FIELDS_SET, number->value};
        if (!said) {
            list[wish.person.count++] = (struct fields_change){"anonymous", FIELDS_SET, "nej"};
        }
    }
    row->action = IMPORT_NEW;
    e = plans_new(&made, row->ops, ed, &wish);
    row->id = made.plan;
    return e;
}

/* A further number of a person who is known: an alias, beside what was there. */
static enum err add_number(struct import_row *row, struct edit *ed, const struct found *f, const char *number)
{
    const char *plan = names_uuid(row->ops->arena, &f->person->place.plan);
    const char *kind = number[6] >= '6' ? "samordningsnummer" : "personnummer";
    const struct fields_change fields[] = {{"person", FIELDS_SET, names_uuid(row->ops->arena, &f->person->key.id)},
                                           {"number", FIELDS_SET, number},
                                           {"kind", FIELDS_SET, kind}};
    const struct objects_wish wish = {.plan = plan, .type = "identity", .fields = {3, fields}};
    struct uuid id;
    return objects_new(&id, row->ops, ed, &wish);
}

static enum err update(struct import_row *row, struct edit *ed, const struct found *f)
{
    const struct import_value *number = import_row_find(row, IMPORT_TO_NUMBER, NULL);
    struct fields_changes plan;
    struct fields_changes person;
    enum err e = import_row_differing(&plan, row, "plan", f->plan);
    if (e == OK) {
        e = import_row_differing(&person, row, "person", f->person);
    }
    const bool new_number = number && !f->has_number;
    if (e == OK && !f->person && (person.count > 0 || new_number)) {
        return import_row_refuse(row, NULL, N_("the person of that plan cannot be read here"), "");
    }
    if (e == OK && plan.count > 0) {
        e = objects_set(row->ops, ed, f->plan, &plan);
    }
    if (e == OK && person.count > 0) {
        e = objects_set(row->ops, ed, f->person, &person);
    }
    if (e == OK && new_number) {
        e = add_number(row, ed, f, number->value);
    }
    row->id = f->plan->key.id;
    row->action = row->change_count > 0 || new_number ? IMPORT_CHANGED : IMPORT_SAME;
    return e;
}

enum err import_row_participant(struct import_row *row, struct edit *ed)
{
    const struct import_value *name = import_row_find(row, IMPORT_TO_FIELD, "name");
    const struct import_value *title = import_row_find(row, IMPORT_TO_FIELD, "title");
    row->label = name ? name->value : title ? title->value : "";
    struct found f = {0};
    enum err e = find(&f, row);
    if (e != OK) {
        return e;
    }
    return f.plan ? update(row, ed, &f) : make_new(row, ed);
}
