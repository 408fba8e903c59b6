#include "sync/bookmark.h"

#include <string.h>

#include "sync/core.h"

/* In table meta: what cannot be made anew. */
#define PREFIX "read "

static enum err last_place(int64_t *out, struct site *s)
{
    return db_get_int(out, db_use(s->db, "SELECT max(id) FROM op"), 0);
}

enum err bookmark_get(bool *found, int64_t *place, struct site *s, const char *name)
{
    struct db_row *q = db_use(s->db, "SELECT value FROM meta WHERE name = '" PREFIX "' || ?");
    db_text(q, 1, name);
    *found = db_next(q);
    *place = *found ? db_col_int(q, 0) : 0;
    return db_end(q);
}

static enum err put_place(struct site *s, const char *name, int64_t place)
{
    struct db_row *q = db_use(s->db, "INSERT INTO meta(name, value) VALUES('" PREFIX "' || ?1, ?2)"
                                     " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)");
    db_text(q, 1, name);
    db_int(q, 2, place);
    return db_run(q);
}

static enum err move(struct site *s, const char *name, int64_t place)
{
    struct db_row *q = db_use(s->db, "DELETE FROM unread WHERE bookmark = ?1 AND op <= ?2");
    enum err e = put_place(s, name, place);
    db_text(q, 1, name);
    db_int(q, 2, place);
    enum err end = db_run(q);
    return e != OK ? e : end;
}

enum err bookmark_move(struct site *s, const char *name, int64_t place)
{
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = move(s, name, place);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    return e;
}

/* ---- over a rebuild ---- */

/* What a device wrote under one key in one transaction arrives together. */
struct unread_part {
    char name[LIMIT_NAME + 1];
    struct chain_id chain;
    int64_t n;
    struct key_id key_id;
};

enum err bookmark_gather(struct buf *unread, struct site *s)
{
    struct db_row *q = db_use(
        s->db, "SELECT DISTINCT substr(m.name, length('" PREFIX "') + 1), c.chain, r.first + o.tx_place, e.key_id"
               " FROM meta m JOIN op o ON o.id > m.value OR EXISTS (SELECT 1 FROM unread u WHERE u.op = o.id"
               "  AND u.bookmark = substr(m.name, length('" PREFIX "') + 1))"
               " JOIN epoch e ON e.id = o.epoch JOIN record r ON r.seq = o.tx_record"
               " JOIN chain c ON c.id = r.chain"
               " WHERE substr(m.name, 1, length('" PREFIX "')) = '" PREFIX "'");
    while (db_next(q)) {
        struct unread_part part;
        const char *name = db_col_text(q, 0);
        memset(&part, 0, sizeof part);
        memcpy(part.name, name, strlen(name) > LIMIT_NAME ? LIMIT_NAME : strlen(name));
        db_col_copy(q, 1, part.chain.b, ID_LEN);
        part.n = db_col_int(q, 2);
        db_col_copy(q, 3, part.key_id.b, ID_LEN);
        buf_put(unread, &part, sizeof part);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(unread) : e;
}

static enum err note_part(struct site *s, const struct unread_part *part)
{
    struct db_row *q = db_use(s->db, "INSERT INTO temp.unread_part(bookmark, chain, n, key_id) VALUES(?, ?, ?, ?)"
                                     " ON CONFLICT DO NOTHING");
    db_text(q, 1, part->name);
    db_blob(q, 2, part->chain.b, ID_LEN);
    db_int(q, 3, part->n);
    db_blob(q, 4, part->key_id.b, ID_LEN);
    return db_run(q);
}

/* One pass over all operations: they have no index by transaction. */
static enum err mark_unread(struct site *s, const struct buf *unread)
{
    enum err e = db_script(s->db, "CREATE TEMP TABLE IF NOT EXISTS unread_part(bookmark TEXT, chain BLOB, n INTEGER,"
                                  " key_id BLOB, PRIMARY KEY(chain, n, key_id, bookmark)) WITHOUT ROWID;"
                                  "DELETE FROM temp.unread_part");
    for (size_t at = 0; e == OK && at < unread->len; at += sizeof(struct unread_part)) {
        struct unread_part part;
        memcpy(&part, unread->ptr + at, sizeof part);
        e = note_part(s, &part);
    }
    if (e != OK) {
        return e;
    }
    return db_run(db_use(s->db, "INSERT INTO unread(bookmark, op) SELECT u.bookmark, o.id FROM op o"
                                " CROSS JOIN record r ON r.seq = o.tx_record CROSS JOIN chain c ON c.id = r.chain"
                                " CROSS JOIN epoch e ON e.id = o.epoch CROSS JOIN temp.unread_part u"
                                " ON u.chain = c.chain AND u.n = r.first + o.tx_place AND u.key_id = e.key_id"
                                " WHERE true ON CONFLICT DO NOTHING"));
}

enum err bookmark_restore(struct site *s, const struct buf *unread)
{
    int64_t last = 0;
    enum err e = last_place(&last, s);
    if (e == OK) {
        struct db_row *q = db_use(s->db, "UPDATE meta SET value = ?"
                                         " WHERE substr(name, 1, length('" PREFIX "')) = '" PREFIX "'");
        db_int(q, 1, last);
        e = db_run(q);
    }
    return e == OK && unread->len > 0 ? mark_unread(s, unread) : e;
}
