#include "app/ops/remisser.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/plan/referral.h"

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
        fields[count++] = (struct fields_change){"status", FIELDS_SET, REFERRAL_SENT};
    }
    for (size_t i = 0; i < wish->fields.count; i++) {
        fields[count++] = wish->fields.changes[i];
    }
    const struct objects_wish remiss = {
        .plan = wish->plan, .type = "remiss", .fields = {.count = count, .changes = fields}};
    return objects_new(out, o, ed, &remiss);
}

/* ---- whose ---- */

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

/* Whose it is to answer, or who sent it; *found false where that cannot be told here. */
static enum err party_in(struct uuid *party, bool *found, struct ops *o, const struct people *p,
                         const struct view_object *remiss, const char *field)
{
    const char *to = view_get(remiss, field);
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

static bool is_open(const struct view_object *remiss)
{
    const char *status = view_get(remiss, "status");
    return !status || strcmp(status, REFERRAL_SENT) == 0;
}

static bool is_back(const struct view_object *remiss)
{
    const char *settled = view_get(remiss, "settled");
    return referral_is_back(view_get(remiss, "status")) && !(settled && strcmp(settled, "nej") != 0);
}

enum err remisser_waits_for_us(bool *out, struct ops *o, const struct people *p, const struct view_object *remiss)
{
    struct uuid party;
    bool found = false;
    enum err e = OK;
    if (is_open(remiss) || is_back(remiss)) {
        e = party_in(&party, &found, o, p, remiss, is_open(remiss) ? "to" : "from_party");
    }
    *out = e == OK && found && is_ours(o, &party);
    return e;
}

/* ERR_REFUSED, naming who may, where another party is known to be meant. */
static enum err check_party(struct ops *o, const struct people *p, const struct view_object *remiss, const char *field,
                            const char *why)
{
    struct uuid party;
    bool found;
    enum err e = party_in(&party, &found, o, p, remiss, field);
    if (e == OK && found && !is_ours(o, &party)) {
        const char *name = people_name(p, &party);
        e = why_set(&o->why, ERR_REFUSED, why, "%s", name ? name : "");
    }
    return e;
}

/* ---- which ---- */

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

/* From what stands to a status, with its reason. */
static enum err check_way(struct ops *o, const struct view_object *now, const char *status, const char *why)
{
    const char *from = view_get(now, "status");
    const char *settled = view_get(now, "settled");
    if (!referral_is_answer(status)) {
        return why_set(&o->why, ERR_INPUT, N_("not an answer: expected mottagen, avvisad, överlämnad or återlämnad"),
                       "%s", status ? status : "");
    }
    if (!referral_may(from, status)) {
        return why_set(&o->why, ERR_INPUT, N_("that answer does not follow on the one that it has"), "%s → %s",
                       from && *from ? from : REFERRAL_SENT, status);
    }
    if (settled && *settled && strcmp(settled, "nej") != 0) {
        return why_set(&o->why, ERR_INPUT, N_("whoever sent it has taken note of the answer: a new remiss is needed"),
                       "%s", settled);
    }
    if (referral_needs_reason(status) && is_blank(why)) {
        return why_set(&o->why, ERR_INPUT, N_("that answer needs a reason: expected --why TEXT"), "%s", status);
    }
    return OK;
}

/* As check_way: which of them all, where the remiss is to this party. */
static enum err read_answers(struct remisser_row *row, struct ops *o, const struct people *p)
{
    static const char *const all[REMISSER_ANSWERS] = {REFERRAL_TAKEN, REFERRAL_REFUSED, REFERRAL_HANDED_ON,
                                                      REFERRAL_HANDED_BACK};
    const char *settled = view_get(row->object, "settled");
    const bool noted = settled && *settled && strcmp(settled, "nej") != 0;
    struct uuid party;
    bool found;
    enum err e = party_in(&party, &found, o, p, row->object, "to");
    for (size_t i = 0; e == OK && found && is_ours(o, &party) && !noted && i < REMISSER_ANSWERS; i++) {
        if (referral_may(row->status, all[i])) {
            row->answers[row->answer_count++] = all[i];
        }
    }
    return e;
}

static const char *typed(const struct fields_changes *fields, const char *name)
{
    const struct fields_change *c = fields_find(fields, name);
    return c ? c->value : NULL;
}

/* Made in another state than anmäld: by who has received it on paper. */
static enum err check_made(struct ops *o, const struct people *p, const struct fields_changes *fields)
{
    const char *status = typed(fields, "status");
    const char *to = typed(fields, "to");
    struct people_grants whom = {0};
    if (!status || !*status || strcmp(status, REFERRAL_SENT) == 0) {
        return OK;
    }
    enum err e = to && *to ? people_whom(&whom, o, p, to) : OK;
    if (e == OK && whom.count == 1 && is_ours(o, &whom.grants[0].id)) {
        return OK;
    }
    return e == OK ? why_set(&o->why, ERR_INPUT, N_("a remiss begins as anmäld; the party that it is to answers it"),
                             "%s", status)
                   : e;
}

enum err remisser_check(struct ops *o, const struct view_object *now, const struct fields_changes *fields)
{
    struct people p;
    const struct fields_change *status = fields_find(fields, "status");
    const struct fields_change *settled = fields_find(fields, "settled");
    if (!status && !settled) {
        return OK;
    }
    enum err e = people_load(&p, o);
    if (e != OK || !now) {
        return e == OK ? check_made(o, &p, fields) : e;
    }
    const char *stands = view_get(now, "status");
    if (status && !(stands && status->value && strcmp(stands, status->value) == 0)) {
        e = check_party(o, &p, now, "to", N_("the party that it is to answers the remiss"));
        e = e == OK ? check_way(o, now, status->value, typed(fields, "status_reason")) : e;
    }
    if (e == OK && settled) {
        e = check_party(o, &p, now, "from_party", N_("the party that sent the remiss takes note of its answer"));
    }
    return e;
}

/* ---- answering ---- */

static enum err find(const struct view_object **out, struct ops *o, const char *id)
{
    const struct ops_wanted wanted = {.text = id};
    enum err e = ops_object(out, o, &wanted);
    if (e == OK && strcmp((*out)->type->name, "remiss") != 0) {
        e = why_set(&o->why, ERR_INPUT, N_("that is no remiss"), "%s", id);
    }
    return e;
}

/* A new one from this party, with the same reason where none is given. */
static enum err hand_on(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                        const struct view_object *remiss, const struct remisser_answer *answer)
{
    const char *reason = is_blank(answer->why) ? view_get(remiss, "reason") : answer->why;
    struct people_grants whom;
    enum err e = people_whom(&whom, o, p, answer->to);
    if (e == OK && whom.count == 1 && is_ours(o, &whom.grants[0].id)) {
        e = why_set(&o->why, ERR_INPUT, N_("a remiss is handed on to somebody else"), "%s", answer->to);
    }
    const struct fields_change fields[] = {{"to", FIELDS_SET, answer->to},
                                           {"follows", FIELDS_SET, names_uuid(o->arena, &remiss->key.id)},
                                           {"reason", FIELDS_SET, reason}};
    const struct remisser_wish wish = {.plan = names_uuid(o->arena, &remiss->place.plan),
                                       .fields = {.count = reason ? 3 : 2, .changes = fields}};
    return e == OK ? remisser_new(out, o, ed, &wish) : e;
}

enum err remisser_settle(struct uuid *handed_on, struct ops *o, struct edit *ed, const struct people *p,
                         const struct remisser_answer *answer)
{
    const struct view_object *remiss;
    *handed_on = (struct uuid){{0}};
    enum err e = find(&remiss, o, answer->id);
    if (e == OK) {
        e = check_party(o, p, remiss, "to", N_("the party that it is to answers the remiss"));
    }
    if (e == OK) {
        e = check_way(o, remiss, answer->status, answer->why);
    }
    if (e == OK && answer->to) {
        e = hand_on(handed_on, o, ed, p, remiss, answer);
    }
    if (e != OK) {
        return e;
    }
    const struct fields_change fields[] = {{"status", FIELDS_SET, answer->status},
                                           {"status_reason", FIELDS_SET, answer->why}};
    /* A reason of an earlier answer must not stand beside a new one. */
    const bool reason = !is_blank(answer->why) || view_get(remiss, "status_reason");
    const struct fields_changes changes = {.count = reason ? 2 : 1, .changes = fields};
    return objects_set(o, ed, remiss, &changes);
}

enum err remisser_note(struct ops *o, struct edit *ed, const struct people *p, const char *id)
{
    const struct view_object *remiss;
    enum err e = find(&remiss, o, id);
    if (e == OK && !is_back(remiss)) {
        e = why_set(&o->why, ERR_INPUT, N_("nothing has come back that waits to be noted"), "%s", id);
    }
    if (e == OK) {
        e = check_party(o, p, remiss, "from_party", N_("the party that sent the remiss takes note of its answer"));
    }
    const struct fields_change field = {"settled", FIELDS_SET, names_day(o->arena, ops_day(o))};
    return e == OK ? objects_set(o, ed, remiss, &(struct fields_changes){.count = 1, .changes = &field}) : e;
}

/* ---- listing ---- */

static const char *name_in(const struct people *p, const struct view_object *remiss, const char *field)
{
    struct uuid id;
    const char *text = view_get(remiss, field);
    const char *name = text && uuid_parse(&id, span_str(text)) == OK ? people_name(p, &id) : NULL;
    return name ? name : "";
}

enum err remisser_list(struct remisser_list *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = "remiss"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK) {
        return e;
    }
    *out = (struct remisser_list){.rows = arena_array(o->arena, list.count + 1, sizeof *out->rows)};
    e = ops_memory(o);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const struct view_object *object = &list.objects[i];
        const char *status = view_get(object, "status");
        struct remisser_row *row = &out->rows[out->count++];
        bool ours;
        e = remisser_waits_for_us(&ours, o, p, object);
        *row = (struct remisser_row){.object = object,
                                     .status = status && *status ? status : REFERRAL_SENT,
                                     .from = name_in(p, object, "from_party"),
                                     .to = name_in(p, object, "to"),
                                     .waits = e == OK && ours && is_open(object),
                                     .back = e == OK && ours && is_back(object)};
        e = e == OK ? read_answers(row, o, p) : e;
    }
    return e;
}
