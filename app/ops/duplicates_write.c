#include "app/ops/duplicates_write.h"

#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"

static enum err find_person(const struct view_object **out, struct ops *o, const char *text)
{
    const struct ops_wanted wanted = {.text = text};
    *out = NULL;
    enum err e = ops_object(out, o, &wanted);
    if (e == OK && strcmp((*out)->type->name, "person") != 0) {
        return why_set(&o->why, ERR_INPUT, N_("expected the id of a person (plan list --json shows it)"), "%s", text);
    }
    return e;
}

static enum err may_write(bool *may, struct ops *o, const struct place *place)
{
    struct view_sections list;
    enum err e = ops_told(o, view_sections(&list, o->arena, o->site, &place->plan));
    *may = false;
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const struct view_section *s = &list.sections[i];
        *may = *may || (uuid_is_nil(&s->place.owner) && strcmp(s->place.topic, place->topic) == 0 && s->may_write);
    }
    return e;
}

/* One pair, about to be decided. */
struct pair {
    struct uuid id; /* of the decision */
    const char *a;  /* the smaller id first: the same object whoever makes it */
    const char *b;
    const char *decision;
};

static enum err write_copy(struct ops *o, struct edit *ed, const struct pair *pair, const struct place *place)
{
    struct view_list list;
    const struct view_query query = {
        .plan = &place->plan, .id = &pair->id, .type = DUPLICATES_TYPE, .removed_too = true};
    const struct fields_change fields[] = {
        {"decision", FIELDS_SET, pair->decision}, {"person", FIELDS_SET, pair->a}, {"other", FIELDS_SET, pair->b}};
    const struct fields_changes decision = {.count = 1, .changes = fields};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK) {
        return e;
    }
    if (list.count == 0) {
        struct uuid id;
        const struct objects_wish wish = {.plan = names_uuid(o->arena, &place->plan),
                                          .id = &pair->id,
                                          .type = DUPLICATES_TYPE,
                                          .topic = "person",
                                          .fields = {.count = 3, .changes = fields}};
        return objects_new(&id, o, ed, &wish);
    }
    const struct view_field *now = view_field(&list.objects[0], "decision");
    const char *shown = now ? now->values[0].value : NULL;
    const bool stands = shown && strcmp(shown, pair->decision) == 0 && !now->conflict;
    return stands ? OK : objects_set(o, ed, &list.objects[0], &decision);
}

/* In the section of each of the two; they may be one, and the other may be one that cannot be read here. */
static enum err decide(struct ops *o, struct edit *ed, const struct view_object *a, const struct uuid *b_id,
                       const struct view_object *b, const char *decision)
{
    const bool ordered = memcmp(&a->key.id, b_id, sizeof *b_id) < 0;
    struct pair pair = {.a = names_uuid(o->arena, ordered ? &a->key.id : b_id),
                        .b = names_uuid(o->arena, ordered ? b_id : &a->key.id),
                        .decision = decision};
    const struct view_object *both[] = {a, b && b->key.section != a->key.section ? b : NULL};
    const char *parts[] = {DUPLICATES_TYPE, pair.a, pair.b, NULL};
    size_t written = 0;
    enum err e = ops_memory(o);
    if (e == OK) {
        e = derive_id(&pair.id, o, parts);
    }
    for (size_t i = 0; e == OK && i < 2 && both[i]; i++) {
        bool may;
        e = may_write(&may, o, &both[i]->place);
        if (e == OK && may) {
            written++;
            e = write_copy(o, ed, &pair, &both[i]->place);
        }
    }
    if (e == OK && written == 0) {
        return why_set(&o->why, ERR_REFUSED, N_("this member may write in neither person's section"), "%s", pair.a);
    }
    return e;
}

/* Everybody whom a was joined with. */
static enum err split_all(size_t *count, struct ops *o, struct edit *ed, const struct view_object *a)
{
    struct duplicates all;
    enum err e = duplicates_load(&all, o);
    for (size_t i = 0; e == OK && i < all.decision_count; i++) {
        const struct duplicates_decision *d = &all.decisions[i];
        const bool first = memcmp(&d->a, &a->key.id, sizeof d->a) == 0;
        const bool second = memcmp(&d->b, &a->key.id, sizeof d->b) == 0;
        if (!d->same || (!first && !second)) {
            continue;
        }
        const struct uuid *id = first ? &d->b : &d->a;
        const struct view_object *other = NULL;
        e = find_person(&other, o, names_uuid(o->arena, id));
        if (e == OK || e == ERR_NOT_FOUND) {
            e = decide(o, ed, a, id, other, DUPLICATES_OTHER);
            (*count)++;
        }
    }
    if (e == OK && *count == 0) {
        return why_set(&o->why, ERR_NOT_FOUND, N_("that person is not joined with anybody"), "%s",
                       names_uuid(o->arena, &a->key.id));
    }
    return e;
}

enum err duplicates_write_decide(size_t *count, struct ops *o, struct edit *ed,
                                 const struct duplicates_write_wish *wish)
{
    const struct view_object *a;
    const struct view_object *b;
    *count = 0;
    if (!schema_type_named(site_schema(o->site), DUPLICATES_TYPE)) {
        return why_set(&o->why, ERR_INPUT, N_("this version has no such type, so persons cannot be joined"), "%s",
                       DUPLICATES_TYPE);
    }
    enum err e = find_person(&a, o, wish->a);
    if (e != OK || !wish->b) {
        return e == OK ? split_all(count, o, ed, a) : e;
    }
    e = find_person(&b, o, wish->b);
    if (e != OK) {
        return e;
    }
    if (memcmp(&a->key.id, &b->key.id, sizeof a->key.id) == 0) {
        return why_set(&o->why, ERR_INPUT, N_("expected two different persons"), "%s", wish->a);
    }
    *count = 1;
    return decide(o, ed, a, &b->key.id, b, wish->same ? DUPLICATES_SAME : DUPLICATES_OTHER);
}
