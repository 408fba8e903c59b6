#include "sync/gc.h"

#include "sync/core.h"
#include "sync/gc_posix.h"
#include "sync/home.h"

#include <stdlib.h>

#define PLACE_BRANCHES 100000 /* as many as a meeting looks at */

static enum err list_records(struct buf *out, struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT oid FROM record WHERE oid IS NOT NULL ORDER BY seq");
    while (db_next(q)) {
        struct oid oid;
        db_col_copy(q, 0, oid.b, OID_LEN);
        buf_put(out, oid.b, OID_LEN);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(out) : e;
}

static enum err unpacked(struct site *s)
{
    return why_set(&s->why, ERR_STORAGE, WHY("the log could not be packed anew; nothing was lost"), "%s",
                   log_path(s->log));
}

static enum err repack(struct site *s, bool (*keep_on)(void *ctx, uint64_t done, uint64_t total), void *ctx)
{
    struct buf records = {0};
    char name[LOG_PACK_NAME + 1];
    enum err e = list_records(&records, s);
    if (e == OK && records.len > 0) {
        e = log_gather(name, s->log, (const struct oid *)(const void *)records.ptr, records.len / OID_LEN, keep_on,
                       ctx);
        if (e == OK) {
            e = gc_posix_remove(log_path(s->log), name);
            e = e == ERR_STORAGE ? unpacked(s) : e;
            log_refresh(s->log);
        }
    }
    buf_free(&records);
    return e;
}

static int by_size(const void *a, const void *b)
{
    const struct log_pack_file *x = a, *y = b;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* Which packs are to become one, so that a log's growth costs as much late as early: the smallest, up to the largest that
 * is no larger than all under it together. Those that stay are each larger than that, so they are few; and what is
 * written anew comes into a pack of twice the size, so that no byte is written often. Puts them first. */
static size_t to_join(struct log_pack_file *packs, size_t count)
{
    uint64_t under = 0;
    size_t n = 0;
    qsort(packs, count, sizeof *packs, by_size);
    for (size_t i = 0; i < count; i++) {
        n = packs[i].bytes <= under ? i + 1 : n;
        under += packs[i].bytes;
    }
    return n;
}

static enum err join(struct log *log)
{
    struct buf list = {0};
    char name[LOG_PACK_NAME + 1];
    enum err e = gc_posix_list(&list, log_path(log));
    struct log_pack_file *packs = (struct log_pack_file *)(void *)list.ptr;
    const size_t n = e == OK && packs ? to_join(packs, list.len / sizeof *packs) : 0;
    if (n > 0) {
        e = log_join(name, log, packs, n);
        e = e == OK ? gc_posix_remove_these(log_path(log), name, packs, n) : e;
        log_refresh(log);
    }
    buf_free(&list);
    return e;
}

/* The write lock keeps others from adding packs meanwhile; nothing is written in the transaction. */
static enum err begin(struct site *s)
{
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = gc_posix_sweep(log_path(s->log));
        e = e == ERR_STORAGE ? unpacked(s) : e;
    }
    return e;
}

static enum err count_packs(uint64_t *packs, struct site *s)
{
    enum err e = gc_posix_count(packs, log_path(s->log));
    return e == ERR_STORAGE ? unpacked(s) : e;
}

enum err gc_run(struct gc_result *out, struct site *s, bool (*keep_on)(void *ctx, uint64_t done, uint64_t total),
                void *ctx)
{
    struct gc_result r = {0};
    *out = r;
    enum err e = count_packs(&r.packs_before, s);
    if (e == OK) {
        home_sizes(&r.log_bytes_before, &r.replica_bytes_before, s);
        e = begin(s);
        e = e == OK && r.packs_before > 1 ? repack(s, keep_on, ctx) : e;
        db_rollback(s->db);
    }
    if (e == OK) {
        e = db_script(s->db, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if (e == OK) {
        e = count_packs(&r.packs_after, s);
    }
    if (e == OK) {
        home_sizes(&r.log_bytes_after, &r.replica_bytes_after, s);
        *out = r;
    }
    return e;
}

void gc_run_if_due(struct site *s)
{
    uint64_t packs = 0;
    if (gc_posix_count(&packs, log_path(s->log)) == OK && packs > GC_PACKS) {
        const struct why before = s->why;
        if (begin(s) == OK) {
            (void)!join(s->log);
        }
        db_rollback(s->db);
        s->why = before;
    }
}

static enum err tidy_place(struct log *place)
{
    struct arena a = {0};
    struct log_branches branches = {0};
    enum err e = log_branches(&branches, &a, place, PLACE_BRANCHES);
    if (e == OK && branches.strange == 0 && branches.count > 0) {
        e = gc_posix_sweep(log_path(place));
        e = e == OK ? join(place) : e;
    }
    arena_free(&a);
    return e;
}

void gc_place_if_due(struct log *place, struct why *w)
{
    uint64_t packs = 0;
    if (gc_posix_count(&packs, log_path(place)) == OK && packs > GC_PACKS) {
        const struct why before = *w;
        (void)!tidy_place(place);
        *w = before;
    }
}

void gc_empty(const char *repository)
{
    (void)!gc_posix_remove(repository, NULL);
    (void)!gc_posix_sweep(repository);
}
