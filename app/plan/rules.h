/* The krock and glapp rules: from a plain picture of one plan to findings (design: domain, "Krockar and glapp").
 *
 * Pure: no clock, no I/O, no replica. The caller draws the picture from what its reader can read, and nothing else:
 * what a party may not read must not be in it, or a finding would tell. Where a person has several plans, the caller
 * may put the activities of all of them into one picture.
 *
 * What counts. The K rules look at activities that are föreslagen, beslutad or pågår (not set: beslutad), on the days
 * from..to, both included. One with only a from never ends; one with only a to has always been; one with neither is
 * not placed in time and is passed over, unless it is pågår: then it is always. One that ends before it begins is
 * passed over. A missing extent is never guessed for a sum (K1 leaves the activity out); what it means to K3 is said
 * in the matrix. A plan that is avslutad has no findings; every other status, and none, has.
 *
 * K1 and rest. capacity is what a person can manage besides rest. So vila/sjukskrivning counts when the sum of all is
 * held against full time (or a larger capacity), but not when the rest of the plan is held against a smaller capacity:
 * half-time praktik beside a half-time sjukskrivning is what a capacity of 50 % means. */
#ifndef APP_PLAN_RULES_H
#define APP_PLAN_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/plan/dates.h"
#include "app/plan/extent.h"
#include "app/plan/finding.h"

#define RULES_ACTIVITIES_MAX 1000 /* per picture; K3 looks at every pair */
#define RULES_DEPENDS_MAX 100     /* per activity */
#define RULES_DECISIONS_MAX 5000  /* per picture */
#define RULES_HEADS_MAX 1000      /* of huvudansvarig */
#define RULES_EXCLUSIONS_MAX 200  /* rows of the matrix */
#define RULES_GLAPP_START_DAYS 30 /* N of G1 where the förbund's policy says nothing */

/* All pointers below are borrowed for the call. A text that is not set may be NULL or "". */
struct rules_activity {
    const char *id;         /* never NULL */
    const char *owner;      /* party id */
    const char *owner_name; /* for the sentence */
    const char *kind;       /* the schema's word */
    const char *text;
    const char *status;            /* the schema's word */
    const char *responsible;       /* member or function id */
    int32_t from;                  /* DATES_OPEN_START: not set */
    int32_t to;                    /* DATES_OPEN_END: not set */
    int32_t extent_permille;       /* EXTENT_UNKNOWN: not set */
    const char *const *depends_on; /* ids of activities */
    size_t depends_count;
};

struct rules_decision {
    const char *id; /* never NULL */
    const char *party;
    const char *party_name;
    const char *text;
    int32_t due; /* DATES_OPEN_START: not set */
    bool done;
};

/* One head of plan.huvudansvarig: several where two were set concurrently. */
struct rules_head {
    const char *whom;  /* id of a member, function or party; NULL or "": this head unsets it */
    const char *name;  /* for the sentence */
    const char *party; /* id of the party it is or belongs to; NULL if not known */
};

struct rules_plan {
    const char *id;     /* never NULL */
    const char *status; /* the schema's word */
    const struct rules_head *huvudansvariga;
    size_t huvudansvarig_count;
    int32_t follow_up;         /* DATES_OPEN_START: not set */
    int32_t capacity_permille; /* 0 or less: not agreed, that is EXTENT_FULL */
    const struct rules_activity *activities;
    size_t activity_count;
    const struct rules_decision *decisions;
    size_t decision_count;
};

/* One row of the exclusion matrix: a pair of kinds that cannot both be, each at its least extent. */
struct rules_side {
    const char *kind;     /* NULL: any */
    int32_t min_permille; /* 0: any extent, also a missing one */
    bool missing_is_full; /* an activity of this kind without an extent is taken for full time */
};
struct rules_exclusion {
    struct rules_side a;
    struct rules_side b;
    bool waits; /* true: not the same days, but b begins before a, which b depends on, is over */
};

struct rules_options {
    int32_t today;                            /* for G1, G3 and finding.past only */
    int glapp_start_days;                     /* N of G1; 0 or less: RULES_GLAPP_START_DAYS */
    const struct rules_exclusion *exclusions; /* NULL: rules_default_exclusions */
    size_t exclusion_count;
    /* Translates a msgid or template; may be NULL (English). What it returns must live until rules_find returns. */
    const char *(*tr)(const char *msgid);
};

/* The matrix of domain.md; *count is set. Constant. */
const struct rules_exclusion *rules_default_exclusions(size_t *count);

struct rules_run;
/* A rule: appends its findings to run->out, in any order (rules_common.h has what every rule needs). Its caller,
 * rules_find, sorts them and takes them away again on an error. Pure. */
typedef enum err rules_function(const struct rules_run *run);
struct rules_rule {
    const char *id;
    enum finding_kind kind;
    enum finding_severity severity; /* stop: cannot be carried out as planned; warn: somebody must look at it */
    rules_function *find;
    const char *why; /* msgid: why this is looked for, one sentence for a person who asks */
};
/* What a rule is given; options have their defaults filled in. All borrowed. */
struct rules_run {
    struct findings *out;
    const struct rules_rule *rule;
    const struct rules_plan *plan;
    const struct rules_options *options;
};

/* The table, in the order in which findings are given; *count is set. K7 has two rows. Constant. */
const struct rules_rule *rules_all(size_t *count);

/* Appends all findings over plan to out, sorted within what is appended; the same for any order of the picture's
 * arrays. ERR_LIMIT if the picture is larger than the caps above or yields more than FINDING_MAX; ERR_MEMORY. On an
 * error out is as it was. */
MUST_CHECK enum err rules_find(struct findings *out, const struct rules_plan *plan,
                               const struct rules_options *options);

#endif
