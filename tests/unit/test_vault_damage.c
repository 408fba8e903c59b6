/* The vault over files that were altered: every flipped bit in a database is an error where its page is read, and
 * nowhere wrong data; a torn or altered WAL is an earlier commit; pages moved, swapped or missing are errors. With
 * SAMPLAN_LONG in the environment, every byte of what is otherwise sampled. */
#include <sys/wait.h>

#include "tests/unit/vault_stage.h"

#define TABLES 5
static const char *const table_sql[TABLES] = {
    "SELECT * FROM item ORDER BY id", "SELECT name FROM item INDEXED BY item_name WHERE name > '' ORDER BY name",
    "SELECT * FROM pair ORDER BY a", "SELECT rowid FROM words WHERE words MATCH 'alfa OR beta' ORDER BY rowid",
    "SELECT name, sql FROM sqlite_schema ORDER BY name"};

static uint32_t dice_state = 1;
static size_t dice(size_t n)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (size_t)(((uint64_t)(dice_state >> 4) * n) >> 28);
}

/* Every kind of page: inner nodes and leaves of tables and indexes, overflow, free trunk and free leaves, FTS5. */
static void make(void)
{
    stage_clear();
    struct conn c = conn_open();
    must(&c, "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, body BLOB); CREATE INDEX item_name ON item(name);"
             "CREATE TABLE pair(a BLOB, b TEXT, PRIMARY KEY(a, b)) WITHOUT ROWID;"
             "CREATE VIRTUAL TABLE words USING fts5(name, content='item', content_rowid='id');"
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
             " INSERT INTO item SELECT i, CASE i % 3 WHEN 0 THEN 'alfa ' ELSE 'beta ' END || hex(randomblob(30)),"
             "  randomblob(CASE WHEN i % 80 = 0 THEN 9000 ELSE 20 END) FROM n;"
             "INSERT INTO pair SELECT randomblob(100), name FROM item;"
             "INSERT INTO words(words) VALUES('rebuild'); DELETE FROM item WHERE id > 350");
    conn_close(&c);
}

static void digests(uint64_t out[TABLES])
{
    struct conn c = conn_open();
    for (size_t t = 0; t < TABLES; t++)
        assert_int_equal(digest(&out[t], &c, table_sql[t]), SQLITE_OK);
    conn_abandon(&c);
}

/* Reads everything: each table is as it was or an error. Returns how many are errors. */
static int never_wrong(const uint64_t expected[TABLES], int quick)
{
    struct conn c;
    int errors = 0;
    int code = conn_try(&c, quick ? "fault" : NULL);
    for (size_t t = 0; t < TABLES; t++) {
        uint64_t got = 0;
        int what = code == SQLITE_OK ? digest(&got, &c, table_sql[t]) : code;
        if (what == SQLITE_OK && got != expected[t])
            fail_msg("wrong data: %s", table_sql[t]);
        if (what != SQLITE_OK && what != SQLITE_IOERR_DATA && (what & 0xff) != SQLITE_CORRUPT && what != SQLITE_NOTADB)
            fail_msg("error %d: %s", what, table_sql[t]);
        errors += what != SQLITE_OK;
    }
    conn_abandon(&c);
    unlink(stage_shm);
    return errors;
}

/* ---- the database ---- */

/* The page with the flipped bit is an error, and every other one is as it was. Page 0: the head. */
static void assert_only_damaged(size_t number)
{
    uint8_t page[PAGE];
    struct conn c;
    int code = conn_try(&c, "fault");
    if (number == 0) {
        assert_true(code != SQLITE_OK ||
                    sqlite3_file_control(c.db, "main", VAULT_CONTROL_CHECK, NULL) == SQLITE_IOERR_DATA);
    } else if (code == SQLITE_OK) {
        assert_int_equal(read_page(&c, page, (long long)number), SQLITE_IOERR_DATA);
        for (size_t i = 0; i < sizeof page; i++)
            assert_int_equal(page[i], 0);
    } else {
        assert_int_equal(number, 1);
    }
    conn_abandon(&c);
}

static void flip(const char *path, size_t bit)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, (long)(bit / 8), SEEK_SET), 0);
    int byte = fgetc(f);
    assert_int_equal(fseek(f, (long)(bit / 8), SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ (1 << bit % 8), f), byte ^ (1 << bit % 8));
    assert_int_equal(fclose(f), 0);
}

/* In the head and each page: bits of salt, header, middle, nonce and tag, and some anywhere. */
static void test_flipped_bits(void **state)
{
    (void)state;
    static const size_t places[] = {0, 15, 16, 24, 99, 100, 2000, PAGE - 41, PAGE - 40, PAGE - 17, PAGE - 16, PAGE - 1};
    uint64_t expected[TABLES];
    make();
    digests(expected);
    struct image good = image_keep();
    size_t pages = good.db.len / PAGE, some = stage_long() ? 400 : 12;
    assert_true(pages > 50);
    int flips = 0, errors = 0;
    for (size_t n = 0; n < pages; n++) {
        for (size_t i = 0; i < sizeof places / sizeof places[0] + some; i++) {
            size_t byte = i < some ? dice(PAGE) : places[i - some];
            if (n == 0 && byte >= 512 && byte < 1024 + 84)
                continue; /* a slot that does not open is written anew, or it is the one that counts: see below */
            size_t bit = (n * PAGE + byte) * 8 + dice(8);
            flip(stage_db, bit);
            assert_only_damaged(n);
            errors += never_wrong(expected, 1) > 0;
            flip(stage_db, bit);
            flips++;
        }
    }
    print_message("%d bits flipped in %zu pages: each an error of its page; %d seen by the statements\n", flips, pages,
                  errors);
    assert_true(errors > flips / 2); /* the others: free pages, and the head */
    assert_int_equal(never_wrong(expected, 0), 0);
    image_drop(&good);
}

static void test_swapped_pages(void **state)
{
    (void)state;
    uint64_t expected[TABLES];
    make();
    digests(expected);
    struct image good = image_keep();
    size_t pages = good.db.len / PAGE;
    for (int i = 0; i < 400; i++) {
        size_t a = dice(pages), b = dice(pages);
        if (a == b)
            continue;
        struct image bad = {0};
        buf_put_span(&bad.db, span_buf(&good.db));
        memcpy(bad.db.ptr + a * PAGE, good.db.ptr + b * PAGE, PAGE);
        if (i % 2)
            memcpy(bad.db.ptr + b * PAGE, good.db.ptr + a * PAGE, PAGE);
        image_put(&bad);
        if (i % 2 == 0 || (a > 1 && b > 1)) /* with the head or page 1, nothing opens */
            assert_only_damaged(a);
        never_wrong(expected, 1);
        image_drop(&bad);
    }
    image_drop(&good);
}

/* Pages of another database under the same device key, at the same numbers. */
static void test_pages_of_another(void **state)
{
    (void)state;
    uint64_t expected[TABLES];
    make();
    struct image other = image_keep();
    make();
    digests(expected);
    struct image good = image_keep();
    for (size_t n = 1; n < good.db.len / PAGE && n < other.db.len / PAGE; n++) {
        struct image bad = {0};
        buf_put_span(&bad.db, span_buf(&good.db));
        memcpy(bad.db.ptr + n * PAGE, other.db.ptr + n * PAGE, PAGE);
        image_put(&bad);
        assert_only_damaged(n);
        never_wrong(expected, 1);
        image_drop(&bad);
    }
    image_drop(&good);
    image_drop(&other);
}

static bool all_there(const struct conn *c)
{
    uint8_t page[PAGE];
    int code = 0;
    long long pages = query(&code, c, "PRAGMA page_count");
    for (long long n = 1; code == SQLITE_ROW && n <= pages; n++)
        code = read_page(c, page, n) == SQLITE_OK ? SQLITE_ROW : SQLITE_IOERR_DATA;
    return code == SQLITE_ROW;
}

/* Zeros, cut off, longer; with and without a WAL that says how many pages there are. */
static void test_truncated(void **state)
{
    (void)state;
    uint64_t expected[TABLES];
    make();
    struct conn c = conn_open();
    must(&c, "UPDATE item SET name = name || 'x' WHERE id = 7; INSERT INTO words(words) VALUES('rebuild')");
    conn_abandon(&c);
    struct image good = image_keep();
    assert_true(good.wal.len > 0);
    unlink(stage_shm);
    digests(expected);
    for (size_t len = 0; len < good.db.len; len += stage_long() ? 64 : 1 + dice(PAGE)) {
        for (int with_wal = 0; with_wal < 2; with_wal++) {
            image_put(&good);
            spit(stage_db, good.db.ptr, len);
            if (with_wal) {
                assert_true(never_wrong(expected, 1) > 0 || len > good.db.len - 25 * PAGE);
            } else {
                unlink(stage_wal); /* then the database is as it was before the WAL, or damaged */
                conn_try(&c, "fault");
                assert_false(c.db && sound(&c) && all_there(&c)); /* the last pages may be free ones */
                conn_abandon(&c);
            }
        }
    }
    for (size_t n = 0; n < good.db.len / PAGE; n++) {
        uint8_t zeros[PAGE] = {0};
        struct image bad = {0};
        buf_put_span(&bad.db, span_buf(&good.db));
        buf_put_span(&bad.wal, span_buf(&good.wal));
        memcpy(bad.db.ptr + n * PAGE, zeros, PAGE);
        image_put(&bad);
        never_wrong(expected, 1);
        image_drop(&bad);
    }
    image_drop(&good);
}

/* SQLite itself takes a page that is missing for zeros, and believes what is last in a long value. */
static void test_missing_end_of_value(void **state)
{
    (void)state;
    uint64_t expected = 0, got = 0;
    const char *sql = "SELECT x FROM big";
    stage_clear();
    struct conn c = conn_open();
    must(&c, "CREATE TABLE mark(n); CREATE TABLE big(x); INSERT INTO big VALUES(randomblob(20000));"
             "PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO mark VALUES(1)");
    assert_int_equal(digest(&expected, &c, sql), SQLITE_OK);
    conn_abandon(&c);
    struct image good = image_keep();
    for (size_t cut = 0; cut <= 2 * PAGE; cut += 512) {
        image_put(&good);
        spit(stage_db, good.db.ptr, good.db.len - cut);
        c = conn_open();
        assert_int_equal(number(&c, "SELECT n FROM mark"), 1); /* from the WAL */
        assert_int_equal(digest(&got, &c, sql), cut ? SQLITE_IOERR_DATA : SQLITE_OK);
        assert_true(cut || got == expected);
        conn_abandon(&c);
    }
    image_drop(&good);
}

/* ---- the WAL ---- */

#define COMMITS 6

/* A base that is checkpointed, and COMMITS commits after it in the WAL; end[i]: the WAL's length with i of them. */
static struct image make_commits(size_t end[COMMITS + 1])
{
    stage_clear();
    struct conn c = conn_open();
    must(&c, "CREATE TABLE t(n INTEGER PRIMARY KEY, body TEXT); CREATE TABLE mark(n); INSERT INTO mark VALUES(0);"
             "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0");
    end[0] = 0;
    for (int i = 1; i <= COMMITS; i++) {
        char sql[200];
        snprintf(sql, sizeof sql,
                 "BEGIN; INSERT INTO t VALUES(%d, hex(zeroblob(1500))); UPDATE mark SET n = %d; COMMIT", i, i);
        must(&c, sql);
        /* by size alone: to open and close the file would let go of the connection's locks, which nobody else wants */
        end[i] = stage_size(stage_wal);
        assert_true(end[i] > end[i - 1]);
    }
    conn_abandon(&c);
    return image_keep();
}

/* Recovers, and says how many commits there are; they must be whole. */
static long long commits(void)
{
    struct conn c;
    int code = conn_try(&c, "fault");
    if (code != SQLITE_OK)
        fail_msg("open: %d", code);
    long long n = number(&c, "SELECT n FROM mark");
    assert_int_equal(number(&c, "SELECT count(*) FROM t"), n);
    assert_int_equal(number(&c, "SELECT coalesce(max(n), 0) FROM t"), n);
    assert_true(sound(&c));
    conn_abandon(&c);
    return n;
}

static void test_torn_wal(void **state)
{
    (void)state;
    size_t end[COMMITS + 1];
    struct image good = make_commits(end);
    size_t last = COMMITS, cuts = 0;
    for (size_t len = good.wal.len + 1; len-- > 0;) {
        bool in_last = len > end[COMMITS - 1]; /* each byte of the last commit's frames; earlier ones sampled */
        bool edge = len % 16 == 0 || good.wal.len - len < 2100 || end[COMMITS - 1] + 200 > len;
        if (!stage_long() && !(in_last && edge) && len > 200 && dice(60) != 0)
            continue;
        while (len < end[last])
            last--;
        image_put(&good);
        spit(stage_wal, good.wal.ptr, len);
        assert_int_equal(commits(), last);
        cuts++;
    }
    print_message("WAL cut at %zu places\n", cuts);
    image_drop(&good);
}

/* A flipped bit ends the WAL before the commit that it is in. */
static void test_flipped_wal(void **state)
{
    (void)state;
    size_t end[COMMITS + 1];
    struct image good = make_commits(end);
    for (int i = 0; i < (stage_long() ? 20000 : 1500); i++) {
        size_t byte = i < 200 ? (size_t)i : dice(good.wal.len);
        size_t whole = 0;
        while (end[whole + 1] <= byte)
            whole++;
        image_put(&good);
        flip(stage_wal, byte * 8 + dice(8));
        assert_int_equal(commits(), whole);
    }
    image_drop(&good);
}

/* Frames of the same WAL swapped, and frames of the WAL before it left or put back at their places. */
static void test_moved_frames(void **state)
{
    (void)state;
    size_t end[COMMITS + 1], other_end[COMMITS + 1];
    const size_t head = 88, frame = 4200;
    struct image other = make_commits(other_end);
    struct image good = make_commits(end);
    size_t frames = (good.wal.len - head) / frame;
    assert_int_equal(good.wal.len, head + frames * frame);
    for (int i = 0; i < 200; i++) {
        size_t a = dice(frames), b = dice(frames), whole = 0;
        const uint8_t *from = i % 2 ? good.wal.ptr + head + b * frame : other.wal.ptr + head + a * frame;
        if (i % 2 && a == b)
            continue;
        struct image bad = {0};
        buf_put_span(&bad.db, span_buf(&good.db));
        buf_put_span(&bad.wal, span_buf(&good.wal));
        memcpy(bad.wal.ptr + head + a * frame, from, frame);
        while (end[whole + 1] <= head + a * frame)
            whole++;
        image_put(&bad);
        assert_int_equal(commits(), whole);
        image_drop(&bad);
    }
    image_put(&good);
    spit(stage_wal, other.wal.ptr, other.wal.len); /* the WAL of another database */
    assert_int_equal(commits(), 0);
    image_drop(&good);
    image_drop(&other);
}

/* While it is in use, and the page is asked for, a frame that does not open is an error. */
static void test_flipped_in_use(void **state)
{
    (void)state;
    size_t end[COMMITS + 1];
    struct image good = make_commits(end);
    image_put(&good);
    struct conn c = conn_open();
    assert_int_equal(number(&c, "SELECT n FROM mark"), COMMITS);
    int errors = 0;
    for (size_t byte = 88 + 64; byte < good.wal.len; byte += 4200) { /* the page of each frame */
        int code = 0;
        pid_t child = stage_fork(); /* this process has locks on the files */
        if (child == 0) {
            flip(stage_wal, byte * 8);
            _exit(0);
        }
        assert_int_equal(waitpid(child, NULL, 0), child);
        must(&c, "PRAGMA shrink_memory");
        long long n = query(&code, &c, "SELECT n FROM mark");
        if (code == SQLITE_ROW) {
            assert_int_equal(n, COMMITS);
            n = query(&code, &c, "SELECT sum(length(body)) FROM t");
            assert_true(code != SQLITE_ROW || n == COMMITS * 3000);
        }
        assert_true(code == SQLITE_ROW || code == SQLITE_IOERR_DATA);
        errors += code == SQLITE_IOERR_DATA;
    }
    assert_true(errors > 0);
    conn_abandon(&c);
    image_put(&good);
    assert_int_equal(commits(), COMMITS);
    image_drop(&good);
}

/* Database and WAL put back as they were: what they were. */
static void test_rolled_back(void **state)
{
    (void)state;
    size_t end[COMMITS + 1];
    struct image early = make_commits(end);
    image_put(&early);
    struct conn c = conn_open();
    must(&c, "UPDATE mark SET n = 99; DELETE FROM t; PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES(1, 'x')");
    conn_abandon(&c);
    image_put(&early);
    assert_int_equal(commits(), COMMITS);
    image_drop(&early);
}

/* A slot of the head may be torn: the other one counts then, and what it says is right or does not fit the files. */
static void test_flipped_slots(void **state)
{
    (void)state;
    uint64_t expected[TABLES];
    make();
    digests(expected);
    struct image good = image_keep();
    int told = 0;
    for (size_t byte = 512; byte < 1024 + 84; byte += 3) {
        image_put(&good);
        flip(stage_db, byte * 8 + dice(8));
        told += never_wrong(expected, 1) > 0;
    }
    assert_true(told > 20 && told < 40); /* the newer one */
    image_put(&good);
    flip(stage_db, 512 * 8);
    flip(stage_db, 1024 * 8);
    assert_int_equal(never_wrong(expected, 1), TABLES);
    image_drop(&good);
}

/* ---- files of different ages ---- */

#define AGES 44

static struct {
    struct image image;
    long long version;
} age[AGES];

/* Every row has the version of the last commit: a mixture would show two. Error, or the version. */
static int version_of(long long *version)
{
    struct conn c;
    int code = conn_try(&c, "fault");
    if (code == SQLITE_OK)
        *version = query(&code, &c, "SELECT min(v) FROM t");
    if (code == SQLITE_ROW) {
        long long most = query(&code, &c, "SELECT max(v) FROM t");
        if (code == SQLITE_ROW && (most != *version || !sound(&c)))
            fail_msg("a mixture of %lld and %lld", *version, most);
    }
    if (code != SQLITE_ROW && code != SQLITE_IOERR_DATA && (code & 0xff) != SQLITE_CORRUPT)
        fail_msg("error %d", code);
    conn_abandon(&c);
    unlink(stage_shm);
    return code;
}

/* A life: commits, checkpoints of every kind, some that break off in their midst, the WAL begun anew and removed. */
static void live(void)
{
    static const char *const ways[] = {"SELECT 1", "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(RESTART)",
                                       "PRAGMA wal_checkpoint(TRUNCATE)"};
    stage_clear();
    struct conn c = conn_open_over("fault");
    must(&c, "PRAGMA wal_autocheckpoint=0; CREATE TABLE t(id INTEGER PRIMARY KEY, v, body);"
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
             " INSERT INTO t SELECT i, 0, randomblob(1500) FROM n; PRAGMA wal_checkpoint(TRUNCATE)");
    for (long long i = 0; i < AGES; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "UPDATE t SET v = %lld WHERE %s", i, i % 3 ? "1" : "id > 0");
        must(&c, sql);
        if (i % 5 == 4) { /* a checkpoint that does not come to its end */
            fault_arm(FAULT_FULL, 3 + i / 5);
            assert_int_not_equal(exec(&c, "PRAGMA wal_checkpoint(PASSIVE)"), SQLITE_OK);
            fault_arm(FAULT_NONE, 0);
        } else {
            must(&c, ways[dice(4)]);
        }
        age[i].image = image_keep();
        age[i].version = i;
        if (i % 7 == 3 || i % 5 == 4) { /* as if the process had died; or at its end, which removes the WAL */
            if (i % 2)
                conn_abandon(&c);
            else
                conn_close(&c);
            unlink(stage_shm);
            c = conn_open_over("fault");
            must(&c, "PRAGMA wal_autocheckpoint=0");
        }
    }
    conn_close(&c);
}

/* The database of one day with the WAL of another, or none, or a shorter one. */
static void test_mixed_ages(void **state)
{
    (void)state;
    int whole = 0, told = 0;
    live();
    for (int i = 0; i < AGES; i++) {
        for (int j = -1; j < AGES; j++) {
            long long version = -1;
            struct image mix = {.db = age[i].image.db};
            if (j >= 0)
                mix.wal = age[j].image.wal;
            image_put(&mix);
            int code = version_of(&version);
            if (i == j && (code != SQLITE_ROW || version != age[i].version))
                fail_msg("of one age, %d: error %d, version %lld", i, code, version);
            assert_true(code != SQLITE_ROW || (version >= 0 && version <= (i > j ? i : j)));
            whole += code == SQLITE_ROW;
            told += code != SQLITE_ROW;
        }
        if (age[i].image.wal.len > 4200) {
            struct image cut = age[i].image;
            long long version = -1;
            cut.wal.len = dice(cut.wal.len);
            image_put(&cut);
            int code = version_of(&version);
            assert_true(code != SQLITE_ROW || version <= age[i].version);
        }
    }
    print_message("mixed ages: %d gave a version as it was, %d are errors\n", whole, told);
    assert_true(whole > AGES && told > AGES);
    for (int i = 0; i < AGES; i++)
        image_drop(&age[i].image);
}

static int setup(void **state)
{
    if (stage_setup(state) != 0)
        return -1;
    fault_register(); /* for its xSync, which does nothing */
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flipped_bits),         cmocka_unit_test(test_swapped_pages),
        cmocka_unit_test(test_pages_of_another),     cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_missing_end_of_value), cmocka_unit_test(test_torn_wal),
        cmocka_unit_test(test_flipped_wal),          cmocka_unit_test(test_moved_frames),
        cmocka_unit_test(test_flipped_in_use),       cmocka_unit_test(test_rolled_back),
        cmocka_unit_test(test_flipped_slots),        cmocka_unit_test(test_mixed_ages),
    };
    return cmocka_run_group_tests(tests, setup, stage_teardown);
}
