/* A record on its way in: the checks of steps 1 to 6 (which need no key), then opening, judging and projecting what the
 * keys allow (design: records, "Order of checks on arrival"). */
#ifndef SYNC_INTAKE_H
#define SYNC_INTAKE_H

#include "sync/body.h"
#include "sync/chains.h"
#include "sync/opening.h"
#include "sync/project.h"

/* A record read from some log, decoded as far as no key is needed. Spans borrow from the buffers. */
struct intake {
    struct oid oid;
    struct oid tree_oid;
    struct commit_tree tree;
    struct hash hash;
    struct sign_public signer;
    struct header header;
    struct body body;
    struct opening opening; /* where header.has_opens */
    bool has_parent;
    struct oid parent;
    size_t bytes;
    struct buf commit_bytes;
    struct buf armored;
    struct buf b;
    struct buf k;
    struct buf o;
    struct arena arena;
};

enum verdict {
    VERDICT_ACCEPT,
    VERDICT_WAITS,      /* something it has seen, or a part of itself, is not here yet */
    VERDICT_QUARANTINE, /* no certification names its device */
    VERDICT_MALFORMED,
    VERDICT_SIGNATURE,
    VERDICT_CHAIN,
    VERDICT_LINK,
    VERDICT_HASH,
    VERDICT_LIMIT,
    VERDICT_NEWER, /* of a later version of the format: looked at again when this program has been updated */
};
const char *intake_verdict_name(enum verdict v);
/* Does it found a förbund? */
bool intake_is_genesis(const struct intake *in);

/* Steps 1 to 3 and 5: reads the objects of a commit within limits, checks grammar, shape, signature and hashes.
 * *verdict other than ACCEPT says what is wrong with it, *detail how (constant). Free with intake_free always. */
MUST_CHECK enum err intake_read(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                                const struct oid *oid);
/* The same of a record that hands over keys; of any other no more than its header, which is then all that is right. */
MUST_CHECK enum err intake_read_keys(struct intake *in, enum verdict *verdict, const char **detail, struct log *from,
                                     const struct oid *oid);
/* Only what its commit names, whether that is a record or not (for walking back from a tip). */
MUST_CHECK enum err intake_peek(struct commit_names *out, struct log *from, const struct oid *oid);
/* Steps 4 and 6, against what this replica holds. */
MUST_CHECK enum err intake_place(enum verdict *verdict, const char **detail, struct site *s, const struct intake *in,
                                 const struct chain_id *branch);
/* Rows for an accepted record, its envelopes, and everything that its keys now open. Inside a transaction of s->db. */
MUST_CHECK enum err intake_accept(struct site *s, const struct intake *in);
/* Keys in the envelopes of a record that has not been accepted: harmless, for a key names its section, and needed by a
 * device that cannot read its first certification yet. */
MUST_CHECK enum err intake_envelopes(struct site *s, const struct intake *in);
/* A part of an accepted record. */
struct intake_part {
    int64_t seq;
    int64_t chain;
    uint32_t place;
    bool late;                     /* something that has it in its past may have been projected before */
    bool entered;                  /* it has a row, as waiting */
    const struct chain_row *row;   /* of its chain; NULL: looked up */
    struct project_signer *signer; /* kept from part to part; NULL: not */
};
/* Opens, decodes, judges and projects one part whose key is held. Anything wrong with it is its verdict. *wait: it brought
 * the keys of predecessors, whose parts go first; its turn and that of all after it comes again. */
MUST_CHECK enum err intake_open_part(bool *wait, struct site *s, const struct intake *in, const struct intake_part *at);
/* A part's row. why: it is refused; NULL: it waits. */
MUST_CHECK enum err intake_enter_part(struct site *s, const struct intake *in, const struct intake_part *at,
                                      const char *why);
/* The parts of a record that has just come: what waited for its keys is opened first, then they, as far as they can be. */
MUST_CHECK enum err intake_open_new(struct site *s, const struct intake *in, int64_t seq,
                                    const struct chain_row *chain);
/* Opens what waited for a key, as long as keys keep coming. */
MUST_CHECK enum err intake_advance(struct site *s);
/* For verify: opens and decodes again every part whose key is held. *verdict MALFORMED and *detail tell of one that does
 * not, though the replica has it as done. */
MUST_CHECK enum err intake_recheck(enum verdict *verdict, const char **detail, struct site *s, const struct intake *in);
/* Appends the git names (struct oid) of the commit, its tree and its blobs. */
void intake_objects(struct buf *out, const struct intake *in);
/* The same of a record in this site's own log, read again. ERR_STORAGE: the log is damaged. */
MUST_CHECK enum err intake_objects_of(struct buf *out, struct site *s, const struct oid *oid);
void intake_free(struct intake *in);

#endif
