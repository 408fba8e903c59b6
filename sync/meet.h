/* Meeting: exchanging records with a place, both ways, exactly what each side lacks. */
#ifndef SYNC_MEET_H
#define SYNC_MEET_H

#include "sync/site.h"

struct meet_remote {
    const char *name; /* [a-z0-9åäö_-]+, at most 64 bytes */
    const char *url;
};
struct meet_remotes {
    size_t count;
    const struct meet_remote *remotes; /* by name */
};

/* What a URL is a place of. A bundle is a file that is carried; what a bundle of others holds is taken in, and then it is
 * replaced by one for them. A host is served by stock git, and met through the installed git. */
enum meet_kind {
    MEET_NONE,   /* nothing that this version can meet */
    MEET_FOLDER, /* an absolute path */
    MEET_BUNDLE, /* an absolute path that ends in .bundle */
    MEET_HOST,   /* ssh://, user@host:path, https://, file:///path; http:// to this machine alone, for tests */
};
enum meet_kind meet_kind_of(const char *url);

MUST_CHECK enum err meet_list(struct meet_remotes *out, struct arena *a, struct site *s);
/* A folder and a bare repository in it are made if it is missing and its parent exists. A host is not asked yet: it may
 * be out of reach now. ERR_EXISTS: name taken; ERR_INPUT: not a name or not a place this version can meet;
 * ERR_TRANSPORT: cannot be made or written. */
MUST_CHECK enum err meet_add(struct site *s, const char *name, const char *url);
/* Forgets the place, and what was kept of it here (nothing that was taken in). The place is left as it is. Added again,
 * a bundle starts with everything. ERR_NOT_FOUND; ERR_BUSY: somebody is meeting there. */
MUST_CHECK enum err meet_remove(struct site *s, const char *name);

/* The place that a remote names, in the arena. ERR_NOT_FOUND. */
MUST_CHECK enum err meet_url(const char **url, struct arena *a, struct site *s, const char *remote);

/* Something in what arrived that was not taken in. */
struct meet_fault {
    struct chain_id chain;
    struct hash record; /* zeros if there was none to hash */
    const char
        *verdict; /* constant name: malformed, signature, chain, link, hash, waits, fork, quarantine, limit, newer */
    const char *detail; /* constant or in the arena; of a gap it names the chain and the transactions missing */
};

struct meet_result {
    const char *phase; /* constant: fetch, read, take-in, give, push. Set while it lasts, for progress to look at */
    bool cancelled;    /* progress ended it */
    uint64_t sent_transactions;
    uint64_t sent_bytes; /* of packs written */
    uint64_t received_transactions;
    uint64_t received_bytes;
    uint64_t restored_transactions; /* this device's own that it had not: it was put back from a copy, or copied */
    uint64_t waiting_for_key;       /* parts taken in now that this device cannot open */
    size_t fault_count;
    const struct meet_fault *faults;
};

/* Takes in what this site's own log holds beyond its replica: the replica was put back from a copy. */
MUST_CHECK enum err meet_own_log(struct site *s);
/* progress may be NULL: called with done and total (records, or what git counts while it carries them); returning false
 * cancels: what was taken in stays.
 * ERR_TRANSPORT: the place is gone, read-only or not ours (why says which); what had arrived is kept, nothing of this
 * site's is lost. ERR_REFUSED: the place belongs to another förbund. */
MUST_CHECK enum err meet_sync(struct meet_result *out, struct arena *a, struct site *s, const char *remote,
                              bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx);

#endif
