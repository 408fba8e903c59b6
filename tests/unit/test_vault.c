/* The vault as SQLite meets it: everything SQLite does with a database works, several processes at once, nothing
 * readable in any file, no other kind of file, and plain databases become sealed ones. */
#include <dirent.h>
#include <sys/wait.h>

#include "tests/unit/vault_stage.h"

#define MARK "Praktikplats-hemligt"

/* Rows with a recognisable text of every length class, among them some that need overflow pages. */
static void fill_tables(const struct conn *c, int rows)
{
    char sql[700];
    must(c,
         "CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, name TEXT, size INTEGER, body BLOB);"
         "CREATE INDEX IF NOT EXISTS item_name ON item(name); CREATE INDEX IF NOT EXISTS item_size ON item(size, name);"
         "CREATE TABLE IF NOT EXISTS pair(a BLOB, b TEXT, PRIMARY KEY(a, b)) WITHOUT ROWID;"
         "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(name, content='item', content_rowid='id')");
    snprintf(sql, sizeof sql,
             "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO item(name, size, body) SELECT '" MARK " ' || i || ' ' || hex(randomblob(8)), i %% 97,"
             "   CAST('" MARK "' || hex(zeroblob(CASE WHEN i %% 50 = 0 THEN 9000 ELSE i %% 300 END)) AS BLOB) FROM n;"
             "INSERT OR IGNORE INTO pair SELECT randomblob(8), name FROM item;"
             "INSERT INTO words(words) VALUES('rebuild'); COMMIT",
             rows);
    must(c, sql);
}

static void assert_sound(const struct conn *c)
{
    assert_true(sound(c));
    must(c, "INSERT INTO words(words) VALUES('integrity-check')");
}

static struct conn fresh(void)
{
    stage_clear();
    return conn_open();
}

/* ---- everything SQLite does ---- */

static void test_empty(void **state)
{
    (void)state;
    struct conn c = fresh();
    assert_int_equal(number(&c, "SELECT count(*) FROM sqlite_schema"), 0);
    assert_int_equal(number(&c, "PRAGMA page_size"), PAGE);
    assert_int_equal(number(&c, "PRAGMA page_count"), 1);
    assert_true(sound(&c));
    conn_close(&c);
    c = conn_open();
    must(&c, "CREATE TABLE t(x); INSERT INTO t VALUES(7)");
    conn_close(&c);
    c = conn_open();
    assert_int_equal(number(&c, "SELECT x FROM t"), 7);
    conn_close(&c);
    assert_false(posix_exists(stage_wal));
    assert_false(posix_exists(stage_shm));
}

static void test_tables_indexes_fts(void **state)
{
    (void)state;
    struct conn c = fresh();
    fill_tables(&c, 3000);
    must(&c, "UPDATE item SET size = size + 1 WHERE id % 3 = 0; DELETE FROM item WHERE id % 7 = 0;"
             "INSERT INTO words(words) VALUES('rebuild')");
    assert_sound(&c);
    conn_close(&c);
    c = conn_open();
    assert_sound(&c);
    long long rows = number(&c, "SELECT count(*) FROM item");
    assert_int_equal(rows, 3000 - 3000 / 7);
    assert_int_equal(number(&c, "SELECT count(*) FROM words WHERE words MATCH 'praktikplats'"), rows);
    assert_int_equal(number(&c, "SELECT count(*) FROM item INDEXED BY item_name WHERE name LIKE '" MARK "%'"), rows);
    must(&c, "REINDEX; ANALYZE; VACUUM");
    assert_sound(&c);
    must(&c, "CREATE TEMP TABLE t AS SELECT * FROM item; CREATE INDEX temp.ti ON t(name)");
    assert_int_equal(number(&c, "SELECT count(*) FROM t JOIN item USING(name)"), rows);
    must(&c, "DROP TABLE item; DROP TABLE words; DROP TABLE pair; VACUUM");
    assert_true(sound(&c));
    assert_true(number(&c, "PRAGMA page_count") < 10);
    conn_close(&c);
}

/* Pages spill into the WAL within a transaction, are written there again, and SQLite rewrites frame headers. */
static void test_spill(void **state)
{
    (void)state;
    struct conn c = fresh();
    fill_tables(&c, 500);
    must(&c, "PRAGMA cache_size=10; PRAGMA wal_autocheckpoint=50");
    for (int round = 0; round < 6; round++) {
        must(&c, "BEGIN; UPDATE item SET name = name || 'x', size = size * 31 % 89; UPDATE item SET size = size + 1;"
                 "SAVEPOINT s; DELETE FROM item WHERE id % 2 = 0; DELETE FROM pair");
        must(&c, round % 2 ? "ROLLBACK TO s; RELEASE s" : "RELEASE s");
        must(&c, "INSERT INTO item(name, size) SELECT name || 'y', size FROM item WHERE id < 200;"
                 "INSERT INTO words(words) VALUES('rebuild')");
        must(&c, round == 4 ? "ROLLBACK" : "COMMIT");
        assert_sound(&c);
    }
    uint64_t before = 0, after = 0;
    assert_int_equal(digest(&before, &c, "SELECT * FROM item ORDER BY id"), SQLITE_OK);
    conn_abandon(&c); /* so that the WAL, with what was rewritten in it, is recovered */
    assert_true(stage_size(stage_wal) > 0);
    unlink(stage_shm);
    c = conn_open();
    assert_int_equal(digest(&after, &c, "SELECT * FROM item ORDER BY id"), SQLITE_OK);
    assert_true(before == after);
    assert_sound(&c);
    conn_close(&c);
}

static void test_checkpoints(void **state)
{
    (void)state;
    static const int modes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_FULL, SQLITE_CHECKPOINT_RESTART,
                                SQLITE_CHECKPOINT_TRUNCATE};
    struct conn c = fresh();
    must(&c, "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=100000");
    for (size_t i = 0; i < 12; i++) {
        int frames = 0, done = 0;
        fill_tables(&c, 200);
        assert_int_equal(sqlite3_wal_checkpoint_v2(c.db, "main", modes[i % 4], &frames, &done), SQLITE_OK);
        assert_int_equal(frames, done);
        struct conn other = conn_open(); /* reads what is in the file now */
        assert_int_equal(number(&other, "SELECT count(*) FROM item"), 200 * (i + 1));
        conn_close(&other);
    }
    assert_int_equal(stage_size(stage_wal), 0);
    assert_sound(&c);
    conn_close(&c);
}

static void test_backup(void **state)
{
    (void)state;
    struct conn c = fresh(), copy;
    uint64_t ours = 0, theirs = 0;
    char path[80];
    snprintf(path, sizeof path, "%s/copy.db", stage_dir);
    fill_tables(&c, 400);
    must(&c, "DELETE FROM item WHERE id BETWEEN 100 AND 300"); /* free pages too */
    assert_int_equal(conn_try_path(&copy, NULL, path), SQLITE_OK);
    sqlite3_backup *b = sqlite3_backup_init(copy.db, "main", c.db, "main");
    assert_non_null(b);
    int code = SQLITE_OK;
    while (code == SQLITE_OK)
        code = sqlite3_backup_step(b, 50);
    assert_int_equal(code, SQLITE_DONE);
    assert_int_equal(sqlite3_backup_finish(b), SQLITE_OK);
    conn_close(&copy);
    assert_int_equal(conn_try_path(&copy, NULL, path), SQLITE_OK);
    assert_true(sound(&copy));
    assert_int_equal(digest(&ours, &c, "SELECT * FROM item ORDER BY id"), SQLITE_OK);
    assert_int_equal(digest(&theirs, &copy, "SELECT * FROM item ORDER BY id"), SQLITE_OK);
    assert_true(ours == theirs);
    conn_close(&copy);
    conn_close(&c);
    unlink(path);
}

/* Of a database whose pages have no room for nonce and tag, no copy may begin. */
static void test_backup_from_plain_is_refused(void **state)
{
    (void)state;
    struct conn c = fresh();
    sqlite3 *plain = NULL;
    fill_tables(&c, 10);
    assert_int_equal(sqlite3_open(":memory:", &plain), SQLITE_OK);
    assert_int_equal(sqlite3_exec(plain, "CREATE TABLE t(x); INSERT INTO t VALUES(randomblob(20000))", 0, 0, 0),
                     SQLITE_OK);
    sqlite3_backup *b = sqlite3_backup_init(c.db, "main", plain, "main");
    assert_non_null(b);
    int code = sqlite3_backup_step(b, -1);
    assert_int_not_equal(code, SQLITE_DONE);
    (void)sqlite3_backup_finish(b);
    sqlite3_close(plain);
    conn_close(&c);
    c = conn_open();
    assert_int_equal(number(&c, "SELECT count(*) FROM item"), 10);
    assert_sound(&c);
    conn_close(&c);
}

/* Every page of the file opens: SQLite has written each one, those it had freed too. */
static void test_no_holes(void **state)
{
    (void)state;
    uint8_t page[PAGE];
    struct conn c = fresh();
    must(&c, "PRAGMA cache_size=10");
    for (int round = 0; round < 4; round++) {
        fill_tables(&c, 300);
        must(&c, "BEGIN; CREATE TABLE brief AS SELECT * FROM item; DROP TABLE brief; DELETE FROM item WHERE id % 2;"
                 "CREATE TABLE brief AS SELECT * FROM pair; COMMIT; DROP TABLE brief; PRAGMA wal_checkpoint(TRUNCATE)");
        for (long long n = 1; n <= number(&c, "PRAGMA page_count"); n++)
            assert_int_equal(read_page(&c, page, n), SQLITE_OK);
    }
    conn_close(&c);
}

/* ---- several processes ---- */

#define WRITERS 4
#define ROUNDS 40

static _Noreturn void writer(int me)
{
    char sql[200];
    struct conn c;
    int code = conn_try(&c, NULL);
    if (code == SQLITE_OK)
        code = exec(&c, "PRAGMA cache_size=10; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=25");
    for (int i = 0; code == SQLITE_OK && i < ROUNDS; i++) {
        snprintf(sql, sizeof sql,
                 "BEGIN IMMEDIATE; UPDATE sum SET n = n + 1; INSERT INTO row(who, i, body)"
                 " SELECT %d, %d, hex(randomblob(900)) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3); COMMIT",
                 me, i);
        code = exec(&c, sql);
        if (code == SQLITE_OK && i % 8 == me)
            code = exec(&c, i % 16 < 8 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
        if (code == SQLITE_OK && 3 * number(&c, "SELECT n FROM sum") > number(&c, "SELECT count(*) FROM row"))
            code = SQLITE_CORRUPT;              /* the two were never apart */
        if (code == SQLITE_OK && i % 10 == 9) { /* begins anew, with recovery now and then */
            sqlite3_close(c.db);
            vault_free(c.vault);
            code = conn_try(&c, NULL);
        }
    }
    if (code != SQLITE_OK)
        fprintf(stderr, "writer %d: %d %s\n", me, code, sqlite3_errmsg(c.db));
    sqlite3_close(c.db);
    vault_free(c.vault);
    _exit(code == SQLITE_OK ? 0 : 1);
}

static void test_processes(void **state)
{
    (void)state;
    pid_t child[WRITERS];
    struct conn c = fresh();
    must(&c, "CREATE TABLE sum(n); INSERT INTO sum VALUES(0);"
             "CREATE TABLE row(id INTEGER PRIMARY KEY, who, i, body TEXT); CREATE INDEX row_body ON row(body)");
    conn_close(&c);
    for (int i = 0; i < WRITERS; i++) {
        child[i] = stage_fork();
        if (child[i] == 0)
            writer(i);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    c = conn_open();
    assert_int_equal(number(&c, "SELECT n FROM sum"), WRITERS * ROUNDS);
    assert_int_equal(number(&c, "SELECT count(*) FROM row"), 3 * WRITERS * ROUNDS);
    assert_true(sound(&c));
    conn_close(&c);
}

/* Another connection has begun the WAL anew; this one knows only the old one. */
static void test_other_began_wal_anew(void **state)
{
    (void)state;
    struct conn a = fresh(), b = conn_open();
    must(&a, "CREATE TABLE t(x); INSERT INTO t VALUES(1)");
    assert_int_equal(number(&b, "SELECT max(x) FROM t"), 1);
    for (int i = 2; i < 40; i += 2) {
        char sql[100];
        must(&a, i % 4 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
        snprintf(sql, sizeof sql, "INSERT INTO t VALUES(%d)", i);
        must(&a, sql);
        if (i % 3)
            assert_int_equal(number(&b, "SELECT max(x) FROM t"), i);
        snprintf(sql, sizeof sql, "INSERT INTO t VALUES(%d)", i + 1);
        must(&b, sql); /* writes behind frames of a generation that it may not have read */
        assert_int_equal(number(&a, "SELECT max(x) FROM t"), i + 1);
    }
    conn_abandon(&b);
    conn_abandon(&a);
    unlink(stage_shm);
    a = conn_open();
    assert_int_equal(number(&a, "SELECT count(*) FROM t"), 39);
    assert_true(sound(&a));
    conn_close(&a);
}

/* The same, where this one writes before it has read anything of the new WAL: its own table's page is in the database. */
static void test_write_first_in_new_wal(void **state)
{
    (void)state;
    struct conn a = fresh(), b = conn_open();
    must(&a, "CREATE TABLE ours(x); INSERT INTO ours VALUES(0); CREATE TABLE theirs(x); INSERT INTO theirs VALUES(0)");
    for (int i = 1; i < 20; i++) {
        must(&b, "UPDATE theirs SET x = x + 1");
        must(&a, i % 2 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
        must(&a, "UPDATE ours SET x = x + 1");
        must(&b, "UPDATE theirs SET x = x + 1");
        assert_int_equal(number(&a, "SELECT x FROM theirs"), 2 * i);
        assert_int_equal(number(&b, "SELECT x FROM ours"), i);
    }
    conn_abandon(&b);
    conn_abandon(&a);
    unlink(stage_shm);
    a = conn_open();
    assert_int_equal(number(&a, "SELECT x FROM theirs"), 38);
    assert_int_equal(number(&a, "SELECT x FROM ours"), 19);
    conn_close(&a);
}

/* ---- what is refused ---- */

static void test_refused(void **state)
{
    (void)state;
    struct conn c = fresh(), d;
    char sql[200];
    fill_tables(&c, 20);
    snprintf(sql, sizeof sql, "VACUUM INTO '%s/into.db'", stage_dir);
    assert_int_not_equal(exec(&c, sql), SQLITE_OK);
    snprintf(sql, sizeof sql, "ATTACH '%s/attached.db' AS o; CREATE TABLE o.t(x)", stage_dir);
    assert_int_not_equal(exec(&c, sql), SQLITE_OK);
    assert_int_not_equal(exec(&c, "PRAGMA journal_mode=DELETE; INSERT INTO item(name) VALUES('x')"), SQLITE_OK);
    must(&c, "PRAGMA temp_store=FILE");
    assert_int_not_equal(exec(&c, "PRAGMA cache_size=10; PRAGMA temp.cache_size=1; CREATE TEMP TABLE big(x);"
                                  "INSERT INTO big SELECT randomblob(100000) FROM item, item i"),
                         SQLITE_OK);
    must(&c, "PRAGMA mmap_size=100000000");
    assert_int_equal(number(&c, "SELECT count(*) FROM item"), 20);
    conn_close(&c);
    snprintf(sql, sizeof sql, "%s/into.db", stage_dir);
    assert_false(posix_exists(sql));
    snprintf(sql, sizeof sql, "%s/attached.db", stage_dir);
    assert_false(posix_exists(sql));
    stage_key[3] ^= 1;
    assert_int_equal(conn_try(&d, NULL), SQLITE_IOERR_DATA); /* another key */
    stage_key[3] ^= 1;
    conn_close(&d);
    spit(stage_db, (const uint8_t *)"", 0);
    assert_int_equal(conn_try(&d, NULL), SQLITE_NOTADB);
    conn_close(&d);
    stage_clear();
    struct vault *v = NULL;
    struct why why = {.text = ""};
    assert_int_equal(vault_new(&v, stage_key, "no such VFS"), ERR_STORAGE);
    assert_int_equal(vault_new(&v, stage_key, NULL), OK);
    assert_int_equal(vault_prepare(v, &why, stage_db, false), ERR_DAMAGED);
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(sqlite3_open_v2(stage_db, &db, flags, vault_name(v)), SQLITE_CANTOPEN);
    assert_false(posix_exists(stage_db));
    sqlite3_close(db);
    vault_free(v);
}

/* ---- nothing is readable ---- */

/* Is the mark, or any of SQLite's own words, in a file of the stage? Not even in -shm. */
static void assert_unreadable(void)
{
    static const char *const words[] = {MARK, "raktikplats-he", "SQLite format 3", "CREATE TABLE", "item_name"};
    DIR *dir = opendir(stage_dir);
    int files = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", stage_dir, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        struct buf b = slurp(path);
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            size_t len = strlen(words[w]);
            for (size_t i = 0; i + len <= b.len; i++)
                if (memcmp(b.ptr + i, words[w], len) == 0)
                    STAGE_FAIL("%s has \"%s\" at %zu", path, words[w], i);
        }
        buf_free(&b);
        files++;
    }
    closedir(dir);
    assert_true(files > 0);
}

/* In a process of its own: to close a file that SQLite has open would let go of its locks. */
static void scan(void)
{
    int status = -1;
    pid_t child = stage_fork();
    if (child == 0) {
        assert_unreadable();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_unreadable(void **state)
{
    (void)state;
    struct conn c = fresh();
    must(&c, "PRAGMA cache_size=10; PRAGMA wal_autocheckpoint=30");
    fill_tables(&c, 300);
    scan();
    must(&c, "BEGIN; UPDATE item SET name = name || '" MARK "'; DELETE FROM pair WHERE b LIKE '%1%'");
    scan();
    must(&c, "CREATE TEMP TABLE t AS SELECT * FROM item ORDER BY size, body");
    scan();
    must(&c, "COMMIT; INSERT INTO words(words) VALUES('rebuild')");
    scan();
    must(&c, "DELETE FROM item WHERE id % 2; VACUUM");
    scan();
    must(&c, "PRAGMA wal_checkpoint(PASSIVE)");
    scan();
    conn_abandon(&c);
    scan();
    c = conn_open();
    scan();
    conn_close(&c);
    scan();
}

/* ---- plain databases become sealed ones ---- */

static sqlite3 *open_plain(void)
{
    sqlite3 *plain = NULL;
    assert_int_equal(sqlite3_open(stage_db, &plain), SQLITE_OK);
    return plain;
}

static void fill_plain(const char *options)
{
    struct conn plain = {.db = open_plain()};
    must(&plain, options);
    fill_tables(&plain, 500);
    must(&plain,
         "PRAGMA user_version=3; DELETE FROM item WHERE id % 5 = 0; INSERT INTO words(words) VALUES('rebuild')");
    if (strstr(options, "WAL"))
        conn_abandon(&plain);
    else
        conn_close(&plain);
}

static void test_sealed_from_plain(void **state)
{
    (void)state;
    static const char *const options[] = {"PRAGMA journal_mode=WAL", "PRAGMA journal_mode=DELETE",
                                          "PRAGMA page_size=1024; PRAGMA journal_mode=WAL"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        uint64_t before = 0, after = 0;
        stage_clear();
        fill_plain(options[i]);
        struct conn plain = {.db = open_plain()};
        assert_int_equal(digest(&before, &plain, "SELECT * FROM item ORDER BY id"), SQLITE_OK);
        if (strstr(options[i], "WAL"))
            conn_abandon(&plain);
        else
            conn_close(&plain);
        struct conn c = conn_open();
        assert_int_equal(digest(&after, &c, "SELECT * FROM item ORDER BY id"), SQLITE_OK);
        assert_true(before == after);
        assert_int_equal(number(&c, "PRAGMA user_version"), 3);
        assert_sound(&c);
        scan();
        must(&c, "INSERT INTO item(name) VALUES('new')");
        conn_close(&c);
        scan();
        c = conn_open();
        assert_int_equal(number(&c, "SELECT count(*) FROM item"), 401);
        conn_close(&c);
    }
}

/* While another connection has the plain database open, it stays as it is. */
static void test_plain_in_use(void **state)
{
    (void)state;
    struct why why = {.text = ""};
    struct vault *v = NULL;
    stage_clear();
    fill_plain("PRAGMA journal_mode=WAL");
    pid_t child = stage_fork();
    if (child == 0) {
        struct conn plain = {.db = open_plain()};
        long long n = number(&plain, "SELECT count(*) FROM item");
        sleep(2);
        conn_close(&plain);
        _exit(n == 400 ? 0 : 1);
    }
    posix_sleep_ms(300);
    assert_int_equal(vault_new(&v, stage_key, NULL), OK);
    enum err e = vault_prepare(v, &why, stage_db, false);
    assert_true(e == ERR_BUSY || e == OK); /* OK: it waited until the other had gone */
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(vault_prepare(v, &why, stage_db, false), OK);
    vault_free(v);
    struct conn c = conn_open();
    assert_int_equal(number(&c, "SELECT count(*) FROM item"), 400);
    assert_sound(&c);
    conn_close(&c);
}

/* Several processes find a plain home at once, and each writes to it as soon as it is sealed. */
static void test_sealed_by_several(void **state)
{
    (void)state;
    pid_t child[WRITERS];
    for (int round = 0; round < 5; round++) {
        stage_clear();
        fill_plain("PRAGMA journal_mode=WAL");
        for (int i = 0; i < WRITERS; i++) {
            child[i] = stage_fork();
            if (child[i] == 0) {
                struct conn c = conn_open();
                for (int n = 0; n < 5; n++)
                    must(&c, "INSERT INTO item(name) VALUES('new')");
                conn_close(&c);
                _exit(0);
            }
        }
        for (int i = 0; i < WRITERS; i++) {
            int status = -1;
            assert_int_equal(waitpid(child[i], &status, 0), child[i]);
            assert_int_equal(status, 0);
        }
        struct conn c = conn_open();
        assert_int_equal(number(&c, "SELECT count(*) FROM item"), 400 + 5 * WRITERS);
        assert_true(sound(&c));
        conn_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_tables_indexes_fts),
        cmocka_unit_test(test_spill),
        cmocka_unit_test(test_checkpoints),
        cmocka_unit_test(test_backup),
        cmocka_unit_test(test_backup_from_plain_is_refused),
        cmocka_unit_test(test_no_holes),
        cmocka_unit_test(test_processes),
        cmocka_unit_test(test_other_began_wal_anew),
        cmocka_unit_test(test_write_first_in_new_wal),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_sealed_from_plain),
        cmocka_unit_test(test_plain_in_use),
        cmocka_unit_test(test_sealed_by_several),
    };
    return cmocka_run_group_tests(tests, stage_setup, stage_teardown);
}
