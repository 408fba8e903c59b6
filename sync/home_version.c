#include "sync/home.h"

#include "sync/chains.h"
#include "sync/part.h"
#include "sync/rebuild.h"

#include <stdio.h>
#include <string.h>

/* What durable.sql had not in version i + 1. Everything else is derived, and made anew. tests/homes has homes of earlier
 * versions. */
static const char *const steps[HOME_VERSION - 1] = {
    ("CREATE TABLE IF NOT EXISTS draft(name TEXT PRIMARY KEY, saved INTEGER NOT NULL, body BLOB NOT NULL)"
     " STRICT, WITHOUT ROWID"),
    "",
    "",
    "",
    /* what sync/bookmark.c asks of the operations that have not been read */
    ("ALTER TABLE op ADD COLUMN tx_record INTEGER; ALTER TABLE op ADD COLUMN tx_place INTEGER;"
     " UPDATE op SET (tx_record, tx_place) = (SELECT t.record, t.n - r.first FROM tx t"
     " JOIN record r ON r.seq = t.record WHERE t.id = op.tx)"),
    "",
};

/* Who projects: version of the table of types, a hash of it and of what operations are known. */
struct writer {
    uint8_t bytes[4 + HASH_LEN];
};

static enum err own_writer(struct writer *out, const struct schema *schema)
{
    struct buf text = {0};
    struct buf bytes = {0};
    buf_printf(&text, "%d\n", OP_VERSION);
    schema_describe(&text, schema);
    enum err e = buf_check(&text);
    if (e == OK) {
        const struct hash hash = ids_hash(span_buf(&text));
        buf_put_u32be(&bytes, schema->version);
        buf_put(&bytes, hash.b, HASH_LEN);
        e = buf_check(&bytes);
    }
    if (e == OK) {
        memcpy(out->bytes, bytes.ptr, sizeof out->bytes);
    }
    buf_free(&text);
    buf_free(&bytes);
    return e;
}

static enum err newer(struct site *s, int64_t version)
{
    return why_set(&s->why, ERR_STORAGE, WHY("the home was written by a newer samplan; update this one"), "%lld",
                   (long long)version);
}

enum err home_check_version(bool *older, struct site *s)
{
    int64_t version = 0;
    struct writer own;
    struct writer was;
    bool known = false;
    enum err e = db_get_int(&version, db_use(s->db, "PRAGMA user_version"), 0);
    if (e == OK && version > HOME_VERSION) {
        return newer(s, version);
    }
    if (e == OK && version < 1) {
        return why_set(&s->why, ERR_STORAGE, WHY("the replica is damaged; restore a backup or rebuild it"), "%lld",
                       (long long)version);
    }
    if (e == OK) {
        e = own_writer(&own, s->schema);
    }
    if (e == OK) {
        e = home_get_blob(&known, s, "writer", was.bytes, sizeof was.bytes);
    }
    if (e == OK && known && memcmp(was.bytes, own.bytes, 4) > 0) {
        return newer(s, version);
    }
    *older = version < HOME_VERSION || !known || memcmp(was.bytes, own.bytes, sizeof own.bytes) != 0;
    return e;
}

enum err home_put_version(struct site *s)
{
    char version[64];
    struct writer own;
    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d", HOME_VERSION);
    enum err e = own_writer(&own, s->schema);
    if (e == OK) {
        e = home_put_blob(s, "writer", own.bytes, sizeof own.bytes);
    }
    return e == OK ? db_script(s->db, version) : e;
}

static enum err migrate(struct site *s)
{
    int64_t version = 0;
    bool older = false;
    bool joined = false;
    enum err e = home_check_version(&older, s); /* another process may have been faster */
    if (e != OK || !older) {
        return e;
    }
    e = db_get_int(&version, db_use(s->db, "PRAGMA user_version"), 0);
    for (int64_t at = version; e == OK && at < HOME_VERSION; at++) {
        e = db_script(s->db, steps[at - 1]);
    }
    if (e == OK) {
        e = home_get_blob(&joined, s, "forbund", s->self.forbund.b, ID_LEN);
    }
    if (e == OK) {
        e = rebuild_anew(s);
    }
    return e == OK ? home_put_version(s) : e;
}

enum err home_migrate(struct site *s)
{
    return rebuild_within(s, migrate);
}
