#include "app/ops/ops.h"

#include <string.h>

#include "app/ops/today.h"
#include "app/plan/model.h"

enum err ops_told(struct ops *o, enum err e)
{
    if (e != OK) {
        o->why = *site_why(o->site);
    }
    return e;
}

int32_t ops_day(const struct ops *o)
{
    return today_in_sweden((int64_t)(site_now_ms(o->site) / 1000));
}

struct uuid ops_fresh_id(const struct ops *o)
{
    uint8_t random[10];
    device_random(random, sizeof random);
    return uuid_make(site_now_ms(o->site), random);
}

enum err ops_id(struct uuid *out, struct ops *o, const char *text)
{
    if (uuid_parse(out, span_str(text)) != OK) {
        return why_set(&o->why, ERR_INPUT, N_("not an id (36 lower-case characters, as lists show them)"), "%s", text);
    }
    return OK;
}

/* Splits "<section>:<id>"; has_section tells whether there was one. */
static enum err parse_wanted(struct uuid *id, struct section_id *section, bool *has_section, struct ops *o,
                             const char *text)
{
    const char *colon = strchr(text, ':');
    *has_section = colon != NULL;
    if (!colon) {
        return ops_id(id, o, text);
    }
    if (hex_decode(section->b, sizeof section->b, span_of(text, (size_t)(colon - text))) != OK) {
        return why_set(&o->why, ERR_INPUT, N_("not an id (36 lower-case characters, as lists show them)"), "%s", text);
    }
    return ops_id(id, o, colon + 1);
}

enum err ops_object(const struct view_object **out, struct ops *o, const struct ops_wanted *wanted)
{
    struct uuid id;
    struct section_id section;
    bool has_section;
    enum err e = parse_wanted(&id, &section, &has_section, o, wanted->text);
    if (e != OK) {
        return e;
    }
    struct view_list list;
    const struct view_query query = {.id = &id, .removed_too = wanted->removed_too, .bare = wanted->bare};
    e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    const struct view_object *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (!has_section || memcmp(list.objects[i].section.b, section.b, sizeof section.b) == 0) {
            found = &list.objects[i];
            count++;
        }
    }
    if (count == 0) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("nothing that can be read here has that id"), "%s", wanted->text);
    }
    if (count > 1) {
        return why_set(&o->why, ERR_INPUT, N_("more than one section has an object with that id; write SECTION:ID"),
                       "%s", wanted->text);
    }
    *out = found;
    return OK;
}

static enum err find_plan(const struct view_object **out, struct ops *o, const char *text, bool bare)
{
    struct uuid id;
    enum err e = ops_id(&id, o, text);
    if (e != OK) {
        return e;
    }
    struct view_list list;
    /* The plan object lives in the plan's own shared section: both ids must be the same. */
    const struct view_query query = {.plan = &id, .id = &id, .type = "plan", .bare = bare};
    e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    if (list.count == 0) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("no such plan here, or it cannot be read here"), "%s", text);
    }
    *out = &list.objects[0];
    return OK;
}

enum err ops_plan(const struct view_object **out, struct ops *o, const char *text)
{
    return find_plan(out, o, text, false);
}

enum err ops_plan_id(struct uuid *out, struct ops *o, const char *text)
{
    const struct view_object *plan;
    enum err e = find_plan(&plan, o, text, true);
    if (e == OK) {
        *out = plan->key.id;
    }
    return e;
}

enum err ops_topic(const char **out, struct ops *o, const char *text)
{
    for (const char *const *t = model_topics(); *t; t++) {
        if (strcmp(*t, text) == 0) {
            *out = *t;
            return OK;
        }
    }
    return why_set(&o->why, ERR_INPUT, N_("not a topic (plan, person, halsa, ekonomi or social)"), "%s", text);
}

enum err ops_memory(struct ops *o)
{
    return o->arena->failed ? ops_no_memory(o) : OK;
}
