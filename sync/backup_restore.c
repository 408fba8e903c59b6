#include "sync/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/backup_core.h"
#include "sync/home.h"
#include "sync/posix.h"
#include "sync/rescue.h"

#define PIECE 65536

struct restoring {
    struct site *s;
    const char *path;
    FILE *file;
    struct buf key; /* device.key, to be written last */
};

static enum err damaged(struct restoring *r)
{
    return why_set(&r->s->why, ERR_INPUT, WHY("that is no backup, or it is damaged"), "%s", r->path);
}

static enum err unwritable(struct restoring *r)
{
    return why_set(&r->s->why, ERR_STORAGE, WHY("the home cannot be written; nothing was saved"), "%s", r->s->dir);
}

/* Appends len bytes, as they come: a length that lies takes no memory. */
static enum err take(struct buf *out, struct restoring *r, uint64_t len)
{
    uint8_t piece[PIECE];
    while (len > 0) {
        size_t n = fread(piece, 1, len < sizeof piece ? (size_t)len : sizeof piece, r->file);
        if (n == 0) {
            return damaged(r);
        }
        buf_put(out, piece, n);
        len -= n;
    }
    return buf_check(out);
}

static enum err take_sized(struct buf *out, struct restoring *r, uint64_t max)
{
    struct buf size = {0};
    enum err e = take(&size, r, 8);
    if (e == OK) {
        struct reader reader = reader_of(span_buf(&size));
        uint64_t len = reader_u64be(&reader);
        e = len <= max ? take(out, r, len) : damaged(r);
    }
    buf_free(&size);
    return e;
}

static enum err take_device(struct restoring *r, struct span passphrase)
{
    struct buf magic = {0};
    enum err e = take(&magic, r, BACKUP_MAGIC_LEN);
    if (e == OK && !span_equal(span_buf(&magic), span_str(BACKUP_MAGIC))) {
        e = damaged(r);
    }
    buf_free(&magic);
    e = e == OK ? take_sized(&r->key, r, BACKUP_KEY_MAX) : e;
    e = e == OK ? device_open(&r->s->device, span_buf(&r->key), passphrase) : e;
    if (e == ERR_PASS) {
        return why_set(&r->s->why, e, WHY("wrong passphrase"), "%s", r->path);
    }
    return e == ERR_INPUT ? damaged(r) : e;
}

static enum err write_named(struct restoring *r, const char *name, const struct buf *content)
{
    struct buf path = {0};
    enum err e = home_path(&path, r->s, name);
    e = e == OK ? posix_write_file(buf_text(&path), span_buf(content)) : e;
    buf_free(&path);
    return e == OK || e == ERR_MEMORY ? e : unwritable(r);
}

static enum err take_tables(struct restoring *r)
{
    struct buf database = {0};
    enum err e = take_sized(&database, r, BACKUP_DATABASE_MAX);
    e = e == OK ? write_named(r, "replica.db", &database) : e;
    buf_free(&database);
    return e;
}

/* ---- the log ---- */

static enum err take_pack(struct restoring *r)
{
    uint8_t piece[PIECE];
    struct log_index *x = NULL;
    enum err e = log_index_begin(&x, r->s->log);
    for (size_t n = sizeof piece; e == OK && n == sizeof piece;) {
        n = fread(piece, 1, sizeof piece, r->file);
        e = n > 0 ? log_index_feed(x, span_of(piece, n)) : OK;
    }
    e = e == OK ? log_index_end(x) : e;
    log_index_free(x);
    return e == ERR_INPUT ? damaged(r) : e;
}

static enum err set_branches(struct restoring *r, const struct buf *rows)
{
    struct reader reader = reader_of(span_buf(rows));
    enum err e = OK;
    while (e == OK && reader.left > 0) {
        struct chain_id chain;
        struct oid oid;
        reader_copy(&reader, chain.b, ID_LEN);
        reader_copy(&reader, oid.b, OID_LEN);
        e = log_has(r->s->log, &oid) ? log_move(r->s->log, &chain, NULL, &oid) : damaged(r);
    }
    return e;
}

static enum err take_log(struct restoring *r)
{
    struct buf count = {0};
    struct buf rows = {0};
    struct buf path = {0};
    uint32_t branches = 0;
    enum err e = take(&count, r, 4);
    if (e == OK) {
        struct reader reader = reader_of(span_buf(&count));
        branches = reader_u32be(&reader);
        e = branches <= BACKUP_BRANCHES_MAX ? take(&rows, r, (uint64_t)branches * BACKUP_BRANCH_LEN) : damaged(r);
    }
    e = e == OK ? home_path(&path, r->s, "log.git") : e;
    e = e == OK ? log_create(&r->s->log, &r->s->why, buf_text(&path)) : e;
    e = e == OK && branches > 0 ? take_pack(r) : e;
    e = e == OK ? set_branches(r, &rows) : e;
    buf_free(&count);
    buf_free(&rows);
    buf_free(&path);
    return e;
}

/* ---- the home ---- */

static enum err restore(struct restoring *r, bool *made, struct span passphrase)
{
    enum err e = take_device(r, passphrase);
    e = e == OK ? home_make_new_run(r->s, made) : e;
    e = e == OK ? take_tables(r) : e;
    e = e == OK ? take_log(r) : e;
    e = e == OK ? rescue_run(r->s) : e;
    return e == OK ? write_named(r, "device.key", &r->key) : e;
}

enum err backup_restore(struct site **out, const struct site_options *o, const char *path)
{
    enum err e = home_allocate(out, o);
    if (e != OK) {
        return e;
    }
    struct restoring r = {.s = *out, .path = path, .file = fopen(path, "rb")};
    bool made = false;
    if (!r.file) {
        return why_set(&r.s->why, ERR_NOT_FOUND, WHY("there is no such file"), "%s", path);
    }
    e = restore(&r, &made, o->passphrase);
    if (e != OK && made) {
        home_unmake(*out);
    }
    (void)fclose(r.file);
    buf_free(&r.key);
    return e;
}
