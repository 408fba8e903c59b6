#include "sync/backup.h"

#include <stdio.h>
#include <string.h>

#include "sync/backup_core.h"
#include "sync/bundle_posix.h"
#include "sync/exchange.h"
#include "sync/home.h"
#include "sync/posix.h"

struct backup {
    struct site *s;
    struct bundle_posix *file;
};

static enum err put(void *ctx, struct span piece)
{
    struct backup *b = ctx;
    return bundle_posix_put(b->file, piece);
}

static enum err put_sized(struct backup *b, const struct buf *content)
{
    struct buf size = {0};
    buf_put_u64be(&size, content->len);
    enum err e = buf_check(&size);
    e = e == OK ? put(b, span_buf(&size)) : e;
    buf_free(&size);
    return e == OK ? put(b, span_buf(content)) : e;
}

static enum err put_file(struct backup *b, const char *name, uint64_t max)
{
    struct buf path = {0};
    struct buf content = {0};
    enum err e = home_path(&path, b->s, name);
    e = e == OK ? posix_read_file(&content, buf_text(&path), (size_t)max) : e;
    e = e == OK ? put_sized(b, &content) : e;
    buf_free(&content);
    buf_free(&path);
    return e;
}

/* ---- the durable tables, in a database of their own ---- */

static enum err copy_table(struct db *to, struct site *s, const char *table)
{
    bool whole = false;
    enum err e = db_salvage(&whole, to, s->db, table, false);
    return e == OK && !whole ? ERR_DAMAGED : e;
}

/* The founder's membership is named by its first chain, and a new one is to say so. */
static enum err name_certification(struct db *to, struct site *s)
{
    struct db_row *q = db_use(to, "INSERT OR IGNORE INTO meta(name, value) SELECT 'cert_chain', ? WHERE EXISTS"
                                  " (SELECT 1 FROM meta WHERE name = 'forbund')");
    db_blob(q, 1, s->self.chain.b, ID_LEN);
    enum err e = db_run(q);
    return e == OK ? db_run(db_use(to, "INSERT OR IGNORE INTO meta(name, value) SELECT 'cert_n', 1 WHERE EXISTS"
                                       " (SELECT 1 FROM meta WHERE name = 'forbund')"))
                   : e;
}

static enum err fill(struct db *to, struct site *s)
{
    static const char *const tables[] = {"meta", "held_key", "remote", "draft", "rejected"};
    enum err e = home_create_durable(to);
    for (size_t i = 0; e == OK && i < sizeof tables / sizeof *tables; i++) {
        e = copy_table(to, s, tables[i]);
    }
    e = e == OK ? name_certification(to, s) : e;
    return e == OK ? db_settle(to) : e;
}

static void remove_copy(const struct buf *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct buf name = {0};
        buf_printf(&name, "%s%s", (const char *)path->ptr, ends[i]);
        if (buf_text(&name)) {
            (void)remove(buf_text(&name));
        }
        buf_free(&name);
    }
}

static enum err put_tables(struct backup *b)
{
    struct buf path = {0};
    struct db *to = NULL;
    enum err e = home_path(&path, b->s, "backup.db");
    if (e == OK) {
        remove_copy(&path);
        e = db_open(&to, &b->s->why, buf_text(&path), device_page_key(b->s->device), true);
    }
    e = e == OK ? fill(to, b->s) : e;
    db_close(to);
    e = e == OK ? put_file(b, "backup.db", BACKUP_DATABASE_MAX) : e;
    if (buf_text(&path)) {
        remove_copy(&path);
    }
    buf_free(&path);
    return e;
}

/* ---- the log ---- */

static enum err list_log(struct buf *branches, struct buf *objects, struct site *s)
{
    uint32_t count = 0;
    uint64_t txs = 0;
    struct buf rows = {0};
    struct db_row *q = db_use(s->db, "SELECT id, chain, oid FROM chain WHERE oid IS NOT NULL ORDER BY id");
    enum err e = OK;
    while (e == OK && db_next(q)) {
        buf_put_span(&rows, db_col_blob(q, 1));
        buf_put_span(&rows, db_col_blob(q, 2));
        count++;
        e = exchange_after(objects, &txs, s, db_col_int(q, 0), 0);
    }
    enum err end = db_end(q);
    buf_put_u32be(branches, count);
    buf_put_span(branches, span_buf(&rows));
    buf_free(&rows);
    e = e != OK ? e : end;
    e = e == OK ? buf_check(branches) : e;
    return e == OK ? buf_check(objects) : e;
}

static enum err put_log(struct backup *b)
{
    struct buf branches = {0};
    struct buf objects = {0};
    enum err e = list_log(&branches, &objects, b->s);
    e = e == OK ? put(b, span_buf(&branches)) : e;
    if (e == OK) {
        e = log_pack(b->s->log, (const struct oid *)(const void *)objects.ptr, objects.len / OID_LEN, put, b);
    }
    buf_free(&branches);
    buf_free(&objects);
    return e;
}

/* ---- the file ---- */

/* Under the write lock, so that tables and log are of one moment. */
static enum err put_all(struct backup *b)
{
    struct site *s = b->s;
    int64_t journal = 0;
    enum err e = db_begin(s->db);
    if (e != OK) {
        return e;
    }
    e = db_get_int(&journal, db_use(s->db, "SELECT count(*) FROM journal"), 0);
    if (e == OK && journal > 0) {
        e = why_set(&s->why, ERR_BUSY, WHY("another process is writing; nothing was saved, try again"), "%s", s->dir);
    }
    e = e == OK ? put(b, span_str(BACKUP_MAGIC)) : e;
    e = e == OK ? put_file(b, "device.key", BACKUP_KEY_MAX) : e;
    e = e == OK ? put_tables(b) : e;
    e = e == OK ? put_log(b) : e;
    e = e == OK ? bundle_posix_settle(b->file) : e;
    db_rollback(s->db);
    return e;
}

enum err backup_write(struct site *s, const char *path)
{
    struct backup b = {.s = s};
    if (posix_exists(path)) {
        return why_set(&s->why, ERR_EXISTS, WHY("there is a file there already"), "%s", path);
    }
    enum err e = site_seal(s);
    e = e == OK ? bundle_posix_begin(&b.file, path) : e;
    e = e == OK ? put_all(&b) : e;
    e = e == OK ? bundle_posix_place(b.file) : e;
    bundle_posix_end(b.file);
    if ((e == ERR_STORAGE || e == ERR_NOT_FOUND) && s->why.text[0] == '\0') {
        e = why_set(&s->why, ERR_STORAGE, WHY("the backup cannot be written"), "%s", path);
    }
    return e;
}
