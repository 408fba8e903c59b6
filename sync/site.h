/* A site: one home folder opened by one process. The root handle of sync; everything the app does goes through it.
 *
 * A home holds device.key, incarnation, log.git and replica.db (docs/architecture.md). Any number of processes may have
 * a home open; writers take turns by SQLite's own write lock (waiting at most 30 s, then ERR_BUSY). A handle belongs to
 * one thread. Reads see the last committed state. */
#ifndef SYNC_SITE_H
#define SYNC_SITE_H

#include "crypto/device.h"
#include "sync/part.h"
#include "sync/schema.h"
#include "sync/why.h"

struct site;
struct letter_request;

struct site_options {
    const char *dir;        /* the home; UTF-8 path */
    struct span passphrase; /* borrowed for the call */
    const struct keyfile_key
        *key;                    /* opens a home in the passphrase's place (site_key); borrowed for the call; or NULL */
    const struct schema *schema; /* outlives the site */
    enum device_cost cost;       /* of a new device.key */
    const struct site *beside;   /* not NULL: opens the same home once more, with its keys instead of a passphrase */
    uint64_t (*now_ms)(void);    /* NULL: the system clock. Milliseconds since 1970 */
    bool
        mend; /* a replica that is damaged or gone is made anew from the log, and what can be read of it: site_mended */
};

/* How far a home has come. */
enum site_stage {
    SITE_ASKED,   /* has keys and has written a request */
    SITE_INVITED, /* has accepted an invitation; the log has not come yet, or not to the approving record */
    SITE_MEMBER,  /* founder, or certified and holding the approving record */
};

struct site_self {
    enum site_stage stage;
    struct forbund_id forbund; /* zeros while ASKED */
    char forbund_name[256];
    struct uuid member; /* nil while ASKED */
    struct uuid party;
    char member_name[256]; /* "" until MEMBER */
    char party_name[256];
    char party_kind[32];
    char role[32];
    struct sign_public device;
    struct chain_id chain;
};

struct site_founding {
    const char *forbund;
    const char *party;
    const char *kind; /* kommun, region, af, fk, annan */
    const char *person;
    uint32_t quorum; /* approvals by administrators of that many distinct parties admit a party; from 1 */
};

/* On every failure but ERR_MEMORY these set *out all the same, so that site_why can tell; close it.
 * Names are cleaned (sync/utf8.h) and bounded by LIMIT_NAME: ERR_INPUT. A home that exists: ERR_EXISTS. Nothing
 * half-made is left. */
MUST_CHECK enum err site_found(struct site **out, const struct site_options *o, const struct site_founding *f);
/* New keys and the request letter (appended to letter) for party, kind ("" if the party exists), person, role. In a home
 * that has asked and is not invited yet, its own keys: the first letter may have been lost. ERR_EXISTS: another home. */
MUST_CHECK enum err site_request(struct site **out, const struct site_options *o, struct buf *letter,
                                 const struct letter_request *wish);
/* ERR_NOT_FOUND: no home there; ERR_PASS; ERR_INPUT: damaged key file; ERR_DAMAGED: damaged or missing
 * replica; ERR_STORAGE: newer replica. */
MUST_CHECK enum err site_open(struct site **out, const struct site_options *o);
/* What the passphrase of the home in dir comes to: opens it (site_options.key) without Argon2id, until device.key is
 * written anew. Checked against device.key; no site is opened. out is guarded memory of the caller's (crypto/guard.h).
 * ERR_NOT_FOUND: no home there; ERR_PASS; ERR_STORAGE: device.key cannot be read or is damaged; ERR_LIMIT; ERR_MEMORY. */
MUST_CHECK enum err site_key(struct keyfile_key *out, struct why *why, const char *dir, struct span passphrase);
struct site_passwd {
    const struct keyfile_key *key; /* of now (site_key); borrowed */
    struct span passphrase;        /* the new one; borrowed */
    enum device_cost cost;
};
/* Puts dir's device.key under a new passphrase: the old file or the new one opens, whenever the program dies. The new one
 * has been opened again, by its passphrase, before it takes the old one's place. *out (may be NULL): what it costs.
 * ERR_CHANGED: key is not device.key's any more; ERR_BUSY; ERR_NOT_FOUND; ERR_STORAGE; ERR_LIMIT; ERR_MEMORY. */
MUST_CHECK enum err site_passwd(struct keyfile_cost *out, struct why *why, const char *dir,
                                const struct site_passwd *to);
/* The salt of that device.key: which key would open it. ERR_NOT_FOUND; ERR_STORAGE; ERR_MEMORY. */
MUST_CHECK enum err site_key_salt(uint8_t out[KEYFILE_SALT_LEN], struct why *why, const char *dir);
void site_close(struct site *s); /* NULL allowed */

/* For a program that keeps a site open: call before each piece of work, outside an edit. Forgets what another process
 * may have changed meanwhile. ERR_CHANGED: the home is another one by now (restored from a copy); close this. */
MUST_CHECK enum err site_refresh(struct site *s);
/* How long saves wait for another that is under way, instead of 30 s; then ERR_BUSY, and nothing was changed. */
void site_set_patience(struct site *s, unsigned wait_ms);

const struct why *site_why(const struct site *s);
const struct site_self *site_self(const struct site *s);
const struct schema *site_schema(const struct site *s);
uint64_t site_now_ms(const struct site *s);
/* Transactions of this device's own that came back to it since the home was opened, from its own log or from a meeting:
 * the home had been put back from a copy, or copied. 0: nothing of the kind. It goes on as a new chain. */
uint64_t site_restored(const struct site *s);

/* Pins the förbund of an invitation addressed to this device (stage ASKED, else ERR_EXISTS). ERR_INPUT, ERR_FORGED;
 * ERR_REFUSED: meant for another device. words are to be compared aloud with the administrator. */
MUST_CHECK enum err site_accept(struct site *s, struct span invitation, char words[WORDS_LEN]);

/* Seals the journal into a record now, if there is anything in it (design: records, "From save to record"). Commands
 * that meet others do it themselves; call it from long-lived programs when they end. */
MUST_CHECK enum err site_seal(struct site *s);
/* Seals if the oldest journal entry is an hour old or there are 256. Called by every command before it ends. */
MUST_CHECK enum err site_seal_if_due(struct site *s);

struct site_figures {
    uint64_t transactions; /* of all records here, and own unsealed ones; also those of which nothing can be read */
    uint64_t operations;
    uint64_t records;
    uint64_t chains;
    uint64_t unsealed;        /* in the journal, not yet in a record */
    uint64_t waiting_for_key; /* parts of records that this device cannot open */
    uint64_t log_bytes;
    uint64_t replica_bytes;
};
MUST_CHECK enum err site_figures(struct site_figures *out, struct site *s);

/* Drops everything derived and makes it anew from log.git and the keys held. The digest stays. Where the replica proves
 * damaged, a new one is made in its place: site_mended. */
MUST_CHECK enum err site_rebuild(struct site *s);

/* What a new replica in the place of a damaged one lacks of what was in it. All that the log holds is in it, for each
 * device keeps its section keys there too, sealed to itself. */
struct site_mended {
    bool anew;         /* a new replica was made */
    uint64_t kept;     /* saves that were not yet in a record, and are now */
    bool saves_lost;   /* not all of those could be read */
    bool remotes_lost; /* nor all places to meet */
    bool drafts_lost;  /* nor all drafts */
    bool memory_lost;  /* nor what the home remembers of itself alone */
    bool log_damaged;  /* records of the log could not be taken in: a meeting brings them */
};
struct site_mended site_mended(const struct site *s);

#endif
