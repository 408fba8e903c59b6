#include "app/ops/picture_forbund.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/names.h"
#include "app/ops/picture_fields.h"
#include "app/ops/today.h"

static enum err read_all(struct view_list *out, struct ops *o, const char *type)
{
    const struct view_query query = {.type = type};
    return ops_told(o, view_objects(out, o->arena, o->site, &query));
}

/* Both arrays below begin with the id that they are sorted by. */
static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

static void sort(void *array, size_t count, size_t size)
{
    if (count > 1) {
        qsort(array, count, size, by_id);
    }
}

void picture_forbund_rest_on(const struct picture_forbund *f, const struct uuid *id)
{
    if (f->asked) {
        buf_put(f->asked, id->b, sizeof id->b);
    }
}

/* An id that nobody has now may be somebody's later: that it was asked for is noted in any case. */
static const void *find(const struct picture_forbund *f, const void *array, size_t count, size_t size,
                        const char *id_text)
{
    struct uuid id;
    if (!id_text || uuid_parse(&id, span_str(id_text)) != OK) {
        return NULL;
    }
    picture_forbund_rest_on(f, &id);
    return count > 0 ? bsearch(&id, array, count, size, by_id) : NULL;
}

const struct picture_forbund_who *picture_forbund_who(const struct picture_forbund *f, const char *id)
{
    return find(f, f->whos, f->who_count, sizeof *f->whos, id);
}

const struct picture_forbund_insats *picture_forbund_insats(const struct picture_forbund *f, const char *id)
{
    return find(f, f->insatser, f->insats_count, sizeof *f->insatser, id);
}

/* ---- who is who ---- */

static enum err read_whos(struct picture_forbund *f, struct ops *o)
{
    const struct member_list *list = &f->people->list;
    struct view_list functions;
    enum err e = read_all(&functions, o, "function");
    if (e != OK) {
        return e;
    }
    const size_t room = list->party_count + list->device_count + functions.count;
    struct picture_forbund_who *whos = arena_array(o->arena, room + 1, sizeof *whos);
    size_t count = 0;
    for (size_t i = 0; whos && i < list->party_count; i++) {
        const char *id = names_uuid(o->arena, &list->parties[i].id);
        whos[count++] = (struct picture_forbund_who){list->parties[i].id, id, list->parties[i].name, id, RULES_PRESENT};
    }
    for (size_t i = 0; whos && i < list->device_count; i++) { /* a member once for each device: any of them is found */
        const struct member_device *d = &list->devices[i];
        whos[count++] = (struct picture_forbund_who){d->member, names_uuid(o->arena, &d->member), d->member_name,
                                                     names_uuid(o->arena, &d->party), RULES_PRESENT};
    }
    sort(whos, count, sizeof *whos);
    f->whos = whos;
    f->who_count = count;
    for (size_t i = 0; whos && i < functions.count; i++) {
        const struct view_object *function = &functions.objects[i];
        const bool held = picture_forbund_who(f, view_get(function, "holder")) != NULL;
        whos[count++] = (struct picture_forbund_who){function->key.id, names_uuid(o->arena, &function->key.id),
                                                     view_get(function, "name"), view_get(function, "party"),
                                                     held ? RULES_PRESENT : RULES_VACANT};
    }
    sort(whos, count, sizeof *whos);
    f->who_count = count;
    return ops_memory(o);
}

/* ---- policies ---- */

static int by_age(const void *a, const void *b)
{
    return memcmp(&((const struct view_object *)a)->key.id, &((const struct view_object *)b)->key.id,
                  sizeof(struct uuid));
}

/* Length before content; NULL is not the empty text. */
static void put_text(struct buf *b, const char *text)
{
    buf_put_u8(b, text != NULL);
    buf_put_u32be(b, text ? (uint32_t)strlen(text) : 0);
    buf_put_str(b, text ? text : "");
}

static enum err read_policies(struct picture_forbund *f, struct ops *o)
{
    struct view_list list;
    enum err e = read_all(&list, o, "policy");
    struct view_object *sorted = e == OK ? arena_array(o->arena, list.count + 1, sizeof *sorted) : NULL;
    if (!sorted) {
        return e == OK ? ops_memory(o) : e;
    }
    for (size_t i = 0; i < list.count; i++) {
        sorted[i] = list.objects[i];
    }
    if (list.count > 1) {
        qsort(sorted, list.count, sizeof *sorted, by_age); /* UUIDv7: by the time it was made */
    }
    struct buf all = {0};
    for (size_t i = 0; i < list.count; i++) {
        struct policy_fault fault;
        const char *name = view_get(&sorted[i], "name");
        const char *value = view_get(&sorted[i], "value");
        put_text(&all, name);
        put_text(&all, value);
        if (name && value && policy_set(&f->policy, &fault, name, value) == ERR_MEMORY) {
            all.failed = true;
        }
    }
    e = buf_check(&all);
    f->policies = ids_hash(span_buf(&all));
    buf_free(&all);
    return e == OK ? OK : ops_no_memory(o);
}

/* ---- insatser, groups and their steps ---- */

struct session {
    const char *group;
    const char *module;
    int32_t day;
};

static int by_group(const void *a, const void *b)
{
    const struct session *x = a;
    const struct session *y = b;
    const int groups = strcmp(x->group, y->group);
    const int modules = groups != 0 ? groups : strcmp(x->module, y->module);
    return modules != 0 ? modules : (x->day > y->day) - (x->day < y->day);
}

static enum err read_sessions(struct session **out, size_t *count, struct ops *o)
{
    struct view_list list;
    enum err e = read_all(&list, o, "session");
    struct session *sessions = e == OK ? arena_array(o->arena, list.count + 1, sizeof *sessions) : NULL;
    *count = 0;
    for (size_t i = 0; sessions && i < list.count; i++) {
        struct session s = {view_get(&list.objects[i], "group"), view_get(&list.objects[i], "module"), 0};
        const char *when = view_get(&list.objects[i], "when");
        int64_t seconds;
        if (s.group && s.module && when && dates_parse_time(&seconds, when) == OK) {
            s.day = today_in_sweden(seconds);
            if (dates_is_written(s.day)) {
                sessions[(*count)++] = s;
            }
        }
    }
    if (*count > 1) {
        qsort(sessions, *count, sizeof *sessions, by_group);
    }
    *out = sessions;
    return e == OK ? ops_memory(o) : e;
}

static const struct view_object *object_in(const struct view_list *list, const char *id_text)
{
    struct uuid id;
    for (size_t i = 0; uuid_parse(&id, span_str(id_text)) == OK && i < list->count; i++) {
        if (memcmp(&list->objects[i].key.id, &id, sizeof id) == 0) {
            return &list->objects[i];
        }
    }
    return NULL;
}

static void read_step(struct rules_step *out, struct ops *o, const struct view_list *modules, const char *module)
{
    const struct view_object *object = object_in(modules, module);
    *out = (struct rules_step){.id = module, .first = DATES_OPEN_START, .last = DATES_OPEN_START};
    if (object) {
        out->name = view_get(object, "name");
        out->requires = picture_fields_members(&out->requires_count, o, object, "requires");
    }
}

struct rounds {
    const struct view_list *modules;
    const struct session *sessions;
    size_t count;
};

/* The modules that a group has sessions of; the sessions of one module stand together, by day. */
static void read_steps(struct picture_forbund_insats *out, struct ops *o, const struct rounds *r, const char *group)
{
    struct rules_step *steps = arena_array(o->arena, RULES_STEPS_MAX, sizeof *steps);
    size_t count = 0;
    for (size_t i = 0; steps && i < r->count; i++) {
        const struct session *s = &r->sessions[i];
        if (strcmp(s->group, group) != 0) {
            continue;
        }
        if (count == 0 || strcmp(steps[count - 1].id, s->module) != 0) {
            if (count == RULES_STEPS_MAX) {
                break;
            }
            read_step(&steps[count++], o, r->modules, s->module);
            steps[count - 1].first = s->day;
        }
        steps[count - 1].last = s->day;
    }
    out->steps = steps;
    out->step_count = count;
}

static void read_groups(struct picture_forbund *f, struct picture_forbund_insats *list, struct ops *o,
                        const struct view_list *groups, const struct rounds *r)
{
    size_t count = f->insats_count;
    for (size_t i = 0; i < groups->count; i++) {
        const struct view_object *group = &groups->objects[i];
        const char *own = names_uuid(o->arena, &group->key.id);
        const struct picture_forbund_insats *insats = picture_forbund_insats(f, view_get(group, "insats"));
        list[count] = (struct picture_forbund_insats){.id = group->key.id, .id_text = own};
        list[count].name = insats ? insats->name : view_get(group, "name");
        list[count].id_text = insats ? insats->id_text : own;
        if (own) {
            read_steps(&list[count], o, r, own);
        }
        count++;
    }
    sort(list, count, sizeof *list);
    f->insats_count = count;
}

static enum err read_insatser(struct picture_forbund *f, struct ops *o)
{
    struct view_list insatser;
    struct view_list groups;
    struct view_list modules;
    struct session *sessions = NULL;
    struct rounds r = {.modules = &modules};
    enum err e = read_all(&insatser, o, "insats");
    e = e == OK ? read_all(&groups, o, "group") : e;
    e = e == OK ? read_all(&modules, o, "module") : e;
    e = e == OK ? read_sessions(&sessions, &r.count, o) : e;
    struct picture_forbund_insats *list =
        e == OK ? arena_array(o->arena, insatser.count + groups.count + 1, sizeof *list) : NULL;
    if (!list) {
        return e == OK ? ops_memory(o) : e;
    }
    r.sessions = sessions;
    for (size_t i = 0; i < insatser.count; i++) {
        const struct view_object *insats = &insatser.objects[i];
        list[i] = (struct picture_forbund_insats){
            .id = insats->key.id, .id_text = names_uuid(o->arena, &insats->key.id), .name = view_get(insats, "name")};
    }
    sort(list, insatser.count, sizeof *list);
    f->insatser = list;
    f->insats_count = insatser.count;
    read_groups(f, list, o, &groups, &r);
    return ops_memory(o);
}

/* ---- marks ---- */

static uint64_t mark_of(const struct buf *bytes)
{
    const struct hash hash = ids_hash(span_buf(bytes));
    struct reader r = reader_of(span_of(hash.b, sizeof hash.b));
    return reader_u64be(&r);
}

static void put_who(struct buf *b, const struct picture_forbund_who *who)
{
    put_text(b, who->name);
    put_text(b, who->party);
    buf_put_u8(b, (uint8_t)who->presence);
}

static void put_insats(struct buf *b, const struct picture_forbund_insats *insats)
{
    put_text(b, insats->id_text);
    put_text(b, insats->name);
    for (size_t i = 0; i < insats->step_count; i++) {
        const struct rules_step *step = &insats->steps[i];
        put_text(b, step->id);
        put_text(b, step->name);
        buf_put_u32be(b, (uint32_t)step->first);
        buf_put_u32be(b, (uint32_t)step->last);
        buf_put_u32be(b, (uint32_t)step->requires_count);
        for (size_t k = 0; k < step->requires_count; k++) {
            put_text(b, step->requires[k]);
        }
    }
}

/* Those with one id stand together: their marks become one. */
static size_t fold(struct picture_forbund_mark *marks, size_t count)
{
    size_t kept = 0;
    sort(marks, count, sizeof *marks);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && by_id(&marks[kept - 1], &marks[i]) == 0) {
            marks[kept - 1].mark += marks[i].mark;
        } else {
            marks[kept++] = marks[i];
        }
    }
    return kept;
}

const struct picture_forbund_mark *picture_forbund_marks(size_t *count, struct ops *o, const struct picture_forbund *f)
{
    struct picture_forbund_mark *marks = arena_array(o->arena, f->who_count + f->insats_count + 1, sizeof *marks);
    struct buf bytes = {0};
    *count = 0;
    for (size_t i = 0; marks && i < f->who_count; i++) {
        buf_cut(&bytes, 0);
        put_who(&bytes, &f->whos[i]);
        marks[(*count)++] = (struct picture_forbund_mark){f->whos[i].id, mark_of(&bytes)};
    }
    for (size_t i = 0; marks && i < f->insats_count; i++) {
        buf_cut(&bytes, 0);
        put_insats(&bytes, &f->insatser[i]);
        marks[(*count)++] = (struct picture_forbund_mark){f->insatser[i].id, mark_of(&bytes)};
    }
    if (buf_check(&bytes) != OK || !marks) {
        o->arena->failed = true;
        marks = NULL;
    } else {
        *count = fold(marks, *count);
    }
    buf_free(&bytes);
    return marks;
}

enum err picture_forbund_load(struct picture_forbund *out, struct ops *o, const struct people *p)
{
    *out = (struct picture_forbund){.people = p};
    policy_init(&out->policy);
    enum err e = read_whos(out, o);
    e = e == OK ? read_policies(out, o) : e;
    return e == OK ? read_insatser(out, o) : e;
}

void picture_forbund_free(struct picture_forbund *f)
{
    policy_free(&f->policy);
}
