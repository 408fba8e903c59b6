#include "sync/exchange.h"

#include "sync/chains.h"

#include <inttypes.h>
#include <string.h>

enum err exchange_gap_text(const char **detail, struct arena *a, const struct chain_id *chain, uint64_t first,
                           uint64_t last)
{
    struct buf hex = {0};
    buf_put_hex(&hex, span_of(chain->b, ID_LEN));
    const char *name = buf_text(&hex);
    *detail = name ? arena_printf(a, "transactions %" PRIu64 "-%" PRIu64 " of chain %s are missing", first, last, name)
                   : NULL;
    buf_free(&hex);
    return *detail ? OK : ERR_MEMORY;
}

/* The chain's own records between what is here and what was offered. */
static enum err gap_in_chain(const char **detail, struct hash *record, struct exchange *m,
                             const struct exchange_offer *o)
{
    struct intake above;
    enum verdict verdict;
    const char *said;
    struct oid oid;
    struct chain_row chain;
    memcpy(oid.b, o->lacking.ptr + o->lacking.len - 2 * (size_t)OID_LEN, OID_LEN);
    enum err e = intake_read(&above, &verdict, &said, m->place, &oid);
    if (e == OK && verdict == VERDICT_ACCEPT) {
        e = chains_find(&chain, m->s, &o->chain);
        if (e == OK && above.header.first > chain.last + 1) {
            *record = above.hash;
            e = exchange_gap_text(detail, m->a, &o->chain, chain.last + 1, above.header.first - 1);
        }
    }
    intake_free(&above);
    return e;
}

/* The first chain that it has seen more of than is here. */
static enum err gap_in_seen(const char **detail, struct exchange *m, const struct intake *in)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && !*detail && i < in->header.seen_count; i++) {
        const struct seen *seen = &in->header.seen[i];
        struct chain_row chain;
        e = chains_find(&chain, m->s, &seen->chain);
        uint64_t have = e == OK && chain.id != 0 ? chain.last : 0;
        if (e == OK && have < seen->dot) {
            e = exchange_gap_text(detail, m->a, &seen->chain, have + 1, seen->dot);
        }
    }
    return e;
}

enum err exchange_gap(const char **detail, struct hash *record, struct exchange *m, const struct exchange_offer *o,
                      const struct intake *in)
{
    static const struct hash none = {{0}};
    *detail = NULL;
    if (memcmp(&in->hash, &none, sizeof none) != 0) {
        return gap_in_seen(detail, m, in);
    }
    return o->lacking.len >= 2 * (size_t)OID_LEN ? gap_in_chain(detail, record, m, o) : OK;
}
