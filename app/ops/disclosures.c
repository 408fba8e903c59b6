#include "app/ops/disclosures.h"

#include <string.h>

#include "app/ops/names.h"
#include "app/plan/model.h"

struct work {
    struct ops *o;
    struct people people;
    struct consents_list consents; /* that may be a ground: for utbyte, in force, and the one named if one is */
    const char *text_ground;       /* a legal ground, or NULL */
    struct people_grants asked;    /* count 0: all that the consents name */
    struct uuid plan;
    struct disclosures_made made;
};

static bool has_own_types(const struct ops *o, const char *topic)
{
    const struct schema *schema = site_schema(o->site);
    for (size_t i = 0; i < schema->type_count; i++) {
        if (schema_allows(&schema->types[i], PLACE_OWNED, topic)) {
            return true;
        }
    }
    return false;
}

/* Keeps the consents that may be a ground here. A ground that is an id must be one of them. */
static enum err choose_ground(struct work *w, const char *ground)
{
    struct uuid id;
    const bool by_id = ground && uuid_parse(&id, span_str(ground)) == OK;
    struct consents_list kept = {.consents = w->consents.consents};
    for (size_t i = 0; i < w->consents.count; i++) {
        const struct consents_consent *c = &w->consents.consents[i];
        if (consents_in_force(c, ops_day(w->o)) && c->purpose && strcmp(c->purpose, "utbyte") == 0 &&
            (!by_id || strcmp(c->id, ground) == 0)) {
            kept.consents[kept.count++] = *c;
        }
    }
    w->consents = kept;
    w->text_ground = ground && !by_id ? ground : NULL;
    if (w->text_ground || kept.count > 0) {
        return OK;
    }
    return by_id
               ? why_set(&w->o->why, ERR_REFUSED, N_("that consent is not in force for exchange of information"), "%s",
                         ground)
               : why_set(&w->o->why, ERR_REFUSED,
                         N_("no consent in force: nothing is disclosed without a consent or a legal ground (--ground)"),
                         "%s", "");
}

static enum err choose_topics(const char *const **out, struct work *w, const char *typed)
{
    const char *const *parts = model_topics();
    enum err e = typed ? people_split(&parts, w->o, typed, ',') : OK;
    size_t room = 1;
    for (const char *const *t = parts; e == OK && *t; t++) {
        room++;
    }
    const char **topics = e == OK ? arena_array(w->o->arena, room, sizeof *topics) : NULL;
    size_t count = 0;
    for (const char *const *t = parts; e == OK && topics && *t; t++) {
        const char *topic;
        e = ops_topic(&topic, w->o, *t);
        bool wanted = typed != NULL;
        for (size_t i = 0; e == OK && !wanted && i < w->consents.count; i++) {
            wanted = consents_has_topic(&w->consents.consents[i], topic);
        }
        if (e == OK && wanted && has_own_types(w->o, topic)) {
            topics[count++] = topic;
        } else if (e == OK && typed) {
            e = why_set(&w->o->why, ERR_INPUT, N_("a party has nothing of its own under that topic"), "%s", topic);
        }
    }
    if (e == OK && topics && count == 0 && w->text_ground) {
        e = why_set(&w->o->why, ERR_INPUT, N_("which topics? expected --sections"), "%s", "");
    } else if (e == OK && topics && count == 0) {
        e = why_set(&w->o->why, ERR_REFUSED, N_("no consent in force covers anything that a party has of its own"),
                    "%s", "");
    }
    *out = topics;
    return e == OK ? ops_memory(w->o) : e;
}

static bool is_own_party(const struct work *w, const struct grant *g)
{
    return memcmp(&g->id, &site_self(w->o->site)->party, sizeof g->id) == 0;
}

static enum err admit(struct work *w, struct edit *ed, const char *topic, const char *ground,
                      const struct people_grants *to)
{
    if (to->count == 0) {
        return OK;
    }
    const struct place place = {.plan = w->plan, .owner = site_self(w->o->site)->party, .topic = topic};
    w->made.items[w->made.count++] = (struct disclosures_one){.topic = topic, .ground = ground, .to = *to};
    return ops_told(w->o, edit_admit(ed, &place, to->grants, to->count, ground));
}

/* Those of the consent for this topic who are asked for and have not had it on an earlier consent. */
static enum err admit_on(struct work *w, struct edit *ed, const char *topic, const struct consents_consent *c,
                         struct people_grants *done)
{
    struct people_grants to = {.grants = arena_array(w->o->arena, c->to.count + w->asked.count + 1, sizeof *to.grants)};
    if (!to.grants) {
        return ops_memory(w->o);
    }
    const struct people_grants *from = w->asked.count > 0 ? &w->asked : &c->to;
    for (size_t i = 0; i < from->count; i++) {
        const struct grant *g = &from->grants[i];
        if (!is_own_party(w, g) && consents_names(c, &w->people, g) && !people_has(done, g)) {
            to.grants[to.count++] = *g;
            done->grants[done->count++] = *g;
        }
    }
    return admit(w, ed, topic, c->id, &to);
}

/* Everybody asked for must have been reached: a name without ground refuses the whole. */
static enum err check_reached(const struct work *w, const char *topic, const struct people_grants *done)
{
    for (size_t i = 0; i < w->asked.count; i++) {
        const struct grant *g = &w->asked.grants[i];
        if (!is_own_party(w, g) && !people_has(done, g)) {
            return why_set(&w->o->why, ERR_REFUSED, N_("no consent in force covers that recipient for that topic"),
                           "%s, %s", people_name(&w->people, &g->id), topic);
        }
    }
    return OK;
}

static enum err disclose_topic(struct work *w, struct edit *ed, const char *topic)
{
    size_t room = w->asked.count + 1;
    for (size_t i = 0; i < w->consents.count; i++) {
        room += w->consents.consents[i].to.count;
    }
    struct people_grants done = {.grants = arena_array(w->o->arena, room, sizeof *done.grants)};
    if (!done.grants) {
        return ops_memory(w->o);
    }
    if (w->text_ground) {
        for (size_t i = 0; i < w->asked.count; i++) {
            if (!is_own_party(w, &w->asked.grants[i])) {
                done.grants[done.count++] = w->asked.grants[i];
            }
        }
        return admit(w, ed, topic, w->text_ground, &done);
    }
    for (size_t i = 0; i < w->consents.count; i++) {
        if (consents_has_topic(&w->consents.consents[i], topic)) {
            enum err e = admit_on(w, ed, topic, &w->consents.consents[i], &done);
            if (e != OK) {
                return e;
            }
        }
    }
    return check_reached(w, topic, &done);
}

static enum err prepare(struct work *w, const struct disclosures_wish *wish)
{
    const struct view_object *plan;
    enum err e = ops_plan(&plan, w->o, wish->plan);
    if (e == OK) {
        w->plan = plan->key.id;
        e = people_load(&w->people, w->o);
    }
    if (e == OK) {
        e = consents_list(&w->consents, w->o, &w->people, &w->plan);
    }
    if (e == OK && wish->to) {
        e = people_whom(&w->asked, w->o, &w->people, wish->to);
    }
    if (e == OK) {
        e = choose_ground(w, wish->ground);
    }
    if (e == OK && w->text_ground && w->asked.count == 0) {
        e = why_set(&w->o->why, ERR_INPUT, N_("to whom? a legal ground names nobody: expected --to"), "%s", "");
    }
    return e;
}

enum err disclosures_make(struct disclosures_made *out, struct ops *o, struct edit *ed,
                          const struct disclosures_wish *wish)
{
    struct work w = {.o = o};
    const char *const *topics = NULL;
    enum err e = prepare(&w, wish);
    if (e == OK) {
        e = choose_topics(&topics, &w, wish->topics);
    }
    if (e != OK) {
        return e;
    }
    size_t topic_count = 0;
    while (topics[topic_count]) {
        topic_count++;
    }
    w.made.items = arena_array(o->arena, topic_count * (w.consents.count + 1) + 1, sizeof *w.made.items);
    e = ops_memory(o);
    for (size_t i = 0; e == OK && i < topic_count; i++) {
        e = disclose_topic(&w, ed, topics[i]);
    }
    if (e == OK && w.made.count == 0) {
        e = why_set(&o->why, ERR_REFUSED, N_("no consent in force names anybody but the own party"), "%s", "");
    }
    if (e == OK) {
        *out = w.made;
    }
    return e;
}
