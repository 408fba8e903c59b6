#include "sync/intake.h"

#include "sync/forks.h"

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
    if (in->has_parent || in->header.first != 1) {
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
    struct forks_prev prev;
    if (chain->id == 0) {
        return refuse(p, VERDICT_LINK, "a chain's first record must open it");
    }
    if (memcmp(&in->signer, &chain->sign, sizeof in->signer) != 0) {
        return refuse(p, VERDICT_SIGNATURE, "signed by another key than the chain's");
    }
    enum err e = forks_prev(&prev, p->s, &in->header.prev);
    if (e != OK) {
        return e;
    }
    if (prev.seq == 0 || memcmp(&prev.header_chain, &in->header.chain, sizeof prev.header_chain) != 0) {
        return refuse(p, VERDICT_LINK, "prev is no record of the chain");
    }
    if (!in->has_parent || memcmp(&in->parent, &prev.oid, sizeof in->parent) != 0 ||
        in->header.first != prev.last + 1) {
        return refuse(p, VERDICT_LINK, "numbers or parent do not continue the chain");
    }
    return OK;
}

/* A line of seen names a record by its hash. Its chain tells where to look for one that is missing; the writer may know
 * of more, or fewer, branches than this replica, so that chain is not compared. */
static enum err place_seen(struct placing *p)
{
    const struct header *h = &p->in->header;
    for (size_t i = 0; i < h->seen_count; i++) {
        struct forks_prev have;
        enum err e = forks_prev(&have, p->s, &h->seen[i].hash);
        if (e != OK) {
            return e;
        }
        if (have.seq == 0) {
            return refuse(p, VERDICT_WAITS, "it has seen a record that is not here");
        }
        if (have.last != h->seen[i].dot) {
            return refuse(p, VERDICT_LINK, "a record that it has seen has another number");
        }
    }
    return OK;
}

/* One device can make any number of branches; each costs everybody a chain. */
static enum err place_branch(struct placing *p)
{
    const struct intake *in = p->in;
    const struct forks_record r = {.header = &in->header, .hash = &in->hash, .opening = &in->opening};
    bool too_many = false;
    enum err e = forks_too_many(&too_many, p->s, &r);
    return e == OK && too_many ? refuse(p, VERDICT_LIMIT, "the chain has too many branches") : e;
}

/* Does a git branch of that name carry this chain? Branches of a chain have their own names, which need not be known here
 * yet; but what is another chain's is none of its. */
static enum err carries(bool *out, struct site *s, const struct chain_id *branch, const struct chain_id *chain)
{
    struct chain_row row;
    struct chain_row root;
    *out = memcmp(branch, chain, sizeof *branch) == 0;
    if (*out) {
        return OK;
    }
    enum err e = chains_find(&row, s, branch);
    *out = row.id == 0;
    if (e == OK && row.id != 0) {
        e = chains_by_number(&root, s, row.root);
        *out = e == OK && memcmp(&root.chain, chain, sizeof *chain) == 0;
    }
    return e;
}

enum err intake_place(enum verdict *verdict, const char **detail, struct site *s, const struct intake *in,
                      const struct chain_id *branch)
{
    struct placing p = {.s = s, .in = in, .verdict = verdict, .detail = detail};
    struct chain_row chain;
    *verdict = VERDICT_ACCEPT;
    *detail = "";
    bool carried = false;
    enum err e = carries(&carried, s, branch, &in->header.chain);
    if (e != OK || !carried) {
        return e != OK ? e : refuse(&p, VERDICT_CHAIN, "a record of another chain");
    }
    if (in->header.kind != HEADER_PLANS) {
        return refuse(&p, VERDICT_CHAIN, "a chain of a kind that this version does not keep");
    }
    e = chains_find(&chain, s, &in->header.chain);
    if (e != OK) {
        return e;
    }
    if (!intake_is_genesis(in) && memcmp(&in->header.forbund, &s->self.forbund, sizeof s->self.forbund) != 0) {
        return refuse(&p, VERDICT_CHAIN, "a record of another förbund");
    }
    if (intake_is_genesis(in) && (chain.has_head || chain.split)) {
        return refuse(&p, VERDICT_CHAIN, "a genesis record in the midst of a chain");
    }
    e = in->header.has_opens ? place_first(&p) : place_next(&p, &chain);
    if (e == OK && *verdict == VERDICT_ACCEPT) {
        e = place_seen(&p);
    }
    return e == OK && *verdict == VERDICT_ACCEPT ? place_branch(&p) : e;
}
