/* Authority: what a member may do to membership, and that every site comes to the same verdict. */
#include "tests/unit/sites.h"

#include "sync/judge.h"

struct scene {
    struct home kommun;
    struct home af;
    struct home bad; /* administrator of a party of its own */
    char folder[SITES_PATH];
};

static void set_up(struct scene *s, uint32_t quorum)
{
    *s = (struct scene){0};
    sites_path(s->folder, "sticka");
    sites_found(&s->kommun, quorum);
    sites_join(&s->bad, &s->kommun, "Skurk", "annan", "Mallory");
    struct home *two[] = {&s->kommun, &s->bad};
    sites_meet_all(two, 2, s->folder);
}

static void done(struct scene *s)
{
    sites_close(&s->kommun);
    sites_close(&s->bad);
}

static struct op certify(struct device *d, struct uuid party, struct uuid member, const char *role)
{
    return (struct op){.code = OP_CERTIFY,
                       .u.certify = {.sign = device_sign_public(d),
                                     .box = device_box_public(d),
                                     .meeting = device_meeting_public(d),
                                     .member = member,
                                     .name = "Ny",
                                     .party = party,
                                     .role = role}};
}

static void forge_forbund(struct scene *s, struct forge *f, const struct op *ops, size_t count)
{
    struct place forbund = sites_forbund();
    forge_begin(f, &s->bad);
    forge_in(f, &forbund, ops, count);
    forge_put(f, s->folder);
    sites_meet(&s->kommun, s->folder);
}

/* A party that is in the förbund is not admitted again, least of all with a device of somebody else's. */
static void taking_over_a_party(void **state)
{
    struct scene s;
    struct forge f;
    struct device *own = NULL;
    (void)state;
    set_up(&s, 1);
    assert_int_equal(device_new(&own), OK);
    struct uuid kommun = site_self(s.kommun.site)->party;
    struct op ops[] = {{.code = OP_PARTY, .u.party = {.party = kommun, .name = "Kommunen", .kind = "kommun"}},
                       certify(own, kommun, sites_plan(60), "administratör")};
    forge_forbund(&s, &f, ops, 2);
    device_free(own);
    assert_true(sites_lists(&s.kommun, "authority", NULL));
    done(&s);
}

/* Nobody but its own party's administrators says anything about a device that is certified. */
static void demoting_another_partys_device(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s, 1);
    struct op op = certify(s.kommun.site->device, site_self(s.bad.site)->party, sites_plan(61), "revisor");
    forge_forbund(&s, &f, &op, 1);
    sites_reopen(&s.kommun);
    assert_string_equal(site_self(s.kommun.site)->party_name, "Kommunen");
    assert_string_equal(site_self(s.kommun.site)->role, "administratör");
    sites_make(&s.kommun, &(struct place){.plan = sites_plan(1), .topic = "plan"}, "goal", "target_date", "2027-01-01");
    done(&s);
}

/* Approvals are of a party by that name and kind. */
static void admitting_another_than_was_approved(void **state)
{
    struct scene s;
    struct forge f;
    struct home asks = {0};
    struct buf letter = {0};
    struct buf none = {0};
    struct member_approval a;
    (void)state;
    set_up(&s, 2);
    sites_ask(&asks, &letter, "Regionen", "region", "Rut", "administratör");
    sites_must(&s.kommun, member_approve(&a, &none, s.kommun.site, span_buf(&letter)));
    assert_false(a.complete);
    assert_int_equal(a.need, 2);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.bad, s.folder);
    struct uuid party = {{0}};
    struct db_row *q = db_use(s.bad.site->db, "SELECT party FROM approval");
    assert_true(db_next(q));
    db_col_copy(q, 0, party.b, ID_LEN);
    assert_int_equal(db_end(q), OK);
    struct op ops[] = {{.code = OP_PARTY, .u.party = {.party = party, .name = "Polisen", .kind = "annan"}},
                       certify(s.bad.site->device, party, sites_plan(62), "administratör")};
    forge_forbund(&s, &f, ops, 2);
    buf_free(&letter);
    assert_true(sites_lists(&s.kommun, "authority", NULL));
}

/* Whoever admits a party under another name, ahead of those who bring it in, names it for nobody. */
static void naming_a_party_before_it_comes(void **state)
{
    struct scene s;
    struct forge f;
    struct home asks = {0};
    struct buf letter = {0};
    struct buf invitation = {0};
    struct member_approval a;
    struct arena names = {0};
    (void)state;
    set_up(&s, 1);
    sites_ask(&asks, &letter, "Regionen", "region", "Rut", "administratör");
    const struct sign_public sign = device_sign_public(asks.site->device);
    const struct uuid party = ids_party(&sign, "region", "Regionen");
    struct op op = {.code = OP_PARTY, .u.party = {.party = party, .name = "Polisen", .kind = "annan"}};
    forge_forbund(&s, &f, &op, 1);
    assert_false(sites_lists(&s.kommun, "authority", NULL));
    assert_null(member_name(&names, s.kommun.site, &party));
    sites_must(&s.kommun, member_approve(&a, &invitation, s.kommun.site, span_buf(&letter)));
    assert_true(a.complete);
    assert_string_equal(member_name(&names, s.kommun.site, &party), "Regionen");
    arena_free(&names);
    buf_free(&letter);
    buf_free(&invitation);
    sites_close(&asks);
    done(&s);
}

/* One request, approved by two administrators who have not met: everybody knows the device as the same member. */
static void one_request_approved_twice(void **state)
{
    struct scene s;
    struct home second = {0};
    struct home asks = {0};
    struct buf letter = {0};
    struct buf one = {0};
    struct buf two = {0};
    struct member_approval a;
    (void)state;
    set_up(&s, 1);
    sites_join(&second, &s.kommun, "Kommunen", "kommun", "Kalle");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&second, s.folder);
    sites_ask(&asks, &letter, "Kommunen", "kommun", "Klara", "handläggare");
    sites_must(&s.kommun, member_approve(&a, &one, s.kommun.site, span_buf(&letter)));
    sites_must(&second, member_approve(&a, &two, second.site, span_buf(&letter)));
    sites_accept(&asks, &one);
    struct home *all[] = {&s.kommun, &second, &asks};
    sites_meet_all(all, 3, s.folder);
    struct place shared = {.plan = sites_plan(1), .topic = "plan"};
    sites_make(&asks, &shared, "goal", "target_date", "2027-01-01");
    sites_admit(&asks, &shared, &s.kommun, true);
    sites_meet_all(all, 3, s.folder);
    buf_free(&letter);
    buf_free(&one);
    buf_free(&two);
    sites_same(&s.kommun, &second);
}

/* The same, where the two differ in role: the verdict on what the device writes is one. */
static void certified_twice_in_different_roles(void **state)
{
    struct scene s;
    struct home second = {0};
    struct home third = {0};
    struct home asks = {0};
    struct buf letter = {0};
    struct buf one = {0};
    struct member_approval a;
    struct forge f;
    char early[SITES_PATH];
    (void)state;
    set_up(&s, 1);
    sites_path(early, "annan");
    sites_join(&second, &s.kommun, "Kommunen", "kommun", "Kalle");
    sites_join(&third, &s.kommun, "Kommunen", "kommun", "Kim");
    struct home *three[] = {&s.kommun, &second, &third};
    sites_meet_all(three, 3, s.folder);
    sites_meet(&s.kommun, early);
    sites_ask(&asks, &letter, "Kommunen", "kommun", "Klara", "administratör");
    forge_begin(&f, &second); /* has not seen the approval below */
    struct op revisor = certify(asks.site->device, site_self(second.site)->party, sites_plan(63), "revisor");
    struct place forbund = sites_forbund();
    forge_in(&f, &forbund, &revisor, 1);
    forge_put(&f, s.folder);
    sites_meet(&third, s.folder); /* third: revisor first */
    sites_must(&s.kommun, member_approve(&a, &one, s.kommun.site, span_buf(&letter)));
    sites_accept(&asks, &one);
    sites_meet(&s.kommun, s.folder); /* kommun: its own first */
    sites_meet(&asks, s.folder);
    sites_meet(&third, s.folder);
    struct place own = {.plan = sites_plan(1), .owner = site_self(second.site)->party, .topic = "plan"};
    struct op ops[] = {
        {.code = OP_OPEN, .u.open = {.plan = own.plan, .owner = own.owner, .topic = "plan", .ground = ""}},
        {.code = OP_NEW, .object = sites_plan(9), .number = 9}};
    forge_begin(&f, &asks);
    struct forge_part *part = forge_under(&f, &own, 3, ops, 2);
    forge_envelope(&f, part, &own, &s.kommun);
    forge_envelope(&f, part, &own, &third);
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&third, s.folder);
    buf_free(&letter);
    buf_free(&one);
    sites_same(&s.kommun, &third);
    struct buf x = {0};
    struct buf y = {0};
    sites_digest(&x, &s.kommun, NULL);
    sites_digest(&y, &third, NULL);
    assert_string_equal((const char *)x.ptr, (const char *)y.ptr);
    buf_free(&x);
    buf_free(&y);
}

/* ---- the pure part ---- */

static void what_the_schema_says(void **state)
{
    (void)state;
    bool unknown = false;
    const struct schema *m = model_schema();
    struct section_row shared = {.topic = "plan"};
    struct section_row owned = {.topic = "plan", .owner = {{1}}};
    struct section_row forbund = {.topic = "forbund", .forbund = true};
    const struct schema_type *goal = schema_type_named(m, "goal");
    assert_null(judge_schema(&unknown, m, &shared, NULL, OP_NEW, goal->number, NULL));
    assert_false(unknown);
    assert_non_null(judge_schema(&unknown, m, &forbund, NULL, OP_NEW, goal->number, NULL));
    assert_null(judge_schema(&unknown, m, &owned, NULL, OP_NEW, 10, NULL));
    assert_non_null(judge_schema(&unknown, m, &shared, NULL, OP_NEW, 10, NULL));
    assert_null(judge_schema(&unknown, m, &shared, NULL, OP_NEW, 5000, NULL));
    assert_true(unknown);
    assert_null(judge_schema(&unknown, m, &shared, NULL, OP_SET, 1, "x")); /* type not known yet */
    assert_true(unknown);
    assert_null(judge_schema(&unknown, m, &shared, goal, OP_SET, 500, "x"));
    assert_true(unknown);
    assert_null(judge_schema(&unknown, m, &shared, goal, OP_SET, 3, NULL)); /* unset */
    assert_false(unknown);
    assert_non_null(judge_schema(&unknown, m, &shared, goal, OP_ADD, 3, "2027-01-01"));
    assert_non_null(judge_schema(&unknown, m, &shared, goal, OP_SET, 3, "2027-13-01"));
    assert_null(judge_schema(&unknown, m, &shared, goal, OP_REMOVE, 0, NULL));
    assert_null(judge_schema(&unknown, m, &shared, NULL, OP_KEEP, 0, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_schema_says),
                                       cmocka_unit_test(taking_over_a_party),
                                       cmocka_unit_test(naming_a_party_before_it_comes),
                                       cmocka_unit_test(demoting_another_partys_device),
                                       cmocka_unit_test(admitting_another_than_was_approved),
                                       cmocka_unit_test(one_request_approved_twice),
                                       cmocka_unit_test(certified_twice_in_different_roles)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
