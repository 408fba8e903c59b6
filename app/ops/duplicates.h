/* The same person registered twice: what is likely one person, and what somebody has decided (design: domain, "The
 * people"). A join never changes the persons: both ids stay and go on working; who wants to know whether two ids are
 * one person asks here. Deciding: app/ops/duplicates_write.h.
 *
 * A decision is an object of type person_join, with an id derived from the pair, in the person section of each of the
 * two: whoever reads one of them knows of it. Where copies differ, the latest counts. */
#ifndef APP_OPS_DUPLICATES_H
#define APP_OPS_DUPLICATES_H

#include "app/ops/ops.h"

#define DUPLICATES_TYPE "person_join"
#define DUPLICATES_SAME "samma person"
#define DUPLICATES_OTHER "olika personer"

/* What has been decided of a pair, by the latest copy. */
struct duplicates_decision {
    struct uuid a; /* the smaller id */
    struct uuid b;
    bool same;
    int64_t time_ms;
    struct dot tx;
};
/* One copy, as an object of type person_join has it. False: it decides nothing. */
bool duplicates_read(struct duplicates_decision *out, const struct view_object *join);
struct duplicates_person {
    struct uuid id;
    const struct view_object *object; /* NULL: cannot be read here */
    size_t one_of;                    /* index of the first of those that are one person */
    bool joined;                      /* of the first: it stands for several */
    bool guarded;                     /* of the first: one of them is known to have protected personal data */
};
struct duplicates {
    size_t decision_count;
    struct duplicates_decision *decisions; /* by a, then b */
    size_t person_count;
    struct duplicates_person *persons; /* by id */
};
/* In the arena of o. */
MUST_CHECK enum err duplicates_load(struct duplicates *out, struct ops *o);
/* The smallest of the ids that are the same person as id; id itself where nothing was decided. Borrowed. */
const struct uuid *duplicates_first(const struct duplicates *d, const struct uuid *id);
/* Is that person, or one that is the same, known to have protected personal data? */
bool duplicates_protected(const struct duplicates *d, const struct uuid *id);
/* Is that person one with somebody else? */
bool duplicates_joined(const struct duplicates *d, const struct uuid *id);
/* What was decided of a pair, in any order; NULL: nothing. */
const struct duplicates_decision *duplicates_decided(const struct duplicates *d, const struct uuid *a,
                                                     const struct uuid *b);

struct duplicates_pair {
    const struct view_object *a;
    const struct view_object *b;
    const char *number; /* both have it, now or earlier; NULL: only the name and the year of birth are the same */
};
struct duplicates_pairs {
    size_t count;
    struct duplicates_pair *items; /* those with a number first */
};
/* Likely duplicates that nobody has decided on; of several that look like one, each is paired with one before it. Of
 * those who share only name and year, a pair with different personnummer is left out. */
MUST_CHECK enum err duplicates_find(struct duplicates_pairs *out, struct ops *o, const struct duplicates *d);

/* NULL: neither read here nor named by a decision. */
struct duplicates_person *duplicates_person(const struct duplicates *d, const struct uuid *id);
/* The first of those that are one with persons[i], shortening the way there; and making the two groups one. */
size_t duplicates_root(struct duplicates_person *persons, size_t i);
void duplicates_unite(struct duplicates_person *persons, size_t i, size_t k);
/* Any value of the field says so: in a conflict the safe one counts. */
bool duplicates_is_protected(const struct view_object *person);

#endif
