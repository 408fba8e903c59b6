#include "app/ops/findings.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/findings_keep.h"
#include "app/ops/findings_kept.h"
#include "app/ops/findings_look.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"

const struct findings_acceptance *findings_accepted(const struct findings_of *of, const struct finding *f)
{
    return of->accepted ? of->accepted[f - of->found.items] : NULL;
}

/* ---- finding ---- */

enum err findings_refresh(struct findings_refreshed *out, struct ops *o, bool wait)
{
    bool kept;
    *out = (struct findings_refreshed){0};
    enum err e = findings_keep_refresh(&kept, out, o, wait);
    if (e == OK && !kept) {
        return why_set(&o->why, ERR_BUSY, N_("another process is writing; nothing was saved, try again"), "%s", "");
    }
    return e;
}

/* Looks at the plan itself. */
static enum err look(bool *there, struct findings_of *out, struct ops *o, const struct people *p,
                     const struct uuid *plan)
{
    struct picture_forbund forbund;
    struct findings_hold hold;
    enum err e = picture_forbund_load(&forbund, o, p);
    if (e == OK) {
        e = findings_look(there, out, &hold, o, &forbund, plan);
    }
    picture_forbund_free(&forbund);
    return e;
}

/* Every plan, looked at here and now: for when nothing can be kept. */
static enum err look_at_all(struct findings_list *out, struct ops *o, const struct people *p)
{
    struct picture_forbund forbund;
    struct findings_hold hold;
    struct buf ids = {0};
    enum err e = picture_forbund_load(&forbund, o, p);
    if (e == OK) {
        e = ops_told(o, view_roots(&ids, o->site, "plan"));
    }
    const size_t count = ids.len / sizeof(struct uuid);
    if (e == OK) {
        out->plans = arena_array(o->arena, count + 1, sizeof *out->plans);
        e = ops_memory(o);
    }
    for (size_t i = 0; e == OK && i < count; i++) {
        struct uuid id;
        bool there;
        memcpy(id.b, ids.ptr + i * sizeof id, sizeof id);
        e = findings_look(&there, &out->plans[out->count], &hold, o, &forbund, &id);
        out->count += e == OK && there;
    }
    buf_free(&ids);
    picture_forbund_free(&forbund);
    return e;
}

struct told {
    const char *id;
    size_t plan;
};

static int by_finding(const void *a, const void *b)
{
    const struct told *x = a;
    const struct told *y = b;
    const int order = strcmp(x->id, y->id);
    return order != 0 ? order : x->plan < y->plan ? -1 : x->plan > y->plan;
}

/* Does an earlier plan tell of it? */
static bool is_told_before(const struct told *told, size_t count, const char *id, size_t plan)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(told[middle].id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && strcmp(told[low].id, id) == 0 && told[low].plan < plan;
}

/* Takes out what an earlier plan tells of. */
static void drop_told(struct findings_of *of, const struct told *told, size_t count, size_t plan)
{
    const struct findings_acceptance **accepted = (const struct findings_acceptance **)(uintptr_t)of->accepted;
    for (size_t i = of->found.count; i > 0; i--) {
        if (!is_told_before(told, count, of->found.items[i - 1].id, plan)) {
            continue;
        }
        finding_drop(&of->found, i - 1);
        for (size_t k = i - 1; accepted && k < of->found.count; k++) {
            accepted[k] = accepted[k + 1];
        }
    }
}

static enum err tell_once(struct findings_list *list, struct ops *o)
{
    size_t room = 0;
    for (size_t i = 0; i < list->count; i++) {
        room += list->plans[i].shared ? list->plans[i].found.count : 0;
    }
    struct told *told = arena_array(o->arena, room + 1, sizeof *told);
    size_t count = 0;
    for (size_t i = 0; told && i < list->count; i++) {
        for (size_t k = 0; list->plans[i].shared && k < list->plans[i].found.count; k++) {
            told[count].plan = i;
            /* In the arena: what is taken out goes away. */
            told[count++].id = arena_text(o->arena, span_str(list->plans[i].found.items[k].id));
        }
    }
    if (ops_memory(o) != OK) {
        return ERR_MEMORY;
    }
    if (count > 1) {
        qsort(told, count, sizeof *told, by_finding);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (list->plans[i].shared) {
            drop_told(&list->plans[i], told, count, i);
        }
    }
    return OK;
}

static enum err find_all(struct findings_list *out, struct ops *o, const struct people *p)
{
    struct findings_refreshed done;
    bool kept;
    enum err e = findings_keep_refresh(&kept, &done, o, false);
    if (e == OK && kept) {
        e = findings_kept_read(out, o);
    } else if (e != ERR_MEMORY) {
        e = look_at_all(out, o, p);
    }
    return e == OK ? tell_once(out, o) : e;
}

enum err findings_find(struct findings_list *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    *out = (struct findings_list){0};
    if (!plan) {
        return find_all(out, o, p);
    }
    struct findings_of *of = arena_alloc(o->arena, sizeof *of);
    if (!of) {
        return ops_memory(o);
    }
    *of = (struct findings_of){.plan = plan->key.id};
    bool found;
    enum err e = findings_kept_one(&found, of, o);
    if (e == OK && !found) {
        e = look(&found, of, o, p, &plan->key.id);
    }
    out->plans = of;
    out->count = e == OK && found;
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

/* The plans that may have it: those of which it is kept, or all. */
static enum err candidates(struct buf *plans, struct ops *o, const char *finding)
{
    bool sure;
    enum err e = findings_kept_search(&sure, plans, o, finding);
    if (e == ERR_MEMORY || (e == OK && sure)) {
        return e;
    }
    buf_cut(plans, 0);
    return ops_told(o, view_roots(plans, o->site, "plan"));
}

/* Looked at under the lock: what is accepted is what stands when that is saved. */
static enum err accept_in(struct uuid *out, struct ops *o, struct edit *ed, const struct picture_forbund *forbund,
                          const struct buf *plans, const struct findings_decision *d)
{
    enum err e = ERR_NOT_FOUND;
    for (size_t at = 0; e == ERR_NOT_FOUND && at < plans->len; at += sizeof(struct uuid)) {
        struct findings_of of = {0};
        struct findings_hold hold;
        struct uuid plan;
        bool there;
        memcpy(plan.b, plans->ptr + at, sizeof plan.b);
        e = findings_look(&there, &of, &hold, o, forbund, &plan);
        if (e == OK) {
            e = there && finding_by_id(&of.found, d->finding) ? make_acceptance(out, o, ed, &of, d) : ERR_NOT_FOUND;
        }
        finding_truncate(&of.found, 0);
    }
    return e == ERR_NOT_FOUND ? why_set(&o->why, e, N_("there is no such krock or glapp now"), "%s", d->finding) : e;
}

enum err findings_accept(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                         const struct findings_decision *decision)
{
    struct picture_forbund forbund;
    struct buf plans = {0};
    enum err e = check_decision(o, decision);
    if (e != OK) {
        return e;
    }
    e = picture_forbund_load(&forbund, o, p);
    if (e == OK) {
        e = candidates(&plans, o, decision->finding);
    }
    if (e == OK) {
        e = accept_in(out, o, ed, &forbund, &plans, decision);
    }
    buf_free(&plans);
    picture_forbund_free(&forbund);
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
