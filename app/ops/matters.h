/* What in a plan waits for somebody to decide: for the agenda of a meeting, and first among the news. */
#ifndef APP_OPS_MATTERS_H
#define APP_OPS_MATTERS_H

#include "app/ops/assessments.h"
#include "app/ops/conflicts.h"
#include "app/ops/consents.h"
#include "app/ops/findings.h"
#include "app/ops/proposals.h"

#define MATTERS_CONSENT_DAYS 30 /* how long before its end a consent is told of */

enum matters_kind {
    MATTERS_CONFLICT,   /* two values that were set without knowing of each other */
    MATTERS_PROPOSAL,   /* not answered */
    MATTERS_REMISS,     /* to this party, not answered; or come back to it, and not taken note of */
    MATTERS_FINDING,    /* a krock or glapp that is not over and not accepted */
    MATTERS_CONSENT,    /* ends soon, and no finding says so */
    MATTERS_FOLLOWUP,   /* the plan's follow-up is today; of a closed plan also: was to be, and has not been */
    MATTERS_TOO_LARGE,  /* for the rules: nobody knows whether it has krockar and glapp */
    MATTERS_ASSESSMENT, /* a joint one that this party is to stand behind, and has not */
};
struct matters_one {
    enum matters_kind kind;
    const struct view_object *object; /* the conflict's, proposal, remiss, consent, plan, assessment; NULL: a finding */
    const struct conflicts_one *conflict; /* of its kind alone, as the two below */
    const struct proposals_one *proposal;
    const struct finding *finding;
    const struct findings_of *of; /* the list it is in */
    bool ours;                    /* this party's to decide, or it is concerned */
};
struct matters {
    size_t count;
    struct matters_one *items; /* by kind, in the order above */
    struct findings_list findings;
};
/* What matters are looked for in, beside the findings: of one plan, or of all of them at once, which costs less than plan by
 * plan. In the arena. */
struct matters_source {
    struct conflicts_list conflicts;
    struct proposals_list proposals;
    struct view_list remisser;
    struct consents_list consents;
    struct assessments_list assessments;
    bool many; /* of all plans: what tells of a protected person is withheld from everybody (app/ops/guarded.h) */
};
/* Of all plans where plan is NULL. */
MUST_CHECK enum err matters_read(struct matters_source *out, struct ops *o, const struct people *p,
                                 const struct uuid *plan);
/* Those of a plan that ops_plan gave; source has it among others. Borrows from source. *out is set also on failure: call
 * matters_free in any case. */
MUST_CHECK enum err matters_pick(struct matters *out, struct ops *o, const struct people *p,
                                 const struct matters_source *source, const struct view_object *plan);
/* Both. */
MUST_CHECK enum err matters_find(struct matters *out, struct ops *o, const struct people *p,
                                 const struct view_object *plan);
void matters_free(struct matters *m);
/* "conflict", "proposal", "remiss", "clash", "consent", "followup", "too_large", "assessment". Constant. */
const char *matters_kind_word(enum matters_kind kind);

#endif
