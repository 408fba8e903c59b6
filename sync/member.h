/* Parties, members and devices as the förbund section has them, and bringing a device in. */
#ifndef SYNC_MEMBER_H
#define SYNC_MEMBER_H

#include "sync/letter.h"
#include "sync/site.h"

struct member_party {
    struct uuid id;
    const char *name;
    const char *kind;
};
struct member_device {
    struct sign_public sign;
    struct uuid member;
    struct uuid party;
    const char *member_name;
    const char *party_name;
    const char *role;
    struct dot certified; /* the transaction that did it */
};
struct member_list {
    size_t party_count;
    struct member_party *parties; /* by name, then id */
    size_t device_count;
    struct member_device *devices; /* by party name, member name, signing key */
};

/* Everything standing; in the arena. */
MUST_CHECK enum err member_list(struct member_list *out, struct arena *a, struct site *s);
/* Resolves a recipient as people write it: a party's or member's name (exact, cleaned) or id. ERR_NOT_FOUND;
 * ERR_INPUT: more than one has that name (why tells their ids). */
MUST_CHECK enum err member_resolve(struct grant *out, struct site *s, const char *text);
/* The name of a party or member; NULL if unknown. In the arena. */
const char *member_name(struct arena *a, struct site *s, const struct uuid *id);

struct member_approval {
    bool complete; /* false: this approval is recorded, more are needed */
    uint32_t have; /* distinct parties that approve, this one included */
    uint32_t need;
    char request_words[WORDS_LEN];
    char invitation_words[WORDS_LEN]; /* only if complete */
};
/* Approves a request letter: admits the party where it is new (with enough approvals), certifies the device, hands it
 * the keys it may have, seals that into a record, and appends the invitation to out. If this device did all that before,
 * it only appends the invitation: the first may have been lost on the way. ERR_INPUT, ERR_FORGED: bad letter;
 * ERR_REFUSED: this member may not; ERR_EXISTS: device certified already, by another or as somebody else; ERR_NOT_FOUND:
 * the party is not known and the request gives no kind. */
MUST_CHECK enum err member_approve(struct member_approval *a, struct buf *out, struct site *s, struct span request);

#endif
