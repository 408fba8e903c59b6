/* What the rules need of the förbund's own section, read once for any number of plans: who is who, its policies, and the
 * insatser with the steps of their groups. */
#ifndef APP_OPS_PICTURE_FORBUND_H
#define APP_OPS_PICTURE_FORBUND_H

#include "app/ops/people.h"
#include "app/plan/policy.h"

/* A party, a member or a function. */
struct picture_forbund_who {
    struct uuid id;
    const char *id_text;
    const char *name;
    const char *party; /* id of the party that it is or belongs to; NULL: not known */
    enum rules_presence presence;
};

/* An insats, or a group of one. */
struct picture_forbund_insats {
    struct uuid id;
    const char *id_text; /* the insats' */
    const char *name;    /* the insats' */
    const struct rules_step *steps;
    size_t step_count;
};

/* What one id stands for here, as a fingerprint: another one, and whatever rests on it is to be looked at again. */
struct picture_forbund_mark {
    struct uuid id;
    uint64_t mark;
};

/* Arrays are sorted by id, in the arena. */
struct picture_forbund {
    const struct people *people; /* borrowed */
    struct policy policy;        /* owns memory: picture_forbund_free */
    const struct picture_forbund_who *whos;
    size_t who_count;
    const struct picture_forbund_insats *insatser;
    size_t insats_count;
    struct hash policies; /* of all settings, as they were read */
    struct buf *asked;    /* each id (struct uuid) that was looked up is appended; NULL: nobody wants to know */
};

/* A policy that this version cannot read is passed over: the built-in one holds. Of several with one name the last made
 * holds, everywhere the same one. *out is set also on failure: call picture_forbund_free in any case. */
MUST_CHECK enum err picture_forbund_load(struct picture_forbund *out, struct ops *o, const struct people *p);
void picture_forbund_free(struct picture_forbund *f);

/* NULL: id is NULL, or nobody who is here now (a member who has left is not). O(log). */
const struct picture_forbund_who *picture_forbund_who(const struct picture_forbund *f, const char *id);
/* NULL: id is NULL, or neither an insats nor a group. O(log). */
const struct picture_forbund_insats *picture_forbund_insats(const struct picture_forbund *f, const char *id);
/* Notes in f->asked that something rests on who that is, as looking it up does. */
void picture_forbund_rest_on(const struct picture_forbund *f, const struct uuid *id);

/* One for each id of f, by id, in the arena. NULL where there is no memory. */
const struct picture_forbund_mark *picture_forbund_marks(size_t *count, struct ops *o, const struct picture_forbund *f);

#endif
