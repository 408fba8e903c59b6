#include "sync/bundle.h"

#include "sync/chains.h"
#include "sync/meet_core.h"
#include "sync/posix.h"

#include <string.h>

struct meeting {
    struct exchange *m;
    const char *name;
    const char *path;
    struct bundle_file file;
    struct bundle_state st;
    bool others; /* the file that lies there was written by others */
    bool waits[BUNDLE_KEPT];
};

enum err bundle_prepare(struct why *w, const char *path)
{
    struct buf dir = {0};
    const char *slash = strrchr(path, '/');
    buf_put(&dir, path, slash && slash != path ? (size_t)(slash - path) : 1);
    const char *name = buf_text(&dir);
    enum posix_kind there = POSIX_NOTHING;
    enum err e = name ? OK : ERR_MEMORY;
    if (e == OK && posix_look(&there, path) != OK) {
        e = why_set(w, ERR_TRANSPORT, WHY("the bundle file cannot be read; nothing was lost"), "%s", path);
    } else if (e == OK && there == POSIX_FOLDER) {
        e = why_set(w, ERR_INPUT, WHY("that is a folder: a place whose name ends in .bundle is a file"), "%s", path);
    } else if (e == OK && !posix_is_dir(name)) {
        e = why_set(w, ERR_TRANSPORT, WHY("the bundle's folder is not there; is the stick in?"), "%s", name);
    }
    buf_free(&dir);
    return e;
}

static enum err stage_of(const char **out, struct exchange *m, const char *name, const uint8_t *id)
{
    struct buf suffix = {0};
    buf_put_str(&suffix, ".waits-");
    buf_put_hex(&suffix, span_of(id, BUNDLE_ID));
    const char *text = buf_text(&suffix);
    enum err e = text ? meet_stage_path(out, m->a, m->s, name, text) : ERR_MEMORY;
    buf_free(&suffix);
    return e;
}

static size_t kept(const struct meeting *b)
{
    return b->st.waits.len / BUNDLE_ID;
}

static enum err drop_kept(struct meeting *b, size_t i)
{
    const char *stage;
    uint8_t *id = b->st.waits.ptr + i * BUNDLE_ID;
    enum err e = stage_of(&stage, b->m, b->name, id);
    if (e == OK) {
        posix_remove_tree(stage);
        memmove(id, id + BUNDLE_ID, b->st.waits.len - (i + 1) * BUNDLE_ID);
        buf_cut(&b->st.waits, b->st.waits.len - BUNDLE_ID);
    }
    return e;
}

/* The last of those kept is the file that has just come; the same one is not kept twice. */
static enum err make_room(struct meeting *b)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < kept(b); i++) {
        if (memcmp(b->st.waits.ptr + i * BUNDLE_ID, b->file.hash.b, BUNDLE_ID) == 0) {
            e = drop_kept(b, i--);
        }
    }
    while (e == OK && kept(b) >= BUNDLE_KEPT) {
        e = drop_kept(b, 0);
    }
    buf_put(&b->st.waits, b->file.hash.b, BUNDLE_ID);
    e = e == OK ? buf_check(&b->st.waits) : e;
    return e == OK ? bundle_state_keep(b->m->s, b->name, &b->st) : e;
}

/* What a bundle's prerequisites name and this site lacks was in a bundle that has not come. A chain that has been told of
 * is not told of again. */
static enum err tell_needs(struct meeting *b)
{
    struct exchange *m = b->m;
    enum err e = OK;
    for (size_t i = 0; e == OK && b->others && i < b->file.header.need_count; i++) {
        const struct bundle_line *need = &b->file.header.needs[i];
        struct chain_row chain;
        struct chain_id id = {{0}};
        const char *detail = "a record that the bundle rests on is missing";
        uint64_t dot = 0;
        bool told = log_has(m->s->log, &need->oid);
        const bool named = bundle_need(&id, &dot, need);
        for (size_t at = 0; !told && at < m->faults.len; at += sizeof(struct meet_fault)) {
            struct meet_fault f;
            memcpy(&f, m->faults.ptr + at, sizeof f);
            told = !named || memcmp(&f.chain, &id, sizeof id) == 0;
        }
        if (told) {
            continue;
        }
        if (named) {
            e = chains_find(&chain, m->s, &id);
            uint64_t have = e == OK && chain.id != 0 ? chain.last : 0;
            if (e == OK && have < dot) {
                e = exchange_gap_text(&detail, m->a, &id, have + 1, dot);
            }
        }
        if (e == OK) {
            e = exchange_fault(m, &id, &(struct hash){{0}}, "waits", detail);
        }
    }
    return e;
}

static enum err receive_one(struct meeting *b, size_t i, bool fresh)
{
    struct exchange *m = b->m;
    const char *stage;
    bool gap = false;
    exchange_renew(m);
    enum err e = stage_of(&stage, m, b->name, b->st.waits.ptr + i * BUNDLE_ID);
    if (e == OK) {
        e = meet_stage_open(&m->place, m->s, stage, fresh);
    }
    if (e == OK && fresh) {
        e = bundle_file_take(&gap, &b->file, m, b->path);
    }
    if (e == OK && !m->cancelled) {
        e = meet_receive(m);
    }
    b->waits[i] = e == OK && (exchange_waits(m) || m->cancelled);
    if (e == OK) {
        e = meet_same_forbund(m);
    }
    log_close(m->place);
    m->place = NULL;
    return e;
}

/* All that is kept, over and over as long as something of it can be taken in: it may have come in any order. The faults
 * are those of the last round. */
static enum err receive_kept(struct meeting *b)
{
    struct exchange *m = b->m;
    uint64_t before;
    bool fresh = b->others;
    enum err e = OK;
    do {
        struct buf faults = {0};
        before = m->result.received_transactions;
        for (size_t i = kept(b); e == OK && i > 0 && !m->cancelled; i--) {
            e = receive_one(b, i - 1, fresh);
            fresh = false;
            buf_put_span(&faults, span_buf(&m->faults));
        }
        exchange_renew(m);
        m->faults = faults;
        e = e == OK ? buf_check(&faults) : e;
    } while (e == OK && !m->cancelled && m->result.received_transactions > before && kept(b) > 1);
    return e;
}

/* What just came is of another förbund, or damaged: it is not kept, so that it does not stop the next meeting. */
static void drop_fresh(struct meeting *b)
{
    const struct why told = b->m->s->why;
    if (b->others && kept(b) > 0 && drop_kept(b, kept(b) - 1) == OK) {
        (void)!bundle_state_keep(b->m->s, b->name, &b->st);
    }
    b->m->s->why = told;
}

/* Without a file there is no log to look at; the journal is sealed all the same, for it is to be written out. */
static enum err receive_nothing(struct meeting *b)
{
    struct exchange *m = b->m;
    const char *stage;
    enum err e = meet_stage_path(&stage, m->a, m->s, b->name, ".git");
    if (e == OK) {
        e = meet_stage_open(&m->place, m->s, stage, false);
    }
    if (e == OK) {
        e = meet_receive(m);
    }
    log_close(m->place);
    m->place = NULL;
    return e;
}

static enum err forget_done(struct meeting *b)
{
    enum err e = OK;
    for (size_t i = kept(b); e == OK && i > 0; i--) {
        if (!b->waits[i - 1]) {
            e = drop_kept(b, i - 1);
        }
    }
    return e;
}

/* What the writers of a file have, by its own word: that much of it as this site knows. */
static enum err hear(struct meeting *b)
{
    const struct bundle *h = &b->file.header;
    enum err e = OK;
    buf_cut(&b->st.base, 0);
    for (size_t i = 0; e == OK && i < h->ref_count + h->need_count; i++) {
        /* references first: a chain's branch is further on than its prerequisite, and the first row counts */
        const struct bundle_line *line = i < h->ref_count ? &h->refs[i] : &h->needs[i - h->ref_count];
        struct bundle_row row = {.oid = line->oid};
        struct db_row *q = db_use(b->m->s->db, "SELECT c.chain FROM record r JOIN chain c ON c.id = r.chain"
                                               " WHERE r.oid = ?");
        db_blob(q, 1, line->oid.b, OID_LEN);
        const bool known = db_next(q);
        if (known) {
            db_col_copy(q, 0, row.chain.b, ID_LEN);
        }
        e = db_end(q);
        if (known) {
            buf_put(&b->st.base, &row, sizeof row);
        }
    }
    return e == OK ? buf_check(&b->st.base) : e;
}

/* What lies there says what the readers have. */
static enum err weigh(struct meeting *b)
{
    struct bundle_state *st = &b->st;
    const bool own = b->file.there && st->has_sent && memcmp(&b->file.hash, &st->sent_hash, HASH_LEN) == 0;
    b->others = b->file.there && !own;
    if (own || !st->has_sent) {
        return OK;
    }
    if (!b->file.there) { /* carried away */
        buf_cut(&st->base, 0);
        buf_put_span(&st->base, span_buf(&st->sent));
    }
    st->has_sent = false;
    buf_cut(&st->sent, 0);
    return buf_check(&st->base);
}

static enum err meet(struct meeting *b)
{
    struct exchange *m = b->m;
    enum err e = bundle_prepare(&m->s->why, b->path);
    if (e == OK) {
        e = bundle_file_open(&b->file, m, b->path);
    }
    if (e == OK) {
        e = bundle_state_load(&b->st, m->s, b->name, b->file.there ? &b->file.hash : NULL);
    }
    if (e == OK) {
        e = weigh(b);
    }
    if (e == OK && b->others) {
        e = make_room(b);
    }
    if (e == OK) {
        e = kept(b) > 0 ? receive_kept(b) : receive_nothing(b);
        if (e != OK) {
            drop_fresh(b);
        }
    }
    if (e == OK && !m->cancelled) {
        e = tell_needs(b);
    }
    if (e == OK && !m->cancelled && b->others) {
        e = hear(b);
    }
    if (e == OK) {
        e = forget_done(b);
    }
    if (e == OK) {
        e = bundle_state_keep(m->s, b->name, &b->st);
    }
    return e == OK && !m->cancelled ? bundle_file_write(m, b->name, b->path, &b->st) : e;
}

enum err bundle_meet(struct exchange *m, const char *name, const char *path)
{
    struct meeting b = {.m = m, .name = name, .path = path};
    int lock = -1;
    enum err e = meet_stage_lock(&lock, m->a, m->s, name);
    if (e == OK) {
        e = meet(&b);
    }
    posix_unlock(lock);
    buf_free(&b.file.text);
    bundle_state_free(&b.st);
    return e;
}

enum err bundle_forget(struct site *s, struct arena *a, const char *name)
{
    struct exchange m = {.s = s, .a = a};
    struct meeting b = {.m = &m, .name = name};
    enum err e = bundle_state_load(&b.st, s, name, NULL);
    while (e == OK && kept(&b) > 0) {
        e = drop_kept(&b, 0);
    }
    if (e == OK) {
        e = bundle_state_forget(s, name);
    }
    bundle_state_free(&b.st);
    return e;
}
