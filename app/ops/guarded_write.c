#include "app/ops/guarded_write.h"

#include <string.h>

#include "app/ops/fields.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/same_person.h"

#define GROUND "skyddade personuppgifter"

static bool is_own(const struct ops *o, const struct people *p, const struct uuid *id)
{
    struct uuid party;
    return people_party(&party, p, id) && memcmp(&party, &site_self(o->site)->party, sizeof party) == 0;
}

/* Is that recipient, or its party, among those kept? */
static bool is_kept(const struct people *p, const struct people_grants *keep, const struct grant *one)
{
    struct uuid party;
    if (people_has(keep, one)) {
        return true;
    }
    const struct grant whole = {.kind = GRANT_PARTY,
                                .id = people_party(&party, p, &one->id) ? party : (struct uuid){{0}}};
    return people_has(keep, &whole);
}

static const struct view_section *person_section(const struct view_sections *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (uuid_is_nil(&all->sections[i].place.owner) && strcmp(all->sections[i].place.topic, "person") == 0) {
            return &all->sections[i];
        }
    }
    return NULL;
}

/* A new key without those who are not kept; and those who are, and had none. */
static enum err change_recipients(size_t *count, struct ops *o, struct edit *ed, const struct people *p,
                                  const struct view_section *s, const struct people_grants *keep)
{
    struct grant *out = arena_array(o->arena, s->grant_count + 1, sizeof *out);
    struct grant *in = arena_array(o->arena, keep->count + 1, sizeof *in);
    size_t out_count = 0;
    size_t in_count = 0;
    for (size_t i = 0; out && i < s->grant_count; i++) {
        if (!is_own(o, p, &s->grants[i].id) && !is_kept(p, keep, &s->grants[i])) {
            out[out_count++] = s->grants[i];
        }
    }
    for (size_t i = 0; in && i < keep->count; i++) {
        in[in_count] = keep->grants[i];
        in[in_count++].writes = true;
    }
    enum err e = ops_memory(o);
    if (e == OK && in_count > 0) {
        e = ops_told(o, edit_admit(ed, &s->place, in, in_count, GROUND));
    }
    if (e == OK && out_count > 0) {
        e = ops_told(o, edit_exclude(ed, &s->place, out, out_count, GROUND));
    }
    *count += out_count;
    return e;
}

/* The ids of those chosen, the own party first; "" where nobody is to be. */
static const char *chosen_ids(struct ops *o, const struct people_grants *keep, bool protect)
{
    const char *text = protect ? names_uuid(o->arena, &site_self(o->site)->party) : "";
    for (size_t i = 0; text && protect && i < keep->count; i++) {
        text = arena_printf(o->arena, "%s;%s", text, names_uuid(o->arena, &keep->named[i]));
    }
    return text;
}

static enum err protect_one(size_t *count, struct ops *o, struct edit *ed, const struct people *p,
                            const struct view_object *person, const char *kind, const struct people_grants *keep)
{
    struct view_sections sections;
    const bool protect = strcmp(kind, GUARDED_WRITE_NO) != 0;
    const struct fields_change fields[] = {{"protected", FIELDS_SET, kind},
                                           {"chosen", FIELDS_SET, chosen_ids(o, keep, protect)}};
    const struct fields_changes changes = {.count = 2, .changes = fields};
    enum err e = ops_memory(o);
    if (e == OK) {
        e = objects_set(o, ed, person, &changes); /* first, so that those who get no more still learn why */
    }
    if (e == OK) {
        e = ops_told(o, view_sections(&sections, o->arena, o->site, &person->place.plan));
    }
    const struct view_section *section = e == OK ? person_section(&sections) : NULL;
    return section && protect ? change_recipients(count, o, ed, p, section, keep) : e;
}

/* The person's ids, of a person or a plan. */
static enum err find_who(struct same_person_ids *out, struct ops *o, const char *who)
{
    const struct view_object *object;
    struct uuid person;
    const struct ops_wanted wanted = {.text = who};
    enum err e = ops_object(&object, o, &wanted);
    if (e != OK) {
        return e;
    }
    const bool plan = strcmp(object->type->name, "plan") == 0;
    if ((!plan && strcmp(object->type->name, "person") != 0) || (plan && !same_person_of(&person, object))) {
        return why_set(&o->why, ERR_INPUT, N_("expected the id of a person, or of a plan about one"), "%s", who);
    }
    return same_person_ids(out, o, plan ? &person : &object->key.id);
}

enum err guarded_write_protect(size_t *count, struct ops *o, struct edit *ed, const struct guarded_write_wish *wish)
{
    struct people p;
    struct people_grants keep = {0};
    struct same_person_ids ids;
    size_t found = 0;
    *count = 0;
    enum err e = people_load(&p, o);
    if (e == OK && wish->keep) {
        e = people_whom(&keep, o, &p, wish->keep);
    }
    if (e == OK) {
        e = find_who(&ids, o, wish->who);
    }
    for (size_t i = 0; e == OK && i < ids.count; i++) {
        struct view_list list;
        const struct view_query query = {.id = &ids.ids[i], .type = "person"};
        e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
        for (size_t k = 0; e == OK && k < list.count; k++) {
            found++;
            e = protect_one(count, o, ed, &p, &list.objects[k], wish->kind, &keep);
        }
    }
    if (e == OK && found == 0) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("nothing of that person can be read here"), "%s", wish->who);
    }
    return e;
}

static enum err chosen_of(struct people_grants *out, bool *protected, struct ops *o, const struct people *p,
                          const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = "person"};
    const char *text = "";
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    *protected = false;
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const char *kind = view_get(&list.objects[i], "protected");
        const struct view_field *f = view_field(&list.objects[i], "chosen");
        *protected = *protected || (kind && strcmp(kind, GUARDED_WRITE_NO) != 0);
        for (size_t k = 0; text && f && k < f->count; k++) {
            text = arena_printf(o->arena, "%s%s%s", text, *text ? ";" : "", f->values[k].value);
        }
    }
    *out = (struct people_grants){0};
    if (e != OK || !text || !*text) {
        return e == OK ? ops_memory(o) : e;
    }
    return people_whom(out, o, p, text);
}

enum err guarded_write_may_admit(struct ops *o, const struct people *p, const struct uuid *plan,
                                 const struct people_grants *to)
{
    struct people_grants chosen;
    bool protected;
    enum err e = chosen_of(&chosen, &protected, o, p, plan);
    for (size_t i = 0; e == OK && protected && i < to->count; i++) {
        if (!is_own(o, p, &to->grants[i].id) && !is_kept(p, &chosen, &to->grants[i])) {
            const char *name = people_name(p, &to->grants[i].id);
            return why_set(&o->why, ERR_REFUSED,
                           N_("the person has protected personal data, and that recipient is not expressly chosen "
                              "(samplan person protect --keep)"),
                           "%s", name ? name : "");
        }
    }
    return e;
}

enum err guarded_write_may_write(struct ops *o, const struct schema_type *type, const struct uuid *plan)
{
    struct people p;
    struct guarded g = {.chosen = true};
    if (strcmp(type->name, "person") != 0 && strcmp(type->name, "identity") != 0) {
        return OK;
    }
    enum err e = people_load(&p, o);
    e = e == OK ? guarded_find_id(&g, o, &p, plan) : e;
    if (e == OK && !g.chosen) {
        return why_set(&o->why, ERR_REFUSED,
                       N_("the person has protected personal data, and this party is not expressly chosen"), "%s",
                       type->name);
    }
    return e;
}
