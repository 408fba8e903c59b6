/* Inside sync: the site's members and the words its rooms share. Not for app.
 *
 * Who does what with a site:
 *     chains   chains and records as rows; what is in the past of what
 *     epochs   sections, their keys, who may read and write
 *     judge    may this operation stand?
 *     merge    which operations are heads (pure)
 *     project  operations into rows: the one way into the replica, own edits and others' alike
 *     intake   a record that arrived: checked, opened, projected
 *     sealing  the journal into a record
 */
#ifndef SYNC_CORE_H
#define SYNC_CORE_H

#include "sync/db.h"
#include "sync/limits.h"
#include "sync/log.h"
#include "sync/site.h"
#include "sync/vector.h"

#define CORE_CACHE 1024                         /* decoded vectors kept at hand */
#define CORE_RECORDS 256                        /* records of which it is kept at hand where their transactions stand */
#define CORE_CLOCK_AHEAD_MS ((int64_t)86400000) /* a clock further ahead than a day is shown, not followed */
#define CORE_PLAN_TOPIC "plan"                  /* whose shared section says which parties write together */
#define CORE_FORBUND_TOPIC "forbund"

struct page_key;

struct core_vector {
    int64_t seq; /* 0: empty */
    struct vector v;
};

/* Where a record's transactions stand. */
struct core_record {
    int64_t seq; /* 0: empty */
    int64_t chain;
    uint64_t first;
};

/* What the journal's rows are together, as sealing_count last found them. */
struct core_journal {
    int64_t last; /* number of its last transaction; 0: none */
    int64_t clock_ms;
    int64_t rows;
    int64_t ops;
    int64_t bytes;
};

struct site {
    char *dir;
    struct why why;
    const struct schema *schema;
    uint64_t (*now_ms)(void);
    struct device *device;
    struct page_key *mark_key; /* of sync/mark.h; NULL: not yet used */
    struct incarnation run;
    struct db *db;
    struct log *log;
    struct log *visiting; /* the place being met: late parts of records not yet copied are read there */
    struct site_self self;
    struct core_vector cache[CORE_CACHE];
    struct core_record records[CORE_RECORDS];
    bool fresh_keys;    /* a key came that parts may have waited for: those of temp.fresh_key */
    int64_t db_version; /* of the replica, as SQLite counts other handles' commits, when site_refresh last looked */
    int64_t clock_ms;   /* the latest hybrid clock met since the home was opened */
    struct core_journal journal;
    size_t spliced;    /* bytes that text edits of the part at hand have made */
    bool log_ahead;    /* log.git holds records that the replica does not: it was put back from a copy */
    bool was_shut;     /* a part whose key is held may wait for a part of the förbund section */
    bool twins;        /* some saves were sealed twice: sync/twins.h */
    uint64_t met_own;  /* transactions of this device's own chain that a meeting brought: it was put back from a copy */
    uint64_t restored; /* such transactions since the home was opened */
    struct site_mended mended;
};

enum part_state { PART_WAITING = 1, PART_REFUSED = 2 };
/* Refused: its signer might not. Misfit: the schema does not allow it on that object; weighed again if the object's type
 * comes to be known. */
enum op_state { OP_STANDS = 0, OP_NOT_KNOWN = 1, OP_REFUSED = 2, OP_MISFIT = 3 };
enum object_life { LIFE_HERE = 0, LIFE_REMOVED = 1, LIFE_DISPUTED = 2 };

/* Where an operation stands in history: all that causality needs. */
struct stand {
    int64_t tx;
    int64_t chain;
    uint64_t n;
    int64_t record;
    int64_t clock_ms;
    int64_t epoch; /* 0 where it does not matter */
};

struct section_row {
    int64_t id;
    struct section_id section_id;
    struct uuid plan;
    struct uuid owner; /* nil: shared */
    char topic[LIMIT_NAME + 1];
    bool forbund;
};

#endif
