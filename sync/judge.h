/* May an operation stand? Decided the same everywhere, from what its signer had seen (design: trust, "Authority").
 *
 * A verdict is not an error: NULL means that it stands, otherwise a constant phrase says why not. The enum err tells
 * whether the question could be answered at all. */
#ifndef SYNC_JUDGE_H
#define SYNC_JUDGE_H

#include "sync/epochs.h"

/* Who signed, as of a transaction's past: by the certification that the device accepted, and no other. */
struct standing {
    bool certified;
    struct uuid member;
    struct uuid party;
    char role[32];
};
MUST_CHECK enum err judge_standing(struct standing *out, struct site *s, const struct stand *at);

/* An opening of an epoch under key_id. genesis: the record founds the förbund. */
MUST_CHECK enum err judge_open(const char **why, struct site *s, const struct op_open *open,
                               const struct key_id *key_id, const struct standing *by, const struct stand *at,
                               bool genesis);
/* Writing objects (and admitting to a shared section) in an epoch; admitting to an owned one. */
MUST_CHECK enum err judge_write(const char **why, struct site *s, const struct section_row *section,
                                const struct epoch_row *epoch, const struct standing *by, const struct stand *at);
/* An operation of membership in the förbund section. */
/* *bound: the id of the certified device's party, which the same transaction (tx) admits, is made of that device's key and
 * the admission's kind and name (ids_party). */
MUST_CHECK enum err judge_bound(bool *bound, struct site *s, const struct op_certify *c, int64_t tx);
MUST_CHECK enum err judge_member(const char **why, struct site *s, const struct op *op, const struct standing *by,
                                 const struct stand *at, bool genesis);
/* What the schema says of an operation on an object of that type (NULL: not known). Pure. *unknown: not a refusal, but
 * nothing this version can show. */
const char *judge_schema(bool *unknown, const struct schema *schema, const struct section_row *section,
                         const struct schema_type *type, enum op_code code, uint32_t number, const char *value);

#endif
