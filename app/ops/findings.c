#include "app/ops/findings.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/picture.h"

static const char *translate(const char *msgid)
{
    return tr(msgid);
}

/* ---- acceptances ---- */

static bool is_about(const struct view_object *object, const struct finding *f)
{
    const char *finding = view_get(object, "finding");
    const char *matter = view_get(object, "matter");
    return finding && matter && strcmp(finding, f->id) == 0 && strcmp(matter, f->matter) == 0;
}

/* A copy in the arena of o: the picture that object is of goes away. NULL where there is no memory. */
static const struct findings_acceptance *copy(struct ops *o, const struct view_object *object)
{
    const char *why = view_get(object, "why");
    struct findings_acceptance *a = arena_alloc(o->arena, sizeof *a);
    if (a) {
        a->id = names_uuid(o->arena, &object->key.id);
        a->why = arena_text(o->arena, span_str(why ? why : ""));
        a->by = view_field(object, "finding")->values[0].by;
        a->by.member_name = arena_text(o->arena, span_str(a->by.member_name));
        a->by.party_name = arena_text(o->arena, span_str(a->by.party_name));
    }
    return a;
}

static int64_t time_of(const struct view_object *object)
{
    return view_field(object, "finding")->values[0].by.time_ms;
}

static const struct view_object *acceptance_of(const struct view_list *objects, const struct finding *f)
{
    const struct view_object *first = NULL;
    for (size_t i = 0; i < objects->count; i++) {
        const struct view_object *object = &objects->objects[i];
        if (strcmp(object->type->name, "acceptance") == 0 && is_about(object, f) &&
            (!first || time_of(object) < time_of(first))) {
            first = object;
        }
    }
    return first;
}

static enum err read_accepted(struct findings_of *of, struct ops *o, const struct view_list *objects)
{
    const struct findings_acceptance **accepted = NULL;
    bool any = false;
    for (size_t i = 0; !any && i < objects->count; i++) {
        any = strcmp(objects->objects[i].type->name, "acceptance") == 0;
    }
    if (any) {
        accepted = arena_array(o->arena, of->found.count + 1, sizeof *accepted);
    }
    for (size_t i = 0; accepted && i < of->found.count; i++) {
        const struct view_object *object = acceptance_of(objects, &of->found.items[i]);
        accepted[i] = object ? copy(o, object) : NULL;
    }
    of->accepted = accepted;
    return ops_memory(o);
}

const struct findings_acceptance *findings_accepted(const struct findings_of *of, const struct finding *f)
{
    return of->accepted ? of->accepted[f - of->found.items] : NULL;
}

/* ---- finding ---- */

static enum err apply_rules(struct findings_of *out, struct ops *o, const struct picture_forbund *f,
                            const struct rules_plan *plan)
{
    struct rules_options options;
    rules_options_init(&options, o->today);
    policy_apply(&options, &f->policy);
    options.tr = translate;
    enum err e = rules_find(&out->found, plan, &options);
    if (e == ERR_LIMIT) {
        return why_set(&o->why, e, N_("that plan is too large for the rules"), "%s", plan->id);
    }
    if (e != OK) {
        return why_set(&o->why, e, N_("out of memory; nothing was changed"), "%s", "");
    }
    return OK;
}

/* The picture is in an arena of its own: of 50,000 plans only the findings stay. */
static enum err find_in(struct findings_of *out, struct ops *o, const struct picture_forbund *f,
                        const struct view_object *plan)
{
    struct arena scratch = {0};
    struct ops inner = *o;
    struct picture picture;
    inner.arena = &scratch;
    enum err e = picture_draw(&picture, &inner, f, plan);
    if (e == OK) {
        e = apply_rules(out, &inner, f, &picture.plan);
    }
    o->why = inner.why;
    if (e == OK) {
        e = read_accepted(out, o, &picture.objects);
    }
    arena_free(&scratch);
    return e;
}

/* A plan lives in its own shared section; one that stands in another's names itself wrongly. */
static bool is_in_its_place(const struct view_object *plan)
{
    return memcmp(&plan->key.id, &plan->place.plan, sizeof plan->key.id) == 0;
}

/* The plans to look at: that one, or all. */
static enum err plans_of(struct view_list *out, struct ops *o, const struct view_object *plan)
{
    const struct view_query query = {.type = "plan"};
    *out = (struct view_list){.count = 1, .objects = plan};
    return plan ? OK : ops_told(o, view_objects(out, o->arena, o->site, &query));
}

enum err findings_find(struct findings_list *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct picture_forbund forbund;
    struct view_list plans;
    *out = (struct findings_list){0};
    enum err e = picture_forbund_load(&forbund, o, p);
    if (e == OK) {
        e = plans_of(&plans, o, plan);
    }
    if (e == OK) {
        out->plans = arena_array(o->arena, plans.count + 1, sizeof *out->plans);
        e = ops_memory(o);
    }
    for (size_t i = 0; e == OK && i < plans.count; i++) {
        if (!is_in_its_place(&plans.objects[i])) {
            continue;
        }
        struct findings_of *of = &out->plans[out->count++];
        of->plan = plans.objects[i].key.id;
        e = find_in(of, o, &forbund, &plans.objects[i]);
        if (e == ERR_LIMIT && !plan) { /* one that is too large must not hide what the others have */
            of->too_large = true;
            e = OK;
        }
    }
    picture_forbund_free(&forbund);
    return e;
}

/* ---- accepting ---- */

static enum err check_decision(struct ops *o, const struct findings_decision *d)
{
    if (strlen(d->finding) != FINDING_ID_LEN || strspn(d->finding, "0123456789abcdef") != FINDING_ID_LEN) {
        return why_set(&o->why, ERR_INPUT, N_("not the id of a krock or glapp (32 characters, as lists show them)"),
                       "%s", d->finding);
    }
    if (d->why[strspn(d->why, " \t\r\n")] == '\0') {
        return why_set(&o->why, ERR_INPUT, N_("accepting needs a reason"), "%s", d->finding);
    }
    return OK;
}

static enum err make_acceptance(struct uuid *out, struct ops *o, struct edit *ed, const struct findings_of *of,
                                const struct findings_decision *d)
{
    const struct finding *f = finding_by_id(&of->found, d->finding);
    if (findings_accepted(of, f)) {
        return why_set(&o->why, ERR_EXISTS, N_("that one is accepted already"), "%s", f->id);
    }
    const struct fields_change fields[] = {
        {"finding", FIELDS_SET, f->id}, {"matter", FIELDS_SET, f->matter}, {"why", FIELDS_SET, d->why}};
    const struct objects_wish wish = {
        .plan = names_uuid(o->arena, &of->plan), .type = "acceptance", .fields = {3, fields}};
    return objects_new(out, o, ed, &wish);
}

enum err findings_accept(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                         const struct findings_decision *decision)
{
    struct picture_forbund forbund;
    struct view_list plans = {0};
    enum err e = check_decision(o, decision);
    if (e != OK) {
        return e;
    }
    e = picture_forbund_load(&forbund, o, p);
    if (e == OK) {
        e = plans_of(&plans, o, NULL);
    }
    bool done = false;
    for (size_t i = 0; e == OK && !done && i < plans.count; i++) {
        if (!is_in_its_place(&plans.objects[i])) {
            continue;
        }
        struct findings_of of = {.plan = plans.objects[i].key.id};
        e = find_in(&of, o, &forbund, &plans.objects[i]);
        if (e == OK && finding_by_id(&of.found, decision->finding)) {
            e = make_acceptance(out, o, ed, &of, decision);
            done = true;
        }
        finding_truncate(&of.found, 0);
        e = e == ERR_LIMIT && !done ? OK : e;
    }
    picture_forbund_free(&forbund);
    if (e == OK && !done) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("there is no such krock or glapp now"), "%s", decision->finding);
    }
    return e;
}

void findings_free(struct findings_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        finding_truncate(&list->plans[i].found, 0);
    }
    *list = (struct findings_list){0};
}

size_t findings_count(const struct findings_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += list->plans[i].found.count;
    }
    return count;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every id, sorted; NULL where there is no memory. Fresh. */
static const char **sorted_ids(const struct findings_list *list)
{
    const char **ids = malloc((findings_count(list) + 1) * sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; ids && i < list->count; i++) {
        for (size_t k = 0; k < list->plans[i].found.count; k++) {
            ids[count++] = list->plans[i].found.items[k].id;
        }
    }
    if (ids && count > 1) {
        qsort(ids, count, sizeof *ids, by_text);
    }
    return ids;
}

size_t findings_new(const struct findings_list *now, const struct findings_list *before)
{
    const size_t known = findings_count(before);
    const char **ids = sorted_ids(before);
    size_t fresh = 0;
    for (size_t i = 0; ids && i < now->count; i++) {
        for (size_t k = 0; k < now->plans[i].found.count; k++) {
            const char *id = now->plans[i].found.items[k].id;
            fresh += known == 0 || !bsearch(&id, ids, known, sizeof *ids, by_text);
        }
    }
    free(ids);
    return fresh;
}
