#include "app/ops/policies.h"

#include <string.h>

#include "app/plan/policy.h"

/* "K1.capacity, K2.travel_minutes …" */
static const char *all_names(struct arena *a)
{
    const char *text = policy_name(0);
    for (size_t i = 1; text && policy_name(i); i++) {
        text = arena_printf(a, "%s, %s", text, policy_name(i));
    }
    return text ? text : "";
}

static enum err refuse_value(struct ops *o, const struct policy_fault *fault, const char *name)
{
    if (fault->row > 0) {
        return why_set(&o->why, ERR_INPUT, N_("not a value of that setting"), "%s, %s %zu: %s %s", name, tr(N_("row")),
                       fault->row, tr(N_("expected")), tr(fault->expects));
    }
    return why_set(&o->why, ERR_INPUT, N_("not a value of that setting"), "%s: %s %s", name, tr(N_("expected")),
                   tr(fault->expects));
}

static enum err check(struct ops *o, const char *name, const char *value)
{
    struct policy policy;
    struct policy_fault fault;
    policy_init(&policy);
    enum err e = policy_set(&policy, &fault, name ? name : "", value ? value : "");
    policy_free(&policy);
    if (e == ERR_MEMORY) {
        return ops_no_memory(o);
    }
    if (e == ERR_NOT_FOUND) {
        return why_set(&o->why, ERR_INPUT, N_("no such setting of the rules"), "\"%.40s\" (%s %s)", name ? name : "",
                       tr(N_("expected one of")), all_names(o->arena));
    }
    return e == OK || !value ? OK : refuse_value(o, &fault, name);
}

enum err policies_check(struct ops *o, const struct object_key *key)
{
    struct view_list list;
    const struct view_query query = {.id = &key->id, .type = "policy"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    for (size_t i = 0; e == OK && i < list.count; i++) {
        if (list.objects[i].key.section == key->section) {
            e = check(o, view_get(&list.objects[i], "name"), view_get(&list.objects[i], "value"));
        }
    }
    return e;
}
