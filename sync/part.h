/* The plaintext of one section's part of a record: canonical CBOR of an object table and transactions
 * (docs/record-format.md, "Plaintext"). Pure over bytes.
 *
 *   part  = [objects, transactions]
 *   objects = [* 16 bytes]                        unique, in order of first use, each used
 *   transaction = [number, clock, [* operation]]  number: less the previous one's less 1 (the first: less the header's
 *                                                 first dot); clock in ms: less the previous one's (the first: less the
 *                                                 header's time * 1000)
 *   operation = [code, ...]                       see enum op_code
 *   value = null (unset) | text | 16 bytes (a text that is a UUID) | integer (a text that is a date: days since 1970)
 *
 * A text that has one of the shorter forms must be in it: canonical lower-case UUIDs of any version, and dates of the
 * calendar, YYYY-MM-DD, from 1900-01-01 to 2199-12-31. A text value has 1 to LIMIT_TEXT bytes (nothing is null, not
 * ""). Names, kinds, roles and topics have 1 to LIMIT_NAME bytes; a ground has 0 to LIMIT_TEXT and is not packed.
 * An operation of an unknown code nests at most LIMIT_CBOR_DEPTH arrays, its own included. */
#ifndef SYNC_PART_H
#define SYNC_PART_H

#include "crypto/ids.h"
#include "sync/arena.h"

/* Raised with each code that comes to be known: a replica is then projected anew. */
#define OP_VERSION 1

enum op_code {
    OP_NEW = 0,      /* [0, object, type]           makes an object */
    OP_SET = 1,      /* [1, object, field, value]   register, text */
    OP_ADD = 2,      /* [2, object, field, value]   set member */
    OP_DROP = 3,     /* [3, object, field, value]   removes the additions it had seen */
    OP_APPEND = 4,   /* [4, object, field, value]   entries */
    OP_REMOVE = 5,   /* [5, object] */
    OP_KEEP = 6,     /* [6, object]                 "stays", against a concurrent removal */
    OP_SPLICE = 7,   /* [7, object, field, base, skip, drop, insert]   a long text as an edit of another operation's */
    OP_OPEN = 16,    /* [16, plan, owner, topic, [*[key id, key | null]], [*grant], ground]   first in its epoch */
    OP_ADMIT = 17,   /* [17, [*grant], ground] */
    OP_GENESIS = 32, /* [32, name, quorum] */
    OP_PARTY = 33,   /* [33, party, name, kind, [*[chain, dot]]]   admission; names the approvals it rests on */
    OP_APPROVE = 34, /* [34, party, name, kind] */
    OP_CERTIFY = 35, /* [35, signing, box, meeting, member, name, party, role] */
    /* Any other code: kept as raw bytes. Below 16 its second item is an object, whatever else it says. */
    OP_UNKNOWN = -1,
};

enum grant_kind { GRANT_PARTY = 0, GRANT_MEMBER = 1 };
/* [kind, id, 0 reads | 1 reads and writes] */
struct grant {
    enum grant_kind kind;
    struct uuid id;
    bool writes;
};

struct parent_epoch {
    struct key_id key_id;
    bool has_key; /* false: from now on only */
    uint8_t key[SECTION_KEY_LEN];
};

struct dot {
    struct chain_id chain;
    uint64_t n;
};

/* OP_SPLICE: of the operation on the same field, in the same epoch, that stands at base. base is written as a number
 * where it is on the record's own chain, else as [chain, number]. */
struct op_splice {
    bool own_chain; /* base.chain is then not given */
    struct dot base;
    uint32_t skip;
    uint32_t drop;
    const char *insert; /* may be empty */
};

struct op_open {
    struct uuid plan;  /* nil in the förbund section */
    struct uuid owner; /* party; nil: shared */
    const char *topic;
    size_t parent_count;
    const struct parent_epoch *parents; /* sorted by key id, unique */
    size_t grant_count;
    const struct grant *grants; /* sorted by kind, id; unique */
    const char *ground;         /* id of a consent, or free text; may be empty */
};

struct op_party {
    struct uuid party;
    const char *name;
    const char *kind; /* kommun, region, af, fk, annan */
    size_t approval_count;
    const struct dot *approvals; /* sorted, unique; none in OP_APPROVE */
};

struct op_certify {
    struct sign_public sign;
    struct box_public box;
    struct box_public meeting;
    struct uuid member;
    const char *name;
    struct uuid party;
    const char *role; /* handläggare, samordnare, administratör, revisor */
};

struct op {
    enum op_code code;
    struct uuid object; /* object operations */
    bool unknown_names; /* OP_UNKNOWN: it names an object */
    uint32_t number;    /* OP_NEW: type; else field */
    const char *value;  /* zero-terminated; NULL: unset (OP_SET only) */
    union {
        struct op_splice splice;
        struct op_open open; /* OP_OPEN; OP_ADMIT uses its grants and ground */
        struct op_party party;
        struct op_certify certify;
        struct {
            const char *name;
            uint32_t quorum;
        } genesis;
        struct span raw; /* OP_UNKNOWN: the whole item */
    } u;
};

struct part_tx {
    uint64_t n;       /* transaction number within the chain */
    int64_t clock_ms; /* hybrid clock, milliseconds since 1970 */
    size_t op_count;  /* may be 0 */
    const struct op *ops;
};

struct part {
    size_t tx_count;
    const struct part_tx *txs; /* numbers ascending */
};

/* Where a part stands in its record: what the differences are taken from. */
struct part_base {
    uint64_t first_dot;
    uint64_t last_dot;
    int64_t time; /* the header's, seconds */
};

/* Appends the encoding. Values must be utf8_is_clean and within limits (asserted). ERR_MEMORY; ERR_LIMIT: more than
 * LIMIT_PART. Nothing is appended on failure. */
MUST_CHECK enum err part_encode(struct buf *out, const struct part *p, const struct part_base *base);
/* Everything is in the arena (raw spans are borrowed from bytes). ERR_INPUT: not what part_encode would write; ERR_LIMIT;
 * ERR_MEMORY. Keys of parent epochs are secret: the arena is wiped by the caller if it matters. */
MUST_CHECK enum err part_decode(struct part *p, struct arena *a, struct span bytes, const struct part_base *base);

#endif
