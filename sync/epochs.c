#include "sync/epochs.h"

#include "sync/chains.h"
#include "sync/twins.h"

#include <string.h>

struct section_id epochs_section_id(const struct site *s, const struct uuid *plan, const struct uuid *owner,
                                    const char *topic)
{
    if (uuid_is_nil(plan) && uuid_is_nil(owner) && strcmp(topic, CORE_FORBUND_TOPIC) == 0) {
        return (struct section_id){{0}};
    }
    return ids_section(&s->self.forbund, plan, owner, topic);
}

static enum err read_section(struct section_row *out, struct db_row *q)
{
    static const struct section_id forbund = {{0}};
    *out = (struct section_row){0};
    if (db_next(q)) {
        out->id = db_col_int(q, 0);
        db_col_copy(q, 1, out->section_id.b, ID_LEN);
        db_col_copy(q, 2, out->plan.b, ID_LEN);
        db_col_copy(q, 3, out->owner.b, ID_LEN);
        const char *topic = db_col_text(q, 4);
        size_t len = topic ? strlen(topic) : 0;
        memcpy(out->topic, topic ? topic : "", len < LIMIT_NAME ? len : LIMIT_NAME);
        out->forbund = memcmp(&out->section_id, &forbund, sizeof forbund) == 0;
    }
    return db_end(q);
}

enum err epochs_section(struct section_row *out, struct site *s, int64_t section)
{
    struct db_row *q = db_use(s->db, "SELECT id, section_id, plan, owner, topic FROM section WHERE id = ?");
    db_int(q, 1, section);
    return read_section(out, q);
}

enum err epochs_section_find(struct section_row *out, struct site *s, const struct section_id *id)
{
    struct db_row *q = db_use(s->db, "SELECT id, section_id, plan, owner, topic FROM section WHERE section_id = ?");
    db_blob(q, 1, id->b, ID_LEN);
    return read_section(out, q);
}

void epochs_read(struct epoch_row *out, struct db_row *q)
{
    out->id = db_col_int(q, 0);
    db_col_copy(q, 1, out->key_id.b, ID_LEN);
    out->section = db_col_int(q, 2);
    out->tx = db_col_int(q, 3);
}

enum err epochs_find(struct epoch_row *out, struct site *s, const struct key_id *id)
{
    struct db_row *q = db_use(s->db, "SELECT id, key_id, section, tx FROM epoch WHERE key_id = ?");
    db_blob(q, 1, id->b, ID_LEN);
    *out = (struct epoch_row){0};
    if (db_next(q)) {
        epochs_read(out, q);
    }
    return db_end(q);
}

enum err epochs_heads(struct epoch_row *out, size_t max, size_t *count, struct site *s, int64_t section)
{
    struct db_row *q = db_use(s->db, "SELECT e.id, e.key_id, e.section, e.tx FROM epoch e"
                                     " JOIN held_key h ON h.key_id = e.key_id"
                                     " WHERE e.section = ?1 AND NOT EXISTS (SELECT 1 FROM epoch_past p"
                                     "  WHERE p.past = e.id AND p.epoch <> e.id) ORDER BY e.key_id");
    db_int(q, 1, section);
    *count = 0;
    while (db_next(q)) {
        if (*count < max) {
            epochs_read(&out[*count], q);
        }
        ++*count;
    }
    return db_end(q);
}

enum err epochs_mark_debts(struct site *s)
{
    return db_run(db_use(s->db, "INSERT INTO meta(name, value) VALUES('debts', 1)"
                                " ON CONFLICT(name) DO UPDATE SET value = 1"));
}

enum err epochs_keep_key(struct site *s, const struct key_id *id, const struct section_id *section,
                         const uint8_t key[SECTION_KEY_LEN])
{
    struct db_row *q = db_use(s->db, "INSERT INTO held_key(key_id, section_id, key) VALUES(?, ?, ?)"
                                     " ON CONFLICT DO NOTHING");
    db_blob(q, 1, id->b, ID_LEN);
    db_blob(q, 2, section->b, ID_LEN);
    db_blob(q, 3, key, SECTION_KEY_LEN);
    enum err e = db_run(q);
    if (e == OK && db_changes(s->db) > 0) {
        s->fresh_keys = true;
        q = db_use(s->db, "INSERT INTO temp.fresh_key(key_id) VALUES(?) ON CONFLICT DO NOTHING");
        db_blob(q, 1, id->b, ID_LEN);
        e = db_run(q);
    }
    return e == OK ? epochs_mark_debts(s) : e;
}

enum err epochs_key(struct section_id *section, uint8_t key[SECTION_KEY_LEN], struct site *s, const struct key_id *id)
{
    struct db_row *q = db_use(s->db, "SELECT section_id, key FROM held_key WHERE key_id = ?");
    db_blob(q, 1, id->b, ID_LEN);
    enum err e = ERR_NOT_FOUND;
    if (db_next(q)) {
        db_col_copy(q, 0, section->b, ID_LEN);
        db_col_copy(q, 1, key, SECTION_KEY_LEN);
        e = OK;
    }
    enum err end = db_end(q);
    return end != OK ? end : e;
}

static enum err insert_section(struct section_row *out, struct site *s, const struct section_id *id,
                               const struct op_open *open)
{
    struct db_row *q = db_use(s->db, "INSERT INTO section(section_id, plan, owner, topic) VALUES(?, ?, ?, ?)"
                                     " ON CONFLICT DO NOTHING");
    db_blob(q, 1, id->b, ID_LEN);
    db_blob(q, 2, open->plan.b, ID_LEN);
    db_blob(q, 3, open->owner.b, ID_LEN);
    db_text(q, 4, open->topic);
    enum err e = db_run(q);
    return e == OK ? epochs_section_find(out, s, id) : e;
}

static enum err insert_grants(struct site *s, int64_t epoch, const struct op_open *open, int64_t tx, bool opening)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < open->grant_count; i++) {
        struct db_row *q = db_use(s->db, "INSERT INTO epoch_grant(epoch, kind, grantee, tx, writes, opening, ground)"
                                         " VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        db_int(q, 1, epoch);
        db_int(q, 2, open->grants[i].kind);
        db_blob(q, 3, open->grants[i].id.b, ID_LEN);
        db_int(q, 4, tx);
        db_int(q, 5, open->grants[i].writes);
        db_int(q, 6, opening);
        db_text(q, 7, open->ground ? open->ground : "");
        e = db_run(q);
    }
    return e == OK ? epochs_mark_debts(s) : e;
}

static enum err insert_parents(struct site *s, int64_t epoch, const struct section_id *section,
                               const struct op_open *open)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < open->parent_count; i++) {
        struct db_row *q = db_use(s->db, "INSERT INTO epoch_parent(epoch, key_id) VALUES(?, ?)");
        db_int(q, 1, epoch);
        db_blob(q, 2, open->parents[i].key_id.b, ID_LEN);
        e = db_run(q);
        if (e == OK && open->parents[i].has_key) {
            e = epochs_keep_key(s, &open->parents[i].key_id, section, open->parents[i].key);
        }
    }
    return e;
}

/* The whole section's closure again: an epoch may become readable after its successors did. Epochs are few. */
static enum err close_past(struct site *s, int64_t section)
{
    struct db_row *q = db_use(s->db, "INSERT OR IGNORE INTO epoch_past(epoch, past)"
                                     " WITH RECURSIVE up(epoch, past) AS (SELECT id, id FROM epoch WHERE section = ?1"
                                     "  UNION SELECT u.epoch, b.id FROM up u JOIN epoch_parent p ON p.epoch = u.past"
                                     "  JOIN epoch b ON b.key_id = p.key_id AND b.section = ?1)"
                                     " SELECT epoch, past FROM up");
    db_int(q, 1, section);
    return db_run(q);
}

enum err epochs_open(struct epoch_row *out, struct site *s, const struct key_id *id, const struct op_open *open,
                     const struct stand *at)
{
    struct section_row section;
    struct section_id section_id = epochs_section_id(s, &open->plan, &open->owner, open->topic);
    enum err e = insert_section(&section, s, &section_id, open);
    if (e != OK) {
        return e;
    }
    struct db_row *q = db_use(s->db, "INSERT INTO epoch(key_id, section, tx) VALUES(?, ?, ?)");
    db_blob(q, 1, id->b, ID_LEN);
    db_int(q, 2, section.id);
    db_int(q, 3, at->tx);
    e = db_run(q);
    if (e == OK) {
        *out = (struct epoch_row){.id = db_last_id(s->db), .key_id = *id, .section = section.id, .tx = at->tx};
        e = insert_parents(s, out->id, &section_id, open);
    }
    if (e == OK) {
        e = close_past(s, section.id);
    }
    if (e == OK) {
        e = insert_grants(s, out->id, open, at->tx, true);
    }
    return e;
}

enum err epochs_admit(struct site *s, const struct epoch_row *epoch, const struct op_open *admit,
                      const struct stand *at)
{
    return insert_grants(s, epoch->id, admit, at->tx, false);
}

/* Rows of grants that count for an epoch: its own, and admissions to its predecessors that its opening had not seen. */
#define GRANTS_OF_EPOCH                                                                                                \
    "SELECT g.kind, g.grantee, g.writes, g.tx, g.epoch FROM epoch_past p JOIN epoch_grant g ON g.epoch = p.past"       \
    " WHERE p.epoch = ?1 AND (g.epoch = ?1 OR g.opening = 0) ORDER BY g.kind, g.grantee, g.tx"

static enum err counts(bool *out, struct site *s, const struct epoch_row *epoch, int64_t grant_epoch, int64_t grant_tx)
{
    *out = true;
    if (grant_epoch == epoch->id) {
        return OK;
    }
    struct stand opened;
    struct stand granted;
    bool had_seen = false;
    enum err e = chains_stand(&opened, s, epoch->tx);
    if (e == OK) {
        e = chains_stand(&granted, s, grant_tx);
        granted.epoch = grant_epoch; /* for its twins */
    }
    if (e == OK) {
        e = chains_past(&had_seen, s, &opened, &granted);
    }
    *out = !had_seen && grant_tx != epoch->tx;
    return e;
}

enum err epochs_may_write(bool *out, struct site *s, const struct epoch_row *epoch, const struct stand *at,
                          const struct uuid *party, const struct uuid *member)
{
    struct db_row *q = db_use(s->db, GRANTS_OF_EPOCH);
    db_int(q, 1, epoch->id);
    enum err e = OK;
    bool may = false;
    while (e == OK && !may && db_next(q)) {
        const struct uuid *who = db_col_int(q, 0) == GRANT_PARTY ? party : member;
        struct uuid grantee;
        db_col_copy(q, 1, grantee.b, ID_LEN);
        if (db_col_int(q, 2) == 0 || memcmp(&grantee, who, sizeof grantee) != 0) {
            continue;
        }
        int64_t tx = db_col_int(q, 3);
        struct stand granted;
        bool past = false;
        e = counts(&may, s, epoch, db_col_int(q, 4), tx);
        if (e == OK && may) {
            e = chains_stand(&granted, s, tx);
            granted.epoch = db_col_int(q, 4); /* for its twins */
        }
        if (e == OK && may) {
            e = twins_are(&past, s, at, &granted);
        }
        if (e == OK && may && !past) {
            struct stand plain = *at;
            plain.epoch = 0;
            e = chains_past(&past, s, &plain, &granted);
        }
        may = may && past;
    }
    enum err end = db_end(q);
    *out = e == OK && may;
    return e != OK ? e : end;
}

enum err epochs_grants(const struct grant **out, size_t *count, struct arena *a, struct site *s,
                       const struct epoch_row *epoch)
{
    struct buf list = {0};
    struct db_row *q = db_use(s->db, GRANTS_OF_EPOCH);
    db_int(q, 1, epoch->id);
    enum err e = OK;
    struct grant last = {0};
    size_t n = 0;
    while (e == OK && db_next(q)) {
        struct grant g;
        bool valid = false;
        memset(&g, 0, sizeof g);
        g.kind = db_col_int(q, 0) == GRANT_PARTY ? GRANT_PARTY : GRANT_MEMBER;
        db_col_copy(q, 1, g.id.b, ID_LEN);
        g.writes = db_col_int(q, 2) != 0;
        e = counts(&valid, s, epoch, db_col_int(q, 4), db_col_int(q, 3));
        bool same = n > 0 && last.kind == g.kind && memcmp(&last.id, &g.id, sizeof g.id) == 0;
        if (!valid) {
            continue;
        }
        if (same) {
            last.writes = last.writes || g.writes;
            memcpy(list.ptr + list.len - sizeof last, &last, sizeof last);
            continue;
        }
        buf_put(&list, &g, sizeof g);
        e = e == OK ? buf_check(&list) : e;
        last = g;
        n++;
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    if (e == OK) {
        *out = arena_copy(a, &list);
        *count = n;
        e = *out ? OK : ERR_MEMORY;
    }
    buf_free(&list);
    return e;
}
