#include "app/ops/closing.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/plans.h"
#include "app/plan/aftercare.h"

static enum err find_closed(const struct view_object **out, struct ops *o, const char *plan)
{
    enum err e = ops_plan(out, o, plan);
    if (e == OK && !closing_is_closed(*out)) {
        e = why_set(&o->why, ERR_INPUT, N_("that plan is not closed"), "%s", plan);
    }
    return e;
}

/* ---- follow-up ---- */

/* Which points have been followed up, by any party. */
static enum err read_done(bool done[AFTERCARE_POINTS], struct ops *o, const struct view_object *plan, int32_t closed)
{
    struct view_list list;
    const struct view_query query = {.plan = &plan->key.id, .type = "followup"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const struct view_field *f = view_field(&list.objects[i], "point");
        for (size_t p = 0; f && f->count > 0 && f->values[0].value && p < AFTERCARE_POINTS; p++) {
            /* One that was written before this closing is of an earlier one. */
            const bool since = picture_fields_written(&f->values[0].by, DATES_OPEN_START) >= closed;
            done[p] = done[p] || (since && strcmp(f->values[0].value, aftercare_word(p)) == 0);
        }
    }
    return e;
}

/* The point that fields name, or that the day tells; AFTERCARE_POINTS: another word. */
static enum err choose_point(size_t *point, struct ops *o, const struct closing_followup *wish,
                             const bool done[AFTERCARE_POINTS], int32_t closed)
{
    const struct fields_change *typed = fields_find(&wish->fields, "point");
    *point = 0;
    if (!typed) {
        *point = closed == DATES_OPEN_START ? aftercare_next(done) : aftercare_meant(done, closed, o->today);
        return *point < AFTERCARE_POINTS
                   ? OK
                   : why_set(&o->why, ERR_INPUT, N_("every follow-up has been made: expected point=…"), "%s", "point");
    }
    while (*point < AFTERCARE_POINTS && strcmp(typed->value ? typed->value : "", aftercare_word(*point)) != 0) {
        (*point)++;
    }
    return OK;
}

static enum err set_next(struct ops *o, struct edit *ed, const struct view_object *plan,
                         const bool done[AFTERCARE_POINTS], int32_t closed, const char *typed)
{
    const size_t next = aftercare_next(done);
    const char *day = typed;
    if (!day) {
        day = next < AFTERCARE_POINTS && closed != DATES_OPEN_START ? names_day(o->arena, aftercare_day(next, closed))
                                                                    : "";
    }
    const struct fields_change field = {"follow_up", FIELDS_SET, day};
    return objects_set(o, ed, plan, &(struct fields_changes){.count = 1, .changes = &field});
}

enum err closing_follow(struct uuid *out, const char **point, struct ops *o, struct edit *ed,
                        const struct closing_followup *wish)
{
    const struct view_object *plan;
    bool done[AFTERCARE_POINTS] = {false};
    size_t at = 0;
    enum err e = find_closed(&plan, o, wish->plan);
    if (e != OK) {
        return e;
    }
    const int32_t closed = picture_fields_day(plan, "closed", DATES_OPEN_START);
    e = read_done(done, o, plan, closed);
    if (e == OK) {
        e = choose_point(&at, o, wish, done, closed);
    }
    struct fields_change *fields = arena_array(o->arena, wish->fields.count + 1, sizeof *fields);
    if (e != OK || !fields) {
        return e != OK ? e : ops_memory(o);
    }
    size_t count = wish->fields.count;
    memcpy(fields, wish->fields.changes, count * sizeof *fields);
    if (!fields_find(&wish->fields, "point")) {
        fields[count++] = (struct fields_change){"point", FIELDS_SET, aftercare_word(at)};
    }
    const struct objects_wish made = {.plan = wish->plan, .type = "followup", .fields = {count, fields}};
    e = objects_new(out, o, ed, &made);
    for (size_t i = 0; i <= at && i < AFTERCARE_POINTS && at < AFTERCARE_POINTS; i++) {
        done[i] = true; /* and what was passed over on the way is not asked for any more */
    }
    *point = at < AFTERCARE_POINTS ? aftercare_word(at) : fields_find(&wish->fields, "point")->value;
    return e == OK ? set_next(o, ed, plan, done, closed, wish->next) : e;
}

/* ---- re-entry ---- */

static void keep(struct fields_change *fields, size_t *count, const struct view_object *plan, const char *field)
{
    const char *value = view_get(plan, field);
    if (value && *value) {
        fields[(*count)++] = (struct fields_change){field, FIELDS_SET, value};
    }
}

/* What had stood, and why it goes on. */
static enum err note_reentry(struct ops *o, struct edit *ed, const struct view_object *plan,
                             const struct closing_again *wish)
{
    struct fields_change fields[6];
    struct uuid id;
    size_t count = 0;
    fields[count++] = (struct fields_change){"day", FIELDS_SET, names_day(o->arena, ops_day(o))};
    fields[count++] = (struct fields_change){"why", FIELDS_SET, wish->why};
    keep(fields, &count, plan, "closed");
    keep(fields, &count, plan, "closing_reason");
    keep(fields, &count, plan, "learned");
    keep(fields, &count, plan, "left_open");
    const struct objects_wish made = {
        .plan = names_uuid(o->arena, &plan->key.id), .type = "reentry", .fields = {count, fields}};
    return objects_new(&id, o, ed, &made);
}

/* The same plan goes on: what the closing had set is unset. */
static enum err open_again(struct ops *o, struct edit *ed, const struct view_object *plan,
                           const struct closing_again *wish)
{
    static const char *const cleared[] = {"closed", "closing_reason", "learned", "left_open", "follow_up"};
    const size_t most = 1 + sizeof cleared / sizeof *cleared;
    struct fields_change *fields = arena_array(o->arena, wish->fields.count + most, sizeof *fields);
    size_t count = 0;
    if (!fields) {
        return ops_memory(o);
    }
    if (!fields_find(&wish->fields, "status")) {
        fields[count++] = (struct fields_change){"status", FIELDS_SET, "aktiv"};
    }
    for (size_t i = 0; i < sizeof cleared / sizeof *cleared; i++) {
        if (!fields_find(&wish->fields, cleared[i]) && view_get(plan, cleared[i])) {
            fields[count++] = (struct fields_change){cleared[i], FIELDS_SET, ""};
        }
    }
    for (size_t i = 0; i < wish->fields.count; i++) {
        fields[count++] = wish->fields.changes[i];
    }
    return objects_set(o, ed, plan, &(struct fields_changes){.count = count, .changes = fields});
}

static void inherit(struct fields_change *fields, size_t *count, const struct closing_again *wish, const char *field,
                    const char *value)
{
    if (value && *value && !fields_find(&wish->fields, field)) {
        fields[(*count)++] = (struct fields_change){field, FIELDS_SET, value};
    }
}

/* A new plan of the same person, that names the earlier one. Consents are specific: none comes along. */
static enum err begin_anew(struct uuid *out, struct ops *o, struct edit *ed, const struct view_object *plan,
                           const struct closing_again *wish)
{
    struct fields_change *fields = arena_array(o->arena, wish->fields.count + 6, sizeof *fields);
    struct plans_made made;
    struct plans_wish anew = {.plan.changes = fields};
    size_t count = 0;
    if (!fields) {
        return ops_memory(o);
    }
    for (size_t i = 0; i < wish->fields.count; i++) {
        fields[count++] = wish->fields.changes[i];
    }
    inherit(fields, &count, wish, "person", view_get(plan, "person"));
    inherit(fields, &count, wish, "title", view_get(plan, "title"));
    inherit(fields, &count, wish, "background", wish->why);
    inherit(fields, &count, wish, "status", "aktiv");
    inherit(fields, &count, wish, "started", names_day(o->arena, ops_day(o)));
    fields[count++] = (struct fields_change){"earlier", FIELDS_SET, names_uuid(o->arena, &plan->key.id)};
    anew.plan.count = count;
    enum err e = plans_new(&made, o, ed, &anew);
    if (e == OK) {
        *out = made.plan;
    }
    return e;
}

enum err closing_reopen(struct uuid *out, struct ops *o, struct edit *ed, const struct closing_again *wish)
{
    const struct view_object *plan;
    if (!wish->why || wish->why[strspn(wish->why, " \t\r\n")] == '\0') {
        return why_set(&o->why, ERR_INPUT, N_("opening a plan again needs a reason: expected --why TEXT"), "%s",
                       wish->plan);
    }
    const struct fields_change *status = fields_find(&wish->fields, "status");
    if (status && status->value && strcmp(status->value, "avslutad") == 0) {
        return why_set(&o->why, ERR_INPUT, N_("a plan that is opened again is not closed"), "%s", "plan.status");
    }
    enum err e = find_closed(&plan, o, wish->plan);
    if (e != OK) {
        return e;
    }
    if (wish->anew) {
        return begin_anew(out, o, ed, plan, wish);
    }
    *out = plan->key.id;
    e = note_reentry(o, ed, plan, wish);
    return e == OK ? open_again(o, ed, plan, wish) : e;
}
