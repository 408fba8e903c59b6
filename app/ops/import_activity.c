/* A row about an activity of the own party: whose plan, and which activity. */
#include "app/ops/import_row.h"

#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/names.h"

/* The one plan of a person that is meant: the only one, or the only one that is not closed. */
static enum err plan_of(struct uuid *out, struct import_row *row, const struct import_value *number)
{
    static const char expected[] = N_("the number of somebody who has one plan here (or a column plan.id)");
    size_t persons;
    size_t found = 0;
    size_t open = 0;
    const struct import_index_pair *person = import_index_find(&persons, &row->ix->numbers, number->value);
    for (size_t i = 0; i < persons; i++) {
        size_t plans;
        const struct import_index_pair *plan =
            import_index_find(&plans, &row->ix->plans, names_uuid(row->ops->arena, &person[i].id));
        for (size_t k = 0; k < plans; k++) {
            const struct view_object *object;
            enum err e = ops_plan(&object, row->ops, names_uuid(row->ops->arena, &plan[k].id));
            if (e != OK) {
                return e;
            }
            const char *status = view_get(object, "status");
            const bool closed = status && strcmp(status, "avslutad") == 0;
            if (found == 0 || (!closed && open == 0)) {
                *out = plan[k].id;
            }
            found++;
            open += !closed;
        }
    }
    if (found == 1 || open == 1) {
        return OK;
    }
    return import_row_refuse(row, number,
                             found == 0 ? N_("nobody who can be read here has that number and a plan")
                                        : N_("that person has several plans"),
                             expected);
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
