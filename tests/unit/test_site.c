/* Sites that found, join, save apart and meet: sync as a whole, with the real schema and real files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/model.h"
#include "sync/check.h"
#include "sync/letter.h"
#include "sync/meet.h"
#include "sync/member.h"
#include "sync/view.h"

static char base[] = "/tmp/samplan-test-XXXXXX";
static int homes;

static uint64_t clock_ms = 1790000000000u;
static uint64_t tick(void)
{
    return clock_ms += 7;
}

struct home {
    char dir[200];
    struct site *site;
};

static void must(const struct home *h, enum err e)
{
    if (e != OK) {
        const struct why *w = site_why(h->site);
        fail_msg("error %d: %s: %s", (int)e, w->text, w->detail);
    }
}

static struct site_options options_of(struct home *h)
{
    return (struct site_options){.dir = h->dir,
                                 .passphrase = span_str("lösenord"),
                                 .schema = model_schema(),
                                 .cost = DEVICE_COST_CHEAP,
                                 .now_ms = tick};
}

static void name_home(struct home *h)
{
    snprintf(h->dir, sizeof h->dir, "%s/home%d", base, homes++);
}

static void found(struct home *h)
{
    name_home(h);
    struct site_options o = options_of(h);
    struct site_founding f = {.forbund = "Prov", .party = "Kommunen", .kind = "kommun", .person = "Karin", .quorum = 1};
    must(h, site_found(&h->site, &o, &f));
}

static void join(struct home *h, struct home *admin, const char *party, const char *kind, const char *person)
{
    struct buf letter = {0};
    struct buf invitation = {0};
    struct member_approval a;
    char words[WORDS_LEN];
    name_home(h);
    struct site_options o = options_of(h);
    struct letter_request wish = {.party = party, .kind = kind, .person = person, .role = "administratör"};
    must(h, site_request(&h->site, &o, &letter, &wish));
    must(admin, member_approve(&a, &invitation, admin->site, span_buf(&letter)));
    assert_true(a.complete);
    must(h, site_accept(h->site, span_buf(&invitation), words));
    assert_string_equal(words, a.invitation_words);
    buf_free(&letter);
    buf_free(&invitation);
}

static void meet(struct home *h, const char *folder)
{
    struct arena a = {0};
    struct meet_remotes remotes;
    struct meet_result r;
    must(h, meet_list(&remotes, &a, h->site));
    if (remotes.count == 0) {
        must(h, meet_add(h->site, "sticka", folder));
    }
    must(h, meet_sync(&r, &a, h->site, "sticka", NULL, NULL));
    for (size_t i = 0; i < r.fault_count; i++) {
        print_message("fault: %s %s\n", r.faults[i].verdict, r.faults[i].detail);
    }
    assert_int_equal(r.fault_count, 0);
    arena_free(&a);
}

static void save(const struct home *h, struct edit *e)
{
    must(h, edit_commit(e, NULL));
}

static struct object_key make(struct home *h, const struct place *p, const char *type, const char *field,
                              const char *value)
{
    struct edit *e = NULL;
    int64_t section = 0;
    struct object_key key;
    struct uuid nil = {{0}};
    const struct schema_type *t = schema_type_named(model_schema(), type);
    must(h, edit_begin(&e, h->site));
    must(h, edit_section(&section, e, p));
    must(h, edit_new(&key, e, section, t, &nil));
    must(h, edit_set(e, &key, schema_field_named(t, field), value));
    save(h, e);
    return key;
}

static enum err set(struct home *h, const struct uuid *id, const char *type, const char *field, const char *value)
{
    struct arena a = {0};
    struct view_list list;
    struct edit *e = NULL;
    struct view_query q = {.id = id};
    must(h, view_objects(&list, &a, h->site, &q));
    assert_int_equal(list.count, 1);
    const struct schema_type *t = schema_type_named(model_schema(), type);
    must(h, edit_begin(&e, h->site));
    enum err r = edit_set(e, &list.objects[0].key, schema_field_named(t, field), value);
    if (r == OK) {
        save(h, e);
    } else {
        edit_cancel(e);
    }
    arena_free(&a);
    return r;
}

static size_t heads(struct home *h, const struct uuid *id, const char *field, const char *shown)
{
    struct arena a = {0};
    struct view_list list;
    struct view_query q = {.id = id};
    size_t n = 0;
    must(h, view_objects(&list, &a, h->site, &q));
    if (list.count == 1) {
        const struct view_field *f = view_field(&list.objects[0], field);
        n = f ? f->count : 0;
        if (shown && f) {
            assert_string_equal(f->values[0].value, shown);
        }
    }
    arena_free(&a);
    return n;
}

static void check(struct home *h)
{
    struct arena a = {0};
    struct check_result r;
    must(h, check_log(&r, &a, h->site, true));
    for (size_t i = 0; i < r.refused_count; i++) {
        print_message("refused: %s %s\n", r.refused[i].verdict, r.refused[i].detail);
    }
    assert_true(r.ok);
    arena_free(&a);
}

static void admit_all(struct home *h, const struct place *p, bool writes)
{
    struct arena a = {0};
    struct member_list list;
    struct edit *e = NULL;
    must(h, member_list(&list, &a, h->site));
    must(h, edit_begin(&e, h->site));
    for (size_t i = 0; i < list.party_count; i++) {
        struct grant g = {.kind = GRANT_PARTY, .id = list.parties[i].id, .writes = writes};
        must(h, edit_admit(e, p, &g, 1, "prov"));
    }
    save(h, e);
    arena_free(&a);
}

static void reopen(struct home *h)
{
    struct site_options o = options_of(h);
    site_close(h->site);
    must(h, site_open(&h->site, &o));
}

static void three_sites_meet(void **state)
{
    (void)state;
    struct home kommun;
    struct home af;
    struct home region;
    char folder[200];
    struct uuid plan = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};
    struct place shared = {.plan = plan, .topic = "plan"};
    snprintf(folder, sizeof folder, "%s/sticka", base);
    found(&kommun);
    join(&af, &kommun, "AF", "af", "Anna");
    join(&region, &kommun, "Regionen", "region", "Rut");
    meet(&kommun, folder);
    meet(&af, folder);
    meet(&region, folder);
    assert_int_equal(site_self(af.site)->stage, SITE_MEMBER);
    assert_string_equal(site_self(region.site)->party_name, "Regionen");

    struct object_key goal = make(&kommun, &shared, "goal", "target_date", "2027-01-01");
    admit_all(&kommun, &shared, true);
    meet(&kommun, folder);
    meet(&af, folder);
    meet(&region, folder);
    assert_int_equal(heads(&af, &goal.id, "target_date", "2027-01-01"), 1);

    /* Apart: two dates for one goal, and an activity that only its owner can read. */
    must(&af, set(&af, &goal.id, "goal", "target_date", "2027-02-02"));
    must(&region, set(&region, &goal.id, "goal", "target_date", "2027-03-03"));
    struct place own = {.plan = plan, .owner = site_self(af.site)->party, .topic = "plan"};
    struct object_key activity = make(&af, &own, "activity", "kind", "praktik");
    meet(&af, folder);
    meet(&region, folder);
    meet(&kommun, folder);
    meet(&af, folder);
    assert_int_equal(heads(&kommun, &goal.id, "target_date", NULL), 2);
    assert_int_equal(heads(&af, &goal.id, "target_date", NULL), 2);
    assert_int_equal(heads(&region, &goal.id, "target_date", NULL), 2);
    assert_int_equal(heads(&kommun, &activity.id, "kind", NULL), 0);

    /* Disclosure: the key comes late, and everything before it becomes readable. */
    admit_all(&af, &own, false);
    meet(&af, folder);
    meet(&kommun, folder);
    assert_int_equal(heads(&kommun, &activity.id, "kind", "praktik"), 1);
    assert_int_equal(set(&kommun, &activity.id, "activity", "kind", "studier"), ERR_REFUSED);

    must(&kommun, set(&kommun, &goal.id, "goal", "target_date", "2027-02-15"));
    meet(&kommun, folder);
    meet(&af, folder);
    meet(&region, folder);
    assert_int_equal(heads(&region, &goal.id, "target_date", "2027-02-15"), 1);
    assert_int_equal(heads(&af, &goal.id, "target_date", "2027-02-15"), 1);
    check(&kommun);
    check(&af);
    check(&region);
    must(&region, site_rebuild(region.site));
    assert_int_equal(heads(&region, &goal.id, "target_date", "2027-02-15"), 1);
    assert_int_equal(heads(&region, &activity.id, "kind", "praktik"), 1);
    reopen(&region);
    check(&region);
    site_close(kommun.site);
    site_close(af.site);
    site_close(region.site);
}

static void wrong_passphrase_and_missing_home(void **state)
{
    (void)state;
    struct home h;
    found(&h);
    struct site_options o = options_of(&h);
    struct site *s = NULL;
    o.passphrase = span_str("fel");
    assert_int_equal(site_open(&s, &o), ERR_PASS);
    site_close(s);
    o.dir = "/nowhere/at/all";
    assert_int_equal(site_open(&s, &o), ERR_NOT_FOUND);
    site_close(s);
    struct site_founding f = {.forbund = "X", .party = "Y", .kind = "kommun", .person = "Z", .quorum = 1};
    o = options_of(&h);
    assert_int_equal(site_found(&s, &o, &f), ERR_EXISTS);
    site_close(s);
    site_close(h.site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_sites_meet),
                                       cmocka_unit_test(wrong_passphrase_and_missing_home)};
    if (!mkdtemp(base)) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", base);
    return system(command) == 0 ? failed : 1;
}
