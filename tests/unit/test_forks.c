/* Homes that were copied and used side by side: nothing is refused, nothing is lost, and all sites hold the same in
 * whatever order the records come. */
#include "tests/unit/sites.h"

#include "sync/forks.h"

/* The founder, a second party, and a third who only watches. */
struct scene {
    struct home kommun;
    struct home af;
    struct home watcher;
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
    sites_join(&s->watcher, &s->kommun, "Region", "region", "Rut");
    struct home *all[] = {&s->kommun, &s->af, &s->watcher};
    sites_meet_all(all, 3, s->folder);
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s->kommun, &s->shared, &s->af, true);
    sites_admit(&s->kommun, &s->shared, &s->watcher, true);
    sites_meet_all(all, 3, s->folder);
}

static void tear_down(struct scene *s)
{
    sites_close(&s->kommun);
    sites_close(&s->af);
    sites_close(&s->watcher);
}

/* A second home with the same device, as a copied folder is. */
static void copy(struct home *out, struct home *from, const char *name)
{
    char command[3 * SITES_PATH];
    sites_close(from);
    *out = *from;
    sites_path(out->dir, name);
    (void)snprintf(command, sizeof command, "cp -r '%s' '%s'", from->dir, out->dir);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c,concurrency-mt-unsafe): our own paths */
    sites_open(from);
    sites_open(out);
}

static void set_date(struct home *h, const struct scene *s, const char *value)
{
    sites_must(h, sites_set(h, &s->goal.id, "goal", "target_date", value));
}

static void seal(struct home *h)
{
    sites_must(h, site_seal(h->site));
}

static void meet_all(struct home *const *homes, size_t count, const char *folder)
{
    sites_meet_all(homes, count, folder);
    sites_meet_all(homes, count, folder);
    for (size_t i = 1; i < count; i++) {
        sites_same(homes[0], homes[i]);
        sites_check_ok(homes[i]);
    }
}

static void edits_of_two_copies(void **state)
{
    struct scene s;
    struct home twin;
    (void)state;
    set_up(&s);
    set_date(&s.af, &s, "2027-02-02");
    seal(&s.af);
    copy(&twin, &s.af, "kopia");
    struct object_key one = sites_make(&s.af, &s.shared, "goal", "target_date", "2027-03-03");
    struct object_key two = sites_make(&twin, &s.shared, "goal", "target_date", "2027-04-04");
    sites_meet(&s.af, s.folder);
    assert_int_equal(site_restored(s.af.site), 0);
    const struct chain_id old = twin.site->self.chain;
    sites_meet(&twin, s.folder);
    assert_int_equal(site_restored(twin.site), 1); /* the goal that the other made */
    assert_memory_not_equal(&twin.site->self.chain, &old, sizeof old);
    sites_meet(&s.af, s.folder);
    assert_int_equal(site_restored(s.af.site), 1);
    assert_memory_not_equal(&s.af.site->self.chain, &old, sizeof old);
    assert_memory_not_equal(&s.af.site->self.chain, &twin.site->self.chain, sizeof old);
    /* Both go on, and no fork comes of it any more. */
    set_date(&s.af, &s, "2027-05-05");
    set_date(&twin, &s, "2027-06-06");
    struct home *all[] = {&s.kommun, &s.af, &twin, &s.watcher};
    meet_all(all, 4, s.folder);
    struct arena a = {0};
    struct check_result r;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(sites_heads(all[i], &one.id, "target_date", "2027-03-03"), 1);
        assert_int_equal(sites_heads(all[i], &two.id, "target_date", "2027-04-04"), 1);
        assert_int_equal(sites_heads(all[i], &s.goal.id, "target_date", "2027-06-06"), 2);
        sites_must(all[i], check_log(&r, &a, all[i]->site, true));
        assert_int_equal(r.fork_count, 1);
        assert_int_equal(r.forks[0].branch_count, 2);
        assert_string_equal(r.forks[0].member_name, "Anna");
        sites_rebuild_same(all[i]);
    }
    arena_free(&a);
    sites_close(&twin);
    tear_down(&s);
}

/* What was not sealed when the home was copied is in both branches; it counts once, and what followed it follows it. */
static void what_both_copies_sealed(void **state)
{
    struct scene s;
    struct home twin;
    struct place fresh = {.plan = sites_plan(2), .topic = "plan"};
    (void)state;
    set_up(&s);
    set_date(&s.af, &s, "2027-02-02");
    struct object_key meeting = sites_make(&s.af, &s.shared, "meeting", "kind", "SIP");
    struct object_key own = sites_make(&s.af, &fresh, "goal", "target_date", "2027-02-03"); /* opens a section */
    copy(&twin, &s.af, "kopia");
    sites_admit(&s.af, &fresh, &s.kommun, true);
    set_date(&twin, &s, "2027-03-03");
    sites_must(&twin, sites_set(&twin, &own.id, "goal", "target_date", "2027-04-04"));
    sites_meet(&s.af, s.folder);
    struct home *all[] = {&s.kommun, &s.af, &twin, &s.watcher};
    sites_meet(&s.kommun, s.folder);
    meet_all(all, 4, s.folder);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(sites_heads(all[i], &s.goal.id, "target_date", "2027-03-03"), 1);
        assert_int_equal(sites_heads(all[i], &meeting.id, "kind", "SIP"), 1);
        sites_rebuild_same(all[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(sites_heads(all[i], &own.id, "target_date", "2027-04-04"), 1);
    }
    sites_close(&twin);
    tear_down(&s);
}

/* ---- a home put back ---- */

static void a_home_put_back_with_nothing_new(void **state)
{
    struct scene s;
    struct home saved;
    (void)state;
    set_up(&s);
    set_date(&s.af, &s, "2027-02-02");
    seal(&s.af);
    copy(&saved, &s.af, "kopia");
    set_date(&s.af, &s, "2027-03-03");
    sites_meet(&s.af, s.folder);
    sites_close(&s.af); /* and is lost */
    const struct chain_id old = saved.site->self.chain;
    sites_meet(&saved, s.folder);
    assert_int_equal(site_restored(saved.site), 1);
    assert_memory_not_equal(&saved.site->self.chain, &old, sizeof old);
    set_date(&saved, &s, "2027-04-04"); /* it knows what it wrote: that is not a conflict */
    sites_reopen(&saved);
    struct home *all[] = {&s.kommun, &saved, &s.watcher};
    meet_all(all, 3, s.folder);
    for (size_t i = 0; i < 3; i++) {
        struct arena a = {0};
        struct check_result r;
        assert_int_equal(sites_heads(all[i], &s.goal.id, "target_date", "2027-04-04"), 1);
        sites_must(all[i], check_log(&r, &a, all[i]->site, true));
        assert_int_equal(r.fork_count, 0);
        arena_free(&a);
    }
    sites_close(&saved);
    sites_close(&s.kommun);
    sites_close(&s.watcher);
}

static void the_founders_home_put_back(void **state)
{
    struct scene s;
    struct home saved;
    (void)state;
    set_up(&s);
    copy(&saved, &s.kommun, "kopia");
    set_date(&s.kommun, &s, "2027-03-03");
    set_date(&saved, &s, "2027-03-04");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&saved, s.folder);
    sites_meet(&s.kommun, s.folder);
    set_date(&saved, &s, "2027-04-04");
    struct home *all[] = {&saved, &s.kommun, &s.af, &s.watcher};
    meet_all(all, 4, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-04-04"), 1);
    /* It is an administrator still. */
    struct home late = {0};
    sites_join(&late, &saved, "FK", "fk", "Frida");
    sites_meet(&saved, s.folder);
    sites_meet(&late, s.folder);
    sites_meet_all(all, 4, s.folder);
    sites_check_ok(&s.af);
    sites_close(&late);
    sites_close(&saved);
    tear_down(&s);
}

/* ---- every order ---- */

#define RECORDS 8

struct history {
    size_t count;
    struct oid oids[RECORDS];
    struct chain_id branches[RECORDS];
};

/* The records that the log has and the site has not. */
static void gather(struct history *out, struct home *from, struct home *lacks)
{
    struct db_row *q =
        db_use(from->site->db, "SELECT r.oid, c.chain, r.hash FROM record r JOIN chain c ON c.id = r.chain"
                               " WHERE r.hash IS NOT NULL ORDER BY r.seq");
    while (db_next(q)) {
        struct forks_prev have;
        struct hash hash;
        struct oid oid;
        bool listed = false;
        db_col_copy(q, 0, oid.b, OID_LEN);
        db_col_copy(q, 2, hash.b, HASH_LEN);
        assert_int_equal(forks_prev(&have, lacks->site, &hash), OK);
        for (size_t i = 0; i < out->count; i++) {
            listed = listed || memcmp(&out->oids[i], &oid, sizeof oid) == 0;
        }
        if (have.seq == 0 && !listed) {
            assert_true(out->count < RECORDS);
            db_col_copy(q, 1, out->branches[out->count].b, ID_LEN);
            out->oids[out->count++] = oid;
        }
    }
    assert_int_equal(db_end(q), OK);
}

/* Takes them in in that order, and again those that had to wait; then forgets it all. */
static void take_in(struct buf *digest, struct home *h, struct log *from, const struct history *hist,
                    const size_t *order)
{
    bool done[RECORDS] = {false};
    size_t left = hist->count;
    struct site *s = h->site;
    sites_must(h, db_begin(s->db));
    s->visiting = from;
    for (size_t round = 0; left > 0 && round <= hist->count; round++) {
        for (size_t i = 0; i < hist->count; i++) {
            struct intake in = {0};
            enum verdict verdict;
            const char *detail;
            const size_t at = order[i];
            if (done[at]) {
                continue;
            }
            sites_must(h, intake_read(&in, &verdict, &detail, from, &hist->oids[at]));
            assert_int_equal(verdict, VERDICT_ACCEPT);
            sites_must(h, intake_place(&verdict, &detail, s, &in, &in.header.chain));
            if (verdict == VERDICT_ACCEPT) {
                sites_must(h, intake_accept(s, &in));
                done[at] = true;
                left--;
            }
            intake_free(&in);
        }
    }
    assert_int_equal(left, 0);
    sites_digest(digest, h, NULL);
    s->visiting = NULL;
    db_rollback(s->db);
    chains_forget(s);
    s->twins = false;
}

static bool next_order(size_t *order, size_t count)
{
    size_t i = count - 1;
    while (i > 0 && order[i - 1] > order[i]) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    size_t k = count - 1;
    while (order[k] < order[i - 1]) {
        k--;
    }
    size_t t = order[k];
    order[k] = order[i - 1];
    order[i - 1] = t;
    for (size_t a = i, b = count - 1; a < b; a++, b--) {
        t = order[a];
        order[a] = order[b];
        order[b] = t;
    }
    return true;
}

/* Three copies of one home that split twice, begun with a save that two of them sealed; and what two others wrote who had
 * met one of them each. */
static void make_history(struct history *hist, struct scene *s)
{
    struct home twin;
    struct home third;
    char other[SITES_PATH];
    sites_path(other, "annan");
    set_date(&s->af, s, "2027-02-02"); /* unsealed: in both */
    copy(&twin, &s->af, "kopia");
    set_date(&s->af, s, "2027-03-03");
    seal(&s->af);
    set_date(&twin, s, "2027-04-04");
    seal(&twin);
    copy(&third, &twin, "tredje");
    set_date(&twin, s, "2027-05-05");
    sites_remove(&third, &s->goal.id);
    seal(&third);
    sites_meet(&s->af, s->folder);
    sites_meet(&s->kommun, s->folder);
    set_date(&s->kommun, s, "2027-06-06");
    seal(&s->kommun);
    sites_meet(&twin, other);
    sites_meet(&third, other);
    sites_meet(&s->kommun, other);
    set_date(&s->kommun, s, "2027-08-08"); /* has seen all */
    seal(&s->kommun);
    gather(hist, &s->af, &s->watcher);
    gather(hist, &twin, &s->watcher);
    gather(hist, &third, &s->watcher);
    gather(hist, &s->kommun, &s->watcher);
    sites_close(&twin);
    sites_close(&third);
}

static void every_order(void **state)
{
    struct scene s;
    struct history hist = {0};
    size_t order[RECORDS];
    size_t orders = 0;
    struct buf first = {0};
    (void)state;
    set_up(&s);
    make_history(&hist, &s);
    print_message("%zu records\n", hist.count);
    assert_in_range(hist.count, 5, 7);
    for (size_t i = 0; i < hist.count; i++) {
        order[i] = i;
    }
    do {
        struct buf digest = {0};
        take_in(&digest, &s.watcher, s.kommun.site->log, &hist, order);
        if (orders++ == 0) {
            buf_put_span(&first, span_buf(&digest));
        }
        assert_int_equal(digest.len, first.len);
        assert_memory_equal(digest.ptr, first.ptr, first.len);
        buf_free(&digest);
    } while (next_order(order, hist.count));
    print_message("%zu orders\n", orders);
    buf_free(&first);
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(edits_of_two_copies), cmocka_unit_test(what_both_copies_sealed),
                                       cmocka_unit_test(a_home_put_back_with_nothing_new),
                                       cmocka_unit_test(the_founders_home_put_back), cmocka_unit_test(every_order)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
