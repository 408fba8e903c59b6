#include "sync/home.h"

#include "sync/home_key.h"
#include "sync/object.h"
#include "sync/posix.h"
#include "sync/project.h"
#include "sync/sql.h"
#include "sync/twins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INCARNATION_TEXT (2 * INCARNATION_LEN + 1)

static uint64_t system_clock(void)
{
    return posix_now_ms();
}

enum err home_allocate(struct site **out, const struct site_options *o)
{
    *out = NULL;
    struct site *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_MEMORY;
    }
    s->why.text = "";
    s->schema = o->schema;
    s->now_ms = o->now_ms ? o->now_ms : system_clock;
    s->dir = strdup(o->dir);
    enum err e = s->dir ? device_init_library() : ERR_MEMORY;
    if (e != OK) {
        site_close(s);
        return e;
    }
    *out = s;
    return OK;
}

enum err home_path(struct buf *out, const struct site *s, const char *name)
{
    buf_printf(out, "%s/%s", s->dir, name);
    return buf_text(out) ? OK : ERR_MEMORY;
}

/* What a crash in the midst of making a home may have left. */
static void sweep(const struct site *s)
{
    static const char *const names[] = {"log.git",
                                        "replica.db",
                                        "replica.db-wal",
                                        "replica.db-shm",
                                        "replica.db.sealed",
                                        "replica.db.sealing",
                                        "replica.db.new",
                                        "replica.db.new-wal",
                                        "replica.db.new-shm",
                                        "replica.db.mending",
                                        "incarnation",
                                        "device.key",
                                        "backup.db",
                                        "backup.db-wal",
                                        "backup.db-shm",
                                        "saved"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct buf path = {0};
        if (home_path(&path, s, names[i]) == OK) {
            posix_remove_tree((const char *)path.ptr);
        }
        buf_free(&path);
    }
}

static enum err check_free(struct site *s)
{
    struct buf key = {0};
    enum posix_kind there = POSIX_NOTHING;
    enum err e = home_path(&key, s, "device.key");
    if (e == OK) {
        e = posix_look(&there, (const char *)key.ptr); /* where it cannot be told, nothing must be swept */
        if (e != OK) {
            e = why_set(&s->why, e, WHY("the home cannot be read"), "%s", s->dir);
        }
    }
    if (e == OK && there != POSIX_NOTHING) {
        e = why_set(&s->why, ERR_EXISTS, WHY("there is a home in that folder already"), "%s", s->dir);
    }
    buf_free(&key);
    return e;
}

static enum err make_dir(struct site *s)
{
    enum err e = posix_make_dir(s->dir);
    if (e == ERR_EXISTS && posix_is_dir(s->dir)) {
        return OK;
    }
    return e == OK || e == ERR_MEMORY ? e
                                      : why_set(&s->why, ERR_STORAGE, WHY("the folder cannot be made"), "%s", s->dir);
}

static enum err write_incarnation(struct site *s)
{
    struct buf path = {0};
    struct buf text = {0};
    device_random(s->run.b, sizeof s->run.b);
    buf_put_hex(&text, span_of(s->run.b, sizeof s->run.b));
    buf_put_u8(&text, '\n');
    enum err e = buf_check(&text);
    if (e == OK) {
        e = home_path(&path, s, "incarnation");
    }
    if (e == OK) {
        e = posix_write_file((const char *)path.ptr, span_buf(&text));
    }
    if (e == ERR_STORAGE || e == ERR_NOT_FOUND) {
        e = why_set(&s->why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", s->dir);
    }
    buf_free(&path);
    buf_free(&text);
    return e;
}

static void know_chain(struct site *s)
{
    struct sign_public sign = device_sign_public(s->device);
    s->self.device = sign;
    s->self.chain = ids_chain(&sign, &s->run);
}

enum err home_create_durable(struct db *db)
{
    char version[64];
    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d", HOME_VERSION);
    enum err e = db_script(db, sql_durable);
    return e == OK ? db_script(db, version) : e;
}

enum err home_create_tables(struct site *s)
{
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = db_script(s->db, sql_durable);
    }
    if (e == OK) {
        e = db_script(s->db, sql_derived);
    }
    if (e == OK) {
        e = home_put_version(s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    return e;
}

static enum err make_stores(struct site *s)
{
    struct buf path = {0};
    enum err e = home_path(&path, s, "replica.db");
    if (e == OK) {
        e = db_open(&s->db, &s->why, (const char *)path.ptr, device_page_key(s->device), true);
    }
    if (e == OK) {
        e = home_create_tables(s);
    }
    if (e == OK) {
        e = object_prepare(s);
    }
    buf_free(&path);
    if (e == OK) {
        e = home_path(&path, s, "log.git");
    }
    if (e == OK) {
        e = log_create(&s->log, &s->why, (const char *)path.ptr);
    }
    buf_free(&path);
    return e;
}

enum err home_make(struct site *s, bool *made)
{
    *made = false;
    enum err e = check_free(s);
    if (e == OK) {
        e = make_dir(s);
    }
    if (e == OK) {
        sweep(s);
        *made = true;
        e = device_new(&s->device);
    }
    if (e == OK) {
        e = write_incarnation(s);
    }
    if (e == OK) {
        know_chain(s);
        e = make_stores(s);
    }
    return e;
}

enum err home_make_new_run(struct site *s, bool *made)
{
    *made = false;
    enum err e = check_free(s);
    if (e == OK) {
        e = make_dir(s);
    }
    if (e == OK) {
        sweep(s);
        *made = true;
        e = write_incarnation(s);
    }
    if (e == OK) {
        know_chain(s);
    }
    return e;
}

enum err home_finish(struct site *s, const struct site_options *o)
{
    return home_key_write(&s->why, s->device, o);
}

void home_unmake(struct site *s)
{
    db_rollback(s->db);
    log_close(s->log);
    db_close(s->db);
    s->log = NULL;
    s->db = NULL;
    sweep(s);
}

/* ---- opening ---- */

static enum err read_run(struct site *s)
{
    struct buf path = {0};
    struct buf text = {0};
    enum err e = home_path(&path, s, "incarnation");
    if (e == OK) {
        e = posix_read_file(&text, (const char *)path.ptr, INCARNATION_TEXT);
    }
    if (e == OK && text.len == INCARNATION_TEXT && text.ptr[text.len - 1] == '\n') {
        e = hex_decode(s->run.b, sizeof s->run.b, span_of(text.ptr, text.len - 1));
    } else if (e == OK) {
        e = ERR_INPUT;
    }
    buf_free(&path);
    buf_free(&text);
    return e;
}

static enum err read_incarnation(struct site *s)
{
    enum err e = read_run(s);
    return e == OK || e == ERR_MEMORY
               ? e
               : why_set(&s->why, ERR_STORAGE, WHY("the file incarnation is missing or damaged; restore a backup"),
                         "%s", s->dir);
}

static void begin_chain(struct site *s)
{
    const struct chain_id before = s->self.chain;
    know_chain(s);
    if (memcmp(&before, &s->self.chain, sizeof before) != 0) {
        s->journal = (struct core_journal){0}; /* numbers begin again */
    }
    s->met_own = 0;
}

enum err home_check_incarnation(struct site *s)
{
    const struct incarnation before = s->run;
    struct incarnation begun;
    bool known = false;
    enum err e = read_run(s);
    const bool readable = e == OK;
    bool same = readable && memcmp(&before, &s->run, sizeof before) == 0;
    if (readable && !same) {
        e = home_get_blob(&known, s, "run", begun.b, sizeof begun.b);
        same = e == OK && known && memcmp(&begun, &s->run, sizeof begun) == 0;
    }
    if (same) {
        begin_chain(s);
        return OK;
    }
    s->run = before;
    if (e == ERR_STORAGE && !readable) { /* nothing is known of whose the home is now */
        return why_set(&s->why, e, WHY("the file incarnation could not be read"), "%s", s->dir);
    }
    if (e == ERR_MEMORY || (e != OK && readable)) {
        return e;
    }
    return why_set(&s->why, ERR_CHANGED, WHY("the home was exchanged for another one meanwhile; open it again"), "%s",
                   s->dir);
}

enum err home_follow(struct site *s)
{
    enum err e = home_check_incarnation(s);
    return e == OK ? twins_load(s) : e;
}

enum err home_new_run(struct site *s)
{
    bool invited = false;
    struct chain_id named;
    enum err e = home_get_blob(&invited, s, "cert_chain", named.b, ID_LEN);
    if (e == OK && !invited) { /* the founder: its certification stays on its first chain */
        e = home_put_blob(s, "cert_chain", s->self.chain.b, ID_LEN);
    }
    if (e == OK && !invited) {
        e = db_run(db_use(s->db, "INSERT INTO meta(name, value) VALUES('cert_n', 1)"));
    }
    if (e == OK) {
        e = write_incarnation(s);
    }
    if (e == OK) {
        begin_chain(s);
        e = home_put_blob(s, "run", s->run.b, sizeof s->run.b);
    }
    return e;
}

enum err home_open_log(struct site *s)
{
    struct buf path = {0};
    if (s->log) {
        return OK;
    }
    enum err e = home_path(&path, s, "log.git");
    if (e == OK) {
        e = log_open(&s->log, &s->why, (const char *)path.ptr);
        e = e == ERR_NOT_FOUND ? ERR_STORAGE : e;
    }
    buf_free(&path);
    return e;
}

enum err home_open(struct site *s, const struct site_options *o)
{
    struct buf path = {0};
    enum err e = o->beside ? device_copy(&s->device, o->beside->device) : home_key_open(&s->device, &s->why, o);
    if (e == OK) {
        e = read_incarnation(s);
    }
    if (e == OK) {
        know_chain(s);
        e = home_path(&path, s, "replica.db");
    }
    if (e == OK) {
        e = db_open(&s->db, &s->why, (const char *)path.ptr, device_page_key(s->device), false);
    }
    bool older = false;
    if (e == OK) {
        e = home_check_version(&older, s);
    }
    if (e == OK) {
        e = object_prepare(s);
    }
    buf_free(&path);
    if (e == OK) {
        e = home_open_log(s);
    }
    if (e == OK && older) {
        e = home_migrate(s);
    }
    return e == OK ? twins_load(s) : e;
}

void home_sizes(uint64_t *log_bytes, uint64_t *replica_bytes, const struct site *s)
{
    struct buf path = {0};
    *log_bytes = posix_tree_bytes(log_path(s->log));
    *replica_bytes = 0;
    if (home_path(&path, s, "") == OK) {
        *replica_bytes = posix_tree_bytes((const char *)path.ptr) - *log_bytes;
    }
    buf_free(&path);
}

enum err home_renew_derived(struct site *s)
{
    struct buf drop = {0};
    struct db_row *q =
        db_use(s->db, "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT IN"
                      " ('meta', 'held_key', 'journal', 'remote', 'rejected', 'draft')"
                      " AND name NOT LIKE 'sqlite%'");
    while (db_next(q)) {
        buf_printf(&drop, "DROP %s \"%s\";", db_col_text(q, 1),
                   db_col_text(q, 0)); /* our own names, from durable.sql's neighbours */
    }
    enum err e = db_end(q);
    const char *sql = buf_text(&drop);
    if (e == OK) {
        e = sql ? db_script(s->db, sql) : ERR_MEMORY;
    }
    if (e == OK) {
        e = db_script(s->db, sql_derived);
    }
    buf_free(&drop);
    return e;
}
