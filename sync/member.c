#include "sync/member.h"

#include "sync/chains.h"
#include "sync/edit.h"
#include "sync/home.h"
#include "sync/sealing.h"
#include "sync/utf8.h"

#include <string.h>

static char *text_col(struct arena *a, const struct db_row *q, int at)
{
    const char *text = db_col_text(q, at);
    return arena_text(a, span_str(text ? text : ""));
}

static enum err list_parties(struct member_list *out, struct arena *a, struct site *s)
{
    int64_t count = 0;
    enum err e = db_get_int(&count, db_use(s->db, "SELECT count(*) FROM party"), 0);
    out->parties = e == OK ? arena_array(a, (size_t)count, sizeof *out->parties) : NULL;
    if (!out->parties) {
        return e == OK ? ERR_MEMORY : e;
    }
    struct db_row *q = db_use(s->db, "SELECT uuid, name, kind FROM party ORDER BY name, uuid");
    while (out->party_count < (size_t)count && db_next(q)) {
        struct member_party *p = &out->parties[out->party_count++];
        db_col_copy(q, 0, p->id.b, ID_LEN);
        p->name = text_col(a, q, 1);
        p->kind = text_col(a, q, 2);
    }
    return db_end(q);
}

static enum err list_devices(struct member_list *out, struct arena *a, struct site *s)
{
    int64_t count = 0;
    enum err e = db_get_int(&count, db_use(s->db, "SELECT count(*) FROM certification"), 0);
    out->devices = e == OK ? arena_array(a, (size_t)count, sizeof *out->devices) : NULL;
    if (!out->devices) {
        return e == OK ? ERR_MEMORY : e;
    }
    struct db_row *q = db_use(
        s->db, "SELECT c.sign, c.member, c.party, c.name, (SELECT name FROM party p WHERE p.uuid = c.party), c.role,"
               " h.chain, r.first + c.tx_place AS n FROM certification c JOIN record r ON r.seq = c.tx_record"
               " JOIN chain h ON h.id = r.chain ORDER BY 5, c.name, c.sign, h.chain, n");
    while (out->device_count < (size_t)count && db_next(q)) {
        struct member_device *d = &out->devices[out->device_count++];
        db_col_copy(q, 0, d->sign.b, SIGN_PUBLIC_LEN);
        db_col_copy(q, 1, d->member.b, ID_LEN);
        db_col_copy(q, 2, d->party.b, ID_LEN);
        d->member_name = text_col(a, q, 3);
        d->party_name = text_col(a, q, 4);
        d->role = text_col(a, q, 5);
        db_col_copy(q, 6, d->certified.chain.b, ID_LEN);
        d->certified.n = (uint64_t)db_col_int(q, 7);
    }
    return db_end(q);
}

enum err member_list(struct member_list *out, struct arena *a, struct site *s)
{
    *out = (struct member_list){0};
    enum err e = list_parties(out, a, s);
    if (e == OK) {
        e = list_devices(out, a, s);
    }
    return e == OK && a->failed ? ERR_MEMORY : e;
}

/* ---- names ---- */

/* Everybody of that name or id, from both tables. */
#define RESOLVE                                                                                                        \
    "SELECT 0, uuid FROM party WHERE name = ?1 OR uuid = ?2 UNION"                                                     \
    " SELECT 1, member FROM certification WHERE name = ?1 OR member = ?2 GROUP BY member"

enum err member_resolve(struct grant *out, struct site *s, const char *text)
{
    struct arena a = {0};
    const char *name = NULL;
    struct uuid id = {{0}};
    size_t found = 0;
    struct grant g;
    memset(&g, 0, sizeof g);
    enum err e = home_clean_name(&name, &a, s, text);
    if (e != OK) {
        arena_free(&a);
        return e;
    }
    bool is_id = uuid_parse(&id, span_str(name)) == OK;
    struct db_row *q = db_use(s->db, RESOLVE);
    db_text(q, 1, name);
    db_blob(q, 2, id.b, is_id ? ID_LEN : 1); /* one byte: matches no id */
    while (db_next(q)) {
        g.kind = db_col_int(q, 0) == 0 ? GRANT_PARTY : GRANT_MEMBER;
        db_col_copy(q, 1, g.id.b, ID_LEN);
        found++;
    }
    e = db_end(q);
    if (e == OK && found == 0) {
        e = why_set(&s->why, ERR_NOT_FOUND, WHY("no party or member of that name"), "%s", text);
    } else if (e == OK && found > 1) {
        e = why_set(&s->why, ERR_INPUT, WHY("more than one has that name; give the id (samplan members --json)"), "%s",
                    text);
    } else if (e == OK) {
        *out = g;
    }
    arena_free(&a);
    return e;
}

const char *member_name(struct arena *a, struct site *s, const struct uuid *id)
{
    struct db_row *q = db_use(s->db, "SELECT name FROM party WHERE uuid = ?1 UNION ALL"
                                     " SELECT name FROM certification WHERE member = ?1 LIMIT 1");
    db_blob(q, 1, id->b, ID_LEN);
    const char *name = db_next(q) ? text_col(a, q, 0) : NULL;
    return db_end(q) == OK ? name : NULL;
}

/* ---- approving ---- */

static enum err find_party(struct uuid *id, bool *found, struct site *s, const char *name)
{
    struct db_row *q = db_use(s->db, "SELECT uuid FROM party WHERE name = ? ORDER BY uuid");
    db_text(q, 1, name);
    *found = db_next(q);
    if (*found) {
        db_col_copy(q, 0, id->b, ID_LEN);
    }
    return db_end(q);
}

static enum err count_approvals(struct member_approval *out, struct dot *dots, size_t max, size_t *count,
                                struct site *s, const struct uuid *party)
{
    int64_t quorum = 1;
    int64_t parties = 1;
    enum err e = db_get_int(&quorum, db_use(s->db, "SELECT quorum FROM forbund"), 1);
    if (e == OK) {
        e = db_get_int(&parties, db_use(s->db, "SELECT count(DISTINCT party) FROM admission"), 1);
    }
    out->need = (uint32_t)(quorum < parties ? quorum : parties);
    out->have = 1;
    *count = 0;
    struct db_row *q = db_use(s->db, "SELECT c.chain, r.first + a.tx_place AS n FROM approval a"
                                     " JOIN record r ON r.seq = a.tx_record JOIN chain c ON c.id = r.chain"
                                     " WHERE a.party = ?1 AND a.by_party <> ?2"
                                     " GROUP BY a.by_party ORDER BY c.chain, n");
    db_blob(q, 1, party->b, ID_LEN);
    db_blob(q, 2, s->self.party.b, ID_LEN);
    while (*count < max && db_next(q)) {
        db_col_copy(q, 0, dots[*count].chain.b, ID_LEN);
        dots[*count].n = (uint64_t)db_col_int(q, 1);
        ++*count;
    }
    out->have += (uint32_t)*count;
    enum err end = db_end(q);
    return e != OK ? e : end;
}

/* The member who asks, if the party has one of that name: a second device of the same person. */
static enum err member_of(struct uuid *id, struct site *s, const struct uuid *party, const char *name)
{
    struct db_row *q = db_use(s->db, "SELECT member FROM certification WHERE party = ? AND name = ? ORDER BY member");
    db_blob(q, 1, party->b, ID_LEN);
    db_text(q, 2, name);
    if (db_next(q)) {
        db_col_copy(q, 0, id->b, ID_LEN);
    } else {
        *id = home_new_id(s);
    }
    return db_end(q);
}

#define APPROVALS_MAX 256

struct approving {
    struct dot at; /* of the certification */
    bool done;     /* it was there before: only the invitation may have been lost on the way */
    struct site *s;
    struct letter_request q;
    bool new_party;
    struct uuid party;
    struct uuid member;
    struct dot dots[APPROVALS_MAX];
    size_t dot_count;
};

/* Has the device been certified? If by this one and as the request says, the invitation can be written again. */
static enum err look_for_certification(struct approving *w)
{
    struct site *s = w->s;
    bool other = false;
    struct db_row *q =
        db_use(s->db, "SELECT c.member, c.party, c.name, c.role, k.chain, r.first + c.tx_place FROM certification c"
                      " JOIN record r ON r.seq = c.tx_record JOIN chain k ON k.id = r.chain WHERE c.sign = ?1");
    db_blob(q, 1, w->q.sign.b, SIGN_PUBLIC_LEN);
    while (db_next(q)) {
        db_col_copy(q, 4, w->at.chain.b, ID_LEN);
        w->at.n = (uint64_t)db_col_int(q, 5);
        const char *name = db_col_text(q, 2);
        const char *role = db_col_text(q, 3);
        const bool same = name && role && strcmp(name, w->q.person) == 0 && strcmp(role, w->q.role) == 0 &&
                          memcmp(w->at.chain.b, s->self.chain.b, ID_LEN) == 0;
        other = other || !same || w->done;
        w->done = true;
        db_col_copy(q, 0, w->member.b, ID_LEN);
        db_col_copy(q, 1, w->party.b, ID_LEN);
    }
    enum err e = db_end(q);
    return e == OK && other ? why_set(&s->why, ERR_EXISTS, WHY("that device is certified already"), "%s", w->q.person)
                            : e;
}

static enum err write_approval(struct approving *w, const struct member_approval *a)
{
    struct edit *edit = NULL;
    struct op party = {.code = a->complete ? OP_PARTY : OP_APPROVE};
    struct op certify = {.code = OP_CERTIFY};
    party.u.party = (struct op_party){.party = w->party,
                                      .name = w->q.party,
                                      .kind = w->q.kind,
                                      .approvals = w->dots,
                                      .approval_count = a->complete ? w->dot_count : 0};
    certify.u.certify = (struct op_certify){.sign = w->q.sign,
                                            .box = w->q.box,
                                            .meeting = w->q.meeting,
                                            .member = w->member,
                                            .name = w->q.person,
                                            .party = w->party,
                                            .role = w->q.role};
    enum err e = edit_begin(&edit, w->s);
    if (e == OK && w->new_party) {
        e = edit_member_op(edit, &party);
    }
    if (e == OK && a->complete) {
        e = edit_member_op(edit, &certify);
    }
    if (e != OK) {
        edit_cancel(edit);
        return e;
    }
    return edit_commit(edit, &w->at);
}

static enum err genesis_hash(struct hash *out, struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT hash FROM record WHERE substr(hash, 1, 16) = ? AND first = 1");
    db_blob(q, 1, s->self.forbund.b, ID_LEN);
    enum err e = ERR_STORAGE;
    if (db_next(q)) {
        db_col_copy(q, 0, out->b, HASH_LEN);
        e = OK;
    }
    enum err end = db_end(q);
    return end != OK ? end : e;
}

/* The record that holds the certification. */
static enum err record_hash(struct hash *out, struct site *s, uint64_t n)
{
    struct db_row *q = db_use(s->db, "SELECT r.hash FROM record r JOIN chain k ON k.id = r.chain WHERE k.chain = ?1"
                                     " AND r.first <= ?2 AND r.last >= ?2 AND r.hash IS NOT NULL");
    db_blob(q, 1, s->self.chain.b, ID_LEN);
    db_int(q, 2, (int64_t)n);
    const bool found = db_next(q);
    if (found) {
        db_col_copy(q, 0, out->b, HASH_LEN);
    }
    enum err e = db_end(q);
    return e == OK && !found
               ? why_set(&s->why, ERR_STORAGE, WHY("the replica is damaged; restore a backup or rebuild it"), "%s", "")
               : e;
}

static enum err write_invitation(struct member_approval *a, struct buf *out, struct approving *w)
{
    struct site *s = w->s;
    struct letter_invitation i = {.forbund = s->self.forbund,
                                  .forbund_name = s->self.forbund_name,
                                  .chain = w->at.chain,
                                  .dot = w->at.n,
                                  .invited = w->q.sign,
                                  .member = w->member,
                                  .party = w->party,
                                  .by = device_sign_public(s->device)};
    enum err e = site_seal(s);
    if (e == OK) {
        e = record_hash(&i.record, s, w->at.n);
    }
    if (e == OK) {
        e = genesis_hash(&i.genesis, s);
    }
    if (e == OK) {
        e = letter_invitation_encode(out, &i, s->device);
    }
    if (e == OK) {
        letter_invitation_words(a->invitation_words, &i);
    }
    return e;
}

static enum err prepare(struct member_approval *a, struct approving *w, struct arena *arena, struct span request)
{
    struct site *s = w->s;
    bool found = false;
    enum err e = letter_request_decode(&w->q, arena, request);
    if (e == ERR_INPUT || e == ERR_FORGED || e == ERR_LIMIT) {
        return why_set(&s->why, e, WHY("the file is not a request, or it was altered"), "%s", "");
    }
    if (e == OK) {
        letter_request_words(a->request_words, &w->q);
        e = home_is_role(w->q.role) ? look_for_certification(w) : ERR_INPUT;
    }
    if (e == OK && w->done) {
        a->complete = true;
        a->have = a->need = 1;
        return OK;
    }
    if (e == OK) {
        e = find_party(&w->party, &found, s, w->q.party);
    }
    w->new_party = !found;
    if (e == OK && !found && !home_is_kind(w->q.kind)) {
        return why_set(&s->why, ERR_NOT_FOUND,
                       WHY("the party is not in the förbund, and the request does not say of what kind it is"), "%s",
                       w->q.party);
    }
    if (e == OK && !found) {
        w->party = ids_party(&w->q.sign, w->q.kind, w->q.party);
    }
    if (e == OK) {
        e = member_of(&w->member, s, &w->party, w->q.person);
    }
    if (e == OK) {
        e = count_approvals(a, w->dots, APPROVALS_MAX, &w->dot_count, s, &w->party);
    }
    if (e == OK && found) {
        a->need = a->have = 1;
    }
    a->complete = a->have >= a->need;
    return e;
}

enum err member_approve(struct member_approval *a, struct buf *out, struct site *s, struct span request)
{
    struct arena arena = {0};
    struct approving w = {.s = s};
    *a = (struct member_approval){0};
    enum err e = prepare(a, &w, &arena, request);
    if (e == OK && !w.done) {
        e = write_approval(&w, a);
    }
    if (e == OK && a->complete) {
        e = write_invitation(a, out, &w);
    } else if (e == OK) {
        e = site_seal(s);
    }
    arena_free(&arena);
    return e;
}
