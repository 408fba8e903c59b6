#include "app/ops/groups.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/insatser.h"
#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/today.h"

bool groups_refers(const struct view_object *object, const char *field, const struct uuid *to)
{
    struct uuid id;
    const char *text = view_get(object, field);
    return text && uuid_parse(&id, span_str(text)) == OK && memcmp(&id, to, sizeof id) == 0;
}

static int by_from(const void *a, const void *b)
{
    const struct view_object *x = *(const struct view_object *const *)a;
    const struct view_object *y = *(const struct view_object *const *)b;
    const char *s = view_get(x, "from");
    const char *t = view_get(y, "from");
    const int order = strcmp(s ? s : "", t ? t : "");
    return order != 0 ? order : memcmp(&x->key.id, &y->key.id, sizeof x->key.id);
}

enum err groups_list(struct groups_list *out, struct ops *o)
{
    struct view_list list;
    const struct view_query query = {.type = "group"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK) {
        return e;
    }
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    *out = (struct groups_list){.items = arena_array(o->arena, list.count + 1, sizeof *out->items)};
    for (size_t i = 0; out->items && i < list.count; i++) {
        out->items[out->count++] = &list.objects[i];
    }
    if (out->items && out->count > 1) {
        /* NOLINTNEXTLINE(bugprone-sizeof-expression) */
        qsort(out->items, out->count, sizeof *out->items, by_from);
    }
    return ops_memory(o);
}

/* ---- modules and sessions ---- */

/* The insats of the group, and its modules in order. */
static enum err read_modules(struct groups_one *g, struct insatser_parts *parts, struct ops *o)
{
    struct view_list list = {0};
    struct uuid id;
    const char *text = view_get(g->group, "insats");
    if (!text || uuid_parse(&id, span_str(text)) != OK) {
        return OK;
    }
    const struct view_query query = {.id = &id, .type = "insats"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK || list.count == 0) {
        return e;
    }
    g->insats = &list.objects[0];
    e = insatser_parts(parts, o, g->insats);
    g->modules = parts->modules;
    g->module_count = parts->module_count;
    return e;
}

static void plan_module(struct course_module *m, int32_t day)
{
    m->first = m->first == DATES_OPEN_START || day < m->first ? day : m->first;
    m->last = m->last == DATES_OPEN_START || day > m->last ? day : m->last;
}

/* False: it has no day, or is of no module of the insats. */
static bool read_session(struct groups_session *out, const struct groups_one *g, const struct view_object *object)
{
    const char *when = view_get(object, "when");
    int64_t seconds;
    *out = (struct groups_session){.object = object};
    while (out->module < g->module_count && !groups_refers(object, "module", &g->modules[out->module]->key.id)) {
        out->module++;
    }
    if (out->module == g->module_count || !when || dates_parse_time(&seconds, when) != OK) {
        return false;
    }
    out->day = today_in_sweden(seconds);
    return dates_is_written(out->day);
}

enum err groups_read(struct groups_one *out, struct ops *o, const struct view_object *group)
{
    struct insatser_parts parts = {0};
    *out = (struct groups_one){.group = group};
    enum err e = read_modules(out, &parts, o);
    if (e != OK) {
        return e;
    }
    out->course = arena_array(o->arena, out->module_count + 1, sizeof *out->course);
    out->sessions = arena_array(o->arena, parts.session_count + 1, sizeof *out->sessions);
    for (size_t i = 0; out->course && i < out->module_count; i++) {
        struct course_module *m = &out->course[i];
        const char *id = names_uuid(o->arena, &out->modules[i]->key.id);
        *m = (struct course_module){.id = id ? id : "", .first = DATES_OPEN_START, .last = DATES_OPEN_START};
        m->requires = picture_fields_members(&m->requires_count, o, out->modules[i], "requires");
    }
    for (size_t i = 0; out->course && out->sessions && i < parts.session_count; i++) {
        struct groups_session *s = &out->sessions[out->session_count];
        if (groups_refers(parts.sessions[i], "group", &group->key.id) && read_session(s, out, parts.sessions[i])) {
            plan_module(&out->course[s->module], s->day);
            out->session_count++;
        }
    }
    return ops_memory(o);
}

/* ---- by name ---- */

static bool is_called(const struct view_object *object, const char *text)
{
    struct uuid id;
    const char *name = view_get(object, "name");
    return (uuid_parse(&id, span_str(text)) == OK && memcmp(&id, &object->key.id, sizeof id) == 0) ||
           (name && strcmp(name, text) == 0);
}

/* count is how many there are; ERR_NOT_FOUND and ERR_INPUT with story. */
static enum err find_called(size_t *out, struct ops *o, const struct view_object *const *list, size_t count,
                            const char *text)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_called(list[i], text)) {
            *out = i;
            found++;
        }
    }
    if (found > 1) {
        return why_set(&o->why, ERR_INPUT, N_("several have that name; give the id"), "%s", text);
    }
    return found == 1 ? OK : ERR_NOT_FOUND;
}

enum err groups_named(struct groups_one *out, struct ops *o, const char *text)
{
    struct groups_list list;
    size_t at = 0;
    enum err e = groups_list(&list, o);
    if (e == OK) {
        e = find_called(&at, o, list.items, list.count, text);
        if (e == ERR_NOT_FOUND) {
            return why_set(&o->why, e, N_("no group has that name or id (samplan group list)"), "%s", text);
        }
    }
    return e == OK ? groups_read(out, o, list.items[at]) : e;
}

enum err groups_module(size_t *out, struct ops *o, const struct groups_one *g, const char *text)
{
    enum err e = find_called(out, o, g->modules, g->module_count, text);
    if (e == ERR_NOT_FOUND) {
        return why_set(&o->why, e, N_("the insats has no module with that name or id (samplan group show)"), "%s",
                       text);
    }
    return e;
}
