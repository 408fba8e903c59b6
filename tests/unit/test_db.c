/* The door to SQLite: statements within statements, damage, and who must wait. */
#include <sys/stat.h>

#include "tests/unit/sites.h"

static const uint8_t key[PAGE_KEY_LEN] = {7};

static struct db *open_db(char path[SITES_PATH], struct why *w)
{
    struct db *db = NULL;
    sites_path(path, "db");
    assert_int_equal(db_open(&db, w, path, key, true), OK);
    assert_int_equal(db_script(db, "CREATE TABLE n(v INTEGER, b BLOB) STRICT;"
                                   "INSERT INTO n VALUES(1, x'0102'), (2, x'03'), (3, NULL)"),
                     OK);
    return db;
}

static int64_t sum(struct db *db, int depth)
{
    int64_t total = 0;
    struct db_row *q = db_use(db, "SELECT v FROM n ORDER BY v");
    while (db_next(q)) {
        total += db_col_int(q, 0) + (depth > 0 ? sum(db, depth - 1) : 0);
    }
    assert_int_equal(db_end(q), OK);
    return total;
}

static void one_statement_nested(void **state)
{
    struct why w = {.text = ""};
    char path[SITES_PATH];
    (void)state;
    struct db *db = open_db(path, &w);
    assert_int_equal(sum(db, 3), 6 + 3 * (6 + 3 * (6 + 3 * 6)));
    assert_int_equal(sum(db, 0), 6);
    db_close(db);
}

static void columns_and_damage(void **state)
{
    struct why w = {.text = ""};
    char path[SITES_PATH];
    uint8_t two[2];
    int64_t n = 0;
    (void)state;
    struct db *db = open_db(path, &w);
    struct db_row *q = db_use(db, "SELECT b, v FROM n ORDER BY v");
    assert_true(db_next(q));
    db_col_copy(q, 0, two, 2);
    assert_true(db_next(q));
    db_col_copy(q, 0, two, 2); /* one byte only */
    assert_int_equal(two[0], 0);
    assert_false(db_next(q));
    assert_int_equal(db_end(q), ERR_DAMAGED);
    assert_true(w.text[0] != '\0');
    q = db_use(db, "SELECT b FROM n WHERE v = ?");
    db_int(q, 1, 3);
    assert_true(db_next(q));
    assert_true(db_col_is_null(q, 0));
    assert_int_equal(db_end(q), OK);
    assert_int_equal(db_get_int(&n, db_use(db, "SELECT v FROM n WHERE v > 100"), -5), OK);
    assert_int_equal(n, -5);
    assert_int_equal(db_run(db_use(db, "SELECT nonsense FROM nowhere")), ERR_STORAGE);
    assert_int_equal(db_run(db_use(db, "INSERT INTO n VALUES('text', NULL)")), ERR_STORAGE); /* strict */
    db_close(db);
}

static void garbage_is_told(void **state)
{
    struct why w = {.text = ""};
    char path[SITES_PATH];
    struct db *db = NULL;
    (void)state;
    sites_path(path, "skräp");
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 5000; i++) {
        assert_true(fputc(i & 0x7f, f) != EOF);
    }
    assert_int_equal(fclose(f), 0);
    assert_int_equal(db_open(&db, &w, path, key, false), ERR_DAMAGED);
    assert_null(db);
    assert_true(w.text[0] != '\0');
    assert_int_equal(db_open(&db, &w, "/finns/inte", key, false), ERR_DAMAGED);
    db_close(NULL);
}

static void rolled_back_and_committed(void **state)
{
    struct why w = {.text = ""};
    char path[SITES_PATH];
    struct db *other = NULL;
    (void)state;
    struct db *db = open_db(path, &w);
    assert_int_equal(db_open(&other, &w, path, key, false), OK);
    db_rollback(db);
    assert_int_equal(db_begin(db), OK);
    assert_true(db_in_transaction(db));
    assert_int_equal(db_script(db, "INSERT INTO n VALUES(4, NULL)"), OK);
    assert_int_equal(sum(db, 0), 10);
    assert_int_equal(sum(other, 0), 6);
    db_rollback(db);
    assert_false(db_in_transaction(db));
    assert_int_equal(sum(db, 0), 6);
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(db_script(db, "INSERT INTO n VALUES(5, NULL)"), OK);
    assert_int_equal(db_last_id(db), 4);
    assert_int_equal(db_commit(db), OK);
    assert_int_equal(sum(other, 0), 11);
    /* A reader's view stands still while another writes. */
    assert_int_equal(db_read_begin(other), OK);
    assert_int_equal(sum(other, 0), 11);
    assert_int_equal(db_script(db, "DELETE FROM n WHERE v = 5"), OK);
    assert_int_equal(sum(other, 0), 11);
    assert_int_not_equal(db_begin(other), OK); /* within one already */
    db_rollback(other);
    assert_int_equal(sum(other, 0), 6);
    db_close(other);
    db_close(db);
}

/* What one large transaction needed of the write-ahead log is given back when the log begins anew. */
static void the_log_does_not_stay_large(void **state)
{
    struct why w = {.text = ""};
    struct stat st;
    char path[SITES_PATH];
    char wal[SITES_PATH + 8];
    (void)state;
    struct db *db = open_db(path, &w);
    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    assert_int_equal(db_script(db, "INSERT INTO n SELECT 1, zeroblob(20000000)"), OK);
    assert_int_equal(stat(wal, &st), 0);
    assert_true(st.st_size > 20000000);
    assert_int_equal(db_script(db, "INSERT INTO n VALUES(5, NULL)"), OK);
    assert_int_equal(stat(wal, &st), 0);
    assert_true(st.st_size < 5 << 20);
    db_close(db);
}

static int setup(void **state)
{
    return device_init_library() == OK ? sites_setup(state) : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_statement_nested), cmocka_unit_test(columns_and_damage),
                                       cmocka_unit_test(garbage_is_told), cmocka_unit_test(rolled_back_and_committed),
                                       cmocka_unit_test(the_log_does_not_stay_large)};
    return cmocka_run_group_tests(tests, setup, sites_teardown);
}
