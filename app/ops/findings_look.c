#include "app/ops/findings_look.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/names.h"
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

static const struct view_author *author_of(const struct view_object *object)
{
    return &view_field(object, "finding")->values[0].by;
}

/* A copy in the arena of o: the picture that object is of goes away. NULL where there is no memory. */
static const struct findings_acceptance *copy(struct ops *o, const struct view_object *object)
{
    const char *why = view_get(object, "why");
    struct findings_acceptance *a = arena_alloc(o->arena, sizeof *a);
    if (a) {
        a->id = names_uuid(o->arena, &object->key.id);
        a->why = arena_text(o->arena, span_str(why ? why : ""));
        a->by = *author_of(object);
        a->by.member_name = arena_text(o->arena, span_str(a->by.member_name));
        a->by.party_name = arena_text(o->arena, span_str(a->by.party_name));
    }
    return a;
}

/* What is about several plans of one person may have been accepted in any of them. */
static const struct view_object *acceptance_of(const struct picture *p, const struct finding *f)
{
    const struct view_object *first = NULL;
    for (size_t n = 0; n < p->list_count; n++) {
        for (size_t i = 0; i < p->lists[n].count; i++) {
            const struct view_object *object = &p->lists[n].objects[i];
            if (strcmp(object->type->name, "acceptance") == 0 && is_about(object, f) &&
                (!first || author_of(object)->time_ms < author_of(first)->time_ms)) {
                first = object;
            }
        }
    }
    return first;
}

static enum err read_accepted(struct findings_of *of, struct ops *o, const struct picture *picture,
                              const struct picture_forbund *f)
{
    const struct findings_acceptance **accepted = NULL;
    for (size_t i = 0; i < of->found.count; i++) {
        const struct view_object *object = acceptance_of(picture, &of->found.items[i]);
        if (!object) {
            continue;
        }
        if (!accepted) {
            accepted = arena_array(o->arena, of->found.count, sizeof *accepted);
        }
        if (accepted) {
            accepted[i] = copy(o, object);
            picture_forbund_rest_on(f, &author_of(object)->member);
            picture_forbund_rest_on(f, &author_of(object)->party);
        }
    }
    of->accepted = accepted;
    return ops_memory(o);
}

/* ---- the rules ---- */

static enum err apply_rules(struct findings_of *out, struct rules_days *same, struct ops *o,
                            const struct picture_forbund *f, const struct rules_plan *plan)
{
    struct rules_options options;
    rules_options_init(&options, o->today);
    policy_apply(&options, &f->policy);
    options.tr = translate;
    enum err e = rules_find_for(&out->found, same, plan, &options);
    if (e == ERR_LIMIT) {
        out->too_large = true;
        return OK;
    }
    return e == OK ? OK : ops_no_memory(o);
}

/* ---- what it rests on ---- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* Sorted, each once, in the arena. */
static enum err keep_ids(struct span *out, struct ops *o, const struct buf *ids)
{
    struct uuid *sorted = arena_copy(o->arena, ids);
    const size_t count = ids->len / sizeof *sorted;
    size_t kept = 0;
    if (!sorted) {
        return ops_no_memory(o);
    }
    if (count > 1) {
        qsort(sorted, count, sizeof *sorted, by_id);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || by_id(&sorted[kept - 1], &sorted[i]) != 0) {
            sorted[kept++] = sorted[i];
        }
    }
    *out = span_of(sorted, kept * sizeof *sorted);
    return OK;
}

static enum err look_at(struct findings_of *out, struct findings_hold *hold, struct ops *o, struct ops *inner,
                        const struct picture_forbund *f, const struct uuid *plan, bool *there)
{
    struct picture picture;
    struct findings_of of = {.plan = *plan};
    enum err e = picture_draw(there, &picture, inner, f, plan);
    if (e == OK && *there) {
        e = apply_rules(&of, &hold->days, inner, f, &picture.plan);
    }
    o->why = inner->why;
    if (e == OK && *there) {
        of.shared = picture.list_count > 1;
        hold->others = arena_array(o->arena, picture.list_count, sizeof *hold->others);
        hold->other_count = picture.list_count - 1;
        e = ops_memory(o);
    }
    if (e == OK && *there && hold->other_count > 0) {
        memcpy(hold->others, picture.others, hold->other_count * sizeof *hold->others);
    }
    if (e == OK && *there) {
        e = read_accepted(&of, o, &picture, f);
    }
    if (e != OK) {
        finding_truncate(&of.found, 0);
    } else if (*there) {
        *out = of;
    }
    return e;
}

/* The picture is in an arena of its own: of 50,000 plans only the findings stay. */
enum err findings_look(bool *there, struct findings_of *out, struct findings_hold *hold, struct ops *o,
                       const struct picture_forbund *f, const struct uuid *plan)
{
    struct arena scratch = {0};
    struct buf ids = {0};
    struct ops inner = *o;
    struct picture_forbund asked = *f;
    inner.arena = &scratch;
    asked.asked = &ids;
    enum err e = look_at(out, hold, o, &inner, &asked, plan, there);
    if (e == OK && *there) {
        e = keep_ids(&hold->rests_on, o, &ids);
        if (e != OK) {
            finding_truncate(&out->found, 0);
        }
    }
    buf_free(&ids);
    arena_free(&scratch);
    return e;
}
