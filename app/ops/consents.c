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
    for (size_t i = 0; c->to.grants && i < to->count; i++) {
        struct uuid id;
        struct uuid party;
        if (uuid_parse(&id, span_str(to->values[i].value)) == OK && people_party(&party, p, &id)) {
            const bool is_party = memcmp(&id, &party, sizeof id) == 0;
            c->to.grants[c->to.count++] = (struct grant){.kind = is_party ? GRANT_PARTY : GRANT_MEMBER, .id = id};
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
        c->until = objects_months_later(c->from, CONSENT_MONTHS);
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

/* English words that the command line takes beside the caseworkers' own. */
static const char *own_word(const char *typed)
{
    static const struct {
        const char *english;
        const char *word;
    } words[] = {{"exchange", "utbyte"},
                 {"followup", "uppföljning"},
                 {"evaluation", "utvärdering"},
                 {"written", "skriftligt"},
                 {"oral", "muntligt"}};
    for (size_t i = 0; typed && i < sizeof words / sizeof *words; i++) {
        if (strcmp(typed, words[i].english) == 0) {
            return words[i].word;
        }
    }
    return typed;
}

/* "A;B" of ids: what the set field is made of. */
static const char *ids_of(struct ops *o, const struct people_grants *g)
{
    const char *text = "";
    for (size_t i = 0; text && i < g->count; i++) {
        text = arena_printf(o->arena, "%s%s%s", text, i == 0 ? "" : ";", names_uuid(o->arena, &g->grants[i].id));
    }
    return text ? text : "";
}

/* The own party reads and writes its plans' shared sections already. */
static size_t without_own_party(struct grant *out, const struct ops *o, const struct people_grants *g)
{
    const struct site_self *self = site_self(o->site);
    size_t count = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (memcmp(&g->grants[i].id, &self->party, sizeof self->party) != 0) {
            out[count++] = g->grants[i];
        }
    }
    return count;
}

static enum err admit_to_shared(struct ops *o, struct edit *ed, const struct uuid *plan, const struct people_grants *to,
                                const char *const *topics, const char *ground)
{
    struct grant *grants = arena_array(o->arena, to->count + 1, sizeof *grants);
    if (!grants) {
        return ops_memory(o);
    }
    const size_t count = without_own_party(grants, o, to);
    for (size_t i = 0; i < count; i++) {
        grants[i].writes = true;
    }
    for (; count > 0 && *topics; topics++) {
        const struct place place = {.plan = *plan, .topic = *topics};
        enum err e = edit_admit(ed, &place, grants, count, ground);
        if (e != OK) {
            return ops_told(o, e);
        }
    }
    return OK;
}

static enum err make_consent(struct uuid *out, struct ops *o, struct edit *ed, const struct consents_wish *wish,
                             const struct people_grants *to, const char *topics)
{
    struct fields_change fields[5] = {{"to", FIELDS_SET, ids_of(o, to)}, {"topics", FIELDS_SET, topics}};
    size_t count = 2;
    if (wish->purpose) {
        fields[count++] = (struct fields_change){"purpose", FIELDS_SET, own_word(wish->purpose)};
    }
    if (wish->until) {
        fields[count++] = (struct fields_change){"until", FIELDS_SET, wish->until};
    }
    if (wish->form) {
        fields[count++] = (struct fields_change){"form", FIELDS_SET, own_word(wish->form)};
    }
    const struct objects_wish object = {.plan = wish->plan, .type = "consent", .fields = {count, fields}};
    return objects_new(out, o, ed, &object);
}

enum err consents_give(struct uuid *out, struct ops *o, struct edit *ed, const struct consents_wish *wish)
{
    struct people p;
    struct people_grants to;
    const char *const *typed;
    enum err e = people_load(&p, o);
    if (e == OK) {
        e = people_whom(&to, o, &p, wish->to);
    }
    if (e == OK) {
        e = people_split(&typed, o, wish->topics, ',');
    }
    if (e != OK) {
        return e;
    }
    const char *joined = "";
    for (size_t i = 0; typed[i]; i++) {
        const char *topic;
        e = ops_topic(&topic, o, typed[i]);
        if (e != OK) {
            return e;
        }
        joined = arena_printf(o->arena, "%s%s%s", joined, i == 0 ? "" : ";", topic);
        if (!joined) {
            return ops_memory(o);
        }
    }
    if (!typed[0]) {
        return why_set(&o->why, ERR_INPUT, N_("a consent is never general: expected topics"), "--sections");
    }
    struct uuid id;
    e = make_consent(&id, o, ed, wish, &to, joined);
    struct uuid plan;
    if (e == OK) {
        e = ops_id(&plan, o, wish->plan);
    }
    if (e == OK) {
        e = admit_to_shared(o, ed, &plan, &to, typed, names_uuid(o->arena, &id));
    }
    if (e == OK) {
        *out = id;
    }
    return e;
}

/* Whom of gone's recipients nothing else in force lets have that topic. */
static size_t uncovered(struct grant *out, const struct ops *o, const struct people *p, const struct consents_list *all,
                        const struct consents_consent *gone, const char *topic)
{
    const int32_t day = ops_day(o);
    size_t count = 0;
    for (size_t i = 0; i < gone->to.count; i++) {
        bool covered = false;
        for (size_t k = 0; !covered && k < all->count; k++) {
            const struct consents_consent *c = &all->consents[k];
            covered = strcmp(c->id, gone->id) != 0 && consents_in_force(c, day) && consents_has_topic(c, topic) &&
                      consents_names(c, p, &gone->to.grants[i]);
        }
        if (!covered) {
            out[count++] = gone->to.grants[i];
        }
    }
    return count;
}

struct withdrawal {
    const struct people *people;
    const struct consents_list *all;
    const struct consents_consent *gone;
    struct grant *room; /* for gone->to.count */
};

/* Does that section's list rest on the consent, and is it this member's to change? */
static bool rests_on(const struct ops *o, const struct view_section *section, const struct consents_consent *gone)
{
    const struct site_self *self = site_self(o->site);
    if (!consents_has_topic(gone, section->place.topic)) {
        return false;
    }
    if (uuid_is_nil(&section->place.owner)) {
        return section->may_write;
    }
    if (memcmp(&section->place.owner, &self->party, sizeof self->party) != 0) {
        return false;
    }
    for (size_t i = 0; i < section->ground_count; i++) {
        if (strcmp(section->grounds[i], gone->id) == 0) {
            return true;
        }
    }
    return false;
}

static enum err exclude_from(struct ops *o, struct edit *ed, const struct view_section *section,
                             const struct withdrawal *w)
{
    const struct site_self *self = site_self(o->site);
    const bool shared = uuid_is_nil(&section->place.owner);
    const size_t all = uncovered(w->room, o, w->people, w->all, w->gone, section->place.topic);
    size_t count = 0;
    for (size_t i = 0; i < all; i++) {
        struct uuid party;
        const bool known = people_party(&party, w->people, &w->room[i].id);
        const bool own = known && memcmp(&party, &self->party, sizeof party) == 0;
        const bool recorder = known && memcmp(&party, &w->gone->recorded_by, sizeof party) == 0;
        if (!own && !(shared && recorder)) {
            w->room[count++] = w->room[i];
        }
    }
    return count == 0 ? OK : ops_told(o, edit_exclude(ed, &section->place, w->room, count, w->gone->id));
}

static enum err exclude_everywhere(struct ops *o, struct edit *ed, const struct withdrawal *w)
{
    struct view_sections sections;
    enum err e = view_sections(&sections, o->arena, o->site, &w->gone->object->place.plan);
    if (e != OK) {
        return ops_told(o, e);
    }
    for (size_t i = 0; e == OK && i < sections.count; i++) {
        if (rests_on(o, &sections.sections[i], w->gone)) {
            e = exclude_from(o, ed, &sections.sections[i], w);
        }
    }
    return e;
}

enum err consents_withdraw(struct ops *o, struct edit *ed, const char *consent)
{
    const struct view_object *object;
    const struct ops_wanted wanted = {.text = consent};
    enum err e = ops_object(&object, o, &wanted);
    if (e != OK) {
        return e;
    }
    if (strcmp(object->type->name, "consent") != 0) {
        return why_set(&o->why, ERR_INPUT, N_("that is not a consent"), "%s (%s)", consent, object->type->name);
    }
    if (is_withdrawn(object)) {
        return why_set(&o->why, ERR_EXISTS, N_("that consent is withdrawn already"), "%s", consent);
    }
    struct people p;
    struct consents_list all;
    struct consents_consent gone;
    e = people_load(&p, o);
    if (e == OK) {
        e = consents_list(&all, o, &p, &object->place.plan);
    }
    if (e == OK) {
        e = read_consent(&gone, o, &p, object);
    }
    if (e != OK) {
        return e;
    }
    /* Said first, under the old key, so that those who get no more updates still learn why. */
    const struct fields_target target = {.key = &object->key, .type = object->type, .now = object};
    e = fields_put(o, ed, &target, "withdrawn", names_day(o->arena, ops_day(o)));
    const struct withdrawal w = {&p, &all, &gone, arena_array(o->arena, gone.to.count + 1, sizeof(struct grant))};
    if (e == OK) {
        e = ops_memory(o);
    }
    return e == OK ? exclude_everywhere(o, ed, &w) : e;
}
