/* What is in the past of what; and two processes on one home, each with vectors of its own at hand. */
#include "sync/tx.h"
#include "tests/unit/sites.h"

struct scene {
    struct home kommun;
    struct home web; /* the same home, opened by another process */
    struct home af;
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
    sites_second(&s->web, &s->kommun);
    struct home *all[] = {&s->kommun, &s->af};
    sites_meet_all(all, 2, s->folder);
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s->kommun, &s->shared, &s->af, true);
    sites_meet_all(all, 2, s->folder);
}

static void done(struct scene *s)
{
    sites_close(&s->web);
    sites_close(&s->kommun);
    sites_close(&s->af);
}

static void handles_take_turns(void **state)
{
    struct scene s;
    char date[11];
    (void)state;
    set_up(&s);
    struct home *mine[] = {&s.kommun, &s.web};
    for (int i = 0; i < 24; i++) {
        struct home *h = mine[i % 2];
        (void)snprintf(date, sizeof date, "2028-01-%02d", 1 + i);
        sites_must(h, sites_set(h, &s.goal.id, "goal", "target_date", date));
        edit_cancel(sites_edit(mine[(i + 1) % 2]));
        if (i % 3 == 0) {
            sites_must(&s.af, sites_set(&s.af, &s.goal.id, "goal", "target_date", "2029-01-01"));
            sites_meet(&s.af, s.folder);
            sites_meet(mine[(i / 3) % 2], s.folder);
        }
        if (i % 5 == 0) {
            sites_must(mine[i % 2], site_seal(mine[i % 2]->site));
        }
        if (i % 7 == 0) {
            sites_must(&s.kommun, site_rebuild(s.kommun.site));
        }
        sites_same(&s.kommun, &s.web);
    }
    sites_must(&s.web, sites_set(&s.web, &s.goal.id, "goal", "target_date", "2030-01-01"));
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    sites_meet(&s.web, s.folder);
    sites_same(&s.kommun, &s.af);
    sites_rebuild_same(&s.kommun);
    sites_rebuild_same(&s.web);
    sites_check_ok(&s.web);
    done(&s);
}

/* A handle that was opened before the invitation was accepted. */
static void a_handle_older_than_membership(void **state)
{
    struct scene s;
    struct home asks = {0};
    struct home early = {0};
    (void)state;
    set_up(&s);
    struct buf letter = {0};
    struct buf invitation = {0};
    struct member_approval a;
    sites_ask(&asks, &letter, "Regionen", "region", "Rut", "administratör");
    sites_second(&early, &asks);
    sites_must(&s.kommun, member_approve(&a, &invitation, s.kommun.site, span_buf(&letter)));
    sites_accept(&asks, &invitation);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&asks, s.folder);
    char words[WORDS_LEN];
    enum err again = site_accept(early.site, span_buf(&invitation), words);
    struct edit *e = NULL;
    enum err begun = edit_begin(&e, early.site);
    edit_cancel(begun == OK ? e : NULL);
    buf_free(&letter);
    buf_free(&invitation);
    assert_int_equal(again, ERR_EXISTS);
    assert_int_equal(begun, OK);
}

/* A transaction's number says its record and its place, the same in C and in SQL; of the open record's, too. */
static void what_a_number_says(void **state)
{
    struct scene s;
    int64_t checked = 0;
    int64_t all = 0;
    (void)state;
    set_up(&s);
    struct site *site = s.kommun.site;
    for (int i = 1; i < 9; i++) {
        char date[11];
        (void)snprintf(date, sizeof date, "2028-01-%02d", i);
        sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", date));
        if (i == 4) {
            sites_must(&s.kommun, site_seal(site));
        }
    }
    struct db_row *q = db_use(site->db, "SELECT o.tx, o.tx_record, r.first + o.tx_place, r.chain, r.first, r.last,"
                                        " r.hash IS NULL FROM op o JOIN record r ON r.seq = o.tx_record");
    while (db_next(q)) {
        struct stand at;
        const int64_t tx = db_col_int(q, 0);
        const uint64_t n = (uint64_t)db_col_int(q, 2);
        const uint64_t first = (uint64_t)db_col_int(q, 4);
        assert_int_equal(chains_stand(&at, site, tx), OK);
        assert_int_equal(at.tx, tx);
        assert_int_equal(at.record, db_col_int(q, 1));
        assert_int_equal(at.chain, db_col_int(q, 3));
        assert_int_equal(at.n, n);
        assert_int_equal(tx_number(at.record, first, n), tx);
        assert_true(n >= first && (db_col_int(q, 6) || n <= (uint64_t)db_col_int(q, 5)));
        checked++;
    }
    assert_int_equal(db_end(q), OK);
    assert_int_equal(db_get_int(&all, db_use(site->db, "SELECT count(*) FROM op"), 0), OK);
    assert_int_equal(checked, all);
    const int64_t last = tx_number(7, LIMIT_DOT - LIMIT_TXS, LIMIT_DOT - 1);
    assert_int_equal(tx_record(last), 7);
    assert_int_equal(tx_n(last, LIMIT_DOT - LIMIT_TXS), LIMIT_DOT - 1);
    assert_int_equal(last + 1, tx_number(8, 1, 1));
    done(&s);
}

static void what_is_in_the_past(void **state)
{
    struct scene s;
    (void)state;
    set_up(&s);
    struct site *site = s.kommun.site;
    struct chain_row own;
    struct chain_row other;
    const struct vector *v = NULL;
    int64_t open = 0;
    bool past = false;
    sites_must(&s.af, sites_set(&s.af, &s.goal.id, "goal", "target_date", "2027-02-02"));
    sites_meet(&s.af, s.folder);
    sites_meet(&s.kommun, s.folder);
    assert_int_equal(chains_find(&other, site, &s.af.site->self.chain), OK);
    assert_int_equal(db_begin(site->db), OK);
    assert_int_equal(chains_open_record(&open, &own, site), OK);
    assert_int_equal(chains_vector(&v, site, open), OK);
    assert_int_equal(vector_get(v, other.id), other.last);
    struct stand now = {.chain = own.id, .n = own.last + 1, .record = open};
    struct stand theirs = {.chain = other.id, .n = other.last, .record = open};
    assert_int_equal(chains_past(&past, site, &now, &theirs), OK);
    assert_true(past);
    theirs.n++;
    assert_int_equal(chains_past(&past, site, &now, &theirs), OK);
    assert_false(past);
    assert_int_equal(chains_past(&past, site, &now, &now), OK);
    assert_false(past); /* not of itself */
    db_rollback(site->db);
    chains_forget(site);
    assert_int_equal(chains_vector(&v, site, 100000), ERR_DAMAGED);
    struct chain_id none = {{7}};
    assert_int_equal(chains_find(&own, site, &none), OK);
    assert_int_equal(own.id, 0);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_number_says), cmocka_unit_test(what_is_in_the_past),
                                       cmocka_unit_test(handles_take_turns),
                                       cmocka_unit_test(a_handle_older_than_membership)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
