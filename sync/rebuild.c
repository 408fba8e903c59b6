#include "sync/rebuild.h"

#include "sync/bookmark.h"
#include "sync/home.h"
#include "sync/intake.h"
#include "sync/object.h"
#include "sync/project.h"
#include "sync/sealing.h"

#include <string.h>

/* Git names of all accepted records, oldest first. */
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

static enum err take_again(struct site *s, const struct oid *oid)
{
    struct intake in;
    enum verdict verdict = VERDICT_ACCEPT;
    const char *detail = "";
    enum err e = intake_read(&in, &verdict, &detail, s->log, oid);
    if (e == OK && verdict == VERDICT_ACCEPT) {
        e = intake_place(&verdict, &detail, s, &in, &in.header.chain);
    }
    if (e == OK && verdict != VERDICT_ACCEPT) {
        e = why_set(&s->why, ERR_STORAGE, WHY("the log is damaged; fetch it again by a meeting"), "%s: %s",
                    intake_verdict_name(verdict), detail);
    }
    if (e == OK) {
        e = intake_accept(s, &in);
    }
    intake_free(&in);
    return e;
}

/* A save that is not sealed yet, projected as when it was made. */
static enum err project_save(struct site *s, const struct chain_row *own, int64_t record, const struct db_row *row)
{
    struct arena a = {0};
    struct part part;
    struct projection p;
    struct project_source from = {.chain = own, .record = record, .first = own->last + 1, .late = true};
    const uint64_t n = (uint64_t)db_col_int(row, 0);
    const int64_t clock_ms = db_col_int(row, 1);
    struct part_base base = {.first_dot = n, .last_dot = n, .time = clock_ms / 1000};
    memcpy(from.key_id.b, db_col_blob(row, 3).ptr, ID_LEN);
    s->spliced = 0;
    enum err e = part_decode(&part, &a, db_col_blob(row, 2), &base);
    if (e == OK) {
        e = project_begin(&p, s, &from, n, clock_ms);
    }
    for (size_t i = 0; e == OK && i < part.txs[0].op_count; i++) {
        const char *refused = NULL;
        e = project_op(&refused, &p, &part.txs[0].ops[i]);
    }
    arena_free(&a);
    return e;
}

static enum err project_journal(struct site *s)
{
    int64_t rows = 0;
    int64_t record = 0;
    struct chain_row own;
    enum err e = db_get_int(&rows, db_use(s->db, "SELECT count(*) FROM journal"), 0);
    if (e != OK || rows == 0) {
        return e;
    }
    e = chains_open_record(&record, &own, s);
    /* The förbund section first, as in a record. */
    struct db_row *q = db_use(s->db, "SELECT j.n, j.clock_ms, j.body, j.key_id FROM journal j"
                                     " JOIN held_key h ON h.key_id = j.key_id"
                                     " ORDER BY h.section_id <> zeroblob(16), j.key_id, j.n");
    while (e == OK && db_next(q)) {
        e = project_save(s, &own, record, q);
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    return e == OK ? object_settle(s) : e;
}

static enum err take_all_again(struct site *s)
{
    struct buf oids = {0};
    enum err e = list_records(&oids, s);
    if (e == OK) {
        chains_forget(s);
        e = home_renew_derived(s);
    }
    s->twins = false;
    for (size_t at = 0; e == OK && at < oids.len; at += OID_LEN) {
        struct oid oid;
        struct reader r = reader_of(span_of(oids.ptr + at, OID_LEN));
        reader_copy(&r, oid.b, OID_LEN);
        e = take_again(s, &oid);
    }
    buf_free(&oids);
    return e;
}

/* What has not been read; a replica from before there were bookmarks has no table of it. */
static enum err gather_unread(struct buf *unread, struct site *s)
{
    int64_t there = 0;
    enum err e =
        db_get_int(&there, db_use(s->db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'unread'"), 0);
    return e == OK && there ? bookmark_gather(unread, s) : e;
}

enum err rebuild_anew(struct site *s)
{
    struct buf unread = {0};
    enum err e = gather_unread(&unread, s);
    if (e == OK) {
        e = take_all_again(s);
    }
    if (e == OK) {
        e = project_journal(s);
    }
    if (e == OK) {
        e = bookmark_restore(s, &unread);
    }
    buf_free(&unread);
    return e;
}

static enum err run(struct site *s)
{
    enum err e = home_follow(s);
    if (e == OK && s->self.stage == SITE_MEMBER) {
        e = sealing_run(s);
    }
    return e == OK ? rebuild_anew(s) : e;
}

enum err rebuild_within(struct site *s, enum err (*work)(struct site *s))
{
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = work(s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    chains_forget(s);
    return e;
}

enum err rebuild_run(struct site *s)
{
    return rebuild_within(s, run);
}
