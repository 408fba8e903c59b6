#include "app/ops/remisser.h"

#include <string.h>

#include "app/ops/names.h"

#define SENT "anmäld"

enum err remisser_new(struct uuid *out, struct ops *o, struct edit *ed, const struct remisser_wish *wish)
{
    const struct fields_change *to = fields_find(&wish->fields, "to");
    if (!to || !to->value || !*to->value) {
        return why_set(&o->why, ERR_INPUT, N_("a remiss goes to somebody: expected to=PARTY or a function"), "%s",
                       "remiss.to");
    }
    struct fields_change *fields = arena_array(o->arena, wish->fields.count + 2, sizeof *fields);
    if (!fields) {
        return ops_memory(o);
    }
    size_t count = 0;
    if (!fields_find(&wish->fields, "from_party")) {
        const char *us = names_uuid(o->arena, &site_self(o->site)->party);
        fields[count++] = (struct fields_change){"from_party", FIELDS_SET, us};
    }
    if (!fields_find(&wish->fields, "status")) {
        fields[count++] = (struct fields_change){"status", FIELDS_SET, SENT};
    }
    for (size_t i = 0; i < wish->fields.count; i++) {
        fields[count++] = wish->fields.changes[i];
    }
    const struct objects_wish remiss = {
        .plan = wish->plan, .type = "remiss", .fields = {.count = count, .changes = fields}};
    return objects_new(out, o, ed, &remiss);
}

/* The party that a function belongs to; *found tells whether there is such a function here. */
static enum err party_of_function(struct uuid *party, bool *found, struct ops *o, const struct uuid *id)
{
    struct view_list list;
    const struct view_query query = {.id = id, .type = "function"};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    const char *text = e == OK && list.count > 0 ? view_get(&list.objects[0], "party") : NULL;
    *found = text && uuid_parse(party, span_str(text)) == OK;
    return ops_told(o, e);
}

/* Whose it is to answer; *found false where that cannot be told here. */
static enum err receiver(struct uuid *party, bool *found, struct ops *o, const struct people *p,
                         const struct view_object *remiss)
{
    const char *to = view_get(remiss, "to");
    struct uuid id;
    *found = false;
    if (!to || uuid_parse(&id, span_str(to)) != OK) {
        return OK;
    }
    *found = people_party(party, p, &id);
    return *found ? OK : party_of_function(party, found, o, &id);
}

static bool is_ours(const struct ops *o, const struct uuid *party)
{
    return memcmp(party, &site_self(o->site)->party, sizeof *party) == 0;
}

enum err remisser_waits_for_us(bool *out, struct ops *o, const struct people *p, const struct view_object *remiss)
{
    const char *status = view_get(remiss, "status");
    struct uuid party;
    bool found;
    *out = false;
    if (status && strcmp(status, SENT) != 0) {
        return OK;
    }
    enum err e = receiver(&party, &found, o, p, remiss);
    *out = e == OK && found && is_ours(o, &party);
    return e;
}

static enum err check_answer(struct ops *o, const struct remisser_answer *answer)
{
    static const char *const words[] = {"mottagen", "avvisad", "överlämnad", "återlämnad"};
    bool known = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        known = known || strcmp(answer->status, words[i]) == 0;
    }
    if (!known) {
        return why_set(&o->why, ERR_INPUT, N_("not an answer: expected mottagen, avvisad, överlämnad or återlämnad"),
                       "%s", answer->status);
    }
    const bool needs_why = strcmp(answer->status, words[1]) == 0 || strcmp(answer->status, words[3]) == 0;
    if (needs_why && (!answer->why || !*answer->why)) {
        return why_set(&o->why, ERR_INPUT, N_("that answer needs a reason: expected --why TEXT"), "%s", answer->status);
    }
    return OK;
}

static enum err find(const struct view_object **out, struct ops *o, const struct people *p, const char *id)
{
    const struct ops_wanted wanted = {.text = id};
    struct uuid party;
    bool found;
    enum err e = ops_object(out, o, &wanted);
    if (e == OK && strcmp((*out)->type->name, "remiss") != 0) {
        e = why_set(&o->why, ERR_INPUT, N_("that is no remiss"), "%s", id);
    }
    if (e == OK) {
        e = receiver(&party, &found, o, p, *out);
    }
    if (e == OK && found && !is_ours(o, &party)) {
        const char *name = people_name(p, &party);
        e = why_set(&o->why, ERR_REFUSED, N_("the party that it is to answers the remiss"), "%s", name ? name : "");
    }
    return e;
}

enum err remisser_settle(struct ops *o, struct edit *ed, const struct people *p, const struct remisser_answer *answer)
{
    const struct view_object *remiss;
    enum err e = check_answer(o, answer);
    if (e == OK) {
        e = find(&remiss, o, p, answer->id);
    }
    if (e != OK) {
        return e;
    }
    const struct fields_change fields[] = {{"status", FIELDS_SET, answer->status},
                                           {"status_reason", FIELDS_SET, answer->why}};
    /* A reason of an earlier answer must not stand beside a new one. */
    const bool reason = (answer->why && *answer->why) || view_get(remiss, "status_reason");
    const struct fields_changes changes = {.count = reason ? 2 : 1, .changes = fields};
    return objects_set(o, ed, remiss, &changes);
}
