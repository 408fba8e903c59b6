/* The two files that bring a device in: a request, and the invitation that answers it (design: trust, "Identities").
 * Nothing secret is in either. Text files: an armor line, base64 in lines of 64, an armor line; inside, canonical CBOR
 * ended by an Ed25519 signature. Pure over bytes. */
#ifndef SYNC_LETTER_H
#define SYNC_LETTER_H

#include "crypto/device.h"
#include "sync/arena.h"

/* [1, signing, box, meeting, party name, kind (may be empty), person, role, signature over "samplan request 1" and
 * all before as one array] by the new device's own key. */
struct letter_request {
    struct sign_public sign;
    struct box_public box;
    struct box_public meeting;
    const char *party;
    const char *kind; /* empty: the party exists already */
    const char *person;
    const char *role;
};

/* [1, förbund id, förbund name, genesis hash, approving chain, dot, record hash, invited signing key, member, party,
 * approver's signing key, signature over "samplan invitation 1" ...] */
struct letter_invitation {
    struct forbund_id forbund;
    const char *forbund_name;
    struct hash genesis;
    struct chain_id chain; /* of the record that certifies */
    uint64_t dot;
    struct hash record;
    struct sign_public invited;
    struct uuid member;
    struct uuid party;
    struct sign_public by;
};

/* Appends the file. Texts must be utf8_is_clean and within limits, and d must be who signs (asserted). ERR_MEMORY. */
MUST_CHECK enum err letter_request_encode(struct buf *out, const struct letter_request *q, const struct device *d);
/* ERR_INPUT: not a request; ERR_FORGED: signature does not verify; ERR_LIMIT; ERR_MEMORY. Texts are in the arena. */
MUST_CHECK enum err letter_request_decode(struct letter_request *q, struct arena *a, struct span file);
MUST_CHECK enum err letter_invitation_encode(struct buf *out, const struct letter_invitation *i,
                                             const struct device *d);
MUST_CHECK enum err letter_invitation_decode(struct letter_invitation *i, struct arena *a, struct span file);
/* Words to compare aloud, over what the letter's signature covers: the request's content; the invitation's, which names
 * the invited device by its signing key. Armor and line breaks do not matter. Without memory the text is empty: there is
 * nothing to compare then. */
void letter_request_words(char out[WORDS_LEN], const struct letter_request *q);
void letter_invitation_words(char out[WORDS_LEN], const struct letter_invitation *i);

#endif
