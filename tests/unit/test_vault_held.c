/* Frames of the WAL that are held until a transaction's last one: one write then, in the file before anybody can ask for
 * them, never in it once the transaction was given up, and no error is lost on the way. */
#include "tests/unit/vault_stage.h"

#define BIG                                                                                                            \
    "INSERT INTO row(body) WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 60)"               \
    " SELECT hex(randomblob(1500)) FROM r;"

static struct conn fresh_over(const char *base)
{
    stage_clear();
    fault_arm(FAULT_NONE, 0);
    struct conn c = conn_open_over(base);
    must(&c, "CREATE TABLE row(id INTEGER PRIMARY KEY, body TEXT); CREATE INDEX row_body ON row(body);"
             "INSERT INTO row(body) VALUES('ett')");
    return c;
}

/* So small a cache that a large transaction goes into the WAL before it ends. */
static void make_spill(const struct conn *c)
{
    must(c, "PRAGMA cache_size=10; PRAGMA wal_autocheckpoint=0");
}

/* Died and came back: what the WAL has is recovered. */
static struct conn recover(struct conn *c)
{
    conn_abandon(c);
    unlink(stage_shm);
    return conn_open();
}

static void assert_rows(const struct conn *c, long long rows)
{
    assert_int_equal(number(c, "SELECT count(*) FROM row NOT INDEXED WHERE length(body) > 0"), rows);
    assert_int_equal(number(c, "SELECT count(*) FROM row INDEXED BY row_body WHERE body > ''"), rows);
    assert_true(sound(c));
}

static void test_one_write(void **state)
{
    (void)state;
    struct conn c = fresh_over("fault");
    fault_arm(FAULT_NONE, 0);
    must(&c, "INSERT INTO row(body) VALUES(hex(randomblob(6000)))");
    assert_int_equal(fault.calls, 2); /* the write and the sync */
    const size_t before = stage_size(stage_wal);
    fault_arm(FAULT_NONE, 0);
    must(&c, BIG);
    const size_t frames = (stage_size(stage_wal) - before) / (4096 + 24 + 80);
    assert_true(frames > 60);
    assert_int_equal(fault.calls, (frames + 15) / 16 + 1);
    conn_close(&c);
}

/* Another connection never sees a part, and all of it once it is acknowledged: however much of it is on the disk. */
static void read_beside(const char *synchronous)
{
    struct conn a = fresh_over(NULL), b = conn_open();
    make_spill(&a);
    must(&a, synchronous);
    for (int i = 0; i < 4; i++) {
        const long long rows = 1 + 60 * i;
        must(&a, "BEGIN IMMEDIATE;" BIG);
        assert_rows(&b, rows);
        must(&a, "UPDATE row SET body = body || 'x' WHERE id % 3 = 0"); /* written once more, with new checksums */
        assert_int_equal(number(&a, "SELECT count(*) FROM row"), rows + 60);
        assert_rows(&b, rows);
        must(&a, "COMMIT");
        assert_rows(&b, rows + 60);
    }
    conn_close(&b);
    a = recover(&a);
    assert_rows(&a, 1 + 4 * 60);
    conn_close(&a);
}

static void test_read_beside(void **state)
{
    (void)state;
    read_beside("PRAGMA synchronous=FULL");
    read_beside("PRAGMA synchronous=OFF"); /* without a sync in which they could be written */
}

/* One gives up with frames held; the other writes in their place; then the first goes on. */
static void test_given_up(void **state)
{
    (void)state;
    struct conn a = fresh_over(NULL), b = conn_open();
    make_spill(&a);
    for (int i = 0; i < 8; i++) {
        must(&a, "BEGIN IMMEDIATE;" BIG);
        must(&a, i % 2 ? "UPDATE row SET body = body || 'x'; ROLLBACK" : "ROLLBACK");
        must(&b, "INSERT INTO row(body) VALUES(hex(randomblob(9000)))");
        assert_rows(&a, 2 + 2 * i);
        must(&a, "INSERT INTO row(body) VALUES('ett till')");
        assert_rows(&b, 3 + 2 * i);
    }
    conn_abandon(&b);
    a = recover(&a);
    assert_rows(&a, 17);
    conn_close(&a);
}

/* What is taken back within a transaction is written over, from the very first frame of a WAL too. */
static void test_taken_back(void **state)
{
    (void)state;
    struct conn a = fresh_over(NULL);
    make_spill(&a);
    for (int i = 0; i < 4; i++) {
        must(&a, i % 2 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
        must(&a,
             "BEGIN IMMEDIATE; SAVEPOINT s;" BIG "ROLLBACK TO s; INSERT INTO row(body) VALUES('två'); SAVEPOINT t;" BIG
             "DELETE FROM row WHERE id % 2; ROLLBACK TO t; RELEASE t; RELEASE s; COMMIT");
        assert_rows(&a, 2 + i);
    }
    conn_close(&a); /* not recovered: SQLite 3.40 loses what follows such a ROLLBACK TO then, without a vault too */
    a = conn_open();
    assert_rows(&a, 5);
    conn_close(&a);
}

/* Each call of a transaction that spills fails once: SQLite gives it up then, and nothing of it is there. */
static void fail_once(enum fault kind)
{
    long failures = 0;
    for (bool reached = true; reached;) {
        struct conn c = fresh_over("fault");
        make_spill(&c);
        must(&c, "BEGIN IMMEDIATE; INSERT INTO row(body) VALUES('före')");
        fault_arm(kind, failures + 1);
        const bool failed = exec(&c, BIG) != SQLITE_OK;
        reached = fault.calls > failures;
        fault_arm(FAULT_NONE, 0);
        assert_int_equal(failed, reached);
        assert_int_equal(sqlite3_get_autocommit(c.db), failed);
        must(&c, failed ? "INSERT INTO row(body) VALUES('efter')" : "COMMIT");
        assert_rows(&c, failed ? 2 : 62);
        c = recover(&c);
        assert_rows(&c, failed ? 2 : 62);
        conn_close(&c);
        failures += reached;
    }
    assert_true(failures > 2);
}

/* At the end of a transaction: its commit fails, and nothing of it is there. */
static void fail_at_the_end(enum fault kind)
{
    for (long at = 1; at <= 2; at++) {
        struct conn c = fresh_over("fault");
        fault_arm(kind, at);
        const int code = exec(&c, "INSERT INTO row(body) VALUES('två')");
        fault_arm(FAULT_NONE, 0);
        if (kind != FAULT_FULL || at == 1) /* a full disk fails no sync */
            assert_int_not_equal(code, SQLITE_OK);
        const long long rows = code == SQLITE_OK ? 2 : 1;
        assert_rows(&c, rows);
        must(&c, "INSERT INTO row(body) VALUES('tre')");
        c = recover(&c);
        assert_rows(&c, rows + 1);
        conn_close(&c);
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const enum fault kinds[] = {FAULT_WRITE, FAULT_SHORT, FAULT_FULL};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        fail_once(kinds[i]);
        fail_at_the_end(kinds[i]);
    }
}

static int setup(void **state)
{
    if (stage_setup(state) != 0)
        return -1;
    fault_register();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_write),  cmocka_unit_test(test_read_beside), cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_taken_back), cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, setup, stage_teardown);
}
