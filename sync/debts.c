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

/* A certified device, and what is known of the key at hand. */
struct device_row {
    struct sign_public sign;
    struct uuid party;
    struct uuid member;
    struct box_public box;
    struct box_id box_id;
    bool has;                 /* it was handed over by somebody who holds it */
    bool offered;             /* somebody who is entitled to the section sent an envelope: */
    struct sign_public first; /* who did so last */
};

/* Whose a chain is. */
struct sender_row {
    int64_t chain;
    struct sign_public sign;
    struct uuid party;
    struct uuid member;
};

/* All devices and senders, read once; and one epoch after the other. */
struct search {
    struct site *s;
    struct arena *a;
    struct buf devices;
    struct buf senders; /* by chain */
    struct buf list;
    struct epoch_row epoch;
    struct section_row section;
    struct sign_public opener; /* who opened the epoch */
    const struct grant *grants;
    size_t grant_count;
};

static bool entitled(const struct search *f, const struct uuid *party, const struct uuid *member)
{
    if (f->section.forbund) {
        return true;
    }
    if (!uuid_is_nil(&f->section.owner) && memcmp(&f->section.owner, party, sizeof *party) == 0) {
        return true;
    }
    for (size_t i = 0; i < f->grant_count; i++) {
        const struct uuid *who = f->grants[i].kind == GRANT_PARTY ? party : member;
        if (memcmp(&f->grants[i].id, who, sizeof *who) == 0) {
            return true;
        }
    }
    return false;
}

/* Did that device let the recipient in: as the one that opened the epoch, admitted the recipient, or certified its device?
 * It could as well have left that undone, so its envelope is believed. */
static enum err let_in(bool *out, const struct search *f, const struct device_row *to, const struct sign_public *sender)
{
    int64_t found = 0;
    *out = memcmp(sender, &f->opener, sizeof *sender) == 0; /* as nearly always */
    if (*out) {
        return OK;
    }
    struct db_row *q = db_use(f->s->db, "SELECT 1 FROM (SELECT tx_record FROM certification WHERE sign = ?4"
                                        " UNION SELECT tx_record FROM epoch_grant WHERE epoch = ?5"
                                        "  AND grantee IN (?1, ?2)) g JOIN record r ON r.seq = g.tx_record"
                                        " JOIN chain c ON c.id = r.chain WHERE c.sign = ?3");
    db_blob(q, 1, to->party.b, ID_LEN);
    db_blob(q, 2, to->member.b, ID_LEN);
    db_blob(q, 3, sender->b, SIGN_PUBLIC_LEN);
    db_blob(q, 4, to->sign.b, SIGN_PUBLIC_LEN);
    db_int(q, 5, f->epoch.id);
    enum err e = db_get_int(&found, q, 0);
    *out = found == 1;
    return e;
}

/* Has somebody who holds the key handed it over? Anybody can send an envelope, and what it holds only its reader can tell.
 * What this device sent itself, it knows to be the key. One from a device that is not entitled to the section does not
 * count; one from a device that had no part in letting the recipient in counts only if another's is there, too: so one
 * holder who sends rubbish stops nobody. */
static enum err note_sent(struct device_row *to, const struct search *f, const struct sender_row *by)
{
    if (memcmp(&by->sign, &f->s->self.device, sizeof by->sign) == 0) {
        to->has = true;
    }
    if (to->has || !entitled(f, &by->party, &by->member)) {
        return OK;
    }
    const bool another = to->offered && memcmp(&to->first, &by->sign, sizeof to->first) != 0;
    to->offered = true;
    to->first = by->sign;
    to->has = another;
    return another ? OK : let_in(&to->has, f, to, &by->sign);
}

static size_t count_of(const struct buf *rows, size_t size)
{
    return rows->len / size;
}

/* Index of the first that is not of a lower chain. */
static size_t first_sender(const struct sender_row *rows, size_t count, int64_t chain)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (rows[middle].chain < chain) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum err note_envelope(struct search *f, const struct box_id *box, int64_t chain)
{
    struct device_row *to = (struct device_row *)(void *)f->devices.ptr;
    const struct sender_row *by = (const struct sender_row *)(const void *)f->senders.ptr;
    const size_t senders = count_of(&f->senders, sizeof *by);
    const size_t first = first_sender(by, senders, chain);
    enum err e = OK;
    for (size_t i = 0; i < count_of(&f->devices, sizeof *to); i++) {
        if (memcmp(&to[i].box_id, box, sizeof *box) != 0) {
            continue;
        }
        for (size_t k = first; e == OK && k < senders && by[k].chain == chain; k++) {
            e = note_sent(&to[i], f, &by[k]);
        }
    }
    return e;
}

static enum err look_at_envelopes(struct search *f)
{
    struct device_row *devices = (struct device_row *)(void *)f->devices.ptr;
    for (size_t i = 0; i < count_of(&f->devices, sizeof *devices); i++) {
        devices[i].has = devices[i].offered = false;
    }
    enum err e = OK;
    struct db_row *q = db_use(f->s->db, "SELECT box, chain FROM envelope WHERE key_id = ?");
    db_blob(q, 1, f->epoch.key_id.b, ID_LEN);
    while (e == OK && db_next(q)) {
        struct box_id box;
        db_col_copy(q, 0, box.b, ID_LEN);
        e = note_envelope(f, &box, db_col_int(q, 1));
    }
    enum err end = db_end(q);
    return e != OK ? e : end;
}

static enum err read_opener(struct search *f)
{
    struct db_row *q = db_use(f->s->db, "SELECT c.sign FROM record r JOIN chain c ON c.id = r.chain WHERE r.seq = ?");
    db_int(q, 1, tx_record(f->epoch.tx));
    f->opener = (struct sign_public){{0}};
    if (db_next(q)) {
        db_col_copy(q, 0, f->opener.b, SIGN_PUBLIC_LEN);
    }
    return db_end(q);
}

/* Adds what the devices of the förbund lack of the epoch's key. */
static enum err debts_of(struct search *f)
{
    const struct box_public own = device_box_public(f->s->device);
    f->grants = NULL;
    f->grant_count = 0;
    enum err e = epochs_section(&f->section, f->s, f->epoch.section);
    if (e == OK && !f->section.forbund) {
        e = epochs_grants(&f->grants, &f->grant_count, f->a, f->s, &f->epoch);
    }
    e = e == OK ? read_opener(f) : e;
    e = e == OK ? look_at_envelopes(f) : e;
    const struct device_row *to = (const struct device_row *)(const void *)f->devices.ptr;
    for (size_t i = 0; e == OK && i < count_of(&f->devices, sizeof *to); i++) {
        const bool to_itself = memcmp(&to[i].box, &own, sizeof own) == 0;
        /* Who opened it has its key; this device sends it to itself. */
        const bool opened = memcmp(&to[i].sign, &f->opener, sizeof f->opener) == 0;
        const bool same = memcmp(&to[i].sign, &f->s->self.device, sizeof to[i].sign) == 0;
        if (!to[i].has && (!opened || (same && to_itself)) && entitled(f, &to[i].party, &to[i].member)) {
            struct debt debt = {.key_id = f->epoch.key_id, .section = f->section.section_id, .box = to[i].box};
            debt.own = to_itself;
            buf_put(&f->list, &debt, sizeof debt);
            e = buf_check(&f->list);
        }
    }
    return e;
}

static enum err read_devices(struct search *f)
{
    struct db_row *q = db_use(f->s->db, "SELECT party, member, box, sign FROM certification ORDER BY sign");
    while (db_next(q)) {
        struct device_row d = {.has = false};
        db_col_copy(q, 0, d.party.b, ID_LEN);
        db_col_copy(q, 1, d.member.b, ID_LEN);
        db_col_copy(q, 2, d.box.b, BOX_PUBLIC_LEN);
        db_col_copy(q, 3, d.sign.b, SIGN_PUBLIC_LEN);
        d.box_id = ids_box(&d.box);
        buf_put(&f->devices, &d, sizeof d);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(&f->devices) : e;
}

static enum err read_senders(struct search *f)
{
    struct db_row *q = db_use(f->s->db, "SELECT chain, party, member, sign FROM signer ORDER BY chain");
    while (db_next(q)) {
        struct sender_row by = {.chain = db_col_int(q, 0)};
        db_col_copy(q, 1, by.party.b, ID_LEN);
        db_col_copy(q, 2, by.member.b, ID_LEN);
        db_col_copy(q, 3, by.sign.b, SIGN_PUBLIC_LEN);
        buf_put(&f->senders, &by, sizeof by);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(&f->senders) : e;
}

enum err debts_find(const struct debt **out, size_t *count, struct arena *a, struct site *s, size_t max)
{
    struct search f = {.s = s, .a = a};
    int64_t owed = 0;
    *out = NULL;
    *count = 0;
    enum err e = db_get_int(&owed, db_use(s->db, "SELECT value FROM meta WHERE name = 'debts'"), 0);
    if (e != OK || owed == 0) {
        return e;
    }
    e = read_devices(&f);
    e = e == OK ? read_senders(&f) : e;
    struct db_row *q = db_use(s->db, "SELECT e.id, e.key_id, e.section, e.tx FROM epoch e"
                                     " JOIN held_key h ON h.key_id = e.key_id"
                                     " WHERE NOT EXISTS (SELECT 1 FROM epoch_past p"
                                     "  WHERE p.past = e.id AND p.epoch <> e.id)"
                                     " ORDER BY h.section_id <> zeroblob(16), e.key_id"); /* who may at all, first */
    while (e == OK && count_of(&f.list, sizeof(struct debt)) < max && db_next(q)) {
        epochs_read(&f.epoch, q);
        e = debts_of(&f);
    }
    enum err end = db_end(q);
    e = e != OK ? e : end;
    if (e == OK) {
        const size_t n = count_of(&f.list, sizeof(struct debt));
        *out = arena_copy(a, &f.list);
        *count = n < max ? n : max;
        e = *out ? OK : ERR_MEMORY;
    }
    buf_free(&f.devices);
    buf_free(&f.senders);
    buf_free(&f.list);
    return e;
}
