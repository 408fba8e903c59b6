/* Bringing parties in: with one approval, with two, and by whom not. */
#include "tests/unit/sites.h"

static enum err approve(struct member_approval *a, struct buf *out, struct home *h, const struct buf *letter)
{
    return member_approve(a, out, h->site, span_buf(letter));
}

static void two_parties_must_approve(void **state)
{
    struct home kommun = {0};
    struct home af = {0};
    struct home region = {0};
    struct buf letter = {0};
    struct buf out = {0};
    struct member_approval a;
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_found(&kommun, 2);
    sites_join(&af, &kommun, "AF", "af", "Anna"); /* of one party, one is enough */
    struct home *two[] = {&kommun, &af};
    sites_meet_all(two, 2, folder);
    sites_ask(&region, &letter, "Regionen", "region", "Rut", "administratör");
    sites_must(&kommun, approve(&a, &out, &kommun, &letter));
    assert_false(a.complete);
    assert_int_equal(a.have, 1);
    assert_int_equal(a.need, 2);
    assert_int_equal(out.len, 0);
    sites_must(&kommun, approve(&a, &out, &kommun, &letter)); /* the same party again counts once */
    assert_false(a.complete);
    sites_meet(&kommun, folder);
    sites_meet(&af, folder);
    sites_must(&af, approve(&a, &out, &af, &letter));
    assert_true(a.complete);
    assert_int_equal(a.have, 2);
    struct buf again = {0}; /* as the file may have been lost: the same, and nothing is signed anew */
    sites_save(&af, sites_edit(&af));
    sites_must(&af, approve(&a, &again, &af, &letter));
    assert_true(a.complete);
    assert_true(span_equal(span_buf(&again), span_buf(&out)));
    buf_free(&again);
    sites_accept(&region, &out);
    sites_meet(&af, folder);
    sites_meet(&region, folder);
    assert_int_equal(site_self(region.site)->stage, SITE_MEMBER);
    struct home *all[] = {&kommun, &af, &region};
    sites_meet_all(all, 3, folder);
    for (size_t i = 0; i < 3; i++) {
        struct arena arena = {0};
        struct member_list list;
        sites_must(all[i], member_list(&list, &arena, all[i]->site));
        assert_int_equal(list.party_count, 3);
        assert_int_equal(list.device_count, 3);
        sites_check_ok(all[i]);
        sites_rebuild_same(all[i]);
        arena_free(&arena);
    }
    assert_int_equal(approve(&a, &out, &kommun, &letter), ERR_EXISTS);
    buf_free(&letter);
    buf_free(&out);
    sites_close(&kommun);
    sites_close(&af);
    sites_close(&region);
}

static void who_may_not_approve(void **state)
{
    struct home kommun = {0};
    struct home plain = {0};
    struct home af = {0};
    struct home asks = {0};
    struct buf letter = {0};
    struct buf out = {0};
    struct member_approval a;
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_found(&kommun, 1);
    sites_join_as(&plain, &kommun, "Kommunen", "", "Per", "handläggare");
    sites_join(&af, &kommun, "AF", "af", "Anna");
    struct home *all[] = {&kommun, &plain, &af};
    sites_meet_all(all, 3, folder);
    sites_ask(&asks, &letter, "Kommunen", "", "Pia", "handläggare");
    assert_int_equal(approve(&a, &out, &plain, &letter), ERR_REFUSED);
    assert_int_equal(approve(&a, &out, &af, &letter), ERR_REFUSED);
    assert_int_equal(out.len, 0);
    letter.ptr[letter.len / 2] ^= 1;
    enum err altered = approve(&a, &out, &kommun, &letter);
    assert_true(altered == ERR_INPUT || altered == ERR_FORGED);
    buf_free(&letter);
    sites_close(&asks);
    sites_ask(&asks, &letter, "Okänd", "", "Olle", "handläggare");
    assert_int_equal(approve(&a, &out, &kommun, &letter), ERR_NOT_FOUND);
    sites_meet_all(all, 3, folder);
    sites_check_ok(&kommun); /* what was refused here was never written */
    buf_free(&letter);
    buf_free(&out);
    sites_close(&asks);
    sites_close(&kommun);
    sites_close(&plain);
    sites_close(&af);
}

static void a_revisor_reads_and_writes_not(void **state)
{
    struct home kommun = {0};
    struct home rev = {0};
    char folder[SITES_PATH];
    (void)state;
    sites_path(folder, "sticka");
    sites_found(&kommun, 1);
    sites_join_as(&rev, &kommun, "Kommunen", "", "Rickard", "revisor");
    struct place own = {.plan = sites_plan(1), .owner = site_self(kommun.site)->party, .topic = "plan"};
    struct object_key x = sites_make(&kommun, &own, "activity", "kind", "praktik");
    sites_meet(&kommun, folder);
    sites_meet(&rev, folder);
    assert_int_equal(sites_heads(&rev, &x.id, "kind", "praktik"), 1);
    assert_int_equal(sites_set(&rev, &x.id, "activity", "kind", "vård"), ERR_REFUSED);
    assert_int_equal(sites_heads(&rev, &x.id, "kind", "praktik"), 1);
    sites_meet(&rev, folder);
    sites_meet(&kommun, folder);
    sites_check_ok(&kommun);
    sites_close(&kommun);
    sites_close(&rev);
}

static void names_and_ids(void **state)
{
    struct home kommun = {0};
    struct grant g;
    struct arena a = {0};
    char text[UUID_TEXT_LEN + 1];
    (void)state;
    sites_found(&kommun, 1);
    sites_must(&kommun, member_resolve(&g, kommun.site, "Kommunen"));
    assert_int_equal(g.kind, GRANT_PARTY);
    uuid_format(text, &g.id);
    sites_must(&kommun, member_resolve(&g, kommun.site, text));
    assert_string_equal(member_name(&a, kommun.site, &g.id), "Kommunen");
    sites_must(&kommun, member_resolve(&g, kommun.site, "Karin"));
    assert_int_equal(g.kind, GRANT_MEMBER);
    assert_int_equal(member_resolve(&g, kommun.site, "Ingen"), ERR_NOT_FOUND);
    assert_int_equal(member_resolve(&g, kommun.site, ""), ERR_INPUT);
    struct uuid none = {{9}};
    assert_null(member_name(&a, kommun.site, &none));
    arena_free(&a);
    sites_close(&kommun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_parties_must_approve), cmocka_unit_test(who_may_not_approve),
        cmocka_unit_test(a_revisor_reads_and_writes_not), cmocka_unit_test(names_and_ids)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
