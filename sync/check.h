/* verify: walking the log again, and what was refused. */
#ifndef SYNC_CHECK_H
#define SYNC_CHECK_H

#include "sync/commit.h"
#include "sync/site.h"

/* Something that was refused or set aside: a record (n 0), a part, or a transaction's part in a section. */
struct check_refused {
    struct chain_id chain;
    struct hash record;
    uint64_t n; /* transaction, 0: the record or part as a whole */
    /* Constant: malformed signature chain link hash waits quarantine limit (a record), shape unopened (a part),
     * authority schema unknown (an operation). */
    const char *verdict;
    const char *detail;
};
/* A chain that has split after a transaction (0: before its first): a home was put back from a copy, or copied, or its
 * holder lies. Both first records are signed, and so are proof. Nothing is refused for it. */
struct check_branch {
    struct chain_id chain; /* the branch's own */
    struct hash record;    /* its first */
    struct oid commit;     /* that record in git */
    uint64_t transactions; /* up to its end, or to where it splits again */
};
struct check_fork {
    struct chain_id chain; /* the one that splits */
    uint64_t after;
    const char *member_name; /* whose; "" if that is not known */
    const char *party_name;
    size_t branch_count;
    const struct check_branch *branches;
};
struct check_device {
    struct sign_public sign;
    const char *member_name;
    const char *party_name;
    uint64_t records;
    uint64_t transactions;
};
struct check_result {
    /* Of what this replica holds, every signature, link and hash is right and every operation stands. What was offered
     * and not taken in does not count: it is listed, and is not here. Nor do forks, which a restored home makes. */
    bool ok;
    uint64_t transactions;
    uint64_t signatures_checked;
    uint64_t newer; /* operations of a newer samplan: kept and passed on, and nothing that does not hold */
    size_t device_count;
    const struct check_device *devices;
    size_t refused_count;
    const struct check_refused *refused;
    size_t fork_count;
    const struct check_fork *forks; /* by chain */
};
/* full: also opens and decodes every part that this device has the key of. Before that,
 * each page of the replica is read: ERR_DAMAGED. ERR_STORAGE: the log cannot be read. */
MUST_CHECK enum err check_log(struct check_result *out, struct arena *a, struct site *s, bool full);

/* Copies the log's refs and objects into a fresh bare repository at dir (for audit export). ERR_EXISTS, ERR_STORAGE. */
MUST_CHECK enum err check_export(struct site *s, const char *dir);

#endif
