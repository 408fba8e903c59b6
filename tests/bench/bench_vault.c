/* What sealing costs: the same work through the vault and through SQLite's own VFS, alternately in one run, as ratios of
 * medians. Both have the settings of sync/db.c.
 *
 *     bench_vault [ROWS [ROUNDS [FOLDER]]]        200000 rows, 5 rounds, a new folder under /tmp
 *     bench_vault --check …                       exit 1 if a ratio is above its goal
 */
#include <inttypes.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sync/posix.h"
#include "sync/vault.h"

#define ROUNDS_MAX 31
#define ROWS_A_TRANSACTION 1000

enum work { INSERT_BARE, INSERT_INDEXED, INSERT_RANDOM, READ_WARM, READ_COLD, READ_SMALL, SCAN, WORKS };
enum side { PLAIN, SEALED, SIDES };

static const struct {
    const char *name;
    double goal; /* 0: none */
} works[WORKS] = {
    [INSERT_BARE] = {"inserts, no index", 0},
    [INSERT_INDEXED] = {"inserts, two indexes, as table op", 1.4},
    [INSERT_RANDOM] = {"inserts, two indexes of random order", 0},
    [READ_WARM] = {"point reads, 64 MB cache", 1.15},
    [READ_COLD] = {"point reads, 64 MB cache, from empty", 0},
    [READ_SMALL] = {"point reads, 2 MB cache", 0},
    [SCAN] = {"whole table, cache empty", 0},
};

static double taken[WORKS][SIDES][ROUNDS_MAX];

struct bench {
    const char *dir;
    int rows, rounds;
    uint8_t key[PAGE_KEY_LEN];
};

struct side_db {
    struct vault *vault;
    sqlite3 *db;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static void run(sqlite3 *db, const char *sql)
{
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static const char *path_of(const struct bench *b, enum side side, const char *end)
{
    static char path[500];
    snprintf(path, sizeof path, "%s/%s.db%s", b->dir, side == PLAIN ? "plain" : "sealed", end);
    return path;
}

static struct side_db open_side(const struct bench *b, enum side side, int cache_kib)
{
    struct side_db s = {0};
    struct why why = {.text = ""};
    char sql[100];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (side == PLAIN ? SQLITE_OPEN_CREATE : 0);
    if (side == SEALED) {
        must(vault_new(&s.vault, b->key, NULL) == OK, "vault_new");
        must(vault_prepare(s.vault, &why, path_of(b, side, ""), true) == OK, "vault_prepare");
    }
    must(sqlite3_open_v2(path_of(b, side, ""), &s.db, flags, s.vault ? vault_name(s.vault) : NULL) == SQLITE_OK,
         "open");
    snprintf(sql, sizeof sql, "PRAGMA cache_size=-%d", cache_kib);
    run(s.db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
              "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF");
    run(s.db, sql);
    return s;
}

static void close_side(struct side_db *s)
{
    must(sqlite3_close(s->db) == SQLITE_OK, "close");
    vault_free(s->vault);
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Table op of the replica: operations come in the order of their objects, but for one in eight, which changes an older
 * object. With random, two indexes over what has no order at all, so that each row dirties two more pages. */
static double insert(const struct bench *b, enum side side, enum work w)
{
    struct side_db s = open_side(b, side, 65536);
    sqlite3_stmt *q = NULL;
    run(s.db, "DROP TABLE IF EXISTS item; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"
              "CREATE TABLE item(id INTEGER PRIMARY KEY, object INTEGER, field INTEGER, tx INTEGER, actor INTEGER,"
              " kind INTEGER, value TEXT, note TEXT) STRICT");
    if (w == INSERT_INDEXED)
        run(s.db, "CREATE INDEX item_object ON item(object, field); CREATE INDEX item_tx ON item(tx)");
    if (w == INSERT_RANDOM)
        run(s.db, "CREATE INDEX item_value ON item(value); CREATE INDEX item_actor ON item(actor)");
    must(sqlite3_prepare_v2(s.db, "INSERT INTO item VALUES(?,?,?,?,?,?,?,?)", -1, &q, NULL) == SQLITE_OK, "prepare");
    double start = now();
    for (int i = 0; i < b->rows; i++) {
        if (i % ROWS_A_TRANSACTION == 0)
            run(s.db, "BEGIN IMMEDIATE");
        char value[64];
        uint64_t object = (uint64_t)i / 8, dice = mix((uint64_t)i);
        snprintf(value, sizeof value, "%016" PRIx64 " praktikplats", mix((uint64_t)i * 3));
        sqlite3_bind_int(q, 1, i);
        sqlite3_bind_int64(q, 2, (sqlite3_int64)(i % 8 ? object : dice % (object + 1)));
        sqlite3_bind_int(q, 3, i % 23);
        sqlite3_bind_int(q, 4, i / 4);
        sqlite3_bind_int64(q, 5, (sqlite3_int64)(dice >> 16));
        sqlite3_bind_int(q, 6, i % 3);
        sqlite3_bind_text(q, 7, value, -1, SQLITE_STATIC);
        sqlite3_bind_text(q, 8, "Fem dagar i veckan, avstämning var fjortonde dag", -1, SQLITE_STATIC);
        must(sqlite3_step(q) == SQLITE_DONE && sqlite3_reset(q) == SQLITE_OK, "insert");
        if (i % ROWS_A_TRANSACTION == ROWS_A_TRANSACTION - 1)
            run(s.db, "COMMIT");
    }
    if (!sqlite3_get_autocommit(s.db))
        run(s.db, "COMMIT");
    run(s.db, "PRAGMA wal_checkpoint(TRUNCATE)");
    double end = now();
    sqlite3_finalize(q);
    close_side(&s);
    return end - start;
}

static void reads(sqlite3_stmt *q, int rows, int n, uint64_t seed)
{
    for (int i = 0; i < n; i++) {
        sqlite3_bind_int64(q, 1, (sqlite3_int64)(mix(seed + (uint64_t)i) % (uint64_t)rows));
        must(sqlite3_step(q) == SQLITE_ROW && sqlite3_column_bytes(q, 0) > 0 && sqlite3_reset(q) == SQLITE_OK, "read");
    }
}

static double read_points(const struct bench *b, enum side side, int cache_kib, int warm)
{
    struct side_db s = open_side(b, side, cache_kib);
    sqlite3_stmt *q = NULL;
    must(sqlite3_prepare_v2(s.db, "SELECT value FROM item WHERE id = ?", -1, &q, NULL) == SQLITE_OK, "prepare");
    run(s.db, "BEGIN");
    if (warm)
        reads(q, b->rows, b->rows, 1);
    double start = now();
    reads(q, b->rows, b->rows, 99);
    double end = now();
    run(s.db, "COMMIT");
    sqlite3_finalize(q);
    close_side(&s);
    return end - start;
}

static double scan(const struct bench *b, enum side side)
{
    struct side_db s = open_side(b, side, 65536);
    double start = now();
    run(s.db, "SELECT sum(length(value) + length(note)) FROM item");
    double end = now();
    close_side(&s);
    return end - start;
}

static double work(const struct bench *b, enum work w, enum side side)
{
    switch (w) {
    case INSERT_BARE:
    case INSERT_INDEXED:
    case INSERT_RANDOM:
        return insert(b, side, w);
    case READ_WARM:
        return read_points(b, side, 65536, 1);
    case READ_COLD:
        return read_points(b, side, 65536, 0);
    case READ_SMALL:
        return read_points(b, side, 2048, 0);
    default:
        return scan(b, side);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int print(const struct bench *b)
{
    int missed = 0;
    printf("%d rows, medians of %d rounds, SQLite %s\n", b->rows, b->rounds, sqlite3_libversion());
    printf("%-38s %10s %10s %7s %6s\n", "", "plain s", "sealed s", "ratio", "goal");
    for (int w = 0; w < WORKS; w++) {
        double plain = median(taken[w][PLAIN], b->rounds), sealed = median(taken[w][SEALED], b->rounds);
        printf("%-38s %10.3f %10.3f %7.2f ", works[w].name, plain, sealed, sealed / plain);
        printf(works[w].goal > 0 ? "%6.2f\n" : "\n", works[w].goal);
        missed |= works[w].goal > 0 && sealed / plain > works[w].goal;
    }
    return missed;
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/samplan-bench-XXXXXX";
    int check = argc > 1 && strcmp(argv[1], "--check") == 0;
    argv += check;
    argc -= check;
    struct bench b = {.rows = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 200000,
                      .rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5};
    must(b.rows > 0 && b.rounds > 0 && b.rounds <= ROUNDS_MAX && sodium_init() >= 0, "start");
    b.dir = argc > 3 ? argv[3] : mkdtemp(dir);
    must(b.dir != NULL, "folder");
    randombytes_buf(b.key, sizeof b.key);
    for (int round = 0; round < b.rounds; round++)
        for (int w = 0; w < WORKS; w++)
            for (int i = 0; i < SIDES; i++) {
                enum side side = (enum side)((i + round) % SIDES); /* neither is always first */
                taken[w][side][round] = work(&b, (enum work)w, side);
            }
    int missed = print(&b);
    for (int side = 0; side < SIDES; side++) {
        unlink(path_of(&b, (enum side)side, ""));
        unlink(path_of(&b, (enum side)side, "-wal"));
        unlink(path_of(&b, (enum side)side, "-shm"));
    }
    rmdir(b.dir);
    return check ? missed : 0;
}
