/* gc in one process: with another handle open on the same home, broken off, and with nothing to do. */
#include "tests/unit/sites.h"

#include "sync/gc.h"
#include "sync/gc_posix.h"

static void many_packs(struct home *h, struct object_key *goal, unsigned many)
{
    static const struct place shared = {.plan = {{1}}, .topic = "plan"};
    *goal = sites_make(h, &shared, "goal", "target_date", "2027-01-01");
    for (unsigned i = 0; i < many; i++) {
        sites_must(h, sites_set(h, &goal->id, "goal", "target_date", i % 2 ? "2028-01-01" : "2028-02-02"));
        sites_must(h, site_seal(h->site));
    }
}

/* A handle that knew the old packs finds everything in the new one. */
static void another_handle_goes_on(void **state)
{
    struct home h = {0};
    struct home other = {0};
    struct object_key goal;
    struct gc_result r;
    (void)state;
    sites_found(&h, 1);
    many_packs(&h, &goal, 12);
    sites_second(&other, &h);
    sites_check_ok(&other);
    sites_must(&h, gc_run(&r, h.site, NULL, NULL));
    assert_true(r.packs_before > 10);
    assert_int_equal(r.packs_after, 1);
    sites_check_ok(&other);
    sites_must(&other, sites_set(&other, &goal.id, "goal", "target_date", "2029-01-01"));
    sites_must(&other, site_seal(other.site));
    sites_check_ok(&other);
    sites_close(&other);
    sites_check_ok(&h);
    sites_rebuild_same(&h);
    sites_close(&h);
}

static bool no(void *ctx, uint64_t done, uint64_t total)
{
    (void)ctx;
    assert_true(done <= total);
    return false;
}

static void broken_off(void **state)
{
    struct home h = {0};
    struct object_key goal;
    struct gc_result r;
    uint64_t packs = 0;
    (void)state;
    sites_found(&h, 1);
    many_packs(&h, &goal, 100); /* it asks every 256 objects */
    assert_int_equal(gc_run(&r, h.site, no, NULL), ERR_BUSY);
    struct buf log = {0};
    buf_printf(&log, "%s/log.git", h.dir);
    assert_int_equal(gc_posix_count(&packs, buf_text(&log)), OK);
    assert_true(packs > 100);
    buf_free(&log);
    sites_check_ok(&h);
    sites_must(&h, gc_run(&r, h.site, NULL, NULL));
    assert_int_equal(r.packs_after, 1);
    sites_must(&h, gc_run(&r, h.site, NULL, NULL));
    assert_int_equal(r.packs_after, 1);
    sites_check_ok(&h);
    sites_close(&h);
}

/* Asked for, but nothing has been recorded yet. */
static void a_home_that_only_asks(void **state)
{
    struct home h = {0};
    struct buf letter = {0};
    struct gc_result r;
    (void)state;
    sites_ask(&h, &letter, "AF", "af", "Anna", "administratör");
    sites_must(&h, gc_run(&r, h.site, NULL, NULL));
    assert_int_equal(r.packs_after, 0);
    buf_free(&letter);
    sites_close(&h);
}

static uint64_t packs_of(const char *place)
{
    uint64_t packs = 0;
    assert_int_equal(gc_posix_count(&packs, place), OK);
    return packs;
}

static void meet_often(struct home *h, const struct object_key *goal, const char *place, unsigned many)
{
    for (unsigned i = 0; i < many; i++) {
        sites_must(h, sites_set(h, &goal->id, "goal", "target_date", i % 2 ? "2028-01-01" : "2028-02-02"));
        sites_meet(h, place);
    }
}

/* Each meeting leaves a pack there; one day somebody makes one of them, and who comes then lacks nothing. But in a
 * repository where others have put something, too, all of it stays. */
static void a_place_that_is_met_often(void **state)
{
    static const struct place shared = {.plan = {{1}}, .topic = "plan"};
    struct home h = {0};
    struct home other = {0};
    char place[SITES_PATH];
    struct buf tag = {0};
    struct log_branches branches = {0};
    struct arena a = {0};
    struct why w = {0};
    struct log *log = NULL;
    (void)state;
    sites_found(&h, 1);
    sites_join(&other, &h, "AF", "af", "Anna");
    sites_path(place, "place");
    struct object_key goal = sites_make(&h, &shared, "goal", "target_date", "2027-01-01");
    sites_meet(&h, place);
    sites_meet(&other, place);

    assert_int_equal(log_open(&log, &w, place), OK);
    assert_int_equal(log_branches(&branches, &a, log, 10), OK);
    log_close(log);
    buf_printf(&tag, "%s/refs/tags/mine", place);
    FILE *f = fopen(buf_text(&tag), "w");
    assert_non_null(f);
    for (size_t i = 0; i < OID_LEN; i++) {
        assert_true(fprintf(f, "%02x", branches.list[0].tip.b[i]) == 2);
    }
    assert_int_equal(fclose(f), 0);
    meet_often(&h, &goal, place, GC_PACKS + 2);
    assert_true(packs_of(place) > GC_PACKS);

    assert_int_equal(remove(buf_text(&tag)), 0);
    meet_often(&h, &goal, place, 1);
    assert_in_range(packs_of(place), 1, 9); /* each larger than all that are smaller together */
    sites_meet(&other, place);
    sites_check_ok(&other);
    sites_same(&h, &other);
    buf_free(&tag);
    arena_free(&a);
    sites_close(&other);
    sites_close(&h);
}

/* The largest pack is not written anew for the sake of many small ones: what that costs does not grow with the log. What
 * they hold is all there afterwards; a pack that somebody has told git to keep is left, and what a removal that was broken
 * off has left goes an hour later. */
static void large_packs_stay(void **state)
{
    struct home h = {0};
    struct object_key goal;
    struct gc_result r;
    struct buf command = {0};
    (void)state;
    sites_found(&h, 1);
    many_packs(&h, &goal, 300);
    sites_must(&h, gc_run(&r, h.site, NULL, NULL));
    assert_int_equal(r.packs_after, 1);
    buf_printf(&command,
               "cd '%s/log.git/objects/pack' && ls *.pack >../../large &&"
               " cp *.pack pack-0123456789012345678901234567890123456789.pack &&"
               " touch -d '2 hours ago' pack-0123456789012345678901234567890123456789.pack",
               h.dir);
    assert_int_equal(system(buf_text(&command)), 0); /* NOLINT: our own words */
    for (unsigned i = 0; i < GC_PACKS; i++) {
        sites_must(&h, sites_set(&h, &goal.id, "goal", "target_date", i % 2 ? "2027-03-03" : "2027-02-02"));
        sites_must(&h, site_seal(h.site));
    }
    buf_free(&command);
    buf_printf(&command,
               "cd '%s/log.git/objects/pack' && for i in $(ls -t *.pack | head -1); do touch ${i%%.pack}.keep; done",
               h.dir);
    assert_int_equal(system(buf_text(&command)), 0); /* NOLINT: our own words */
    gc_run_if_due(h.site);
    buf_free(&command);
    buf_printf(
        &command,
        "cd '%s/log.git' && test $(ls objects/pack/*.pack | wc -l) -le 10 && test -f objects/pack/$(cat large) &&"
        " test $(ls objects/pack/*.pack | wc -l) = $(ls objects/pack/*.idx | wc -l) &&"
        " ls objects/pack/*.keep && git fsck --full --strict",
        h.dir);
    assert_int_equal(system(buf_text(&command)), 0); /* NOLINT: our own words */
    sites_check_ok(&h);
    sites_rebuild_same(&h);
    buf_free(&command);
    sites_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_handle_goes_on), cmocka_unit_test(broken_off),
                                       cmocka_unit_test(a_home_that_only_asks),
                                       cmocka_unit_test(a_place_that_is_met_often), cmocka_unit_test(large_packs_stay)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
