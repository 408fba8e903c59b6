#include "sync/debts.h"

#include "sync/epochs.h"
#include "sync/tx.h"

#include <string.h>

enum err debts_paid(struct site *s)
{
    return db_run(db_use(s->db, "UPDATE meta SET value = 0 WHERE name = 'debts'"));
}

enum err debts_note_envelope(struct site *s, const struct key_id *key, const struct box_id *box, int64_t chain)
{
    struct db_row *q = db_use(s->db, "INSERT INTO envelope(key_id, box, chain) VALUES(?, ?, ?) ON CONFLICT DO NOTHING");
    db_blob(q, 1, key->b, ID_LEN);
    db_blob(q, 2, box->b, ID_LEN);
    db_int(q, 3, chain);
    return db_run(q);
}

/* Whom a key is owed to, and the recipients of its epoch. */
struct recipient {
    struct sign_public opener; /* who opened the epoch */
    struct sign_public sign;
    struct uuid party;
    struct uuid member;
    const struct grant *grants;
    size_t grant_count;
};

static bool entitled(const struct section_row *section, const struct grant *grants, size_t count,
                     const struct uuid *party, const struct uuid *member)
{
    if (section->forbund) {
        return true;
    }
    if (!uuid_is_nil(&section->owner) && memcmp(&section->owner, party, sizeof *party) == 0) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        const struct uuid *who = grants[i].kind == GRANT_PARTY ? party : member;
        if (memcmp(&grants[i].id, who, sizeof *who) == 0) {
            return true;
        }
    }
    return false;
}

/* Did that device let the recipient in: as the one that opened the epoch, admitted the recipient, or certified its device?
 * It could as well have left that undone, so its envelope is believed. */
static enum err let_in(bool *out, struct site *s, const struct epoch_row *epoch, const struct recipient *to,
                       const struct sign_public *sender)
{
    int64_t found = 0;
    *out = memcmp(sender, &to->opener, sizeof *sender) == 0; /* as nearly always */
    if (*out) {
        return OK;
    }
    struct db_row *q = db_use(s->db, "SELECT 1 FROM (SELECT tx_record FROM certification WHERE sign = ?4"
                                     " UNION SELECT tx_record FROM epoch_grant WHERE epoch = ?5"
                                     "  AND grantee IN (?1, ?2)) g JOIN record r ON r.seq = g.tx_record"
                                     " JOIN chain c ON c.id = r.chain WHERE c.sign = ?3");
    db_blob(q, 1, to->party.b, ID_LEN);
    db_blob(q, 2, to->member.b, ID_LEN);
    db_blob(q, 3, sender->b, SIGN_PUBLIC_LEN);
    db_blob(q, 4, to->sign.b, SIGN_PUBLIC_LEN);
    db_int(q, 5, epoch->id);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

/* Has somebody who holds the key handed it over? Anybody can send an envelope, and what it holds only its reader can tell.
 * One from a device that is not entitled to the section itself does not count; one from a device that had no part in
 * letting the recipient in counts only if another's is there, too: so one holder who sends rubbish stops nobody. */
static enum err has_envelope(bool *out, struct site *s, const struct debt *debt, const struct epoch_row *epoch,
                             const struct section_row *section, const struct recipient *to)
{
    struct box_id box = ids_box(&debt->box);
    struct sign_public first = {{0}};
    size_t count = 0;
    enum err e = OK;
    struct db_row *q =
        db_use(s->db, "SELECT w.party, w.member, w.sign FROM envelope e JOIN signer w ON w.chain = e.chain"
                      " WHERE e.key_id = ? AND e.box = ?");
    db_blob(q, 1, debt->key_id.b, ID_LEN);
    db_blob(q, 2, box.b, ID_LEN);
    *out = false;
    while (e == OK && !*out && db_next(q)) {
        struct uuid party;
        struct uuid member;
        struct sign_public sender;
        db_col_copy(q, 0, party.b, ID_LEN);
        db_col_copy(q, 1, member.b, ID_LEN);
        db_col_copy(q, 2, sender.b, SIGN_PUBLIC_LEN);
        *out = memcmp(&sender, &s->self.device, sizeof sender) == 0; /* what it sent itself, it knows to be the key */
        if (*out || !entitled(section, to->grants, to->grant_count, &party, &member)) {
            continue;
        }
        const bool another = count > 0 && memcmp(&first, &sender, sizeof first) != 0;
        e = another ? OK : let_in(out, s, epoch, to, &sender);
        *out = *out || another;
        first = sender;
        count++;
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err opener_of(struct sign_public *out, struct site *s, const struct epoch_row *epoch)
{
    struct db_row *q = db_use(s->db, "SELECT c.sign FROM record r JOIN chain c ON c.id = r.chain WHERE r.seq = ?");
    db_int(q, 1, tx_record(epoch->tx));
    *out = (struct sign_public){{0}};
    if (db_next(q)) {
        db_col_copy(q, 0, out->b, SIGN_PUBLIC_LEN);
    }
    return db_end(q);
}

/* Adds what the devices of the förbund lack of one epoch's key. */
static enum err debts_of(struct buf *list, struct arena *a, struct site *s, const struct epoch_row *epoch,
                         const struct section_row *section)
{
    const struct grant *grants = NULL;
    size_t count = 0;
    struct sign_public opener = {{0}};
    enum err e = section->forbund ? OK : epochs_grants(&grants, &count, a, s, epoch);
    e = e == OK ? opener_of(&opener, s, epoch) : e;
    struct box_public own = device_box_public(s->device);
    struct db_row *q = db_use(s->db, "SELECT party, member, box, sign FROM certification"
                                     " WHERE (sign = ?2 AND box = ?3) OR sign <> ?1 ORDER BY sign");
    db_blob(q, 1, opener.b, SIGN_PUBLIC_LEN); /* who opened it has its key, and sends it to itself */
    db_blob(q, 2, s->self.device.b, SIGN_PUBLIC_LEN);
    db_blob(q, 3, own.b, BOX_PUBLIC_LEN);
    while (e == OK && db_next(q)) {
        struct recipient to = {.opener = opener, .grants = grants, .grant_count = count};
        struct debt debt = {.key_id = epoch->key_id, .section = section->section_id};
        bool has = false;
        db_col_copy(q, 0, to.party.b, ID_LEN);
        db_col_copy(q, 1, to.member.b, ID_LEN);
        db_col_copy(q, 2, debt.box.b, BOX_PUBLIC_LEN);
        db_col_copy(q, 3, to.sign.b, SIGN_PUBLIC_LEN);
        if (!entitled(section, grants, count, &to.party, &to.member)) {
            continue;
        }
        debt.own = memcmp(&debt.box, &own, sizeof own) == 0;
        e = has_envelope(&has, s, &debt, epoch, section, &to);
        if (e == OK && !has) {
            buf_put(list, &debt, sizeof debt);
            e = buf_check(list);
        }
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

enum err debts_find(const struct debt **out, size_t *count, struct arena *a, struct site *s, size_t max)
{
    *out = NULL;
    *count = 0;
    struct buf list = {0};
    int64_t owed = 0;
    enum err e = db_get_int(&owed, db_use(s->db, "SELECT value FROM meta WHERE name = 'debts'"), 0);
    if (e != OK || owed == 0) {
        return e;
    }
    struct db_row *q = db_use(s->db, "SELECT e.id, e.key_id, e.section, e.tx FROM epoch e"
                                     " JOIN held_key h ON h.key_id = e.key_id"
                                     " WHERE NOT EXISTS (SELECT 1 FROM epoch_past p"
                                     "  WHERE p.past = e.id AND p.epoch <> e.id)"
                                     " ORDER BY h.section_id <> zeroblob(16), e.key_id"); /* who may at all, first */
    while (e == OK && list.len / sizeof(struct debt) < max && db_next(q)) {
        struct epoch_row epoch;
        struct section_row section;
        epochs_read(&epoch, q);
        e = epochs_section(&section, s, epoch.section);
        if (e == OK) {
            e = debts_of(&list, a, s, &epoch, &section);
        }
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    if (e == OK) {
        const size_t n = list.len / sizeof(struct debt);
        *out = arena_copy(a, &list);
        *count = n < max ? n : max;
        e = *out ? OK : ERR_MEMORY;
    }
    buf_free(&list);
    return e;
}
