#include "app/ops/reach.h"

#include <stdlib.h>
#include <string.h>

struct looking {
    struct ops *o;
    const struct people *people;
    struct view_heard heard; /* sorted: device, chain, n */
    struct view_heard_row *rows;
    struct view_sections sections;
    size_t odd_count;
    const struct view_change **odd; /* changes that do not stand, or not yet: few */
};

const char *reach_word(enum reach_state state)
{
    static const char *const words[] = {[REACH_LOCAL] = "local", [REACH_SENT] = "sent", [REACH_RECEIVED] = "received"};
    return words[state];
}

static int by_device_and_chain(const void *a, const void *b)
{
    const struct view_heard_row *x = a;
    const struct view_heard_row *y = b;
    const int device = memcmp(&x->device, &y->device, sizeof x->device);
    return device != 0 ? device : memcmp(&x->upto.chain, &y->upto.chain, sizeof x->upto.chain);
}

/* Sorted, each device and chain once, with the highest number. */
static enum err sort_rows(struct looking *l)
{
    const size_t count = l->heard.count;
    l->rows = arena_array(l->o->arena, count + 1, sizeof *l->rows);
    if (!l->rows) {
        return ops_memory(l->o);
    }
    if (count > 0) {
        memcpy(l->rows, l->heard.rows, count * sizeof *l->rows);
        qsort(l->rows, count, sizeof *l->rows, by_device_and_chain);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && by_device_and_chain(&l->rows[kept - 1], &l->rows[i]) == 0) {
            struct dot *last = &l->rows[kept - 1].upto;
            last->n = last->n > l->rows[i].upto.n ? last->n : l->rows[i].upto.n;
        } else {
            l->rows[kept++] = l->rows[i];
        }
    }
    l->heard.count = kept;
    return OK;
}

static bool has(const struct looking *l, const struct sign_public *device, const struct dot *tx)
{
    const struct view_heard_row key = {.device = *device, .upto = *tx};
    const struct view_heard_row *row =
        l->heard.count > 0 ? bsearch(&key, l->rows, l->heard.count, sizeof key, by_device_and_chain) : NULL;
    return row && row->upto.n >= tx->n;
}

static bool has_all(const struct looking *l, const struct sign_public *device, const struct view_object *object)
{
    for (size_t i = 0; i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        for (size_t k = 0; k < f->count; k++) {
            if (!has(l, device, &f->values[k].by.tx)) {
                return false;
            }
        }
    }
    return true;
}

/* A transaction of this device that no place to meet has had. */
static bool is_local(const struct looking *l, const struct dot *tx)
{
    const struct chain_id *own = &site_self(l->o->site)->chain;
    const struct dot *sent = &l->heard.sent;
    if (memcmp(&tx->chain, own, sizeof *own) != 0) {
        return false;
    }
    return memcmp(&sent->chain, own, sizeof *own) != 0 || tx->n > sent->n;
}

static bool any_local(const struct looking *l, const struct view_object *object)
{
    for (size_t i = 0; i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        for (size_t k = 0; k < f->count; k++) {
            if (is_local(l, &f->values[k].by.tx)) {
                return true;
            }
        }
    }
    return false;
}

static const struct view_section *section_of(const struct looking *l, const struct view_object *object)
{
    for (size_t i = 0; i < l->sections.count; i++) {
        if (l->sections.sections[i].section == object->key.section) {
            return &l->sections.sections[i];
        }
    }
    return NULL;
}

static bool may_read(const struct view_section *s, const struct member_device *d)
{
    if (!uuid_is_nil(&s->place.owner) && memcmp(&s->place.owner, &d->party, sizeof d->party) == 0) {
        return true;
    }
    for (size_t i = 0; i < s->grant_count; i++) {
        const struct uuid *who = s->grants[i].kind == GRANT_PARTY ? &d->party : &d->member;
        if (memcmp(&s->grants[i].id, who, sizeof *who) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_among(const char *const *names, const char *name)
{
    for (; *names; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum err count_readers(struct reach_object *out, const struct looking *l, const struct view_section *section)
{
    const struct member_list *list = &l->people->list;
    const struct sign_public *own = &site_self(l->o->site)->device;
    const char **missing = arena_array(l->o->arena, list->device_count + 1, sizeof *missing);
    size_t names = 0;
    for (size_t i = 0; missing && i < list->device_count; i++) {
        const struct member_device *d = &list->devices[i];
        if (memcmp(&d->sign, own, sizeof *own) == 0 || !section || !may_read(section, d)) {
            continue;
        }
        out->readers++;
        if (has_all(l, &d->sign, out->object)) {
            out->received++;
        } else if (!is_among(missing, d->member_name)) {
            missing[names++] = d->member_name;
        }
    }
    out->missing = missing;
    return ops_memory(l->o);
}

/* What of its history does not stand, or not yet. */
static void count_standing(struct reach_object *out, const struct looking *l)
{
    for (size_t i = 0; i < l->odd_count; i++) {
        const struct object_key *key = &l->odd[i]->object;
        if (key->section == out->object->key.section && memcmp(&key->id, &out->object->key.id, sizeof key->id) == 0) {
            out->waiting += l->odd[i]->standing == VIEW_WAITING;
            out->set_aside += l->odd[i]->standing != VIEW_WAITING;
        }
    }
}

static enum err keep_odd(struct looking *l, const struct view_changes *changes)
{
    l->odd = arena_array(l->o->arena, changes->count + 1, sizeof *l->odd);
    for (size_t i = 0; l->odd && i < changes->count; i++) {
        const enum view_standing standing = changes->changes[i].standing;
        if (standing == VIEW_WAITING || standing == VIEW_SET_ASIDE || standing == VIEW_REFUSED) {
            l->odd[l->odd_count++] = &changes->changes[i];
        }
    }
    return ops_memory(l->o);
}

static enum err look_at(struct reach_object *out, const struct looking *l, const struct view_object *object)
{
    *out = (struct reach_object){.object = object};
    enum err e = count_readers(out, l, section_of(l, object));
    count_standing(out, l);
    out->state = any_local(l, object)                                ? REACH_LOCAL
                 : out->readers > 0 && out->received == out->readers ? REACH_RECEIVED
                                                                     : REACH_SENT;
    return e;
}

static enum err load(struct looking *l, struct view_list *objects, const struct view_object *plan)
{
    const struct view_query query = {.plan = &plan->key.id, .removed_too = true};
    struct view_changes changes;
    struct ops *o = l->o;
    enum err e = view_objects(objects, o->arena, o->site, &query);
    if (e == OK) {
        e = view_sections(&l->sections, o->arena, o->site, &plan->key.id);
    }
    if (e == OK) {
        e = view_history(&changes, o->arena, o->site, &plan->key.id, NULL);
    }
    if (e == OK) {
        e = view_heard(&l->heard, o->arena, o->site);
    }
    if (e != OK) {
        return ops_told(o, e);
    }
    e = keep_odd(l, &changes);
    return e == OK ? sort_rows(l) : e;
}

enum err reach_find(struct reach *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct looking l = {.o = o, .people = p};
    struct view_list objects = {0};
    struct site_figures figures;
    enum err e = load(&l, &objects, plan);
    struct reach_object *rows = e == OK ? arena_array(o->arena, objects.count + 1, sizeof *rows) : NULL;
    struct reach found = {.count = objects.count, .objects = rows};
    for (size_t i = 0; rows && e == OK && i < objects.count; i++) {
        e = look_at(&rows[i], &l, &objects.objects[i]);
        found.local += rows[i].state == REACH_LOCAL;
    }
    if (e == OK) {
        e = ops_told(o, site_figures(&figures, o->site));
    }
    if (e == OK) {
        found.waiting_for_key = figures.waiting_for_key;
        *out = found;
    }
    return e == OK ? ops_memory(o) : e;
}
