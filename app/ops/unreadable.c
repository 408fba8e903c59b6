#include "app/ops/unreadable.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/same_person.h"

const char *unreadable_word(enum unreadable_why why)
{
    return why == UNREADABLE_ENDED ? "ended" : "not-disclosed";
}

static const struct consents_consent *consent_of(const struct consents_list *consents, const char *ground)
{
    for (size_t i = 0; i < consents->count; i++) {
        if (strcmp(consents->consents[i].id, ground) == 0) {
            return &consents->consents[i];
        }
    }
    return NULL;
}

/* Does it rest on consents alone that name this member, and is none of them in force? A legal ground does not end so. */
static bool has_ended(const struct ops *o, const struct people *p, const struct view_section *s,
                      const struct consents_list *consents)
{
    const struct grant me = {.kind = GRANT_MEMBER, .id = site_self(o->site)->member};
    bool ended = false;
    for (size_t i = 0; i < s->ground_count; i++) {
        const struct consents_consent *c = consent_of(consents, s->grounds[i]);
        if (!c || (consents_names(c, p, &me) && consents_in_force(c, ops_day(o)))) {
            return false;
        }
        ended = ended || consents_names(c, p, &me);
    }
    return ended;
}

static bool has_person_section(const struct view_sections *sections)
{
    for (size_t i = 0; i < sections->count; i++) {
        const struct place *place = &sections->sections[i].place;
        if (uuid_is_nil(&place->owner) && strcmp(place->topic, "person") == 0) {
            return true;
        }
    }
    return false;
}

/* The plan names a person, and neither that person nor a section for one is here. */
static enum err lacks_person(bool *lacks, struct ops *o, const struct view_object *plan,
                             const struct view_sections *sections)
{
    struct view_list list;
    struct uuid id;
    *lacks = false;
    if (!same_person_of(&id, plan) || has_person_section(sections)) {
        return OK;
    }
    const struct view_query query = {.id = &id, .type = "person", .removed_too = true};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    *lacks = e == OK && list.count == 0;
    return e;
}

enum err unreadable_find(struct unreadable_list *out, struct ops *o, const struct people *p,
                         const struct view_object *plan, const struct consents_list *consents)
{
    struct view_sections sections;
    bool lacks = false;
    enum err e = ops_told(o, view_sections(&sections, o->arena, o->site, &plan->key.id));
    if (e == OK) {
        e = lacks_person(&lacks, o, plan, &sections);
    }
    struct unreadable_section *items = e == OK ? arena_array(o->arena, sections.count + 1, sizeof *items) : NULL;
    size_t count = 0;
    if (!items) {
        return e == OK ? ops_memory(o) : e;
    }
    if (lacks) {
        items[count++] = (struct unreadable_section){.topic = "person", .why = UNREADABLE_NOT_DISCLOSED};
    }
    for (size_t i = 0; i < sections.count; i++) {
        const struct view_section *s = &sections.sections[i];
        const bool ours = memcmp(&s->place.owner, &site_self(o->site)->party, sizeof s->place.owner) == 0;
        if (!ours && !uuid_is_nil(&s->place.owner) && has_ended(o, p, s, consents)) {
            items[count++] = (struct unreadable_section){.id = names_hex(o->arena, s->id.b, sizeof s->id.b),
                                                         .owner_name = s->owner_name,
                                                         .owner = s->place.owner,
                                                         .topic = s->place.topic,
                                                         .why = UNREADABLE_ENDED};
        }
    }
    *out = (struct unreadable_list){.count = count, .items = items};
    return ops_memory(o);
}
