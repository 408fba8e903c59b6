/* Sections and their keys: late keys, epochs side by side, exclusion, and openings that hostile members make. */
#include "tests/unit/sites.h"

struct scene {
    struct home kommun;
    struct home af;
    struct home region;
    char folder[SITES_PATH];
    struct place shared;
    struct object_key goal;
};

static void set_up(struct scene *s)
{
    *s = (struct scene){.shared = {.plan = sites_plan(1), .topic = "plan"}};
    sites_path(s->folder, "sticka");
    sites_found(&s->kommun, 1);
    sites_join(&s->af, &s->kommun, "AF", "af", "Anna");
    sites_join(&s->region, &s->kommun, "Regionen", "region", "Rut");
    struct home *all[] = {&s->kommun, &s->af, &s->region};
    sites_meet_all(all, 3, s->folder);
}

static void share(struct scene *s)
{
    struct home *all[] = {&s->kommun, &s->af, &s->region};
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s->kommun, &s->shared, &s->af, true);
    sites_admit(&s->kommun, &s->shared, &s->region, true);
    sites_meet_all(all, 3, s->folder);
}

static void meet(struct scene *s)
{
    struct home *all[] = {&s->kommun, &s->af, &s->region};
    sites_meet_all(all, 3, s->folder);
}

static void same(struct scene *s)
{
    sites_same(&s->kommun, &s->af);
    sites_same(&s->kommun, &s->region);
    sites_same(&s->af, &s->region);
    sites_rebuild_same(&s->kommun);
    sites_rebuild_same(&s->af);
    sites_rebuild_same(&s->region);
}

static void done(struct scene *s)
{
    sites_close(&s->kommun);
    sites_close(&s->af);
    sites_close(&s->region);
}

static size_t recipients(struct home *h, const struct place *p)
{
    struct arena a = {0};
    struct view_sections list;
    size_t n = 0;
    sites_must(h, view_sections(&list, &a, h->site, &p->plan));
    for (size_t i = 0; i < list.count; i++) {
        n += memcmp(&list.sections[i].place.owner, &p->owner, ID_LEN) == 0 ? list.sections[i].grant_count : 0;
    }
    arena_free(&a);
    return n;
}

static void a_device_admitted_after_much(void **state)
{
    struct scene s;
    char date[11];
    (void)state;
    set_up(&s);
    s.goal = sites_make(&s.kommun, &s.shared, "goal", "target_date", "2027-01-01");
    struct object_key note = sites_make(&s.kommun, &s.shared, "note", "text", "ett");
    for (int i = 1; i < 60; i++) {
        (void)snprintf(date, sizeof date, "2027-%02d-%02d", 1 + i / 28, 1 + i % 28);
        sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", date));
        if (i % 10 == 0) {
            sites_meet(&s.kommun, s.folder);
            sites_meet(&s.af, s.folder);
        }
    }
    sites_remove(&s.kommun, &note.id);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", NULL), 0);
    sites_admit(&s.kommun, &s.shared, &s.af, true);
    meet(&s);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", date), 1);
    same(&s);
    sites_check_ok(&s.af);
    done(&s);
}

static void a_second_device_approved_by_the_first(void **state)
{
    struct scene s;
    struct home laptop = {0};
    (void)state;
    set_up(&s);
    share(&s);
    struct place own = {.plan = sites_plan(1), .owner = site_self(s.af.site)->party, .topic = "plan"};
    struct object_key activity = sites_make(&s.af, &own, "activity", "kind", "praktik");
    sites_join_as(&laptop, &s.af, "AF", "af", "Anna", "handläggare");
    sites_meet(&s.af, s.folder);
    sites_meet(&laptop, s.folder);
    assert_memory_equal(&site_self(laptop.site)->member, &site_self(s.af.site)->member, ID_LEN);
    assert_int_equal(sites_heads(&laptop, &activity.id, "kind", "praktik"), 1);
    assert_int_equal(sites_heads(&laptop, &s.goal.id, "target_date", "2027-01-01"), 1);
    sites_must(&laptop, sites_set(&laptop, &activity.id, "activity", "kind", "studier"));
    sites_meet(&laptop, s.folder);
    meet(&s);
    assert_int_equal(sites_heads(&s.af, &activity.id, "kind", "studier"), 1);
    sites_same(&laptop, &s.af);
    same(&s);
    sites_close(&laptop);
    done(&s);
}

/* Two devices of one party each open its section before they have met: both stand, and the next save joins them. */
static void opened_twice_apart(void **state)
{
    struct scene s;
    struct home two = {0};
    (void)state;
    set_up(&s);
    sites_join_as(&two, &s.af, "AF", "af", "Anders", "samordnare");
    sites_meet(&s.af, s.folder);
    sites_meet(&two, s.folder);
    struct place own = {.plan = sites_plan(1), .owner = site_self(s.af.site)->party, .topic = "plan"};
    struct object_key x = sites_make(&s.af, &own, "activity", "kind", "praktik");
    struct object_key y = sites_make(&two, &own, "activity", "kind", "studier");
    sites_admit(&s.af, &own, &s.kommun, false);
    sites_admit(&two, &own, &s.region, false);
    struct home *both[] = {&s.af, &two};
    sites_meet_all(both, 2, s.folder);
    assert_int_equal(sites_heads(&s.af, &y.id, "kind", "studier"), 1);
    assert_int_equal(sites_heads(&two, &x.id, "kind", "praktik"), 1);
    sites_must(&s.af, sites_set(&s.af, &y.id, "activity", "kind", "vård"));
    sites_must(&two, sites_set(&two, &x.id, "activity", "kind", "SFI"));
    sites_meet_all(both, 2, s.folder);
    meet(&s);
    sites_meet(&two, s.folder);
    sites_must(&two, sites_set(&two, &y.id, "activity", "kind", "social"));
    sites_meet_all(both, 2, s.folder);
    meet(&s);
    assert_int_equal(sites_heads(&s.kommun, &y.id, "kind", "social"), 1);
    assert_int_equal(sites_heads(&s.region, &x.id, "kind", "SFI"), 1);
    assert_int_equal(recipients(&two, &own), 2);
    sites_same(&two, &s.af);
    same(&s);
    sites_close(&two);
    done(&s);
}

static void who_is_excluded_reads_no_more(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    share(&s);
    sites_exclude(&s.kommun, &s.shared, &s.region);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-02-02"));
    meet(&s);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-02-02"), 1);
    assert_int_equal(sites_heads(&s.region, &s.goal.id, "target_date", "2027-01-01"), 1);
    assert_int_equal(recipients(&s.kommun, &s.shared), 2);
    /* What the excluded writes in the old epoch stands beside what it could not see. */
    sites_must(&s.region, sites_set(&s.region, &s.goal.id, "goal", "target_date", "2027-03-03"));
    meet(&s);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", NULL), 2);
    sites_must(&s.af, sites_set(&s.af, &s.goal.id, "goal", "target_date", "2027-04-04"));
    meet(&s);
    assert_int_equal(sites_heads(&s.kommun, &s.goal.id, "target_date", "2027-04-04"), 1);
    assert_int_equal(sites_heads(&s.region, &s.goal.id, "target_date", "2027-03-03"), 1);
    sites_same(&s.kommun, &s.af);
    sites_rebuild_same(&s.kommun);
    sites_rebuild_same(&s.region);
    done(&s);
}

/* One excludes the second while another excludes the third: neither comes back when the epochs are joined. */
static void two_exclusions_at_once(void **state)
{
    struct scene s;
    struct home fk = {0};
    (void)state;
    set_up(&s);
    sites_join(&fk, &s.kommun, "FK", "fk", "Frida");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&fk, s.folder);
    share(&s);
    sites_admit(&s.kommun, &s.shared, &fk, true);
    meet(&s);
    sites_meet(&fk, s.folder);
    sites_exclude(&s.kommun, &s.shared, &fk);
    sites_exclude(&s.af, &s.shared, &s.region);
    struct home *two[] = {&s.kommun, &s.af};
    sites_meet_all(two, 2, s.folder);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-05-05"));
    assert_int_equal(recipients(&s.kommun, &s.shared), 2);
    meet(&s);
    sites_meet(&fk, s.folder);
    assert_int_equal(sites_heads(&fk, &s.goal.id, "target_date", "2027-01-01"), 1);
    assert_int_equal(sites_heads(&s.region, &s.goal.id, "target_date", "2027-01-01"), 1);
}

/* A stranger opens a first epoch of a section that he has no part in. Nobody hands him the old keys for it. */
static void a_stranger_opens_beside(void **state)
{
    struct scene s;
    struct forge f;
    struct home bad = {0};
    (void)state;
    set_up(&s);
    sites_join(&bad, &s.kommun, "Skurk", "annan", "Mallory");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&bad, s.folder);
    share(&s);
    struct grant to[] = {{.kind = GRANT_PARTY, .id = site_self(s.kommun.site)->party, .writes = true},
                         {.kind = GRANT_PARTY, .id = site_self(bad.site)->party, .writes = true}};
    if (memcmp(&to[0].id, &to[1].id, ID_LEN) > 0) {
        struct grant swap = to[0];
        to[0] = to[1];
        to[1] = swap;
    }
    struct op open = {.code = OP_OPEN,
                      .u.open = {.plan = s.shared.plan, .topic = "plan", .ground = "", .grants = to, .grant_count = 2}};
    forge_begin(&f, &bad);
    struct forge_part *part = forge_under(&f, &s.shared, 5, &open, 1);
    forge_envelope(&f, part, &s.shared, &s.kommun);
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-05-05"));
    meet(&s);
    meet(&s);
    sites_meet(&bad, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&bad, s.folder);
    assert_int_equal(sites_heads(&bad, &s.goal.id, "target_date", NULL), 0);
}

static void a_stranger_opens_first(void **state)
{
    struct scene s;
    struct home bad = {0};
    (void)state;
    set_up(&s);
    sites_join(&bad, &s.kommun, "Skurk", "annan", "Mallory");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&bad, s.folder);
    share(&s);
    struct place person = {.plan = s.shared.plan, .topic = "person"};
    struct object_key his = sites_make(&bad, &person, "person", "name", "x");
    sites_admit(&bad, &person, &s.kommun, true);
    sites_meet(&bad, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&bad, s.folder);
    sites_meet(&s.kommun, s.folder);
    struct object_key mine = sites_make(&s.kommun, &person, "person", "name", "Hemlig Person");
    (void)his;
    sites_meet(&s.kommun, s.folder);
    sites_meet(&bad, s.folder);
    assert_int_equal(sites_heads(&bad, &mine.id, "name", "Hemlig Person"), 0);
}

/* A reader who may not write opens a successor. Whether that stands does not hang on what arrived first. */
static void a_reader_opens_a_successor(void **state)
{
    struct scene s;
    struct forge f;
    char other[SITES_PATH];
    (void)state;
    set_up(&s);
    sites_path(other, "annan");
    s.goal = sites_make(&s.kommun, &s.shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s.kommun, &s.shared, &s.af, false); /* reads only */
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    struct grant to = {.kind = GRANT_PARTY, .id = site_self(s.region.site)->party, .writes = true};
    struct parent_epoch parent = {.has_key = true};
    struct op ops[] = {{.code = OP_OPEN,
                        .u.open = {.plan = s.shared.plan,
                                   .topic = "plan",
                                   .ground = "",
                                   .parents = &parent,
                                   .parent_count = 1,
                                   .grants = &to,
                                   .grant_count = 1}},
                       {.code = OP_NEW, .object = sites_plan(9), .number = 9}};
    forge_begin(&f, &s.af);
    struct forge_part *held = forge_in(&f, &s.shared, NULL, 0);
    parent.key_id = held->key_id;
    memcpy(parent.key, held->key, sizeof parent.key);
    f.part_count = 0;
    struct forge_part *part = forge_under(&f, &s.shared, 6, ops, 2);
    forge_envelope(&f, part, &s.shared, &s.region);
    forge_envelope(&f, part, &s.shared, &s.kommun);
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder); /* knows the predecessor: refuses */
    sites_meet(&s.region, s.folder); /* learns of the predecessor by this very opening */
    assert_true(sites_lists(&s.kommun, "authority", "not a writer of the section's earlier epoch"));
    assert_true(sites_lists(&s.region, "authority", "not a writer of the section's earlier epoch"));
    sites_rebuild_same(&s.region);
    sites_same(&s.kommun, &s.region);
}

/* Writing in an epoch without having its opening in one's past. */
static void writing_before_the_opening(void **state)
{
    struct scene s;
    struct forge f;
    struct home two = {0};
    struct home three = {0};
    char other[SITES_PATH];
    (void)state;
    set_up(&s);
    sites_path(other, "annan");
    sites_join_as(&two, &s.af, "AF", "af", "Anders", "handläggare");
    sites_join_as(&three, &s.af, "AF", "af", "Asta", "handläggare");
    sites_meet(&s.af, s.folder);
    sites_meet(&two, s.folder);
    sites_meet(&three, s.folder);
    sites_meet(&three, other);
    struct place own = {.plan = sites_plan(1), .owner = site_self(s.af.site)->party, .topic = "plan"};
    forge_begin(&f, &two); /* what it has seen, it has seen before the opening below */
    struct object_key x = sites_make(&s.af, &own, "activity", "kind", "praktik");
    sites_meet(&s.af, s.folder);
    struct op op = {.code = OP_SET, .object = x.id, .number = 2, .value = "studier"};
    f.site = s.af.site; /* where the key is */
    forge_in(&f, &own, &op, 1);
    f.site = two.site;
    forge_put(&f, other);
    sites_meet(&three, other);    /* the operation first, under a key not held */
    sites_meet(&three, s.folder); /* then opening and key */
    sites_meet(&s.af, other);     /* the opening first */
    sites_same(&s.af, &three);
    sites_rebuild_same(&three);
}

/* A save that sets, closes somebody out, and sets again: the last word stands alone. */
static void two_epochs_in_one_save(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    share(&s);
    struct grant who = {.kind = GRANT_PARTY, .id = site_self(s.region.site)->party};
    struct edit *e = sites_edit(&s.kommun);
    const struct schema_field *date = sites_field("goal", "target_date");
    sites_must(&s.kommun, edit_set(e, &s.goal, date, "2027-02-02"));
    sites_must(&s.kommun, edit_exclude(e, &s.shared, &who, 1, "prov"));
    sites_must(&s.kommun, edit_set(e, &s.goal, date, "2027-03-03"));
    sites_save(&s.kommun, e);
    meet(&s);
    sites_same(&s.kommun, &s.af);
    sites_rebuild_same(&s.kommun);
    sites_rebuild_same(&s.af);
    assert_int_equal(sites_heads(&s.kommun, &s.goal.id, "target_date", "2027-03-03"), 1);
    assert_int_equal(sites_heads(&s.region, &s.goal.id, "target_date", "2027-02-02"), 1);
    done(&s);
}

/* The same in two saves of one record, whichever part's key sorts first. */
static void two_epochs_in_one_record(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        struct scene s;
        set_up(&s);
        share(&s);
        sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-02-02"));
        sites_exclude(&s.kommun, &s.shared, &s.region);
        sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-03-03"));
        struct object_key made = sites_make(&s.kommun, &s.shared, "goal", "target_date", "2027-04-04");
        meet(&s);
        assert_int_equal(sites_heads(&s.kommun, &s.goal.id, "target_date", "2027-03-03"), 1);
        assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-03-03"), 1);
        assert_int_equal(sites_heads(&s.region, &s.goal.id, "target_date", "2027-02-02"), 1);
        assert_int_equal(sites_heads(&s.region, &made.id, "target_date", NULL), 0);
        sites_same(&s.kommun, &s.af);
        sites_rebuild_same(&s.af);
        done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_admitted_after_much), cmocka_unit_test(a_second_device_approved_by_the_first),
        cmocka_unit_test(opened_twice_apart),           cmocka_unit_test(who_is_excluded_reads_no_more),
        cmocka_unit_test(two_epochs_in_one_record),     cmocka_unit_test(two_exclusions_at_once),
        cmocka_unit_test(a_stranger_opens_first),       cmocka_unit_test(a_stranger_opens_beside),
        cmocka_unit_test(a_reader_opens_a_successor),   cmocka_unit_test(writing_before_the_opening),
        cmocka_unit_test(two_epochs_in_one_save)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
