#include "app/ops/guarded.h"

#include <stdlib.h>
#include <string.h>

#include "app/ops/duplicates.h"
#include "app/ops/same_person.h"

/* What persons' objects say, taken together. */
struct choice {
    struct guarded found;
    bool any;  /* somebody has been chosen */
    bool ours; /* this party or member, or this party has protected it */
};

static bool is_us(const struct ops *o, const struct people *p, const char *whom)
{
    const struct site_self *self = site_self(o->site);
    struct uuid id;
    struct uuid party;
    if (!whom || uuid_parse(&id, span_str(whom)) != OK) {
        return false;
    }
    if (memcmp(&id, &self->member, sizeof id) == 0 || memcmp(&id, &self->party, sizeof id) == 0) {
        return true;
    }
    const bool function = people_function(p, &id) != NULL;
    return function && people_party(&party, p, &id) && memcmp(&party, &self->party, sizeof party) == 0;
}

static void read_person(struct choice *c, const struct ops *o, const struct people *p, const struct view_object *person)
{
    const struct view_field *kind = view_field(person, "protected");
    const struct view_field *chosen = view_field(person, "chosen");
    if (!duplicates_is_protected(person)) {
        return;
    }
    c->found.protected = true;
    for (size_t i = 0; kind && i < kind->count; i++) {
        c->ours = c->ours || memcmp(&kind->values[i].by.party, &site_self(o->site)->party, sizeof(struct uuid)) == 0;
    }
    for (size_t i = 0; chosen && i < chosen->count; i++) {
        c->any = true;
        c->ours = c->ours || is_us(o, p, chosen->values[i].value);
    }
}

enum err guarded_find(struct guarded *out, struct ops *o, const struct people *p, const struct view_object *plan)
{
    struct same_person_ids same = {0};
    struct choice c = {0};
    struct uuid id;
    enum err e = same_person_of(&id, plan) ? same_person_ids(&same, o, &id) : OK;
    for (size_t i = 0; e == OK && i < same.count; i++) {
        struct view_list list;
        const struct view_query query = {.id = &same.ids[i], .type = "person"};
        e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
        for (size_t k = 0; e == OK && k < list.count; k++) {
            read_person(&c, o, p, &list.objects[k]);
        }
    }
    c.found.chosen = !c.found.protected || !c.any || c.ours;
    *out = c.found;
    return e;
}

enum err guarded_find_id(struct guarded *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .id = plan, .type = "plan"};
    *out = (struct guarded){.chosen = true};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    return e == OK && list.count > 0 ? guarded_find(out, o, p, &list.objects[0]) : e;
}

/* ---- what tells ---- */

bool guarded_tells(const char *type, const char *field)
{
    static const char *const open[] = {"protected", "chosen", "anonymous", NULL};
    if (strcmp(type, "identity") == 0 || strcmp(type, "slot") == 0) {
        return true;
    }
    if (strcmp(type, "person") == 0 && field) {
        const char *const *word = open;
        while (*word && strcmp(*word, field) != 0) {
            word++;
        }
        return !*word;
    }
    return field && ((strcmp(type, "activity") == 0 && strcmp(field, "place") == 0) ||
                     (strcmp(type, "meeting") == 0 && strcmp(field, "when") == 0));
}

enum err guarded_objects(struct view_list *out, struct ops *o, const struct view_list *list)
{
    struct view_object *kept = arena_array(o->arena, list->count + 1, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; kept && i < list->count; i++) {
        const struct view_object *object = &list->objects[i];
        struct view_field *fields = arena_array(o->arena, object->field_count + 1, sizeof *fields);
        size_t field_count = 0;
        for (size_t k = 0; fields && k < object->field_count; k++) {
            const struct schema_field *f = object->fields[k].field;
            if (!f || !guarded_tells(object->type->name, f->name)) {
                fields[field_count++] = object->fields[k];
            }
        }
        if (fields && !guarded_tells(object->type->name, NULL)) {
            kept[count] = *object;
            kept[count].fields = fields;
            kept[count++].field_count = field_count;
        }
    }
    *out = (struct view_list){.count = count, .objects = kept};
    return ops_memory(o);
}

enum err guarded_changes(struct view_changes *out, struct ops *o, const struct view_changes *changes)
{
    struct view_change *kept = arena_array(o->arena, changes->count + 1, sizeof *kept);
    for (size_t i = 0; kept && i < changes->count; i++) {
        kept[i] = changes->changes[i];
        if (kept[i].type && kept[i].field && guarded_tells(kept[i].type->name, kept[i].field->name)) {
            kept[i].old = NULL;
            kept[i].value = NULL;
        }
    }
    *out = (struct view_changes){.count = changes->count, .changes = kept};
    return ops_memory(o);
}

/* ---- conflicts and proposals ---- */

/* Is what stands in that field of the plan kept from the reader? */
static enum err is_kept(bool *out, struct ops *o, const struct people *p, const struct uuid *plan, bool all)
{
    struct guarded g;
    enum err e = guarded_find_id(&g, o, p, plan);
    *out = g.protected && (all || !g.chosen);
    return e;
}

enum err guarded_conflicts(struct conflicts_list *list, struct ops *o, const struct people *p, bool all)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        struct conflicts_one *c = &list->items[i];
        const char *field = c->field->field ? c->field->field->name : NULL;
        if (field && guarded_tells(c->object->type->name, field)) {
            e = is_kept(&c->withheld, o, p, &c->object->place.plan, all);
        }
    }
    return e;
}

enum err guarded_proposals(struct proposals_list *list, struct ops *o, const struct people *p, bool all)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        struct proposals_one *one = &list->items[i];
        const char *type = one->target ? one->target->type->name : NULL;
        const char *field = view_get(one->object, "field");
        if (type && field && guarded_tells(type, field)) {
            e = is_kept(&one->withheld, o, p, &one->object->place.plan, all);
        }
    }
    return e;
}

/* ---- findings ---- */

/* Only K2 says where and when. */
static bool names_places(const struct finding *f)
{
    return strcmp(f->rule, "K2") == 0;
}

static enum err hush(struct finding *f, struct ops *o)
{
    char *text = strdup(tr(N_("Two booked times overlap. Places and times are protected.")));
    if (!text) {
        return ops_no_memory(o);
    }
    free(f->text);
    f->text = text;
    return OK;
}

enum err guarded_findings(struct findings_list *list, struct ops *o, const struct people *p, bool all)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        struct findings_of *of = &list->plans[i];
        struct guarded g = {.chosen = true};
        bool looked = false;
        for (size_t k = 0; e == OK && k < of->found.count; k++) {
            if (!names_places(&of->found.items[k])) {
                continue;
            }
            e = looked ? OK : guarded_find_id(&g, o, p, &of->plan);
            looked = true;
            if (e == OK && g.protected && (all || !g.chosen)) {
                e = hush(&of->found.items[k], o);
            }
        }
    }
    return e;
}
