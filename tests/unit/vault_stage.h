/* What the tests of the vault share: a folder, connections, statements that must succeed, and a VFS between vault and
 * system that counts calls which change files, and fails or dies at one of them. */
#ifndef TESTS_UNIT_VAULT_STAGE_H
#define TESTS_UNIT_VAULT_STAGE_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <sqlite3.h>

#include "sync/posix.h"
#include "sync/vault.h"

#define PAGE 4096
#define FILE_MAX ((size_t)64 << 20)

static char stage_dir[] = "/tmp/samplan-vault-XXXXXX";
static char stage_db[64], stage_wal[72], stage_shm[72];
static uint8_t stage_key[PAGE_KEY_LEN];

static bool stage_in_child; /* a forked process: it ends where a test would fail */

#define STAGE_FAIL(...)                                                                                                \
    do {                                                                                                               \
        if (stage_in_child) {                                                                                          \
            fprintf(stderr, "child: " __VA_ARGS__);                                                                    \
            fprintf(stderr, "\n");                                                                                     \
            _exit(1);                                                                                                  \
        }                                                                                                              \
        fail_msg(__VA_ARGS__);                                                                                         \
    } while (0)

struct conn {
    struct vault *vault;
    sqlite3 *db;
};

static struct why stage_why; /* of the last conn_try */

static inline void stage_names(const char *name)
{
    snprintf(stage_db, sizeof stage_db, "%s/%s", stage_dir, name);
    snprintf(stage_wal, sizeof stage_wal, "%s-wal", stage_db);
    snprintf(stage_shm, sizeof stage_shm, "%s-shm", stage_db);
}

static inline int stage_setup(void **state)
{
    (void)state;
    if (sodium_init() < 0 || !mkdtemp(stage_dir))
        return -1;
    for (size_t i = 0; i < sizeof stage_key; i++)
        stage_key[i] = (uint8_t)(0x20 + i);
    stage_names("replica.db");
    return 0;
}

static inline int stage_teardown(void **state)
{
    (void)state;
    posix_remove_tree(stage_dir);
    return 0;
}

static inline void stage_clear(void)
{
    unlink(stage_db);
    unlink(stage_wal);
    unlink(stage_shm);
}

static inline pid_t stage_fork(void)
{
    fflush(NULL);
    pid_t child = fork();
    stage_in_child = child == 0;
    return child;
}

static inline bool stage_long(void)
{
    return getenv("SAMPLAN_LONG") != NULL;
}

/* What db_open does, with SQLite's code for an error. */
static inline int conn_try_path(struct conn *c, const char *base, const char *path)
{
    *c = (struct conn){0};
    stage_why = (struct why){.text = ""};
    if (vault_new(&c->vault, stage_key, base) != OK)
        return SQLITE_NOMEM;
    if (vault_prepare(c->vault, &stage_why, path, true) != OK)
        return SQLITE_CANTOPEN;
    int code = sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vault_name(c->vault));
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(c->db, 20000);
        sqlite3_extended_result_codes(c->db, 1);
        code = sqlite3_exec(c->db,
                            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                            "PRAGMA secure_delete=ON;",
                            NULL, NULL, NULL);
    }
    return code;
}

static inline int conn_try(struct conn *c, const char *base)
{
    return conn_try_path(c, base, stage_db);
}

static inline void conn_close(struct conn *c)
{
    assert_int_equal(sqlite3_close(c->db), SQLITE_OK);
    vault_free(c->vault);
    *c = (struct conn){0};
}

/* As if the process had died: what it had not checkpointed stays in the WAL. */
static inline void conn_abandon(struct conn *c)
{
    int on = 1;
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on, NULL);
    sqlite3_file_control(c->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
    conn_close(c);
}

static inline struct conn conn_open_over(const char *base)
{
    struct conn c;
    int code = conn_try(&c, base);
    if (code != SQLITE_OK)
        STAGE_FAIL("open: %d %s %s: %s", code, c.db ? sqlite3_errmsg(c.db) : "", stage_why.text, stage_why.detail);
    return c;
}

static inline struct conn conn_open(void)
{
    return conn_open_over(NULL);
}

static inline int exec(const struct conn *c, const char *sql)
{
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL);
}

static inline void must(const struct conn *c, const char *sql)
{
    int code = exec(c, sql);
    if (code != SQLITE_OK)
        STAGE_FAIL("%d %s: %s", code, sqlite3_errmsg(c->db), sql);
}

/* The first column of the first row, as a number; *code is SQLITE_ROW, SQLITE_DONE or an error. */
static inline long long query(int *code, const struct conn *c, const char *sql)
{
    sqlite3_stmt *q = NULL;
    long long n = 0;
    *code = sqlite3_prepare_v2(c->db, sql, -1, &q, NULL);
    if (*code == SQLITE_OK && (*code = sqlite3_step(q)) == SQLITE_ROW)
        n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

static inline long long number(const struct conn *c, const char *sql)
{
    int code = 0;
    long long n = query(&code, c, sql);
    if (code != SQLITE_ROW)
        STAGE_FAIL("%d %s: %s", code, sqlite3_errmsg(c->db), sql);
    return n;
}

static inline void hash_bytes(uint64_t *h, const void *ptr, size_t len)
{
    for (size_t i = 0; i < len; i++)
        *h = (*h ^ ((const uint8_t *)ptr)[i]) * 0x100000001b3u;
}

/* A hash of all that a statement yields. SQLite's error, or SQLITE_OK. */
static inline int digest(uint64_t *out, const struct conn *c, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(c->db, sql, -1, &q, NULL);
    *out = 0xcbf29ce484222325u;
    while (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const void *ptr = sqlite3_column_blob(q, i);
            int len = sqlite3_column_bytes(q, i);
            hash_bytes(out, &len, sizeof len);
            hash_bytes(out, ptr, (size_t)len);
        }
        code = SQLITE_OK;
    }
    int end = sqlite3_finalize(q);
    return code == SQLITE_DONE ? SQLITE_OK : (code != SQLITE_OK ? code : end);
}

/* PRAGMA integrity_check says ok? */
static inline bool sound(const struct conn *c)
{
    sqlite3_stmt *q = NULL;
    bool ok = sqlite3_prepare_v2(c->db, "PRAGMA integrity_check", -1, &q, NULL) == SQLITE_OK &&
              sqlite3_step(q) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(q, 0), "ok") == 0 &&
              sqlite3_step(q) == SQLITE_DONE;
    sqlite3_finalize(q);
    return ok;
}

/* Reads page n (from 1) through the connection's own file, past SQLite's cache and its WAL. */
static inline int read_page(const struct conn *c, uint8_t page[PAGE], long long n)
{
    sqlite3_file *f = NULL;
    assert_int_equal(sqlite3_file_control(c->db, "main", SQLITE_FCNTL_FILE_POINTER, &f), SQLITE_OK);
    return f->pMethods->xRead(f, page, PAGE, (n - 1) * PAGE);
}

static inline struct buf slurp(const char *path)
{
    struct buf b = {0};
    enum err e = posix_read_file(&b, path, FILE_MAX);
    if (e != OK && e != ERR_NOT_FOUND)
        STAGE_FAIL("%s cannot be read", path);
    return b;
}

static inline void spit(const char *path, const uint8_t *ptr, size_t len)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(ptr, 1, len, f) != len || fclose(f) != 0)
        STAGE_FAIL("%s cannot be written", path);
}

/* A database and its WAL, to be put back as they were. */
struct image {
    struct buf db, wal;
};

static inline struct image image_keep(void)
{
    return (struct image){slurp(stage_db), slurp(stage_wal)};
}

static inline void image_put(const struct image *i)
{
    stage_clear();
    spit(stage_db, i->db.ptr, i->db.len);
    if (i->wal.len > 0)
        spit(stage_wal, i->wal.ptr, i->wal.len);
}

static inline void image_drop(struct image *i)
{
    buf_free(&i->db);
    buf_free(&i->wal);
}

static inline size_t stage_size(const char *path)
{
    struct buf b = slurp(path);
    size_t len = b.len;
    buf_free(&b);
    return len;
}

/* ---- faults ---- */

enum fault {
    FAULT_NONE,
    FAULT_WRITE, /* SQLITE_IOERR_WRITE, and for a sync or truncation their errors; nothing is done */
    FAULT_SHORT, /* half of a write is done, then the same */
    FAULT_FULL,  /* SQLITE_FULL, for writes, from here on */
    FAULT_KILL,  /* the process dies before the call */
    FAULT_TORN,  /* the process dies half-way through a write */
    FAULT_POWER, /* as the process dies, writes that were not synced are lost, kept, or torn, at random */
};

/* A write that no sync has followed: what was there. */
struct unsynced {
    sqlite3_file *file;
    sqlite3_int64 at, size;
    struct buf old;
};
#define UNSYNCED_MAX 4096

static struct {
    enum fault kind;
    long at, calls;
    sqlite3_vfs *base;
    uint32_t seed;
    struct unsynced unsynced[UNSYNCED_MAX];
    size_t unsynced_count;
} fault;

struct fault_file {
    sqlite3_file seen;
    sqlite3_file *real;
};

static inline sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct fault_file *)f)->real;
}

static inline void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static inline uint32_t fault_random(void)
{
    fault.seed = fault.seed * 1664525u + 1013904223u;
    return fault.seed >> 8;
}

static inline void power_cut(void)
{
    while (fault.unsynced_count > 0) {
        struct unsynced *u = &fault.unsynced[--fault.unsynced_count];
        uint32_t dice = fault_random() % 3;
        size_t len = dice == 0 ? 0 : (dice == 1 ? u->old.len : fault_random() % (u->old.len + 1) / 512 * 512);
        if (len > 0)
            u->file->pMethods->xWrite(u->file, u->old.ptr, (int)len, u->at);
        if (dice == 1 && fault_random() % 2 == 0)
            u->file->pMethods->xTruncate(u->file, u->size);
    }
    die();
}

/* Counts, and says what is to happen at this call. */
static inline enum fault fault_now(void)
{
    long call = ++fault.calls;
    if (fault.kind == FAULT_NONE || call < fault.at || (call > fault.at && fault.kind != FAULT_FULL))
        return FAULT_NONE;
    if (fault.kind == FAULT_KILL)
        die();
    if (fault.kind == FAULT_POWER)
        power_cut();
    return fault.kind;
}

static inline void remember(sqlite3_file *f, int len, sqlite3_int64 at)
{
    if (fault.kind != FAULT_POWER || fault.unsynced_count == UNSYNCED_MAX)
        return;
    struct unsynced *u = &fault.unsynced[fault.unsynced_count++];
    *u = (struct unsynced){.file = f, .at = at};
    f->pMethods->xFileSize(f, &u->size);
    (void)f->pMethods->xRead(f, buf_extend(&u->old, (size_t)len), len, at); /* zeros where there is nothing */
}

static inline int fault_write(sqlite3_file *f, const void *ptr, int len, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(f);
    enum fault now = fault_now();
    if (now == FAULT_SHORT || now == FAULT_TORN)
        real->pMethods->xWrite(real, ptr, len / 2, at);
    if (now == FAULT_TORN)
        die();
    if (now != FAULT_NONE)
        return now == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    remember(real, len, at);
    return real->pMethods->xWrite(real, ptr, len, at);
}

static inline int fault_sync(sqlite3_file *f, int flags)
{
    enum fault now = fault_now();
    if (now == FAULT_TORN)
        die();
    if (now == FAULT_WRITE || now == FAULT_SHORT)
        return SQLITE_IOERR_FSYNC;
    size_t kept = 0;
    for (size_t i = 0; i < fault.unsynced_count; i++) {
        if (fault.unsynced[i].file == real_of(f))
            buf_free(&fault.unsynced[i].old);
        else
            fault.unsynced[kept++] = fault.unsynced[i];
    }
    fault.unsynced_count = kept;
    (void)flags;
    return SQLITE_OK; /* nothing here survives a real power cut, nor has to */
}

static inline int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    enum fault now = fault_now();
    if (now == FAULT_TORN)
        die();
    if (now == FAULT_WRITE || now == FAULT_SHORT)
        return SQLITE_IOERR_TRUNCATE;
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static inline int fault_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static inline int fault_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at)
{
    return real_of(f)->pMethods->xRead(real_of(f), out, len, at);
}

static inline int fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static inline int fault_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static inline int fault_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static inline int fault_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static inline int fault_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static inline int fault_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static inline int fault_character(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static inline int fault_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), region, size, extend, out);
}

static inline int fault_shm_lock(sqlite3_file *f, int first, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), first, n, flags);
}

static inline void fault_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static inline int fault_shm_unmap(sqlite3_file *f, int delete_it)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), delete_it);
}

static inline int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    static const sqlite3_io_methods methods = {2,
                                               fault_close,
                                               fault_read,
                                               fault_write,
                                               fault_truncate,
                                               fault_sync,
                                               fault_size,
                                               fault_lock,
                                               fault_unlock,
                                               fault_reserved,
                                               fault_control,
                                               fault_sector,
                                               fault_character,
                                               fault_shm_map,
                                               fault_shm_lock,
                                               fault_shm_barrier,
                                               fault_shm_unmap,
                                               NULL,
                                               NULL};
    struct fault_file *f = (struct fault_file *)file;
    (void)vfs;
    f->real = (sqlite3_file *)(f + 1);
    f->seen.pMethods = NULL;
    int code = fault.base->xOpen(fault.base, name, f->real, flags, out_flags);
    if (f->real->pMethods)
        f->seen.pMethods = &methods;
    return code;
}

static inline int fault_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
    (void)vfs;
    (void)sync_dir;
    enum fault now = fault_now();
    if (now == FAULT_TORN)
        die();
    return now == FAULT_NONE || now == FAULT_FULL ? fault.base->xDelete(fault.base, name, 0) : SQLITE_IOERR_DELETE;
}

/* Registers the VFS "fault" over the system's. */
static inline void fault_register(void)
{
    static sqlite3_vfs vfs;
    fault.base = sqlite3_vfs_find(NULL);
    vfs = *fault.base;
    vfs.zName = "fault";
    vfs.szOsFile += (int)sizeof(struct fault_file);
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    vfs.pNext = NULL;
    vfs.iVersion = 2;
    assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
}

static inline void fault_arm(enum fault kind, long at)
{
    fault.kind = kind;
    fault.at = at;
    fault.calls = 0;
    fault.seed = (uint32_t)at * 2654435761u;
    while (fault.unsynced_count > 0)
        buf_free(&fault.unsynced[--fault.unsynced_count].old);
}

#endif
