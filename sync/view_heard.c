#include "sync/view_row.h"

#include "sync/chains.h"
#include "sync/home.h"

#include <string.h>

struct heard_chain {
    int64_t id;
    struct chain_id chain;
    struct sign_public device;
    uint64_t last;
    int64_t record; /* its newest that is here */
};

static enum err load_chains(struct buf *out, struct site *s)
{
    struct db_row *q = db_use(s->db, "SELECT c.id, c.chain, c.sign, c.last,"
                                     " (SELECT max(seq) FROM record r WHERE r.chain = c.id AND r.hash IS NOT NULL)"
                                     " FROM chain c WHERE c.hash IS NOT NULL ORDER BY c.id");
    while (db_next(q)) {
        struct heard_chain c = {.id = db_col_int(q, 0), .last = (uint64_t)db_col_int(q, 3), .record = db_col_int(q, 4)};
        db_col_copy(q, 1, c.chain.b, ID_LEN);
        db_col_copy(q, 2, c.device.b, SIGN_PUBLIC_LEN);
        buf_put(out, &c, sizeof c);
    }
    enum err e = db_end(q);
    return e == OK ? buf_check(out) : e;
}

/* What the newest record of one chain had in its past, and its own end. */
static enum err add_rows(struct buf *rows, struct site *s, const struct heard_chain *of, const struct buf *chains)
{
    const struct vector *seen = NULL;
    enum err e = chains_vector(&seen, s, of->record);
    for (size_t at = 0; e == OK && at < chains->len; at += sizeof(struct heard_chain)) {
        struct heard_chain c;
        memcpy(&c, chains->ptr + at, sizeof c);
        const uint64_t n = c.id == of->id ? of->last : vector_get(seen, c.id);
        if (n > 0) {
            const struct view_heard_row row = {.device = of->device, .upto = {.chain = c.chain, .n = n}};
            buf_put(rows, &row, sizeof row);
        }
    }
    return e == OK ? buf_check(rows) : e;
}

enum err view_heard(struct view_heard *out, struct arena *a, struct site *s)
{
    struct buf chains = {0};
    struct buf rows = {0};
    struct view_heard heard = {0};
    bool sent = false;
    enum err e = load_chains(&chains, s);
    for (size_t at = 0; e == OK && at < chains.len; at += sizeof(struct heard_chain)) {
        struct heard_chain c;
        memcpy(&c, chains.ptr + at, sizeof c);
        e = add_rows(&rows, s, &c, &chains);
    }
    if (e == OK) {
        e = home_get_blob(&sent, s, HOME_SENT, &heard.sent, sizeof heard.sent);
    }
    heard.count = rows.len / sizeof *heard.rows;
    heard.rows = e == OK ? arena_copy(a, &rows) : NULL;
    if (e == OK && !heard.rows) {
        e = ERR_MEMORY;
    }
    if (e == OK) {
        *out = heard;
    }
    buf_free(&chains);
    buf_free(&rows);
    return e;
}
