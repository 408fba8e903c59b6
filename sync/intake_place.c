#include "sync/intake.h"

#include <string.h>

struct placing {
    struct site *s;
    const struct intake *in;
    enum verdict *verdict;
    const char **detail;
};

static enum err refuse(struct placing *p, enum verdict v, const char *detail)
{
    *p->verdict = v;
    *p->detail = detail;
    return OK;
}

static enum err place_first(struct placing *p)
{
    const struct intake *in = p->in;
    int64_t certified = 0;
    if (!in->header.has_opens || in->has_parent || in->header.first != 1) {
        return refuse(p, VERDICT_LINK, "a chain's first record must open it");
    }
    struct chain_id id = ids_chain(&in->opening.sign, &in->opening.run);
    if (memcmp(&id, &in->header.chain, sizeof id) != 0 ||
        memcmp(&in->opening.sign, &in->signer, sizeof in->signer) != 0) {
        return refuse(p, VERDICT_CHAIN, "the chain's id does not commit to the signing key");
    }
    if (memcmp(&in->header.prev, &in->header.opens, sizeof in->header.prev) != 0) {
        return refuse(p, VERDICT_LINK, "prev of a first record is the hash of its opening");
    }
    if (intake_is_genesis(in)) {
        bool pinned = memcmp(in->hash.b, p->s->self.forbund.b, ID_LEN) == 0;
        return pinned ? OK : refuse(p, VERDICT_CHAIN, "the genesis of another förbund");
    }
    struct db_row *q = db_use(p->s->db, "SELECT 1 FROM certification WHERE sign = ?");
    db_blob(q, 1, in->signer.b, SIGN_PUBLIC_LEN);
    enum err e = db_get_int(&certified, q, 0);
    if (e == OK && certified == 0) {
        return refuse(p, VERDICT_QUARANTINE, "no certification names the device");
    }
    return e;
}

static enum err place_next(struct placing *p, const struct chain_row *chain)
{
    const struct intake *in = p->in;
    if (memcmp(&in->signer, &chain->sign, sizeof in->signer) != 0) {
        return refuse(p, VERDICT_SIGNATURE, "signed by another key than the chain's");
    }
    if (in->header.has_opens && memcmp(&in->hash, &chain->hash, sizeof in->hash) != 0) {
        return refuse(p, VERDICT_FORK, "the chain has another first record");
    }
    if (memcmp(&in->header.prev, &chain->hash, sizeof chain->hash) != 0) {
        int64_t earlier = 0;
        struct db_row *q = db_use(p->s->db, "SELECT 1 FROM record WHERE hash = ? AND chain = ?");
        db_blob(q, 1, in->header.prev.b, HASH_LEN);
        db_int(q, 2, chain->id);
        enum err e = db_get_int(&earlier, q, 0);
        if (e != OK) {
            return e;
        }
        return earlier ? refuse(p, VERDICT_FORK, "two records of the chain follow the same one")
                       : refuse(p, VERDICT_LINK, "prev is not the chain's last record");
    }
    if (in->header.has_opens || !in->has_parent || memcmp(&in->parent, &chain->oid, sizeof in->parent) != 0 ||
        in->header.first != chain->last + 1) {
        return refuse(p, VERDICT_LINK, "numbers or parent do not continue the chain");
    }
    return OK;
}

static enum err place_seen(struct placing *p)
{
    const struct header *h = &p->in->header;
    for (size_t i = 0; i < h->seen_count; i++) {
        struct db_row *q = db_use(p->s->db, "SELECT r.hash FROM record r JOIN chain c ON c.id = r.chain"
                                            " WHERE c.chain = ? AND r.last = ? AND r.hash IS NOT NULL");
        struct hash have = {{0}};
        db_blob(q, 1, h->seen[i].chain.b, ID_LEN);
        db_int(q, 2, (int64_t)h->seen[i].dot);
        bool found = db_next(q);
        if (found) {
            db_col_copy(q, 0, have.b, HASH_LEN);
        }
        enum err e = db_end(q);
        if (e != OK) {
            return e;
        }
        if (!found) {
            return refuse(p, VERDICT_WAITS, "it has seen a record that is not here");
        }
        if (memcmp(&have, &h->seen[i].hash, sizeof have) != 0) {
            return refuse(p, VERDICT_LINK, "it has seen another record in that place");
        }
    }
    return OK;
}

enum err intake_place(enum verdict *verdict, const char **detail, struct site *s, const struct intake *in,
                      const struct chain_id *branch)
{
    struct placing p = {.s = s, .in = in, .verdict = verdict, .detail = detail};
    struct chain_row chain;
    *verdict = VERDICT_ACCEPT;
    *detail = "";
    if (memcmp(branch, &in->header.chain, sizeof *branch) != 0) {
        return refuse(&p, VERDICT_CHAIN, "a record of another chain");
    }
    if (in->header.kind != HEADER_PLANS) {
        return refuse(&p, VERDICT_CHAIN, "a chain of a kind that this version does not keep");
    }
    enum err e = chains_find(&chain, s, branch);
    if (e != OK) {
        return e;
    }
    if (!intake_is_genesis(in) && memcmp(&in->header.forbund, &s->self.forbund, sizeof s->self.forbund) != 0) {
        return refuse(&p, VERDICT_CHAIN, "a record of another förbund");
    }
    if (intake_is_genesis(in) && chain.has_head) {
        return refuse(&p, VERDICT_CHAIN, "a genesis record in the midst of a chain");
    }
    e = chain.has_head ? place_next(&p, &chain) : place_first(&p);
    return e == OK && *verdict == VERDICT_ACCEPT ? place_seen(&p) : e;
}
