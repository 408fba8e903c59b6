#include "app/ops/closing.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/proposals.h"
#include "app/plan/aftercare.h"

#define CLOSED "avslutad"

bool closing_is_closed(const struct view_object *plan)
{
    const char *status = view_get(plan, "status");
    return status && strcmp(status, CLOSED) == 0;
}

const char *closing_kind_word(enum closing_kind kind)
{
    static const char *const words[] = {[CLOSING_ACTIVITY] = "activity",
                                        [CLOSING_DECISION] = "decision",
                                        [CLOSING_REMISS] = "remiss",
                                        [CLOSING_PROPOSAL] = "proposal"};
    return words[kind];
}

/* ---- what is open ---- */

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && (!text || strcmp(text, *words) != 0)) {
        words++;
    }
    return *words != NULL;
}

static bool is_open(const struct ops *o, const struct view_object *object, enum closing_kind kind)
{
    static const char *const over[] = {"avbruten", "klar", NULL};
    static const char *const settled[] = {"avvisad", "överlämnad", "återlämnad", NULL};
    static const char *const answered[] = {"godtagen", "avböjd", NULL};
    const char *status = view_get(object, "status");
    switch (kind) {
    case CLOSING_ACTIVITY:
        return !is_one_of(status, over) && picture_fields_day(object, "to", DATES_OPEN_END) >= o->today;
    case CLOSING_DECISION:
        return !picture_fields_yes(view_get(object, "done"));
    case CLOSING_REMISS:
        return !is_one_of(status, settled);
    case CLOSING_PROPOSAL:
        return !is_one_of(status, answered);
    }
    return false;
}

static bool is_ours(const struct ops *o, const struct view_object *object)
{
    return memcmp(&object->place.owner, &site_self(o->site)->party, sizeof object->place.owner) == 0;
}

enum err closing_look(struct closing_open *out, struct ops *o, const struct view_object *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = &plan->key.id};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK) {
        return e;
    }
    *out = (struct closing_open){.items = arena_array(o->arena, list.count + 1, sizeof *out->items)};
    for (int kind = CLOSING_ACTIVITY; out->items && kind <= CLOSING_PROPOSAL; kind++) {
        for (size_t i = 0; i < list.count; i++) {
            const struct view_object *object = &list.objects[i];
            if (strcmp(object->type->name, closing_kind_word((enum closing_kind)kind)) == 0 &&
                is_open(o, object, (enum closing_kind)kind)) {
                out->items[out->count++] = (struct closing_matter){(enum closing_kind)kind, object,
                                                                   kind == CLOSING_ACTIVITY && is_ours(o, object)};
            }
        }
    }
    return ops_memory(o);
}

/* ---- closing ---- */

/* Room for the typed fields and more after them. */
static struct fields_change *with_room(struct ops *o, const struct fields_changes *typed, size_t more)
{
    struct fields_change *fields = arena_array(o->arena, typed->count + more, sizeof *fields);
    if (fields && typed->count > 0) {
        memcpy(fields, typed->changes, typed->count * sizeof *fields);
    }
    return fields;
}

static const char *typed_value(const struct fields_changes *fields, const char *name)
{
    const struct fields_change *c = fields_find(fields, name);
    return c && c->value && *c->value ? c->value : NULL;
}

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

static enum err check_wish(struct ops *o, const struct closing_wish *wish)
{
    static const char *const ends[] = {"klar", "avbruten", NULL};
    if (!typed_value(&wish->fields, "closing_reason")) {
        return why_set(&o->why, ERR_INPUT, N_("closing needs a reason: expected closing_reason=…"), "%s",
                       "plan.closing_reason");
    }
    if (wish->end && !is_one_of(wish->end, ends)) {
        return why_set(&o->why, ERR_INPUT, N_("an activity ends as klar or avbruten"), "%s", wish->end);
    }
    if (wish->leave && is_blank(wish->leave)) {
        return why_set(&o->why, ERR_INPUT, N_("what is left open needs a reason: expected --leave WHY"), "%s", "");
    }
    if (fields_find(&wish->fields, "status") || fields_find(&wish->fields, "left_open")) {
        return why_set(&o->why, ERR_INPUT, N_("closing sets that itself"), "%s", "status, left_open");
    }
    return OK;
}

/* Ends the own activities; what is left then must have been decided about. */
static enum err settle_open(size_t *left, struct ops *o, struct edit *ed, const struct closing_wish *wish,
                            const struct closing_open *open, const char *day)
{
    enum err e = OK;
    *left = 0;
    for (size_t i = 0; e == OK && i < open->count; i++) {
        const struct closing_matter *m = &open->items[i];
        if (!m->ours || !wish->end) {
            (*left)++;
            continue;
        }
        const char *from = view_get(m->object, "from");
        const bool begun = !from || strcmp(from, day) <= 0; /* what never began keeps its days */
        const struct fields_change fields[] = {{"status", FIELDS_SET, wish->end}, {"to", FIELDS_SET, day}};
        e = objects_set(o, ed, m->object, &(struct fields_changes){.count = begun ? 2 : 1, .changes = fields});
    }
    if (e == OK && *left > 0 && !wish->leave) {
        return why_set(&o->why, ERR_REFUSED,
                       N_("not everything is done: end it, or say why it is left (--end STATUS, --leave WHY); samplan "
                          "plan close PLAN lists it"),
                       "%zu", *left);
    }
    return e;
}

/* No follow-up of who has died, or was never meant. */
static bool is_followed_up(const char *reason)
{
    static const char *const never[] = {"avliden", "felregistrering", NULL};
    return !is_one_of(reason, never);
}

static enum err close_fields(struct ops *o, struct edit *ed, const struct view_object *plan,
                             const struct closing_wish *wish, const char *day, bool left)
{
    struct fields_change *fields = with_room(o, &wish->fields, 5);
    size_t count = wish->fields.count;
    int32_t closed;
    if (!fields) {
        return ops_memory(o);
    }
    fields[count++] = (struct fields_change){"status", FIELDS_SET, CLOSED};
    if (!typed_value(&wish->fields, "closed")) {
        fields[count++] = (struct fields_change){"closed", FIELDS_SET, day};
    }
    if (!fields_find(&wish->fields, "follow_up") && dates_parse(&closed, day) == OK) {
        const bool after = is_followed_up(typed_value(&wish->fields, "closing_reason"));
        const char *next = after ? names_day(o->arena, aftercare_day(0, closed)) : "";
        fields[count++] = (struct fields_change){"follow_up", FIELDS_SET, next};
    }
    if (left) {
        fields[count++] = (struct fields_change){"left_open", FIELDS_SET, wish->leave};
    }
    return objects_set(o, ed, plan, &(struct fields_changes){.count = count, .changes = fields});
}

enum err closing_close(struct ops *o, struct edit *ed, const struct closing_wish *wish)
{
    const struct view_object *plan = NULL;
    struct closing_open open;
    struct uuid id;
    size_t left = 0;
    enum err e = check_wish(o, wish);
    if (e == OK) {
        e = ops_plan(&plan, o, wish->plan);
    }
    if (e == OK && closing_is_closed(plan)) {
        return why_set(&o->why, ERR_EXISTS, N_("that plan is closed already"), "%s", wish->plan);
    }
    if (e == OK) {
        e = closing_look(&open, o, plan);
    }
    const char *typed = typed_value(&wish->fields, "closed");
    const char *day = typed ? typed : names_day(o->arena, ops_day(o));
    if (e == OK) {
        e = settle_open(&left, o, ed, wish, &open, day);
    }
    if (e == OK) {
        e = close_fields(o, ed, plan, wish, day, left > 0);
    }
    if (e == OK && wish->followup.count > 0) {
        struct fields_change *fields = with_room(o, &wish->followup, 1);
        const struct objects_wish made = {
            .plan = wish->plan, .type = "followup", .fields = {wish->followup.count + 1, fields}};
        if (!fields) {
            return ops_memory(o);
        }
        fields[wish->followup.count] = (struct fields_change){"point", FIELDS_SET, "avslut"};
        e = objects_new(&id, o, ed, &made);
    }
    return e;
}
