#include "app/ops/consents.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/ops/objects.h"

#define CONSENT_MONTHS 12

/* Of several heads the narrowest counts: what is in dispute must not widen what is handed out. */
static int32_t narrowest(const struct view_object *object, const char *name, bool latest, int32_t none)
{
    const struct view_field *field = view_field(object, name);
    int32_t found = none;
    for (size_t i = 0; field && i < field->count; i++) {
        int32_t day;
        const char *value = field->values[i].value;
        if (value && dates_parse(&day, value) == OK && (found == none || (latest ? day > found : day < found))) {
            found = day;
        }
    }
    return found;
}

static bool is_withdrawn(const struct view_object *object)
{
    const struct view_field *field = view_field(object, "withdrawn");
    for (size_t i = 0; field && i < field->count; i++) {
        const char *value = field->values[i].value;
        if (value && strcmp(value, "nej") != 0) {
            return true;
        }
    }
    return false;
}

static enum err read_to(struct consents_consent *c, struct ops *o, const struct people *p)
{
    const struct view_field *to = view_field(c->object, "to");
    if (!to) {
        return OK;
    }
    c->to.grants = arena_array(o->arena, to->count, sizeof *c->to.grants);
    c->to.named = arena_array(o->arena, to->count, sizeof *c->to.named);
    for (size_t i = 0; c->to.grants && c->to.named && i < to->count; i++) {
        struct uuid id;
        struct uuid party;
        if (uuid_parse(&id, span_str(to->values[i].value)) == OK && people_party(&party, p, &id)) {
            const bool is_party = memcmp(&id, &party, sizeof id) == 0 || people_function(p, &id);
            c->to.named[c->to.count] = id;
            c->to.grants[c->to.count++] = is_party ? (struct grant){.kind = GRANT_PARTY, .id = party}
                                                   : (struct grant){.kind = GRANT_MEMBER, .id = id};
        }
    }
    if (to->count > 0) {
        c->recorded_by = to->values[0].by.party;
    }
    return ops_memory(o);
}

static enum err read_consent(struct consents_consent *c, struct ops *o, const struct people *p,
                             const struct view_object *object)
{
    *c = (struct consents_consent){.object = object, .id = names_uuid(o->arena, &object->key.id)};
    c->purpose = view_get(object, "purpose");
    c->topics = view_field(object, "topics");
    c->from = narrowest(object, "from", true, DATES_OPEN_START);
    c->until = narrowest(object, "until", false, DATES_OPEN_END);
    if (c->until == DATES_OPEN_END && c->from != DATES_OPEN_START) {
        c->until = dates_months_later(c->from, CONSENT_MONTHS);
    }
    c->withdrawn = is_withdrawn(object);
    return read_to(c, o, p);
}

enum err consents_list(struct consents_list *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = "consent"};
    enum err e = view_objects(&list, o->arena, o->site, &query);
    if (e != OK) {
        return ops_told(o, e);
    }
    struct consents_list found = {.consents = arena_array(o->arena, list.count + 1, sizeof *found.consents)};
    if (ops_memory(o) != OK) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < list.count; i++) {
        e = read_consent(&found.consents[found.count++], o, p, &list.objects[i]);
        if (e != OK) {
            return e;
        }
    }
    *out = found;
    return OK;
}

bool consents_in_force(const struct consents_consent *c, int32_t day)
{
    return !c->withdrawn && c->from != DATES_OPEN_START && c->from <= day && day <= c->until;
}

bool consents_has_topic(const struct consents_consent *c, const char *topic)
{
    for (size_t i = 0; c->topics && i < c->topics->count; i++) {
        if (strcmp(c->topics->values[i].value, topic) == 0) {
            return true;
        }
    }
    return false;
}

bool consents_names(const struct consents_consent *c, const struct people *p, const struct grant *whom)
{
    if (people_has(&c->to, whom)) {
        return true;
    }
    struct grant party = {.kind = GRANT_PARTY};
    return people_party(&party.id, p, &whom->id) && people_has(&c->to, &party);
}
