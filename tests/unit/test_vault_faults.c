/* The vault over a disk that fails and a process that dies, at each call that changes a file: what was acknowledged is
 * there afterwards, every transaction whole or not at all. With SAMPLAN_LONG in the environment, at every call where it
 * is otherwise sampled. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <sys/wait.h>

#include "tests/unit/vault_stage.h"

#define ROUNDS 8
#define ROWS 4 /* of a transaction */

/* The two calls of files that do not pass through SQLite: the vault's own. These stand before the C library's, and are
 * counted with the others. */
int rename(const char *from, const char *to)
{
    if (fault.kind != FAULT_NONE && fault_now() != FAULT_NONE) {
        if (fault.kind == FAULT_TORN)
            die();
        return -1;
    }
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int fsync(int fd)
{
    if (fault.kind != FAULT_NONE && fault_now() != FAULT_NONE) {
        if (fault.kind == FAULT_TORN)
            die();
        return -1;
    }
    return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

/* One transaction, which spills, changes what is there and frees pages. */
static int transaction(const struct conn *c, int n)
{
    char sql[800];
    snprintf(
        sql, sizeof sql,
        "BEGIN IMMEDIATE; UPDATE mark SET n = %d;"
        "INSERT INTO row(tx, body) WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d)"
        " SELECT %d, hex(randomblob(400 * i)) FROM r;"
        "UPDATE row SET body = body || 'x' WHERE id %% 5 = %d; UPDATE row SET spare = zeroblob(5000 * (id %% 7 = 0));"
        "INSERT INTO words(body) VALUES('ord%d'); COMMIT",
        n, ROWS, n, n % 5, n);
    int code = exec(c, sql);
    if (code != SQLITE_OK)
        (void)exec(c, "ROLLBACK");
    return code;
}

static struct image made, made_plain; /* what every try begins with */

static void make(void)
{
    if (made.db.len > 0) {
        image_put(&made);
        return;
    }
    stage_clear();
    struct conn c = conn_open();
    must(&c, "CREATE TABLE mark(n); INSERT INTO mark VALUES(0);"
             "CREATE TABLE row(id INTEGER PRIMARY KEY, tx INTEGER, body TEXT, spare BLOB);"
             "CREATE INDEX row_tx ON row(tx); CREATE INDEX row_body ON row(body);"
             "CREATE VIRTUAL TABLE words USING fts5(body)");
    assert_int_equal(transaction(&c, 0), SQLITE_OK);
    conn_close(&c);
    made = image_keep();
}

static int start(struct conn *c)
{
    int code = conn_try(c, "fault");
    return code == SQLITE_OK ? exec(c, "PRAGMA cache_size=10; PRAGMA wal_autocheckpoint=25") : code;
}

/* The transactions 1 to ROUNDS, checkpoints among them. Tells of each that is acknowledged; stops at the first that
 * fails, or where told to goes on with a new connection: SQLite 3.40's FTS5 loses its way after a failed write, without
 * a vault too. */
static void work(int tell, bool go_on, uint32_t *acknowledged)
{
    struct conn c;
    int code = start(&c);
    for (int n = 1; n <= ROUNDS && (code == SQLITE_OK || go_on); n++) {
        if (code != SQLITE_OK) {
            conn_close(&c);
            code = start(&c);
        }
        if (code == SQLITE_OK)
            code = transaction(&c, n);
        if (code == SQLITE_OK) {
            *acknowledged |= 1u << n;
            if (tell >= 0 && write(tell, &n, sizeof n) != (ssize_t)sizeof n)
                _exit(1);
        }
        if (code == SQLITE_OK && n % 4 == 0)
            code = exec(&c, n % 8 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
    }
    conn_close(&c);
}

/* Everything acknowledged is there; what is not acknowledged is whole or absent. */
static void assert_kept(uint32_t acknowledged, const char *how, long at)
{
    fault_arm(FAULT_NONE, 0);
    struct conn c = conn_open_over("fault");
    if (!sound(&c) || exec(&c, "INSERT INTO words(words) VALUES('integrity-check')") != SQLITE_OK)
        fail_msg("%s at %ld: not sound", how, at);
    for (int n = 0; n <= ROUNDS; n++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM row WHERE tx = %d AND length(body) >= 800", n);
        long long rows = number(&c, sql);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM words WHERE words MATCH 'ord%d'", n);
        long long words = number(&c, sql);
        if (!(rows == ROWS && words == 1) && !(rows == 0 && words == 0 && n > 0))
            fail_msg("%s at %ld: transaction %d in part", how, at, n);
        if ((acknowledged >> n & 1) && rows == 0)
            fail_msg("%s at %ld: transaction %d is gone", how, at, n);
    }
    assert_int_equal(transaction(&c, 0), SQLITE_OK);
    conn_close(&c);
}

static long count_calls(void)
{
    uint32_t acknowledged = 0;
    make();
    fault_arm(FAULT_NONE, 0);
    work(-1, false, &acknowledged);
    assert_int_equal(acknowledged, (1u << (ROUNDS + 1)) - 2);
    long calls = fault.calls;
    assert_kept(acknowledged, "nothing", 0);
    return calls;
}

/* Runs work in a child that dies at a call. False if it lived. */
static bool killed(enum fault kind, long at, uint32_t *acknowledged)
{
    int tell[2], status = 0, n = 0;
    assert_int_equal(pipe(tell), 0);
    pid_t child = stage_fork();
    if (child == 0) {
        close(tell[0]);
        fault_arm(kind, at);
        work(tell[1], false, acknowledged);
        _exit(0);
    }
    close(tell[1]);
    while (read(tell[0], &n, sizeof n) == (ssize_t)sizeof n)
        *acknowledged |= 1u << n;
    close(tell[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void die_at_each(enum fault kind, const char *how, long step)
{
    long calls = count_calls(), at = 1, deaths = 0;
    for (bool dead = true; dead; at += step) {
        uint32_t acknowledged = 0;
        make();
        dead = killed(kind, at, &acknowledged);
        assert_kept(acknowledged, how, at);
        deaths += dead;
    }
    print_message("%s: %ld deaths among about %ld calls\n", how, deaths, calls);
    assert_true(deaths > calls / step / 2);
}

static void test_kill(void **state)
{
    (void)state;
    die_at_each(FAULT_KILL, "killed", stage_long() ? 1 : 4);
}

static void test_torn(void **state)
{
    (void)state;
    die_at_each(FAULT_TORN, "killed in a write", stage_long() ? 1 : 4);
}

static void test_power(void **state)
{
    (void)state;
    die_at_each(FAULT_POWER, "power cut", stage_long() ? 1 : 4);
}

/* One call fails, or the disk is full from there on; the connection goes on with what can be done. */
static void fail_at_each(enum fault kind, const char *how, long step)
{
    long calls = count_calls();
    for (long at = 1; at <= calls; at += step) {
        uint32_t acknowledged = 0;
        make();
        fault_arm(kind, at);
        work(-1, true, &acknowledged);
        assert_kept(acknowledged, how, at);
    }
    print_message("%s: at each %ld of %ld calls\n", how, step, calls);
}

static void test_failures(void **state)
{
    (void)state;
    long step = stage_long() ? 1 : 7;
    fail_at_each(FAULT_WRITE, "failed call", step);
    fail_at_each(FAULT_SHORT, "short write", step);
    fail_at_each(FAULT_FULL, "disk full", step);
}

/* ---- making and sealing ---- */

static void make_plain(void)
{
    struct conn plain = {0};
    if (made_plain.db.len > 0) {
        image_put(&made_plain);
        return;
    }
    stage_clear();
    assert_int_equal(sqlite3_open_v2(stage_db, &plain.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    must(&plain, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE mark(n); INSERT INTO mark VALUES(0);"
                 "CREATE TABLE row(id INTEGER PRIMARY KEY, tx INTEGER, body TEXT, spare BLOB);"
                 "CREATE INDEX row_tx ON row(tx); CREATE INDEX row_body ON row(body);"
                 "CREATE VIRTUAL TABLE words USING fts5(body)");
    for (int n = 0; n <= 4; n++)
        assert_int_equal(transaction(&plain, n), SQLITE_OK);
    conn_abandon(&plain);
    made_plain = image_keep();
}

/* Dies, or fails, at calls of the sealing of a plain database: it is there afterwards, plain or sealed, and is
 * sealed when it is next opened. */
static void seal_at_each(enum fault kind, const char *how, long step)
{
    long at = 1;
    for (bool hit = true; hit; at += step) {
        int status = 0;
        make_plain();
        pid_t child = stage_fork();
        if (child == 0) {
            struct vault *v = NULL;
            struct why why = {.text = ""};
            fault_arm(kind, at);
            if (vault_new(&v, stage_key, "fault") != OK)
                _exit(9);
            enum err e = vault_prepare(v, &why, stage_db, false);
            _exit(e == OK ? (fault.calls >= at ? 2 : 0) : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        hit = WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
        assert_kept(0x1f, how, at);
        struct buf b = slurp(stage_db);
        assert_memory_not_equal(b.ptr, "SQLite format 3", 16);
        buf_free(&b);
    }
    print_message("%s: at each %ld of %ld calls\n", how, step, at - 1 - step);
    assert_true(at > 20);
}

static void test_sealing(void **state)
{
    (void)state;
    long step = stage_long() ? 1 : 3;
    seal_at_each(FAULT_KILL, "killed while sealing", 1);
    seal_at_each(FAULT_TORN, "killed in a write while sealing", step);
    seal_at_each(FAULT_WRITE, "failed call while sealing", step);
    seal_at_each(FAULT_SHORT, "short write while sealing", step);
    seal_at_each(FAULT_FULL, "disk full while sealing", step);
}

/* An empty one is there whole, or not at all. */
static void test_making(void **state)
{
    (void)state;
    long at = 1;
    for (bool dead = true; dead; at++) {
        int status = 0;
        stage_clear();
        pid_t child = stage_fork();
        if (child == 0) {
            struct conn c;
            fault_arm(FAULT_KILL, at);
            (void)conn_try(&c, "fault");
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        dead = WIFSIGNALED(status);
        struct conn c = conn_open();
        assert_true(sound(&c));
        conn_close(&c);
    }
    assert_true(at > 3);
}

static int setup(void **state)
{
    if (stage_setup(state) != 0)
        return -1;
    fault_register();
    return 0;
}

static int teardown(void **state)
{
    image_drop(&made);
    image_drop(&made_plain);
    return stage_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill),     cmocka_unit_test(test_torn),    cmocka_unit_test(test_power),
        cmocka_unit_test(test_failures), cmocka_unit_test(test_sealing), cmocka_unit_test(test_making),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
