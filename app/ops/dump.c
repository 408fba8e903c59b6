#include "app/ops/dump.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/js.h"
#include "app/ops/names.h"
#include "app/ops/people.h"

/* Written by hand around js_canonical of each object, so that the whole never stands in memory twice. The keys of the
 * outermost object are in order as written: forbund, members, objects, parties. */

static int by_device(const void *a, const void *b)
{
    const struct member_device *x = a;
    const struct member_device *y = b;
    return memcmp(&x->sign, &y->sign, sizeof x->sign);
}

static int by_party(const void *a, const void *b)
{
    const struct member_party *x = a;
    const struct member_party *y = b;
    return memcmp(&x->id, &y->id, sizeof x->id);
}

static json_t *members(struct js *j, struct ops *o, const struct people *p)
{
    json_t *list = js_array(j);
    for (size_t i = 0; i < p->list.device_count; i++) {
        const struct member_device *d = &p->list.devices[i];
        json_t *row = js_object(j);
        js_text(j, row, "device", names_hex(o->arena, d->sign.b, sizeof d->sign.b));
        js_text(j, row, "member", names_uuid(o->arena, &d->member));
        js_text(j, row, "name", d->member_name);
        js_text(j, row, "party", names_uuid(o->arena, &d->party));
        js_text(j, row, "role", d->role);
        js_add(j, list, row);
    }
    return list;
}

static json_t *parties(struct js *j, struct ops *o, const struct people *p)
{
    json_t *list = js_array(j);
    for (size_t i = 0; i < p->list.party_count; i++) {
        const struct member_party *party = &p->list.parties[i];
        json_t *row = js_object(j);
        js_text(j, row, "id", names_uuid(o->arena, &party->id));
        js_text(j, row, "kind", party->kind);
        js_text(j, row, "name", party->name);
        js_add(j, list, row);
    }
    return list;
}

static int by_value(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Members of a set, sorted; who added them is history, not content. */
static json_t *set_values(struct js *j, struct arena *a, const struct view_field *f)
{
    json_t *list = js_array(j);
    const char **values = arena_array(a, f->count + 1, sizeof *values);
    for (size_t i = 0; values && i < f->count; i++) {
        values[i] = f->values[i].value;
    }
    if (values && f->count > 1) {
        qsort(values, f->count, sizeof *values, by_value);
    }
    for (size_t i = 0; values && i < f->count; i++) {
        json_t *row = js_object(j);
        js_text(j, row, "value", values[i]);
        js_add(j, list, row);
    }
    j->failed = j->failed || !values;
    return list;
}

static json_t *values_of(struct js *j, struct arena *a, const struct view_field *f)
{
    if (f->field->merge == MERGE_SET) {
        return set_values(j, a, f);
    }
    json_t *list = js_array(j);
    for (size_t i = 0; i < f->count; i++) {
        json_t *row = js_object(j);
        js_text(j, row, "tx", names_tx(a, &f->values[i].by.tx));
        js_text(j, row, "value", f->values[i].value);
        js_add(j, list, row);
    }
    return list;
}

static json_t *object_shape(struct js *j, struct arena *a, const struct view_object *object)
{
    json_t *out = js_object(j);
    json_t *fields = js_object(j);
    const char *removed = object->removed ? "yes" : "no";
    for (size_t i = 0; !object->removed && i < object->field_count; i++) {
        const struct view_field *f = &object->fields[i];
        if (!f->field) {
            removed = "disputed";
        } else if (f->field->merge != MERGE_SET || f->count > 0) { /* a set that was emptied is one never filled */
            js_put(j, fields, f->field->name, values_of(j, a, f));
        }
    }
    js_put(j, out, "fields", fields);
    js_text(j, out, "id", names_uuid(a, &object->key.id));
    js_text(j, out, "owner", names_uuid(a, &object->place.owner));
    js_text(j, out, "plan", names_uuid(a, &object->place.plan));
    js_text(j, out, "removed", removed);
    js_text(j, out, "section", names_hex(a, object->section.b, sizeof object->section.b));
    js_text(j, out, "topic", object->place.topic);
    js_text(j, out, "type", object->type->name);
    return out;
}

struct writing {
    struct buf *out;
    bool any;
};

static enum err write_object(void *ctx, const struct view_object *object)
{
    struct writing *w = ctx;
    struct arena a = {0}; /* an object's, so that memory stays flat */
    struct js j = {0};
    json_t *shape = object_shape(&j, &a, object);
    enum err e = a.failed ? ERR_MEMORY : js_check(&j);
    if (e == OK) {
        buf_put_str(w->out, w->any ? "," : "");
        e = js_canonical(w->out, shape);
        w->any = true;
    }
    json_decref(shape);
    arena_free(&a);
    return e;
}

/* Appends before and the value, which is taken. */
static enum err write_part(struct buf *out, struct js *j, const char *before, json_t *value)
{
    enum err e = js_check(j);
    if (e == OK) {
        buf_put_str(out, before);
        e = js_canonical(out, value);
    }
    json_decref(value);
    return e;
}

enum err dump_write(struct buf *out, struct ops *o)
{
    struct people p;
    enum err e = people_load(&p, o);
    if (e != OK) {
        return e;
    }
    if (p.list.device_count > 1) {
        qsort(p.list.devices, p.list.device_count, sizeof *p.list.devices, by_device);
    }
    if (p.list.party_count > 1) {
        qsort(p.list.parties, p.list.party_count, sizeof *p.list.parties, by_party);
    }
    const struct site_self *self = site_self(o->site);
    struct js j = {0};
    buf_printf(out, "{\"forbund\":\"%s\"", names_hex(o->arena, self->forbund.b, sizeof self->forbund.b));
    e = write_part(out, &j, ",\"members\":", members(&j, o, &p));
    if (e == OK) {
        buf_put_str(out, ",\"objects\":[");
        struct writing w = {.out = out};
        e = view_each(o->site, write_object, &w);
        /* The site's story, unless it was this side that ran out of memory. */
        e = e == ERR_MEMORY ? e : ops_told(o, e);
    }
    if (e == OK) {
        e = write_part(out, &j, "],\"parties\":", parties(&j, o, &p));
    }
    buf_put_str(out, "}");
    if (e == OK) {
        e = buf_check(out);
    }
    return e == ERR_MEMORY ? ops_no_memory(o) : e;
}
