/* The krock and glapp rules: from a plain picture of one plan to findings (design: domain, "Krockar and glapp").
 *
 * Pure: no clock, no I/O, no replica. The caller draws the picture from what its reader can read, and nothing else:
 * what a party may not read must not be in it, or a finding would tell. Where a person has several plans, the caller
 * puts what is in the others beside the plan's own (rules_plan.elsewhere).
 *
 * What counts. The K rules look at activities that are föreslagen, beslutad or pågår (not set: beslutad), on the days
 * from..to, both included. One with only a from never ends; one with only a to has always been; one with neither is
 * not placed in time and is passed over, unless it is pågår: then it is always. One that ends before it begins is
 * passed over. A missing extent is never guessed for a sum (K1 leaves the activity out); what it means to K3 is said
 * in the matrix. A plan that is avslutad has no findings; every other status, and none, has.
 *
 * K1 and rest. capacity is what a person can manage besides rest. So vila/sjukskrivning counts when the sum of all is
 * held against full time (or a larger capacity), but not when the rest of the plan is held against a smaller capacity:
 * half-time praktik beside a half-time sjukskrivning is what a capacity of 50 % means.
 *
 * What the förbund decides (thresholds, the exclusion matrix, what goals contradict) comes in rules_options;
 * app/plan/policy.h reads it from the förbund's policy objects. The K rules never look at today (but for
 * finding.past); the G rules do, for a glapp is about now and what lies ahead. */
#ifndef APP_PLAN_RULES_H
#define APP_PLAN_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/plan/dates.h"
#include "app/plan/extent.h"
#include "app/plan/finding.h"

#define RULES_ACTIVITIES_MAX 1000 /* per picture; K3 looks at every pair that has a day in common */
#define RULES_DEPENDS_MAX 100     /* per activity */
#define RULES_STEPS_MAX 100       /* per activity; also what one step requires */
#define RULES_COMPLETED_MAX 1000  /* per activity */
#define RULES_SLOTS_MAX 5000      /* per picture, and so on */
#define RULES_GOALS_MAX 300       /* K4 compares all pairs */
#define RULES_INCOMES_MAX 1000
#define RULES_DECISIONS_MAX 5000
#define RULES_REMISSER_MAX 1000
#define RULES_CONSENTS_MAX 1000
#define RULES_CONSENT_TO_MAX 1000    /* parties that one consent names */
#define RULES_HEADS_MAX 1000         /* of huvudansvarig */
#define RULES_EXCLUSIONS_MAX 200     /* rows of the matrix */
#define RULES_CONTRADICTIONS_MAX 100 /* pairs of goal kinds */

/* Where the förbund's policy says nothing. */
#define RULES_TRAVEL_MINUTES 30   /* K2: between two places */
#define RULES_GOAL_DAYS 180       /* K4: goals that are to be reached no further apart have the same horizon */
#define RULES_GLAPP_START_DAYS 30 /* G1 */
#define RULES_REMISS_DAYS 14      /* G4 */
#define RULES_CONSENT_DAYS 30     /* G5: for an activity without an end, so long before the consent ends */

#define RULES_NO_CLOCK (-1) /* a time of day that is not set */

/* Whoever is named as responsible, as the förbund section has it now. */
enum rules_presence {
    RULES_PRESENT,
    RULES_LEFT,   /* a member who is no longer one */
    RULES_VACANT, /* a function that nobody holds now */
};

/* A step (module) of the group that an activity goes through, and the days of its sessions. */
struct rules_step {
    const char *id; /* module id, never NULL */
    const char *name;
    int32_t first;               /* day of its first session; DATES_OPEN_START: none is planned */
    int32_t last;                /* day of its last session; DATES_OPEN_START: none is planned */
    const char *const *requires; /* module ids */
    size_t requires_count;
};

/* All pointers below are borrowed for the call. A text that is not set may be NULL or "". Begin with
 * rules_activity_init, rules_plan_init and rules_options_init: zero is a day, and none of the values for "not set". */
struct rules_activity {
    const char *id;         /* never NULL */
    const char *owner;      /* party id */
    const char *owner_name; /* for the sentence */
    const char *kind;       /* the schema's word */
    const char *text;
    const char *insats;      /* insats id, also where the field names a group of it */
    const char *insats_name; /* for the sentence */
    const char *place;
    const char *status;      /* the schema's word */
    const char *responsible; /* member, function or party id */
    enum rules_presence presence;
    int32_t from;                  /* DATES_OPEN_START: not set */
    int32_t to;                    /* DATES_OPEN_END: not set */
    int32_t extent_permille;       /* EXTENT_UNKNOWN: not set */
    const char *depends_benefit;   /* the schema's word for a kind of income */
    const char *const *depends_on; /* ids of activities */
    size_t depends_count;
    const struct rules_step *steps; /* of its group; may be shared by activities */
    size_t step_count;
    bool progress_kept;           /* somebody has noted how far the person has come with those steps */
    const char *const *completed; /* ids of the modules that are, sorted */
    size_t completed_count;
};

/* A time of the week; on every such weekday of its activity's days. */
struct rules_slot {
    const char *id; /* never NULL */
    const char *activity;
    int weekday; /* 1 to 7; anything else: not set, and the slot is passed over */
    int start;   /* minutes since midnight; RULES_NO_CLOCK: passed over */
    int end;
    const char *place; /* not set: the activity's */
};

struct rules_goal {
    const char *id;    /* never NULL */
    const char *owner; /* party id; NULL or "": shared */
    const char *owner_name;
    const char *kind;    /* the schema's word */
    int32_t target_date; /* DATES_OPEN_END: not set */
    bool reached;
};

/* One party's decision on a benefit. */
struct rules_income {
    const char *id;    /* never NULL */
    const char *owner; /* party id */
    const char *owner_name;
    const char *kind; /* the schema's word */
    int32_t from;     /* DATES_OPEN_START: not set */
    int32_t to;       /* DATES_OPEN_END: not set */
};

struct rules_decision {
    const char *id; /* never NULL */
    const char *party;
    const char *party_name;
    const char *text;
    int32_t due; /* DATES_OPEN_START: not set */
    bool done;
};

struct rules_remiss {
    const char *id;        /* never NULL */
    const char *from;      /* party id */
    const char *from_name; /* for the sentence */
    const char *to;        /* party id; NULL if it is not known whose the function is */
    const char *to_name;
    const char *status; /* the schema's word; not set: anmäld */
    int32_t sent;       /* the day it got that status; DATES_OPEN_START: not known, and it is passed over */
};

struct rules_consent {
    const char *id;        /* never NULL */
    const char *purpose;   /* the schema's word */
    const char *const *to; /* party ids; of a member or function that it names: the party */
    size_t to_count;
    int32_t from;   /* DATES_OPEN_START: not set */
    int32_t until;  /* last day in force, a withdrawal's day if that is earlier; DATES_OPEN_END: not set */
    bool withdrawn; /* for the sentence */
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
    /* Ids of what is of other plans of the same person, sorted: the K rules and G1 look at it, beside what is the plan's
     * own; what is only about other plans is theirs to tell. */
    const char *const *elsewhere;
    size_t elsewhere_count;
    int32_t follow_up;         /* DATES_OPEN_START: not set */
    int32_t capacity_permille; /* 0 or less: not agreed, then it is rules_options' */
    const struct rules_activity *activities;
    size_t activity_count;
    const struct rules_slot *slots;
    size_t slot_count;
    const struct rules_goal *goals;
    size_t goal_count;
    const struct rules_income *incomes;
    size_t income_count;
    const struct rules_decision *decisions;
    size_t decision_count;
    const struct rules_remiss *remisser;
    size_t remiss_count;
    const struct rules_consent *consents;
    size_t consent_count;
};

/* Nothing set: no texts, no days, extent unknown, empty arrays. */
void rules_plan_init(struct rules_plan *plan, const char *id);
void rules_activity_init(struct rules_activity *activity, const char *id);

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

/* Two kinds of main goal that two owners cannot both have for the same time, in either order. */
struct rules_contradiction {
    const char *a;
    const char *b;
};

struct rules_options {
    int32_t today;                            /* for the G rules and finding.past only */
    int32_t capacity_permille;                /* K1, where the plan says nothing; 0 or less: EXTENT_FULL */
    int travel_minutes;                       /* K2; negative: RULES_TRAVEL_MINUTES */
    const struct rules_exclusion *exclusions; /* K3; NULL: rules_default_exclusions */
    size_t exclusion_count;
    const struct rules_contradiction *contradictions; /* K4; NULL: rules_default_contradictions */
    size_t contradiction_count;
    int goal_days;        /* K4; 0 or less: RULES_GOAL_DAYS */
    int glapp_start_days; /* N of G1; 0 or less: RULES_GLAPP_START_DAYS */
    int remiss_days;      /* N of G4; 0 or less: RULES_REMISS_DAYS */
    int consent_days;     /* N of G5; 0 or less: RULES_CONSENT_DAYS */
    /* Translates a msgid or template; may be NULL (English). What it returns must live until rules_find returns. */
    const char *(*tr)(const char *msgid);
};

/* All as where the förbund has no policies. */
void rules_options_init(struct rules_options *options, int32_t today);

/* The matrix of domain.md; *count is set. Constant. */
const struct rules_exclusion *rules_default_exclusions(size_t *count);
/* Only arbete and studier: egen försörjning is what both lead to, hälsa goes along with either, and a delmål is no main
 * goal. *count is set. Constant. */
const struct rules_contradiction *rules_default_contradictions(size_t *count);

/* Days, both included. */
struct rules_days {
    int32_t from;
    int32_t to;
};

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
/* Today, as rules get to know it: rules_common_passed answers, and notes for which days its answer is the same. */
struct rules_clock {
    int32_t today;
    struct rules_days same;
};
/* What a rule is given; options have their defaults filled in, but for today, which the clock has. All borrowed. */
struct rules_run {
    struct findings *out;
    struct rules_clock *clock;
    const struct rules_rule *rule;
    const struct rules_plan *plan;
    const struct rules_options *options;
    const struct rules_activity *const *by_id; /* plan->activity_count of them, sorted */
};

/* The table, in the order in which findings are given; *count is set. K7 has two rows. Constant. */
const struct rules_rule *rules_all(size_t *count);

/* Appends all findings over plan to out, sorted within what is appended; the same for any order of the picture's
 * arrays. ERR_LIMIT if the picture is larger than the caps above or yields more than FINDING_MAX; ERR_MEMORY. On an
 * error out is as it was. */
MUST_CHECK enum err rules_find(struct findings *out, const struct rules_plan *plan,
                               const struct rules_options *options);
/* The same, and for which days about today exactly this is found while nothing else changes. *same is set also where the
 * picture is too large. */
MUST_CHECK enum err rules_find_for(struct findings *out, struct rules_days *same, const struct rules_plan *plan,
                                   const struct rules_options *options);

#endif
