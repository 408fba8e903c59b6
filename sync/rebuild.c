#include "sync/rebuild.h"

#include "sync/bookmark.h"
#include "sync/home.h"
#include "sync/intake.h"
#include "sync/sealing.h"

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

static enum err run(struct site *s, struct buf *oids, struct buf *unread)
{
    enum err e = s->self.stage == SITE_MEMBER ? sealing_run(s) : OK;
    if (e == OK) {
        e = list_records(oids, s);
    }
    if (e == OK) {
        e = bookmark_gather(unread, s);
    }
    if (e == OK) {
        chains_forget(s);
        e = home_renew_derived(s);
    }
    for (size_t at = 0; e == OK && at < oids->len; at += OID_LEN) {
        struct oid oid;
        struct reader r = reader_of(span_of(oids->ptr + at, OID_LEN));
        reader_copy(&r, oid.b, OID_LEN);
        e = take_again(s, &oid);
    }
    return e == OK ? bookmark_restore(s, unread) : e;
}

enum err rebuild_run(struct site *s)
{
    struct buf oids = {0};
    struct buf unread = {0};
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = run(s, &oids, &unread);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    chains_forget(s);
    buf_free(&oids);
    buf_free(&unread);
    return e;
}
