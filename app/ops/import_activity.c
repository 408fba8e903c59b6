/* A row about an activity of the own party: whose plan, and which activity. */
#include "app/ops/import_row.h"

#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/names.h"

static enum err plan_of(struct uuid *out, struct import_row *row, const struct import_value *number)
{
    static const char expected[] = N_("the number of somebody who has one plan here (or a column plan.id)");
    size_t persons;
    size_t plans = 0;
    const struct import_index_pair *person = import_index_find(&persons, &row->ix->numbers, number->value);
    const struct import_index_pair *plan = NULL;
    for (size_t i = 1; i < persons; i++) {
        if (memcmp(&person[i].id, &person[0].id, sizeof person->id) != 0) {
            return import_row_refuse(row, number, N_("two persons have that number: see samplan person duplicates"),
                                     expected);
        }
    }
    if (persons > 0) {
        plan = import_index_find(&plans, &row->ix->plans, names_uuid(row->ops->arena, &person->id));
    }
    if (plans == 0) {
        return import_row_refuse(row, number, N_("nobody who can be read here has that number and a plan"), expected);
    }
    enum err e = import_row_plan(out, row, plan, plans);
    return e == ERR_NOT_FOUND ? import_row_refuse(row, number, N_("that person has several plans"), expected) : e;
}

/* Without a key: the kind and first day, and which of the file's rows with the same this is. */
static enum err id_of_activity(struct uuid *id, struct import_row *row, const char *plan)
{
    const struct import_value *key = import_row_find(row, IMPORT_TO_KEY, NULL);
    const struct import_value *kind = import_row_find(row, IMPORT_TO_FIELD, "kind");
    const struct import_value *from = import_row_find(row, IMPORT_TO_FIELD, "from");
    const char *party = names_uuid(row->ops->arena, &site_self(row->ops->site)->party);
    const char *parts[] = {
        "activity", plan, party, key ? "key" : "row", key ? key->value : kind->value, from && !key ? from->value : "",
        NULL,       NULL};
    enum err e = derive_id(id, row->ops, parts);
    if (e != OK || key) {
        return e == OK ? import_row_once(row, id) : e;
    }
    struct import_seen_before before;
    e = import_row_note(&before, row, id);
    if (e == OK && before.times > 1) {
        parts[6] = arena_printf(row->ops->arena, "%zu", before.times);
        e = parts[6] ? derive_id(id, row->ops, parts) : ops_memory(row->ops);
    }
    return e;
}

enum err import_row_activity(struct import_row *row, struct edit *ed)
{
    const struct import_value *number = import_row_find(row, IMPORT_TO_NUMBER, NULL);
    const struct import_value *plan = import_row_find(row, IMPORT_TO_PLAN, NULL);
    const struct import_value *kind = import_row_find(row, IMPORT_TO_FIELD, "kind");
    const struct view_object *object;
    struct uuid plan_id = {{0}};
    if (!plan && !number) {
        return import_row_refuse(row, NULL, N_("the row does not say whom it is about"),
                                 N_("a personnummer or the id of a plan"));
    }
    if (!kind) {
        return import_row_refuse(row, NULL, N_("the row does not say what kind of activity it is"),
                                 N_("one of the words of activity.kind"));
    }
    row->label = kind->value;
    enum err e = plan ? ops_id(&plan_id, row->ops, plan->value) : plan_of(&plan_id, row, number);
    const char *plan_text = plan ? plan->value : names_uuid(row->ops->arena, &plan_id);
    if (e == OK && ops_plan(&object, row->ops, plan_text) != OK) {
        return import_row_refuse(row, plan, N_("no such plan here, or it cannot be read here"), N_("the id of a plan"));
    }
    struct uuid id = {{0}};
    if (e == OK) {
        e = id_of_activity(&id, row, plan_text);
    }
    const struct view_object *now = NULL;
    bool removed = false;
    if (e == OK) {
        e = import_row_object(&now, &removed, row, &id, "activity");
    }
    if (e == OK && removed) {
        return import_row_refuse_removed(row);
    }
    struct objects_wish wish = {.plan = plan_text, .id = &id, .type = "activity"};
    return e == OK ? import_row_put(row, ed, &wish, now) : e;
}
