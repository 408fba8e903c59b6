/* Krockar and glapp that are kept are those that looking at every plan anew would find, whatever was written, in whichever
 * order it came, and whatever day it is; and no more plans are looked at than must be. */
#include "tests/unit/sites.h"

#include "app/ops/duplicates_write.h"
#include "app/ops/findings_code.h"
#include "app/ops/findings_keep.h"
#include "app/ops/findings_kept.h"
#include "app/ops/findings_look.h"
#include "app/ops/names.h"
#include "app/ops/objects.h"
#include "app/ops/plans.h"
#include "sync/memo.h"

#define DAY_0 20600 /* 2026-05-27 */

static uint64_t seed_state;

static unsigned draw(unsigned below)
{
    seed_state = seed_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((seed_state >> 33) % below);
}

static bool often(unsigned one_in)
{
    return draw(one_in) != 0;
}

static struct ops ops_of(struct home *h, struct arena *a, int32_t today)
{
    return (struct ops){.site = h->site, .arena = a, .today = today};
}

/* ---- kept, and from nothing ---- */

static void encode(struct buf *out, const struct findings_of *of)
{
    if (of->found.count == 0 && !of->too_large) {
        return; /* a plan without findings may be told of or not */
    }
    buf_put(out, of->plan.b, sizeof of->plan.b);
    findings_code_put(out, of);
}

static void find_anew(struct buf *out, struct home *h, int32_t today)
{
    struct arena a = {0};
    struct ops o = ops_of(h, &a, today);
    struct people people;
    struct picture_forbund forbund;
    struct buf ids = {0};
    sites_must(h, people_load(&people, &o));
    sites_must(h, picture_forbund_load(&forbund, &o, &people));
    sites_must(h, view_roots(&ids, h->site, "plan"));
    for (size_t at = 0; at < ids.len; at += sizeof(struct uuid)) {
        struct findings_of of = {0};
        struct findings_hold hold;
        struct uuid id;
        bool there;
        memcpy(&id, ids.ptr + at, sizeof id);
        sites_must(h, findings_look(&there, &of, &hold, &o, &forbund, &id));
        assert_true(there);
        encode(out, &of);
        finding_truncate(&of.found, 0);
    }
    buf_free(&ids);
    picture_forbund_free(&forbund);
    arena_free(&a);
}

static void find_kept(struct buf *out, struct home *h, int32_t today)
{
    struct arena a = {0};
    struct ops o = ops_of(h, &a, today);
    struct findings_list list = {0};
    struct findings_refreshed done;
    sites_must(h, findings_refresh(&done, &o, true));
    sites_must(h, findings_kept_read(&list, &o));
    for (size_t i = 0; i < list.count; i++) {
        encode(out, &list.plans[i]);
    }
    findings_free(&list);
    arena_free(&a);
}

/* As commands ask: kept or not. */
static void find_unkept(struct buf *out, struct home *h, int32_t today)
{
    struct arena a = {0};
    struct ops o = ops_of(h, &a, today);
    struct people people;
    struct findings_list list;
    sites_must(h, people_load(&people, &o));
    sites_must(h, findings_find(&list, &o, &people, NULL));
    for (size_t i = 0; i < list.count; i++) {
        encode(out, &list.plans[i]);
    }
    findings_free(&list);
    arena_free(&a);
}

static size_t refresh(struct home *h, int32_t today)
{
    struct arena a = {0};
    struct ops o = ops_of(h, &a, today);
    struct findings_refreshed done;
    sites_must(h, findings_refresh(&done, &o, true));
    arena_free(&a);
    return done.looked_at;
}

static void assert_kept_is_right(struct home *h, int32_t today)
{
    struct buf anew = {0};
    struct buf kept = {0};
    find_anew(&anew, h, today);
    find_kept(&kept, h, today);
    assert_int_equal(anew.len, kept.len);
    assert_memory_equal(anew.ptr, kept.ptr, anew.len);
    buf_free(&anew);
    buf_free(&kept);
    assert_int_equal(refresh(h, today), 0);
}

/* ---- what people do ---- */

struct walk {
    struct home *homes[2];
    const char *folder;
    int32_t today;
};

struct one_edit {
    struct arena a;
    struct ops o;
    struct edit *ed;
};

static void begin(struct one_edit *e, struct home *h, int32_t today)
{
    *e = (struct one_edit){.a = {0}};
    e->o = ops_of(h, &e->a, today);
    sites_must(h, edit_begin(&e->ed, h->site));
}

/* Refusals are part of the game: nothing is saved then. */
static void end(struct one_edit *e, struct home *h, enum err err)
{
    if (err == OK) {
        sites_must(h, edit_commit(e->ed, NULL));
    } else {
        assert_int_not_equal(err, ERR_MEMORY);
        assert_int_not_equal(err, ERR_STORAGE);
        edit_cancel(e->ed);
    }
    arena_free(&e->a);
}

static const char *some_day(struct arena *a, int32_t today)
{
    char *text = arena_alloc(a, DATES_TEXT_LEN + 1);
    dates_format(text, today - 60 + (int32_t)draw(150));
    return text;
}

/* An object of that type that the home can read; NULL: none. */
static const struct view_object *some_object(struct home *h, struct arena *a, const char *type)
{
    struct view_list list;
    const struct view_query query = {.type = type};
    sites_must(h, view_objects(&list, a, h->site, &query));
    return list.count > 0 ? &list.objects[draw((unsigned)list.count)] : NULL;
}

static const char *some_id(struct home *h, struct arena *a, const char *type)
{
    const struct view_object *object = some_object(h, a, type);
    return object ? names_uuid(a, &object->key.id) : "";
}

static const char *somebody(struct home *h, struct arena *a)
{
    struct member_list list;
    sites_must(h, member_list(&list, a, h->site));
    switch (draw(4)) {
    case 0:
        return names_uuid(a, &list.parties[draw((unsigned)list.party_count)].id);
    case 1:
        return some_id(h, a, "function");
    default:
        return names_uuid(a, &list.devices[draw((unsigned)list.device_count)].member);
    }
}

struct value {
    const char *field;
    enum { A_DAY, A_WORD, A_WHOM, AN_OBJECT, A_TEXT } what;
    const char *of; /* words by |, or the type */
};
struct kind {
    const char *type;
    unsigned weight;
    struct value values[8];
};
static const struct kind kinds[] = {
    {"activity",
     30,
     {{"kind", A_WORD, "studier|praktik|vila/sjukskrivning|utredning|coaching"},
      {"from", A_DAY, NULL},
      {"to", A_DAY, NULL},
      {"extent", A_WORD, "25%|50%|100%|"},
      {"status", A_WORD, "beslutad|pågår|klar|föreslagen"},
      {"responsible", A_WHOM, NULL},
      {"insats", AN_OBJECT, "insats"},
      {"depends_on", AN_OBJECT, "activity"}}},
    {"slot",
     4,
     {{"activity", AN_OBJECT, "activity"},
      {"weekday", A_WORD, "1|2"},
      {"start", A_WORD, "09:00|10:00"},
      {"end", A_WORD, "11:00|12:00"}}},
    {"goal",
     5,
     {{"kind", A_WORD, "arbete|studier|delmål"}, {"target_date", A_DAY, NULL}, {"reached", A_WORD, "ja|nej"}}},
    {"income", 4, {{"kind", A_WORD, "försörjningsstöd|sjukpenning"}, {"from", A_DAY, NULL}, {"to", A_DAY, NULL}}},
    {"decision",
     4,
     {{"party", A_WHOM, NULL}, {"due", A_DAY, NULL}, {"done", A_WORD, "ja|nej|"}, {"text", A_TEXT, NULL}}},
    {"remiss", 4, {{"from_party", A_WHOM, NULL}, {"to", A_WHOM, NULL}, {"status", A_WORD, "anmäld|mottagen|"}}},
    {"consent",
     6,
     {{"to", A_WHOM, NULL},
      {"topics", A_WORD, "plan"},
      {"from", A_DAY, NULL},
      {"until", A_DAY, NULL},
      {"withdrawn", A_WORD, "|||ja"}}},
    {"plan",
     8,
     {{"status", A_WORD, "aktiv|utkast|avslutad|aktiv"},
      {"follow_up", A_DAY, NULL},
      {"huvudansvarig", A_WHOM, NULL},
      {"capacity", A_WORD, "50%|100%|"},
      {"person", AN_OBJECT, "person"}}},
    {"function", 3, {{"name", A_TEXT, NULL}, {"party", A_WHOM, NULL}, {"holder", A_WHOM, NULL}}},
    {"insats", 3, {{"name", A_TEXT, NULL}}},
    {"group", 2, {{"insats", AN_OBJECT, "insats"}, {"name", A_TEXT, NULL}}},
    {"module", 2, {{"insats", AN_OBJECT, "insats"}, {"name", A_TEXT, NULL}, {"requires", AN_OBJECT, "module"}}},
    {"session",
     2,
     {{"group", AN_OBJECT, "group"},
      {"module", AN_OBJECT, "module"},
      {"when", A_WORD, "2026-06-01T08:00Z|2026-06-20T08:00Z|2026-07-10T08:00Z"}}},
    {"policy",
     2,
     {{"name", A_WORD, "G1.days|G4.days|G5.days|K1.capacity|K3.exclusions"},
      {"value", A_WORD, "10|60|75%|inga|studier x coaching"}}},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind *some_kind(void)
{
    unsigned all = 0;
    for (size_t i = 0; i < KINDS; i++) {
        all += kinds[i].weight;
    }
    unsigned at = draw(all);
    const struct kind *kind = kinds;
    for (; at >= kind->weight; kind++) {
        at -= kind->weight;
    }
    return kind;
}

static const char *some_word(struct arena *a, const char *words)
{
    size_t count = 1;
    for (const char *c = words; *c; c++) {
        count += *c == '|';
    }
    for (unsigned skip = draw((unsigned)count); skip > 0; skip--) {
        words = strchr(words, '|') + 1;
    }
    return arena_text(a, span_of(words, strcspn(words, "|")));
}

static const char *some_value(struct home *h, struct arena *a, const struct value *v, int32_t today)
{
    switch (v->what) {
    case A_DAY:
        return draw(6) == 0 ? "" : some_day(a, today);
    case A_WORD:
        return some_word(a, v->of);
    case A_WHOM:
        return draw(8) == 0 ? "" : somebody(h, a);
    case AN_OBJECT:
        return some_id(h, a, v->of);
    case A_TEXT:
        break;
    }
    return arena_printf(a, "Prov %u", draw(1000));
}

static size_t some_fields(struct fields_change *out, struct home *h, struct arena *a, const struct kind *kind,
                          int32_t today, bool all)
{
    size_t count = 0;
    for (size_t i = 0; i < 8 && kind->values[i].field; i++) {
        if (all || draw(3) == 0) {
            out[count++] =
                (struct fields_change){kind->values[i].field, FIELDS_SET, some_value(h, a, &kind->values[i], today)};
        }
    }
    return count;
}

static void new_plan(struct walk *w, struct home *h)
{
    struct one_edit e;
    struct plans_made made;
    const struct fields_change plan[] = {{"status", FIELDS_SET, "aktiv"}};
    const struct fields_change person[] = {{"name", FIELDS_SET, "Testperson"}};
    struct plans_wish wish = {.plan = {1, plan}, .person = {1, person}};
    begin(&e, h, w->today);
    const struct fields_change again[] = {plan[0], {"person", FIELDS_SET, some_id(h, &e.a, "person")}};
    if (draw(5) == 0 && *again[1].value) {
        wish = (struct plans_wish){.plan = {2, again}};
    }
    enum err err = plans_new(&made, &e.o, e.ed, &wish);
    for (size_t i = 0; err == OK && i < 2; i++) { /* both may read and write what is shared */
        const struct grant everyone[] = {{GRANT_PARTY, site_self(w->homes[0]->site)->party, true},
                                         {GRANT_PARTY, site_self(w->homes[1]->site)->party, true}};
        const struct place place = {.plan = made.plan, .topic = i == 0 ? "plan" : "person"};
        err = edit_admit(e.ed, &place, everyone, 2, "prov");
    }
    end(&e, h, err);
}

static void new_object(struct walk *w, struct home *h, const struct kind *kind)
{
    struct one_edit e;
    struct fields_change fields[8];
    struct uuid id;
    begin(&e, h, w->today);
    const struct objects_wish wish = {.plan = some_id(h, &e.a, "plan"),
                                      .type = kind->type,
                                      .fields = {some_fields(fields, h, &e.a, kind, w->today, true), fields}};
    end(&e, h, objects_new(&id, &e.o, e.ed, &wish));
}

static void change_object(struct walk *w, struct home *h, const struct kind *kind)
{
    struct one_edit e;
    struct fields_change fields[8];
    begin(&e, h, w->today);
    const struct view_object *object = some_object(h, &e.a, kind->type);
    const struct fields_changes changes = {some_fields(fields, h, &e.a, kind, w->today, false), fields};
    end(&e, h, object ? objects_set(&e.o, e.ed, object, &changes) : OK);
}

static void remove_object(struct walk *w, struct home *h, const struct kind *kind)
{
    struct one_edit e;
    begin(&e, h, w->today);
    const struct view_object *object = some_object(h, &e.a, kind->type);
    end(&e, h, object ? objects_remove(&e.o, e.ed, object) : OK);
}

/* The other party gets to read what is this party's own in some plan. */
static void disclose(struct walk *w, struct home *h)
{
    struct one_edit e;
    struct uuid plan;
    const struct home *to = w->homes[h == w->homes[0]];
    begin(&e, h, w->today);
    const struct grant grant = {GRANT_PARTY, site_self(to->site)->party, false};
    struct place place = {.owner = site_self(h->site)->party, .topic = "plan"};
    enum err err = uuid_parse(&plan, span_str(some_id(h, &e.a, "plan")));
    place.plan = plan;
    end(&e, h, err == OK ? edit_admit(e.ed, &place, &grant, 1, "prov") : OK);
}

/* Two persons become one, or two again. */
static void join_or_split(struct walk *w, struct home *h)
{
    struct one_edit e;
    size_t count;
    begin(&e, h, w->today);
    const struct duplicates_write_wish wish = {some_id(h, &e.a, "person"), some_id(h, &e.a, "person"), draw(3) != 0};
    end(&e, h, duplicates_write_decide(&count, &e.o, e.ed, &wish));
}

static void accept_one(struct walk *w, struct home *h)
{
    struct one_edit e;
    struct people people;
    struct findings_list list;
    struct uuid id;
    struct findings_decision decision = {.why = "känt"};
    begin(&e, h, w->today);
    sites_must(h, people_load(&people, &e.o));
    sites_must(h, findings_find(&list, &e.o, &people, NULL));
    for (size_t i = 0; i < list.count; i++) {
        if (list.plans[i].found.count > 0 && !(decision.finding && often(3))) {
            decision.finding = list.plans[i].found.items[draw((unsigned)list.plans[i].found.count)].id;
        }
    }
    const enum err done = decision.finding ? findings_accept(&id, &e.o, e.ed, &people, &decision) : OK;
    findings_free(&list); /* the plans are in the arena that ends with the edit */
    end(&e, h, done);
}

static void step(struct walk *w)
{
    struct home *h = w->homes[draw(2)];
    const struct kind *kind = some_kind();
    switch (draw(20)) {
    case 0:
        new_plan(w, h);
        break;
    case 1:
        disclose(w, h);
        break;
    case 2:
        accept_one(w, h);
        break;
    case 3:
        remove_object(w, h, kind);
        break;
    case 4:
        sites_meet(w->homes[0], w->folder);
        sites_meet(w->homes[1], w->folder);
        break;
    case 5:
        w->today += (int32_t)draw(20) - 4;
        break;
    case 6:
        join_or_split(w, h);
        break;
    case 7:
    case 8:
    case 9:
        change_object(w, h, kind);
        break;
    default:
        new_object(w, h, kind);
    }
}

static void walk_from(uint64_t seed, size_t steps)
{
    struct home a = {0};
    struct home b = {0};
    struct home late = {0};
    char folder[SITES_PATH];
    seed_state = seed;
    sites_path(folder, "place");
    sites_found(&a, 1);
    sites_join(&b, &a, "Arbetsförmedlingen", "af", "Bo");
    struct home *const both[] = {&a, &b};
    sites_meet_all(both, 2, folder);
    struct walk w = {.homes = {&a, &b}, .folder = folder, .today = DAY_0};
    for (size_t i = 0; i < steps; i++) {
        step(&w);
        if (i % 4 == 0) {
            assert_kept_is_right(&a, w.today);
            assert_kept_is_right(&b, w.today);
        }
        if (i == steps / 2) {
            sites_join(&late, &a, "Regionen", "region", "Rut"); /* somebody more whom plans can name */
            text_choose("en");
        } else if (i == steps / 2 + 9) {
            text_choose("sv");
        } else if (i == steps * 3 / 4) {
            sites_must(&a, site_rebuild(a.site));
        }
    }
    sites_close(&a);
    sites_close(&b);
    sites_close(&late);
}

static void kept_is_what_would_be_found_anew(void **state)
{
    (void)state;
    const char *seeds = getenv("SAMPLAN_SEEDS");
    const size_t count = seeds ? strtoul(seeds, NULL, 10) : 2;
    for (uint64_t seed = 1; seed <= count; seed++) {
        walk_from(seed, 400);
    }
}

/* ---- no more than must be ---- */

static struct uuid one_plan(struct home *h, const char *follow_up)
{
    struct one_edit e;
    struct plans_made made;
    const struct fields_change plan[] = {{"status", FIELDS_SET, "aktiv"}, {"follow_up", FIELDS_SET, follow_up}};
    const struct fields_change person[] = {{"name", FIELDS_SET, "Testperson"}};
    const struct plans_wish wish = {.plan = {2, plan}, .person = {1, person}};
    begin(&e, h, DAY_0);
    const enum err err = plans_new(&made, &e.o, e.ed, &wish);
    assert_int_equal(err, OK);
    end(&e, h, err);
    return made.plan;
}

static void put(struct home *h, const struct uuid *plan, const char *type, const struct fields_change *fields,
                size_t count)
{
    struct one_edit e;
    struct uuid id;
    begin(&e, h, DAY_0);
    const struct objects_wish wish = {
        .plan = plan ? names_uuid(&e.a, plan) : NULL, .type = type, .fields = {count, fields}};
    const enum err err = objects_new(&id, &e.o, e.ed, &wish);
    assert_int_equal(err, OK);
    end(&e, h, err);
}

static void only_what_changed_is_looked_at(void **state)
{
    (void)state;
    struct home h = {0};
    struct uuid plans[10];
    char date[DATES_TEXT_LEN + 1];
    const struct fields_change goal[] = {{"kind", FIELDS_SET, "arbete"}};
    sites_found(&h, 1);
    for (size_t i = 0; i < 10; i++) {
        dates_format(date, DAY_0 + 10 * (int32_t)i);
        plans[i] = one_plan(&h, date);
    }
    assert_int_equal(refresh(&h, DAY_0), 10);
    assert_int_equal(refresh(&h, DAY_0), 0);
    put(&h, &plans[3], "goal", goal, 1);
    put(&h, &plans[4], "goal", goal, 1);
    assert_int_equal(refresh(&h, DAY_0), 2);
    /* The day: what is due the day before is late now. */
    assert_int_equal(refresh(&h, DAY_0 + 1), 1);
    assert_int_equal(refresh(&h, DAY_0 + 11), 1);
    assert_int_equal(refresh(&h, DAY_0 + 100), 8);
    /* The catalogue: nobody names that; and then somebody does. */
    const struct fields_change insats[] = {{"name", FIELDS_SET, "Slussen"}};
    put(&h, NULL, "insats", insats, 1);
    assert_int_equal(refresh(&h, DAY_0 + 100), 0);
    struct arena a = {0};
    const struct view_object *known = some_object(&h, &a, "insats");
    const struct fields_change names_it[] = {{"insats", FIELDS_SET, names_uuid(&a, &known->key.id)}};
    put(&h, &plans[5], "activity", names_it, 1);
    assert_int_equal(refresh(&h, DAY_0 + 100), 1);
    assert_int_equal(sites_set(&h, &known->key.id, "insats", "name", "Bron"), OK);
    assert_int_equal(refresh(&h, DAY_0 + 100), 1);
    arena_free(&a);
    /* A setting is about every plan. */
    const struct fields_change policy[] = {{"name", FIELDS_SET, "G1.days"}, {"value", FIELDS_SET, "5"}};
    put(&h, NULL, "policy", policy, 2);
    assert_int_equal(refresh(&h, DAY_0 + 100), 10);
    sites_close(&h);
}

static void what_is_fresh_is_counted_once(void **state)
{
    (void)state;
    struct home h = {0};
    struct arena a = {0};
    struct findings_refreshed done;
    sites_found(&h, 1);
    struct ops o = ops_of(&h, &a, DAY_0);
    const struct uuid plan = one_plan(&h, "2026-01-01");
    sites_must(&h, findings_refresh(&done, &o, true));
    assert_int_equal(done.fresh, 3); /* K7, G1 and G3 */
    const struct fields_change goal[] = {{"kind", FIELDS_SET, "arbete"}};
    put(&h, &plan, "goal", goal, 1);
    sites_must(&h, findings_refresh(&done, &o, true));
    assert_int_equal(done.looked_at, 1);
    assert_int_equal(done.fresh, 0);
    const struct fields_change decision[] = {{"text", FIELDS_SET, "Ringa"}, {"due", FIELDS_SET, "2026-02-01"}};
    put(&h, &plan, "decision", decision, 2);
    sites_must(&h, findings_refresh(&done, &o, true));
    assert_int_equal(done.fresh, 1);
    arena_free(&a);
    sites_close(&h);
}

static size_t count_of(struct home *h, const char *rule)
{
    struct arena a = {0};
    struct ops o = ops_of(h, &a, DAY_0);
    struct people people;
    struct findings_list list;
    size_t count = 0;
    sites_must(h, people_load(&people, &o));
    sites_must(h, findings_find(&list, &o, &people, NULL));
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; k < list.plans[i].found.count; k++) {
            count += strcmp(list.plans[i].found.items[k].rule, rule) == 0;
        }
    }
    findings_free(&list);
    arena_free(&a);
    return count;
}

static void join(struct home *h, const char *one, const char *other, bool same)
{
    struct one_edit e;
    size_t count;
    const struct duplicates_write_wish wish = {one, other, same};
    begin(&e, h, DAY_0);
    const enum err err = duplicates_write_decide(&count, &e.o, e.ed, &wish);
    assert_int_equal(err, OK);
    end(&e, h, err);
}

/* Two plans for one person who was registered twice: neither alone is too much. */
static void plans_of_one_person_are_looked_at_together(void **state)
{
    (void)state;
    struct home h = {0};
    struct arena a = {0};
    struct view_list persons;
    const struct view_query query = {.type = "person"};
    sites_found(&h, 1);
    const struct uuid one = one_plan(&h, "2027-01-01");
    const struct uuid other = one_plan(&h, "2027-01-01");
    const struct fields_change activity[] = {{"kind", FIELDS_SET, "coaching"},
                                             {"from", FIELDS_SET, "2026-06-01"},
                                             {"to", FIELDS_SET, "2026-06-30"},
                                             {"extent", FIELDS_SET, "75%"}};
    put(&h, &one, "activity", activity, 4);
    put(&h, &other, "activity", activity, 4);
    assert_int_equal(count_of(&h, "K1"), 0);
    sites_must(&h, view_objects(&persons, &a, h.site, &query));
    assert_int_equal(persons.count, 2);
    const char *x = names_uuid(&a, &persons.objects[0].key.id);
    const char *y = names_uuid(&a, &persons.objects[1].key.id);
    join(&h, x, y, true);
    assert_int_equal(refresh(&h, DAY_0), 2);
    assert_int_equal(count_of(&h, "K1"), 1); /* told once */
    put(&h, &other, "activity", activity, 4);
    assert_int_equal(refresh(&h, DAY_0), 2);
    join(&h, y, x, false);
    assert_int_equal(refresh(&h, DAY_0), 2);
    assert_int_equal(count_of(&h, "K1"), 1); /* the two in the other plan */
    arena_free(&a);
    sites_close(&h);
}

/* While another process writes, what stands can be read all the same. */
static void a_writer_does_not_stop_readers(void **state)
{
    (void)state;
    struct home h = {0};
    struct home other;
    struct edit *ed = NULL;
    struct buf before = {0};
    struct buf during = {0};
    sites_found(&h, 1);
    (void)one_plan(&h, "2026-01-01");
    sites_second(&other, &h);
    find_anew(&before, &h, DAY_0);
    sites_must(&other, edit_begin(&ed, other.site));
    find_unkept(&during, &h, DAY_0);
    edit_cancel(ed);
    assert_true(before.len > 0);
    assert_int_equal(before.len, during.len);
    assert_memory_equal(before.ptr, during.ptr, before.len);
    buf_free(&before);
    buf_free(&during);
    sites_close(&other);
    sites_close(&h);
}

/* Bytes that are damaged are not taken for findings. */
static void code_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    struct home h = {0};
    struct arena a = {0};
    struct buf bytes = {0};
    struct people people;
    struct findings_list list;
    sites_found(&h, 1);
    struct ops o = ops_of(&h, &a, DAY_0);
    (void)one_plan(&h, "2026-01-01");
    sites_must(&h, people_load(&people, &o));
    sites_must(&h, findings_find(&list, &o, &people, NULL));
    assert_int_equal(list.count, 1);
    findings_code_put(&bytes, &list.plans[0]);
    for (size_t len = 0; len <= bytes.len; len++) {
        struct findings_of of = {.plan = list.plans[0].plan};
        struct span part = span_of(bytes.ptr, len);
        uint8_t *exact = malloc(len + 1); /* so that reading past it is seen */
        bool good;
        assert_non_null(exact);
        memcpy(exact, bytes.ptr, len);
        part.ptr = exact;
        assert_int_equal(findings_code_get(&good, &of, &o, part), OK);
        if (good) { /* at the end, or between two findings */
            struct buf again = {0};
            findings_code_put(&again, &of);
            assert_int_equal(again.len, len);
            assert_memory_equal(again.ptr, bytes.ptr, len);
            buf_free(&again);
        }
        assert_true(good || len < bytes.len);
        finding_truncate(&of.found, 0);
        free(exact);
    }
    buf_free(&bytes);
    findings_free(&list);
    arena_free(&a);
    sites_close(&h);
}

int main(void)
{
    text_choose_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_of_one_person_are_looked_at_together),
        cmocka_unit_test(only_what_changed_is_looked_at),
        cmocka_unit_test(what_is_fresh_is_counted_once),
        cmocka_unit_test(a_writer_does_not_stop_readers),
        cmocka_unit_test(code_is_read_whole_or_not_at_all),
        cmocka_unit_test(kept_is_what_would_be_found_anew),
    };
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
