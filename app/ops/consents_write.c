#include "app/ops/consents_write.h"

#include <string.h>

#include "app/ops/guarded_write.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"

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

/* "A;B" of ids, as people were named: what the set field is made of. */
static const char *ids_of(struct ops *o, const struct people_grants *g)
{
    const char *text = "";
    for (size_t i = 0; text && i < g->count; i++) {
        text = arena_printf(o->arena, "%s%s%s", text, i == 0 ? "" : ";", names_uuid(o->arena, &g->named[i]));
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

struct admission {
    const struct people *people;
    const struct uuid *plan;
    const struct people_grants *to;
    const char *const *topics;
    const char *ground;
};

static enum err admit_to_shared(struct ops *o, struct edit *ed, const struct admission *a)
{
    struct grant *grants = arena_array(o->arena, a->to->count + 1, sizeof *grants);
    if (!grants) {
        return ops_memory(o);
    }
    const size_t count = without_own_party(grants, o, a->to);
    for (size_t i = 0; i < count; i++) {
        grants[i].writes = true;
    }
    for (const char *const *topic = a->topics; count > 0 && *topic; topic++) {
        if (strcmp(*topic, "person") == 0) {
            enum err may = guarded_write_may_admit(o, a->people, a->plan, a->to);
            if (may != OK) {
                return may;
            }
        }
        const struct place place = {.plan = *a->plan, .topic = *topic};
        enum err e = edit_admit(ed, &place, grants, count, a->ground);
        if (e != OK) {
            return ops_told(o, e);
        }
    }
    return OK;
}

static enum err make_consent(struct uuid *out, struct ops *o, struct edit *ed, const struct consents_write_wish *wish,
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

enum err consents_write_give(struct uuid *out, struct ops *o, struct edit *ed, const struct consents_write_wish *wish)
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
        e = admit_to_shared(o, ed, &(struct admission){&p, &plan, &to, typed, names_uuid(o->arena, &id)});
    }
    if (e == OK) {
        *out = id;
    }
    return e;
}

struct withdrawal {
    const struct people *people;
    const struct consents_list *all;
    const struct consents_consent *gone;
};

/* Does another consent in force let that recipient have the section? What is a party's own is handed out for utbyte
 * only; the shared sections are open to the recipients of every consent. */
static bool is_covered(const struct ops *o, const struct withdrawal *w, const struct view_section *section,
                       const struct grant *whom)
{
    const bool owned = !uuid_is_nil(&section->place.owner);
    for (size_t i = 0; i < w->all->count; i++) {
        const struct consents_consent *c = &w->all->consents[i];
        const bool purpose = !owned || (c->purpose && strcmp(c->purpose, "utbyte") == 0);
        if (strcmp(c->id, w->gone->id) != 0 && purpose && consents_in_force(c, ops_day(o)) &&
            consents_has_topic(c, section->place.topic) && consents_names(c, w->people, whom)) {
            return true;
        }
    }
    return false;
}

static bool is_ours(const struct ops *o, const struct view_section *section)
{
    const struct site_self *self = site_self(o->site);
    return memcmp(&section->place.owner, &self->party, sizeof self->party) == 0;
}

static bool has_ground(const struct view_section *section, const struct consents_consent *gone)
{
    for (size_t i = 0; i < section->ground_count; i++) {
        if (strcmp(section->grounds[i], gone->id) == 0) {
            return true;
        }
    }
    return false;
}

/* Does that section's list rest on the consent, and is it this member's to change? */
static bool rests_on(const struct ops *o, const struct view_section *section, const struct consents_consent *gone)
{
    if (!consents_has_topic(gone, section->place.topic)) {
        return false;
    }
    return uuid_is_nil(&section->place.owner) ? section->may_write : is_ours(o, section) && has_ground(section, gone);
}

/* The own party is never shut out, nor, of what is shared, the one that recorded the consent. */
static bool must_stay(const struct ops *o, const struct withdrawal *w, const struct view_section *section,
                      const struct grant *whom)
{
    struct uuid party;
    if (!people_party(&party, w->people, &whom->id)) {
        return false;
    }
    const bool own = memcmp(&party, &site_self(o->site)->party, sizeof party) == 0;
    const bool recorder = memcmp(&party, &w->gone->recorded_by, sizeof party) == 0;
    return own || (uuid_is_nil(&section->place.owner) && recorder);
}

/* Is that one to be shut out of the section? */
static bool is_out(const struct ops *o, const struct withdrawal *w, const struct view_section *section,
                   const struct grant *g)
{
    return consents_names(w->gone, w->people, g) && !is_covered(o, w, section, g) && !must_stay(o, w, section, g);
}

static enum err exclude_from(struct ops *o, struct edit *ed, const struct view_section *section,
                             const struct withdrawal *w)
{
    struct grant *out = arena_array(o->arena, section->grant_count + 1, sizeof *out);
    size_t count = 0;
    for (size_t i = 0; out && i < section->grant_count; i++) {
        const struct grant *g = &section->grants[i];
        if (is_out(o, w, section, g)) {
            out[count++] = *g;
        }
    }
    if (!out || count == 0) {
        return ops_memory(o);
    }
    return ops_told(o, edit_exclude(ed, &section->place, out, count, w->gone->id));
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

static const struct consents_consent *find(const struct consents_list *all, const struct view_object *object)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->consents[i].object->key.section == object->key.section &&
            memcmp(&all->consents[i].object->key.id, &object->key.id, sizeof object->key.id) == 0) {
            return &all->consents[i];
        }
    }
    return NULL; /* removed */
}

enum err consents_write_withdraw(struct ops *o, struct edit *ed, const char *consent)
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
    struct people p;
    struct consents_list all;
    e = people_load(&p, o);
    if (e == OK) {
        e = consents_list(&all, o, &p, &object->place.plan);
    }
    if (e != OK) {
        return e;
    }
    const struct consents_consent *gone = find(&all, object);
    if (!gone || gone->withdrawn) {
        return why_set(&o->why, ERR_EXISTS, N_("that consent is withdrawn already"), "%s", consent);
    }
    /* Said first, under the old key, so that those who get no more updates still learn why. */
    const struct fields_target target = {.key = &object->key, .type = object->type, .now = object};
    e = fields_put(o, ed, &target, "withdrawn", names_day(o->arena, ops_day(o)));
    const struct withdrawal w = {&p, &all, gone};
    return e == OK ? exclude_everywhere(o, ed, &w) : e;
}

/* ---- what is left to others, and what others leave to us ---- */

static bool still_goes_out(const struct ops *o, const struct withdrawal *w, const struct view_section *section)
{
    for (size_t i = 0; i < section->grant_count; i++) {
        const struct grant *g = &section->grants[i];
        struct uuid party;
        const bool owner =
            people_party(&party, w->people, &g->id) && memcmp(&party, &section->place.owner, sizeof party) == 0;
        if (consents_names(w->gone, w->people, g) && !is_covered(o, w, section, g) && !owner) {
            return true;
        }
    }
    return false;
}

static bool among(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static enum err list_waiting(struct consents_write_waiting *out, struct ops *o, const struct withdrawal *w)
{
    struct view_sections sections;
    enum err e = ops_told(o, view_sections(&sections, o->arena, o->site, &w->gone->object->place.plan));
    const char **names = e == OK ? arena_array(o->arena, sections.count + 1, sizeof *names) : NULL;
    for (size_t i = 0; names && i < sections.count; i++) {
        const struct view_section *s = &sections.sections[i];
        const bool others = !uuid_is_nil(&s->place.owner) && !is_ours(o, s);
        if (others && consents_has_topic(w->gone, s->place.topic) && has_ground(s, w->gone) &&
            still_goes_out(o, w, s) && !among(names, out->count, s->owner_name)) {
            names[out->count++] = s->owner_name;
        }
    }
    out->parties = names;
    return e == OK ? ops_memory(o) : e;
}

enum err consents_write_waits_for(struct consents_write_waiting *out, struct ops *o, const char *consent)
{
    const struct view_object *object;
    const struct ops_wanted wanted = {.text = consent};
    struct people p;
    struct consents_list all;
    *out = (struct consents_write_waiting){0};
    enum err e = ops_object(&object, o, &wanted);
    if (e == OK) {
        e = people_load(&p, o);
    }
    if (e == OK) {
        e = consents_list(&all, o, &p, &object->place.plan);
    }
    const struct consents_consent *gone = e == OK ? find(&all, object) : NULL;
    const struct withdrawal w = {&p, &all, gone};
    return gone && gone->withdrawn ? list_waiting(out, o, &w) : e;
}

enum err consents_write_follow(struct ops *o, struct edit *ed, const struct uuid *plan)
{
    struct people p;
    struct consents_list all;
    enum err e = people_load(&p, o);
    if (e == OK) {
        e = consents_list(&all, o, &p, plan);
    }
    for (size_t i = 0; e == OK && i < all.count; i++) {
        const struct withdrawal w = {&p, &all, &all.consents[i]};
        e = all.consents[i].withdrawn ? exclude_everywhere(o, ed, &w) : OK;
    }
    return e;
}
