/* Parties, members and functions by id and by name, as the förbund section has them. */
#ifndef APP_OPS_PEOPLE_H
#define APP_OPS_PEOPLE_H

#include "app/ops/ops.h"
#include "sync/member.h"

/* A function that a party keeps filled: whoever names it means that party, whoever holds it. */
struct people_function {
    struct uuid id;
    struct uuid party;
    const char *name;
};
struct people {
    struct member_list list; /* in the arena of the ops that loaded it, as all of this is */
    size_t function_count;
    const struct people_function *functions; /* those that say whose they are */
};

MUST_CHECK enum err people_load(struct people *p, struct ops *o);
/* The function with that id; NULL: none. */
const struct people_function *people_function(const struct people *p, const struct uuid *id);
/* The function with exactly that name: ERR_NOT_FOUND, without a story; ERR_INPUT: more than one has it. */
MUST_CHECK enum err people_function_named(const struct people_function **out, struct ops *o, const struct people *p,
                                          const char *name);
/* Name of a party, member or function; NULL if unknown. Borrowed from p. */
const char *people_name(const struct people *p, const struct uuid *id);
/* The party with that id, or the party of the member or function with that id. False if none is known. */
bool people_party(struct uuid *party, const struct people *p, const struct uuid *id);

/* "anna", "01234…", "A;B;C" or "alla" (every party there is now, the own one too), in order, each once. In the arena;
 * writes is false in each. ERR_INPUT: nobody named, or a name that two have; ERR_NOT_FOUND. */
struct people_grants {
    size_t count;
    struct grant *grants;
    struct uuid *named; /* as whom each was named: a function stands for its party; NULL: as grants have it */
};
MUST_CHECK enum err people_whom(struct people_grants *out, struct ops *o, const struct people *p, const char *text);
/* Is that one among them? */
bool people_has(const struct people_grants *g, const struct grant *one);

/* Cuts "a;b ; c" (or another separator) into its parts, without the spaces around them; empty parts are left out. The
 * array is NULL-terminated and in the arena. */
MUST_CHECK enum err people_split(const char *const **out, struct ops *o, const char *text, char separator);

#endif
