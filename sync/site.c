#include "sync/core.h"

#include "sync/chains.h"
#include "sync/epochs.h"
#include "sync/home.h"
#include "sync/letter.h"
#include "sync/mark.h"
#include "sync/meet.h"
#include "sync/project.h"
#include "sync/rebuild.h"
#include "sync/rescue.h"
#include "sync/sealing.h"

#include <stdlib.h>
#include <string.h>

const struct why *site_why(const struct site *s)
{
    return &s->why;
}

const struct site_self *site_self(const struct site *s)
{
    return &s->self;
}

const struct schema *site_schema(const struct site *s)
{
    return s->schema;
}

uint64_t site_restored(const struct site *s)
{
    return s->restored;
}

uint64_t site_now_ms(const struct site *s)
{
    return s->now_ms();
}

void site_close(struct site *s)
{
    if (!s) {
        return;
    }
    chains_forget(s);
    log_close(s->log);
    db_close(s->db);
    page_key_free(s->mark_key);
    device_free(s->device);
    free(s->dir);
    free(s);
}

/* ---- founding ---- */

static enum err found_ops(struct projection *p, struct arena *a, const struct site_founding *f, struct buf *journal)
{
    struct site *s = p->s;
    struct op ops[4] = {{.code = OP_OPEN}, {.code = OP_GENESIS}, {.code = OP_PARTY}, {.code = OP_CERTIFY}};
    ops[0].u.open = (struct op_open){.topic = CORE_FORBUND_TOPIC, .ground = ""};
    ops[1].u.genesis.name = f->forbund;
    ops[1].u.genesis.quorum = f->quorum;
    ops[2].u.party = (struct op_party){.party = home_new_id(s), .name = f->party, .kind = f->kind};
    ops[3].u.certify = (struct op_certify){.sign = device_sign_public(s->device),
                                           .box = device_box_public(s->device),
                                           .meeting = device_meeting_public(s->device),
                                           .member = home_new_id(s),
                                           .name = f->person,
                                           .party = ops[2].u.party.party,
                                           .role = "administratör"};
    enum err e = OK;
    const char *refused = NULL;
    (void)a;
    for (size_t i = 0; e == OK && i < 4; i++) {
        e = project_op(&refused, p, &ops[i]);
        if (e == OK && refused) {
            e = why_set(&s->why, ERR_REFUSED, refused, "%zu", i);
        }
    }
    struct part_tx tx = {.n = p->at.n, .clock_ms = p->at.clock_ms, .op_count = 4, .ops = ops};
    struct part part = {.tx_count = 1, .txs = &tx};
    struct part_base base = {.first_dot = tx.n, .last_dot = tx.n, .time = tx.clock_ms / 1000};
    return e == OK ? part_encode(journal, &part, &base) : e;
}

/* The förbund's first record: its hash gives the förbund its id. */
static enum err write_genesis(struct site *s, const struct site_founding *f)
{
    struct projection p;
    struct chain_row own;
    struct arena a = {0};
    struct buf ops = {0};
    struct project_source from = {.chain = &own, .first = 1, .genesis = true};
    uint8_t key[SECTION_KEY_LEN];
    struct section_id section = {{0}};
    int64_t clock_ms = 0;
    enum err e = sealing_now(&clock_ms, s);
    if (e == OK) {
        e = chains_open_record(&from.record, &own, s);
    }
    if (e == OK) {
        device_hedge(key, s->device, span_str("samplan genesis"));
        from.key_id = ids_key(&s->self.forbund, &section, key);
        e = epochs_keep_key(s, &from.key_id, &section, key);
        device_wipe(key, sizeof key);
    }
    if (e == OK) {
        e = project_begin(&p, s, &from, 1, clock_ms);
    }
    if (e == OK) {
        e = found_ops(&p, &a, f, &ops);
    }
    if (e == OK) {
        struct part_tx tx = {.n = 1, .clock_ms = clock_ms, .op_count = 4};
        e = sealing_note(s, &tx, &from.key_id, span_buf(&ops));
    }
    if (e == OK) {
        e = sealing_run(s);
    }
    if (e == OK) {
        e = chains_find(&own, s, &s->self.chain);
    }
    if (e == OK) {
        memcpy(s->self.forbund.b, own.hash.b, ID_LEN);
        e = home_put_blob(s, "forbund", own.hash.b, ID_LEN);
    }
    if (e == OK) {
        e = home_put_text(s, "forbund_name", f->forbund);
    }
    buf_free(&ops);
    arena_free(&a);
    return e;
}

static enum err clean_founding(struct site_founding *out, struct arena *a, struct site *s,
                               const struct site_founding *f)
{
    *out = *f;
    enum err e = home_clean_name(&out->forbund, a, s, f->forbund);
    if (e == OK) {
        e = home_clean_name(&out->party, a, s, f->party);
    }
    if (e == OK) {
        e = home_clean_name(&out->person, a, s, f->person);
    }
    if (e == OK && !home_is_kind(f->kind)) {
        e = why_set(&s->why, ERR_INPUT, WHY("the kind of a party is kommun, region, af, fk or annan"), "%s", f->kind);
    }
    if (e == OK && (f->quorum < 1 || f->quorum > 1000)) {
        e = why_set(&s->why, ERR_INPUT, WHY("the quorum is a number from 1"), "%u", f->quorum);
    }
    return e;
}

enum err site_found(struct site **out, const struct site_options *o, const struct site_founding *f)
{
    struct arena a = {0};
    struct site_founding clean;
    enum err e = home_allocate(out, o);
    if (e != OK) {
        return e;
    }
    struct site *s = *out;
    bool made = false;
    e = clean_founding(&clean, &a, s, f);
    if (e == OK) {
        e = home_make(s, &made);
    }
    if (e == OK) {
        e = db_begin(s->db);
    }
    if (e == OK) {
        e = write_genesis(s, &clean);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e == OK) {
        e = sealing_mend(s);
    }
    if (e == OK) {
        e = home_load_self(s);
    }
    if (e == OK) {
        e = home_finish(s, o);
    }
    if (e != OK && made) {
        home_unmake(s);
    }
    arena_free(&a);
    return e;
}

static enum err clean_wish(struct letter_request *q, struct arena *a, struct site *s, const struct letter_request *wish)
{
    *q = *wish;
    enum err e = home_clean_name(&q->party, a, s, wish->party);
    if (e == OK) {
        e = home_clean_name(&q->person, a, s, wish->person);
    }
    if (e == OK && q->kind[0] != '\0' && !home_is_kind(q->kind)) {
        e = why_set(&s->why, ERR_INPUT, WHY("the kind of a party is kommun, region, af, fk or annan"), "%s", q->kind);
    }
    if (e == OK && !home_is_role(q->role)) {
        e = why_set(&s->why, ERR_INPUT, WHY("the role is handläggare, samordnare, administratör or revisor"), "%s",
                    q->role);
    }
    return e;
}

/* A home that is there may have asked before. */
static enum err open_asked(struct site *s, const struct site_options *o)
{
    const struct why exists = s->why;
    enum err e = home_open(s, o);
    if (e == OK) {
        e = home_load_self(s);
    }
    if (e == ERR_MEMORY || e == ERR_STORAGE || (e == OK && s->self.stage == SITE_ASKED)) {
        return e;
    }
    s->why = exists;
    return ERR_EXISTS;
}

enum err site_request(struct site **out, const struct site_options *o, struct buf *letter,
                      const struct letter_request *wish)
{
    struct arena a = {0};
    struct letter_request q;
    enum err e = home_allocate(out, o);
    if (e != OK) {
        return e;
    }
    struct site *s = *out;
    bool made = false;
    bool asked = false;
    e = clean_wish(&q, &a, s, wish);
    if (e == OK) {
        e = home_make(s, &made);
    }
    if (e == ERR_EXISTS) {
        e = open_asked(s, o);
        asked = true;
    }
    if (e == OK) {
        q.sign = device_sign_public(s->device);
        q.box = device_box_public(s->device);
        q.meeting = device_meeting_public(s->device);
        e = letter_request_encode(letter, &q, s->device);
    }
    if (e == OK && !asked) {
        e = home_finish(s, o);
    }
    if (e != OK && made) {
        home_unmake(s);
    }
    arena_free(&a);
    return e;
}

static enum err come_up(struct site *s, bool forgive)
{
    enum err e = home_load_self(s);
    if (e == OK) {
        e = sealing_mend(s);
    }
    if (e == OK) {
        e = sealing_look_ahead(s);
    }
    if (e == OK && s->log_ahead) {
        e = meet_own_log(s);
    }
    return e == OK ? mark_check(s, forgive) : e;
}

enum err site_open(struct site **out, const struct site_options *o)
{
    enum err e = home_allocate(out, o);
    if (e == OK) {
        e = home_open(*out, o);
    }
    if (e == OK) {
        e = come_up(*out, o->mend);
    }
    if (e == ERR_DAMAGED && o->mend) {
        e = rescue_run(*out);
        e = e == OK ? come_up(*out, true) : e;
    }
    return e;
}

struct site_mended site_mended(const struct site *s)
{
    return s->mended;
}

/* ---- staying open ---- */

enum err site_refresh(struct site *s)
{
    int64_t version = 0;
    enum err e = home_check_incarnation(s);
    if (e == OK) {
        e = db_get_int(&version, db_use(s->db, "PRAGMA data_version"), 0);
    }
    if (e == OK && version != s->db_version) {
        chains_forget(s); /* a rebuild elsewhere numbers records anew */
        e = home_load_self(s);
        s->db_version = e == OK ? version : s->db_version;
    }
    return e;
}

void site_set_patience(struct site *s, unsigned wait_ms)
{
    db_set_patience(s->db, wait_ms);
}

/* ---- joining ---- */

static enum err keep_invitation(struct site *s, const struct letter_invitation *i)
{
    enum err e = home_put_blob(s, "forbund", i->forbund.b, ID_LEN);
    if (e == OK) {
        e = home_put_text(s, "forbund_name", i->forbund_name);
    }
    if (e == OK) {
        e = home_put_blob(s, "invited_by", i->record.b, HASH_LEN);
    }
    if (e == OK) {
        e = home_put_blob(s, "member", i->member.b, ID_LEN);
    }
    if (e == OK) {
        e = home_put_blob(s, "party", i->party.b, ID_LEN);
    }
    if (e == OK) {
        e = home_put_blob(s, "cert_chain", i->chain.b, ID_LEN);
    }
    if (e == OK) {
        struct db_row *q = db_use(s->db, "INSERT OR REPLACE INTO meta(name, value) VALUES('cert_n', ?)");
        db_int(q, 1, (int64_t)i->dot);
        e = db_run(q);
    }
    return e;
}

enum err site_accept(struct site *s, struct span invitation, char words[WORDS_LEN])
{
    struct arena a = {0};
    struct letter_invitation i;
    enum err e = letter_invitation_decode(&i, &a, invitation);
    if (e == ERR_INPUT || e == ERR_FORGED || e == ERR_LIMIT) {
        e = why_set(&s->why, e, WHY("the file is not an invitation, or it was altered"), "%s", "");
    }
    struct sign_public own = device_sign_public(s->device);
    if (e == OK && memcmp(&own, &i.invited, sizeof own) != 0) {
        e = why_set(&s->why, ERR_REFUSED, WHY("the invitation is for another device"), "%s", "");
    }
    if (e == OK && memcmp(i.genesis.b, i.forbund.b, ID_LEN) != 0) {
        e = why_set(&s->why, ERR_INPUT, WHY("the file is not an invitation, or it was altered"), "%s", "");
    }
    if (e == OK) {
        e = db_begin(s->db);
    }
    if (e == OK) {
        e = home_load_self(s); /* another process may have accepted one meanwhile */
    }
    if (e == OK && s->self.stage != SITE_ASKED) {
        e = why_set(&s->why, ERR_EXISTS, WHY("this home belongs to a förbund already"), "%s", s->self.forbund_name);
    }
    if (e == OK) {
        e = keep_invitation(s, &i);
    }
    if (e == OK) {
        letter_invitation_words(words, &i);
        e = home_load_self(s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
    }
    arena_free(&a);
    return e;
}

/* ---- sealing, figures ---- */

enum err site_seal(struct site *s)
{
    if (s->self.stage != SITE_MEMBER) {
        return OK;
    }
    enum err e = db_begin(s->db);
    if (e == OK) {
        e = home_follow(s);
    }
    if (e == OK) {
        e = sealing_run(s);
    }
    if (e == OK) {
        e = db_commit(s->db);
    }
    if (e != OK) {
        db_rollback(s->db);
        chains_forget(s);
        return e;
    }
    return sealing_mend(s);
}

enum err site_seal_if_due(struct site *s)
{
    bool due = false;
    enum err e = sealing_due(&due, s);
    return e == OK && due ? site_seal(s) : e;
}

enum err site_rebuild(struct site *s)
{
    enum err e = db_check(s->db);
    if (e == OK && !s->mended.anew) {
        e = rebuild_run(s);
    }
    if (e == ERR_DAMAGED) {
        e = rescue_run(s);
    }
    if (e == OK) {
        e = sealing_mend(s);
    }
    return e == OK ? home_load_self(s) : e;
}

static enum err count(uint64_t *out, struct site *s, const char *sql)
{
    int64_t n = 0;
    enum err e = db_get_int(&n, db_use(s->db, sql), 0);
    *out = (uint64_t)n;
    return e;
}

enum err site_figures(struct site_figures *out, struct site *s)
{
    struct site_figures f = {0};
    struct {
        uint64_t *to;
        const char *sql;
    } const rows[] = {
        {&f.transactions, ("SELECT coalesce(sum(last - first + 1), 0) + (SELECT count(DISTINCT n) FROM journal)"
                           " FROM record WHERE hash IS NOT NULL")},
        {&f.operations, "SELECT count(*) FROM op"},
        {&f.records, "SELECT count(*) FROM record WHERE hash IS NOT NULL"},
        {&f.chains, "SELECT count(*) FROM chain WHERE hash IS NOT NULL"},
        {&f.unsealed, "SELECT count(DISTINCT n) FROM journal"},
        {&f.waiting_for_key, "SELECT count(*) FROM part WHERE state = 1"},
    };
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof rows / sizeof rows[0]; i++) {
        e = count(rows[i].to, s, rows[i].sql);
    }
    if (e == OK) {
        home_sizes(&f.log_bytes, &f.replica_bytes, s);
        *out = f;
    }
    return e;
}
