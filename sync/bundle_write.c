#include "sync/bundle.h"

#include "sync/bundle_posix.h"
#include "sync/chains.h"
#include "sync/exchange.h"

#include <string.h>

#define PACK_SUM 20

struct writing {
    struct exchange *m;
    const struct bundle_state *st;
    struct arena a;
    struct buf objects; /* struct oid */
    struct buf needs;   /* struct bundle_line */
    struct buf refs;
    struct buf now; /* struct bundle_row */
    struct buf head;
    struct bundle_posix *file;
    uint64_t txs;
    uint64_t bytes;
    uint8_t sum[PACK_SUM]; /* the last bytes written */
};

/* How far the readers have come with a chain, if this site knows it. */
static enum err base_of(uint64_t *dot, struct oid *oid, struct writing *w, const struct chain_id *chain)
{
    *dot = 0;
    for (size_t at = 0; at + sizeof(struct bundle_row) <= w->st->base.len; at += sizeof(struct bundle_row)) {
        struct bundle_row row;
        memcpy(&row, w->st->base.ptr + at, sizeof row);
        if (memcmp(&row.chain, chain, sizeof row.chain) == 0) {
            struct exchange_record here;
            enum err e = exchange_find(&here, w->m->s, &row.oid, chain);
            *oid = row.oid;
            *dot = e == OK && here.on_branch ? (uint64_t)here.last : 0;
            return e;
        }
    }
    return OK;
}

static enum err put_line(struct buf *lines, struct writing *w, const struct oid *oid, struct buf *text)
{
    const char *kept = arena_text(&w->a, span_buf(text));
    struct bundle_line line = {.oid = *oid};
    enum err e = kept && buf_check(text) == OK ? OK : ERR_MEMORY;
    if (e == OK) {
        line.text = span_str(kept);
        buf_put(lines, &line, sizeof line);
        e = buf_check(lines);
    }
    buf_free(text);
    return e;
}

static enum err gather_chain(struct writing *w, const struct chain_row *chain)
{
    const struct bundle_row now = {.chain = chain->chain, .oid = chain->oid};
    struct buf text = {0};
    struct oid base;
    uint64_t have;
    buf_put(&w->now, &now, sizeof now);
    enum err e = base_of(&have, &base, w, &chain->chain);
    if (e == OK && have > 0) {
        bundle_comment(&text, &chain->chain, have);
        e = put_line(&w->needs, w, &base, &text);
    }
    if (e == OK && have < chain->last) {
        buf_put_str(&text, "refs/heads/");
        buf_put_hex(&text, span_of(chain->chain.b, ID_LEN));
        e = put_line(&w->refs, w, &chain->oid, &text);
    }
    if (e == OK && have < chain->last) {
        e = exchange_after(&w->objects, &w->txs, w->m->s, chain->id, have);
    }
    return e;
}

static enum err gather(struct writing *w)
{
    struct site *s = w->m->s;
    struct buf ids = {0};
    struct db_row *q = db_use(s->db, "SELECT id FROM chain WHERE hash IS NOT NULL ORDER BY chain");
    while (db_next(q)) {
        const int64_t id = db_col_int(q, 0);
        buf_put(&ids, &id, sizeof id);
    }
    enum err e = db_end(q);
    e = e == OK ? buf_check(&ids) : e;
    for (size_t at = 0; e == OK && at < ids.len; at += sizeof(int64_t)) {
        int64_t id;
        struct chain_row chain;
        memcpy(&id, ids.ptr + at, sizeof id);
        e = chains_by_number(&chain, s, id);
        if (e == OK) {
            e = gather_chain(w, &chain);
        }
    }
    buf_free(&ids);
    return e == OK ? buf_check(&w->now) : e;
}

static void remember_end(struct writing *w, struct span piece)
{
    if (piece.len >= PACK_SUM) {
        memcpy(w->sum, piece.ptr + piece.len - PACK_SUM, PACK_SUM);
    } else if (piece.len > 0) {
        memmove(w->sum, w->sum + piece.len, PACK_SUM - piece.len);
        memcpy(w->sum + PACK_SUM - piece.len, piece.ptr, piece.len);
    }
}

static enum err put_piece(void *ctx, struct span piece)
{
    struct writing *w = ctx;
    remember_end(w, piece);
    w->bytes += piece.len;
    return bundle_posix_put(w->file, piece);
}

static enum err write_pack(struct writing *w)
{
    const struct bundle b = {.need_count = w->needs.len / sizeof(struct bundle_line),
                             .needs = (const struct bundle_line *)(const void *)w->needs.ptr,
                             .ref_count = w->refs.len / sizeof(struct bundle_line),
                             .refs = (const struct bundle_line *)(const void *)w->refs.ptr};
    bundle_encode(&w->head, &b);
    enum err e = buf_check(&w->head);
    if (e == OK) {
        e = bundle_posix_put(w->file, span_buf(&w->head));
    }
    if (e == OK) {
        e = log_pack(w->m->s->log, (const struct oid *)(const void *)w->objects.ptr, w->objects.len / OID_LEN,
                     put_piece, w);
    }
    return e == OK ? bundle_posix_settle(w->file) : e;
}

/* Announced before it takes its place, so that no crash makes it look like somebody else's. */
static enum err place(struct writing *w, const char *name)
{
    struct bundle_state after = *w->st;
    after.has_sent = true;
    after.sent = w->now;
    buf_put(&w->head, w->sum, PACK_SUM);
    after.sent_hash = ids_hash(span_buf(&w->head));
    enum err e = buf_check(&w->head);
    if (e == OK) {
        e = bundle_state_announce(w->m->s, name, &after.sent_hash, &w->now);
    }
    if (e == OK) {
        e = bundle_posix_place(w->file);
    }
    if (e == OK) {
        w->m->result.sent_transactions += w->txs;
        w->m->result.sent_bytes += w->bytes;
        e = bundle_state_keep(w->m->s, name, &after);
    }
    return e;
}

static bool said_already(const struct writing *w)
{
    return w->objects.len == 0 || (w->st->has_sent && span_equal(span_buf(&w->st->sent), span_buf(&w->now)));
}

enum err bundle_file_write(struct exchange *m, const char *name, const char *path, const struct bundle_state *st)
{
    struct writing w = {.m = m, .st = st};
    enum err e = gather(&w);
    const uint64_t records = w.objects.len / OID_LEN;
    if (e == OK && !said_already(&w) && exchange_tell(m, "give", 0, records)) {
        e = bundle_posix_begin(&w.file, path);
        if (e == OK) {
            e = write_pack(&w);
        }
        if (e == OK) {
            e = place(&w, name);
        }
        if (e == OK) {
            (void)exchange_tell(m, "give", records, records);
        }
        if (e == ERR_STORAGE || e == ERR_BUSY) {
            e = why_set(&m->s->why, ERR_TRANSPORT, WHY("the bundle file cannot be written; nothing was lost"), "%s",
                        path);
        }
    }
    bundle_posix_end(w.file);
    arena_free(&w.a);
    buf_free(&w.objects);
    buf_free(&w.needs);
    buf_free(&w.refs);
    buf_free(&w.now);
    buf_free(&w.head);
    return e;
}
