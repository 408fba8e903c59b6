/* Krockar and glapp of the plans that this device can read, and what was decided about them. */
#ifndef APP_OPS_FINDINGS_H
#define APP_OPS_FINDINGS_H

#include "app/ops/people.h"
#include "app/plan/finding.h"

/* That a finding is known and was decided so; an object of type acceptance. */
struct findings_acceptance {
    const char *id;
    const char *why;
    struct view_author by;
};

struct findings_of {
    struct uuid plan;
    bool too_large;        /* for the rules: found is empty, and must not be taken for nothing there */
    bool shared;           /* the person has other plans: what is about several is found in each of them */
    struct findings found; /* owns memory: findings_free */
    const struct findings_acceptance *const *accepted; /* for each finding; NULL: none is */
};
struct findings_list {
    size_t count;
    struct findings_of *plans; /* in the arena of the ops, as the acceptances are */
};
/* Of one plan (an object that ops_plan gave), or of every plan, by id, where it is NULL. o->today is today. The texts are
 * in the chosen language. What is found is kept in the replica (app/ops/findings_keep.h), and only what has changed since
 * is looked at again. Of every plan: what is about several plans of one person is told in the first of them. *out is
 * set also on failure: call findings_free in any case. */
MUST_CHECK enum err findings_find(struct findings_list *out, struct ops *o, const struct people *p,
                                  const struct view_object *plan);
/* The acceptance of a finding of of->found; NULL if there is none, or what it was about has changed since. Of several,
 * the first that was made. */
const struct findings_acceptance *findings_accepted(const struct findings_of *of, const struct finding *f);

struct findings_refreshed {
    size_t looked_at; /* plans that were looked at, because something about them had changed */
    size_t fresh;     /* what was found there and was not before, of all they had */
};
/* Brings what is kept up to date. wait: for a process that is writing now, as a save does; otherwise ERR_BUSY at once. */
MUST_CHECK enum err findings_refresh(struct findings_refreshed *out, struct ops *o, bool wait);

struct findings_decision {
    const char *finding; /* its id, as lists show it */
    const char *why;
};
/* Accepts a finding of any plan that can be read here: adds an object to ed, whose id is *out. It holds until what the
 * finding is about changes. Everybody with consent can read the reason. ERR_INPUT: not a finding's id, or no reason;
 * ERR_NOT_FOUND: there is no such finding (now); ERR_EXISTS: it is accepted already; otherwise as objects_new. */
MUST_CHECK enum err findings_accept(struct uuid *out, struct ops *o, struct edit *ed, const struct people *p,
                                    const struct findings_decision *decision);
void findings_free(struct findings_list *list);
/* How many findings in all. */
size_t findings_count(const struct findings_list *list);

#endif
