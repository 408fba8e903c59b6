#include "app/ops/assessments.h"

#include <string.h>

#include "app/ops/derive.h"
#include "app/ops/insatser.h"
#include "app/ops/names.h"

#define MATTER_LEN 32 /* hex characters, as of a finding */

static bool is_us(const struct ops *o, const struct uuid *party)
{
    return memcmp(party, &site_self(o->site)->party, sizeof *party) == 0;
}

/* ---- what stands ---- */

/* All values of a field, each after its length; false where they are in conflict. Members are in one order everywhere. */
static bool put_field(struct buf *b, const struct view_object *object, const char *field)
{
    const struct view_field *f = view_field(object, field);
    buf_put_u32be(b, f ? (uint32_t)f->count : 0);
    for (size_t i = 0; f && i < f->count; i++) {
        const char *value = f->values[i].value ? f->values[i].value : "";
        buf_put_u32be(b, (uint32_t)strlen(value));
        buf_put_str(b, value);
    }
    return !(f && f->conflict);
}

/* Fingerprint of text and recommended; NULL where one is in conflict. */
static enum err read_matter(const char **out, struct ops *o, const struct view_object *object)
{
    struct buf b = {0};
    *out = NULL;
    const bool whole = put_field(&b, object, "text");
    const bool clear = put_field(&b, object, "recommended") && whole;
    enum err e = buf_check(&b);
    if (e == OK && clear) {
        const struct hash hash = ids_hash(span_buf(&b));
        *out = names_hex(o->arena, hash.b, MATTER_LEN / 2);
    }
    buf_free(&b);
    return e == OK ? ops_memory(o) : ops_no_memory(o);
}

/* The party that agreed, as the signature has it. */
static const struct view_value *agreed(const struct view_object *agreement, const struct uuid *assessment)
{
    struct uuid id;
    const char *of = view_get(agreement, "assessment");
    const struct view_field *matter = view_field(agreement, "matter");
    const bool about = of && uuid_parse(&id, span_str(of)) == OK && memcmp(&id, assessment, sizeof id) == 0;
    return about && matter && matter->count > 0 ? &matter->values[0] : NULL;
}

static void read_agreement(struct assessments_one *one, const struct view_object *agreement)
{
    const struct view_value *value = agreed(agreement, &one->object->key.id);
    for (size_t i = 0; value && i < one->party_count; i++) {
        struct assessments_party *party = &one->parties[i];
        if (memcmp(&value->by.party, &party->id, sizeof party->id) != 0) {
            continue;
        }
        const bool holds = one->matter && value->value && strcmp(value->value, one->matter) == 0;
        party->agrees = party->agrees || holds;
        party->earlier = !party->agrees;
        party->opinion = holds ? view_get(agreement, "opinion") : party->opinion;
    }
}

/* A member or function of the team stands for its party. */
static void read_parties(struct assessments_one *one, const struct people *p)
{
    const struct view_field *f = view_field(one->object, "parties");
    for (size_t i = 0; f && one->parties && i < f->count; i++) {
        struct uuid id;
        struct uuid party;
        bool there = false;
        if (!f->values[i].value || uuid_parse(&id, span_str(f->values[i].value)) != OK) {
            continue;
        }
        party = people_party(&party, p, &id) ? party : id;
        for (size_t k = 0; k < one->party_count; k++) {
            there = there || memcmp(&one->parties[k].id, &party, sizeof party) == 0;
        }
        if (!there) {
            const char *name = people_name(p, &party);
            one->parties[one->party_count++] = (struct assessments_party){.id = party, .name = name ? name : ""};
        }
    }
}

static enum err read_one(struct assessments_one *out, struct ops *o, const struct people *p,
                         const struct view_object *object)
{
    struct view_list list;
    const struct view_query query = {.plan = &object->place.plan, .type = "agreement"};
    const struct view_field *f = view_field(object, "parties");
    *out = (struct assessments_one){.object = object};
    out->parties = arena_array(o->arena, (f ? f->count : 0) + 1, sizeof *out->parties);
    enum err e = out->parties ? read_matter(&out->matter, o, object) : ops_memory(o);
    if (e == OK) {
        e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    }
    if (e != OK) {
        return e;
    }
    read_parties(out, p);
    for (size_t i = 0; i < list.count; i++) {
        read_agreement(out, &list.objects[i]);
    }
    out->complete = out->party_count > 0;
    for (size_t i = 0; i < out->party_count; i++) {
        out->complete = out->complete && out->parties[i].agrees;
        out->ours = out->ours || (is_us(o, &out->parties[i].id) && !out->parties[i].agrees);
    }
    return OK;
}

enum err assessments_list(struct assessments_list *out, struct ops *o, const struct people *p, const struct uuid *plan)
{
    struct view_list list;
    const struct view_query query = {.plan = plan, .type = "assessment"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e != OK) {
        return e;
    }
    *out = (struct assessments_list){.items = arena_array(o->arena, list.count + 1, sizeof *out->items)};
    e = ops_memory(o);
    for (size_t i = 0; e == OK && i < list.count; i++) {
        e = read_one(&out->items[out->count++], o, p, &list.objects[i]);
    }
    return e;
}

/* ---- agreeing ---- */

static enum err write_agreement(struct ops *o, struct edit *ed, const struct view_object *assessment,
                                const char *matter, const char *opinion)
{
    struct view_list list;
    struct uuid id;
    const char *about = names_uuid(o->arena, &assessment->key.id);
    const char *const parts[] = {"agreement", about, names_uuid(o->arena, &site_self(o->site)->party), NULL};
    enum err e = ops_memory(o);
    e = e == OK ? derive_id(&id, o, parts) : e;
    const struct view_query query = {
        .plan = &assessment->place.plan, .id = &id, .type = "agreement", .removed_too = true};
    e = e == OK ? ops_told(o, view_objects(&list, o->arena, o->site, &query)) : e;
    if (e != OK) {
        return e;
    }
    const bool said = opinion && *opinion;
    const struct fields_change fields[] = {{"matter", FIELDS_SET, matter},
                                           {"opinion", FIELDS_SET, said ? opinion : ""},
                                           {"assessment", FIELDS_SET, about}};
    if (list.count > 0) {
        return objects_set(o, ed, &list.objects[0], &(struct fields_changes){.count = 2, .changes = fields});
    }
    const struct fields_change plain[] = {fields[0], fields[2]};
    const struct objects_wish wish = {.plan = names_uuid(o->arena, &assessment->place.plan),
                                      .id = &id,
                                      .type = "agreement",
                                      .fields = {.count = said ? 3 : 2, .changes = said ? fields : plain}};
    return objects_new(&id, o, ed, &wish);
}

static const struct assessments_party *own(const struct ops *o, const struct assessments_one *one)
{
    for (size_t i = 0; i < one->party_count; i++) {
        if (is_us(o, &one->parties[i].id)) {
            return &one->parties[i];
        }
    }
    return NULL;
}

static bool same_opinion(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

enum err assessments_agree(struct ops *o, struct edit *ed, const struct people *p, const char *id, const char *opinion)
{
    const struct view_object *object;
    struct assessments_one one;
    const struct ops_wanted wanted = {.text = id};
    enum err e = ops_object(&object, o, &wanted);
    if (e == OK && strcmp(object->type->name, "assessment") != 0) {
        e = why_set(&o->why, ERR_INPUT, N_("that is no joint assessment"), "%s", id);
    }
    e = e == OK ? read_one(&one, o, p, object) : e;
    if (e != OK) {
        return e;
    }
    const struct assessments_party *us = own(o, &one);
    if (!us) {
        return why_set(&o->why, ERR_REFUSED, N_("this party is not one of the kompetensteam that assesses"), "%s", id);
    }
    if (!one.matter) {
        return why_set(&o->why, ERR_INPUT, N_("the assessment is in conflict: settle that first"), "%s", id);
    }
    if (us->agrees && same_opinion(us->opinion, opinion)) {
        return why_set(&o->why, ERR_EXISTS, N_("this party has said so already"), "%s", id);
    }
    return write_agreement(o, ed, object, one.matter, opinion);
}

/* ---- making ---- */

/* Names of insatser as ids: "A;B". */
static enum err resolve(const char **out, struct ops *o, const struct people *p, const char *typed)
{
    const char *const *names;
    const char *ids = "";
    enum err e = people_split(&names, o, typed, ';');
    for (size_t i = 0; e == OK && names[i]; i++) {
        struct insatser_one insats;
        e = insatser_named(&insats, o, p, names[i]);
        if (e == OK) {
            ids = arena_printf(o->arena, "%s%s%s", ids, *ids ? ";" : "", names_uuid(o->arena, &insats.object->key.id));
            e = ops_memory(o);
        }
    }
    *out = ids;
    return e;
}

/* As it stands, in the same edit. */
static enum err check_made(struct assessments_one *one, struct ops *o, const struct people *p, const struct uuid *id)
{
    struct view_list list;
    const struct view_query query = {.id = id, .type = "assessment"};
    enum err e = ops_told(o, view_objects(&list, o->arena, o->site, &query));
    if (e == OK && list.count == 0) {
        e = why_set(&o->why, ERR_NOT_FOUND, N_("that is no joint assessment"), "%s", "");
    }
    e = e == OK ? read_one(one, o, p, &list.objects[0]) : e;
    if (e == OK && (one->party_count < 2 || !own(o, one))) {
        e = why_set(&o->why, ERR_INPUT,
                    N_("a joint assessment is by several parties, and this one: expected parties=A;B"), "%s",
                    "assessment.parties");
    }
    return e;
}

enum err assessments_new(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                         const struct assessments_wish *wish)
{
    struct assessments_one one;
    struct fields_change *fields = arena_array(o->arena, wish->fields.count + 1, sizeof *fields);
    const struct fields_change *text = fields_find(&wish->fields, "text");
    enum err e = ops_memory(o);
    if (e == OK && (!text || !text->value || text->value[strspn(text->value, " \t\r\n")] == '\0')) {
        return why_set(&o->why, ERR_INPUT, N_("an assessment needs a text: expected text=…"), "%s", "assessment.text");
    }
    for (size_t i = 0; e == OK && i < wish->fields.count; i++) {
        fields[i] = wish->fields.changes[i];
        if (strcmp(fields[i].name, "recommended") == 0 && fields[i].value) {
            e = resolve(&fields[i].value, o, p, fields[i].value);
        }
    }
    const struct objects_wish made = {
        .plan = wish->plan, .type = "assessment", .fields = {.count = wish->fields.count, .changes = fields}};
    e = e == OK ? objects_new(out, o, ed, &made) : e;
    e = e == OK ? check_made(&one, o, p, out) : e;
    return e == OK ? write_agreement(o, ed, one.object, one.matter, NULL) : e;
}
