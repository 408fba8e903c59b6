#include "sync/rescue.h"

#include "sync/chains.h"
#include "sync/home.h"
#include "sync/intake.h"
#include "sync/meet_core.h"
#include "sync/object.h"
#include "sync/posix.h"
#include "sync/rebuild.h"

#include <stdio.h>
#include <string.h>

#define WAIT_MS 30000
#define BRANCHES_MAX 100000

struct rescue {
    struct site *s;
    struct db *old; /* claimed; NULL: not to be opened at all */
    bool readable;
    struct buf old_path;
    struct buf new_path;
    int lock;
};

/* ---- what the log does not hold ---- */

/* Both ways: what is between two damaged pages is lost, not all that is after the first. */
static enum err salvage_table(bool *lost, struct rescue *r, const char *table)
{
    bool whole = false;
    enum err e = db_salvage(&whole, r->s->db, r->old, table, false);
    *lost = !whole;
    return e == OK && !whole ? db_salvage(&whole, r->s->db, r->old, table, true) : e;
}

/* Saves in order. Where they break off, the last one that was read may lack a part, and what follows builds on it. */
static enum err salvage_journal(struct rescue *r)
{
    struct db *db = r->s->db;
    bool whole = false;
    enum err e = db_salvage(&whole, db, r->old, "journal", false);
    if (e == OK && !whole) {
        r->s->mended.saves_lost = true;
        e = db_script(db, "DELETE FROM journal WHERE n = (SELECT max(n) FROM journal)");
    }
    return e == OK ? db_script(db, "CREATE TEMP TABLE kept AS SELECT * FROM main.journal; DELETE FROM main.journal")
                   : e;
}

static enum err salvage(struct rescue *r)
{
    struct site_mended *m = &r->s->mended;
    bool rejected_lost = false; /* offered again, they are refused again */
    bool keys_lost = false;     /* the log has them */
    m->saves_lost = m->remotes_lost = m->drafts_lost = m->memory_lost = !r->readable;
    if (!r->readable) {
        return db_script(r->s->db, "CREATE TEMP TABLE kept AS SELECT * FROM main.journal");
    }
    enum err e = salvage_table(&m->memory_lost, r, "meta");
    e = e == OK ? salvage_table(&keys_lost, r, "held_key") : e;
    e = e == OK ? salvage_table(&m->remotes_lost, r, "remote") : e;
    e = e == OK ? salvage_table(&m->drafts_lost, r, "draft") : e;
    e = e == OK ? salvage_table(&rejected_lost, r, "rejected") : e;
    return e == OK ? salvage_journal(r) : e;
}

/* ---- who this device is, by its own chain ---- */

static enum err first_record(struct oid *at, struct site *s)
{
    enum err e = OK;
    for (bool more = true; e == OK && more;) {
        struct commit_names names;
        e = intake_peek(&names, s->log, at);
        more = e == OK && names.has_parent;
        if (more) {
            *at = names.parent;
        }
    }
    return e;
}

static enum err keep_identity(struct site *s, const struct intake *in)
{
    enum err e = home_put_blob(s, "forbund", intake_is_genesis(in) ? in->hash.b : in->header.forbund.b, ID_LEN);
    if (e == OK) {
        e = home_put_blob(s, "cert_chain", in->opening.certified.chain.b, ID_LEN);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT OR REPLACE INTO meta(name, value) VALUES('cert_n', ?)");
        db_int(q, 1, (int64_t)in->opening.certified.n);
        e = db_run(q);
    }
    return e;
}

/* Is the chain with that tip one that this device has opened? */
static enum err try_chain(bool *found, struct site *s, struct oid tip)
{
    struct intake in = {0};
    enum verdict verdict = VERDICT_ACCEPT;
    const char *detail = "";
    enum err e = first_record(&tip, s);
    if (e == OK) {
        e = intake_read(&in, &verdict, &detail, s->log, &tip);
    }
    if (e == OK && verdict == VERDICT_ACCEPT && in.header.has_opens &&
        memcmp(&in.signer, &s->self.device, sizeof in.signer) == 0) {
        *found = true;
        e = keep_identity(s, &in);
    }
    intake_free(&in);
    return e == ERR_NOT_FOUND || e == ERR_INPUT || e == ERR_LIMIT ? OK : e;
}

/* A chain's first record names the förbund and the certification that its device accepted, under its signature. Where
 * this device has written nothing yet, it is to accept its invitation once more. */
static enum err find_identity(struct site *s)
{
    struct forbund_id forbund;
    struct arena a = {0};
    struct log_branches branches = {0};
    bool found = false;
    bool certified = false;
    uint8_t chain[ID_LEN];
    enum err e = home_get_blob(&found, s, "forbund", forbund.b, ID_LEN);
    if (e == OK) {
        e = home_get_blob(&certified, s, "cert_chain", chain, ID_LEN);
    }
    found = found && certified;
    if (e == OK && !found) {
        e = log_branches(&branches, &a, s->log, BRANCHES_MAX);
    }
    for (size_t i = 0; e == OK && !found && i < branches.count; i++) {
        e = try_chain(&found, s, branches.list[i].tip);
    }
    arena_free(&a);
    return e;
}

static enum err find_name(struct site *s)
{
    return db_run(db_use(s->db, "INSERT OR IGNORE INTO meta(name, value)"
                                " SELECT 'forbund_name', CAST(name AS BLOB) FROM forbund LIMIT 1"));
}

/* ---- saves that were not yet in a record ---- */

/* Those that continue the chain, up to the first whose key is gone. */
static enum err put_back(struct rescue *r)
{
    struct site *s = r->s;
    struct chain_row own;
    int64_t rows = 0;
    int64_t seq = 0;
    enum err e = chains_find(&own, s, &s->self.chain);
    if (e == OK) {
        struct db_row *q =
            db_use(s->db, "WITH good(n) AS (SELECT n FROM temp.kept GROUP BY n HAVING sum(key_id IN (SELECT key_id FROM"
                          " held_key)) = count(*)), run(n) AS (SELECT n FROM good WHERE n = ?1 + 1 UNION ALL"
                          " SELECT good.n FROM run JOIN good ON good.n = run.n + 1)"
                          " INSERT INTO main.journal SELECT * FROM temp.kept WHERE n IN (SELECT n FROM run)");
        db_int(q, 1, (int64_t)own.last);
        e = db_run(q);
    }
    if (e == OK) {
        e = db_get_int(&rows, db_use(s->db, "SELECT count(DISTINCT n) FROM main.journal"), 0);
        s->mended.kept = (uint64_t)rows;
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "SELECT count(DISTINCT n) FROM temp.kept WHERE n > ?"
                                         " AND n NOT IN (SELECT n FROM main.journal)");
        db_int(q, 1, (int64_t)own.last);
        e = db_get_int(&rows, q, 0);
        s->mended.saves_lost = s->mended.saves_lost || rows > 0;
    }
    return e == OK && s->mended.kept > 0 ? chains_open_record(&seq, &own, s) : e;
}

/* Their record is made and read again like any other: so everything that is shown comes from the log. */
static enum err seal_saves(struct rescue *r)
{
    enum err e = db_begin(r->s->db);
    if (e == OK) {
        e = put_back(r);
    }
    if (e == OK) {
        e = find_name(r->s);
    }
    if (e == OK) {
        e = db_commit(r->s->db);
    }
    if (e != OK) {
        db_rollback(r->s->db);
        return e;
    }
    e = home_load_self(r->s);
    return e == OK && r->s->mended.kept > 0 ? rebuild_run(r->s) : e;
}

/* ---- the new one, and in place ---- */

static void remove_file(const struct buf *path, const char *end)
{
    struct buf name = {0};
    buf_printf(&name, "%s%s", (const char *)path->ptr, end);
    if (buf_text(&name)) {
        (void)remove(buf_text(&name));
    }
    buf_free(&name);
}

static void remove_new(struct rescue *r)
{
    remove_file(&r->new_path, "");
    remove_file(&r->new_path, "-wal");
    remove_file(&r->new_path, "-shm");
}

/* Nobody else has the old one open, nor will, until it has lost its name: who closed it later would take the new one's
 * write-ahead log for its own, and remove it. */
static enum err claim_old(struct rescue *r)
{
    struct site *s = r->s;
    enum posix_kind there = POSIX_OTHER;
    enum err e = posix_look(&there, buf_text(&r->old_path));
    if (e != OK) {
        return why_set(&s->why, e, WHY("the home cannot be read"), "%s", s->dir);
    }
    if (there == POSIX_NOTHING) {
        return OK;
    }
    e = db_open_damaged(&r->old, &s->why, buf_text(&r->old_path), device_page_key(s->device));
    if (e == OK) {
        e = db_begin(r->old);
    }
    r->readable = e == OK;
    if ((e == OK || e == ERR_DAMAGED) && r->old) {
        e = db_claim(r->old);
    }
    return e == ERR_DAMAGED ? OK : e;
}

static enum err take_in_log(struct site *s)
{
    struct arena a = {0};
    struct exchange m = {.s = s, .a = &a, .place = s->log, .anew = true};
    enum err e = meet_receive(&m);
    s->log_ahead = false;
    s->mended.log_damaged = m.faults.len > 0;
    exchange_free(&m);
    arena_free(&a);
    return e;
}

static enum err fill(struct rescue *r)
{
    struct site *s = r->s;
    enum err e = db_open(&s->db, &s->why, buf_text(&r->new_path), device_page_key(s->device), true);
    e = e == OK ? home_create_tables(s) : e;
    e = e == OK ? object_prepare(s) : e;
    e = e == OK ? home_open_log(s) : e;
    e = e == OK ? salvage(r) : e;
    e = e == OK ? find_identity(s) : e;
    e = e == OK ? home_load_self(s) : e;
    if (e == OK && s->self.stage != SITE_ASKED) {
        e = take_in_log(s);
        e = e == OK ? seal_saves(r) : e;
    }
    return e == OK ? db_settle(s->db) : e;
}

/* Whoever opens it by its new name waits until the old one's files are gone. */
static enum err put_in_place(struct rescue *r)
{
    struct site *s = r->s;
    enum err e = db_claim(s->db);
    if (e == OK && posix_rename(buf_text(&r->new_path), buf_text(&r->old_path)) != OK) {
        e = why_set(&s->why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", s->dir);
    }
    if (e == OK) {
        remove_file(&r->old_path, "-wal");
        remove_file(&r->old_path, "-shm");
    }
    return e;
}

static enum err open_new(struct rescue *r)
{
    struct site *s = r->s;
    enum err e = db_open(&s->db, &s->why, buf_text(&r->old_path), device_page_key(s->device), false);
    e = e == OK ? object_prepare(s) : e;
    return e == OK ? home_load_self(s) : e;
}

static enum err locked(struct rescue *r)
{
    struct site *s = r->s;
    remove_new(r);
    enum err e = claim_old(r);
    if (e == OK) {
        e = fill(r);
    }
    if (e == OK) {
        e = put_in_place(r);
    }
    db_abandon(s->db);
    s->db = NULL;
    remove_new(r);
    db_abandon(r->old);
    chains_forget(s);
    return e == OK ? open_new(r) : e;
}

enum err rescue_run(struct site *s)
{
    struct rescue r = {.s = s, .lock = -1};
    struct buf lock = {0};
    s->mended = (struct site_mended){.anew = true};
    db_close(s->db);
    s->db = NULL;
    chains_forget(s);
    enum err e = home_path(&r.old_path, s, "replica.db");
    e = e == OK ? home_path(&r.new_path, s, "replica.db.new") : e;
    e = e == OK ? home_path(&lock, s, "replica.db.mending") : e;
    e = e == OK ? posix_lock(&r.lock, buf_text(&lock), WAIT_MS) : e;
    if (e == ERR_BUSY) {
        e = why_set(&s->why, e, WHY("another process is writing; nothing was saved, try again"), "%s", s->dir);
    } else if (e == ERR_STORAGE) {
        e = why_set(&s->why, e, WHY("the home cannot be written; nothing was saved"), "%s", s->dir);
    }
    if (e == OK) {
        e = locked(&r);
    }
    posix_unlock_remove(r.lock, (const char *)lock.ptr);
    buf_free(&lock);
    buf_free(&r.old_path);
    buf_free(&r.new_path);
    return e;
}
