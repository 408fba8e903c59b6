/* Parties and members by id and by name, as the förbund section has them. */
#ifndef APP_OPS_PEOPLE_H
#define APP_OPS_PEOPLE_H

#include "app/ops/ops.h"
#include "sync/member.h"

struct people {
    struct member_list list; /* in the arena of the ops that loaded it */
};

MUST_CHECK enum err people_load(struct people *p, struct ops *o);
/* Name of a party or member; NULL if unknown. Borrowed from p. */
const char *people_name(const struct people *p, const struct uuid *id);
/* The party with that id, or the party of the member with that id. False if neither is known. */
bool people_party(struct uuid *party, const struct people *p, const struct uuid *id);

/* "anna", "01234…", "A;B;C" or "alla" (every party there is now, the own one too), in order, each once. In the arena;
 * writes is false in each. ERR_INPUT: nobody named, or a name that two have; ERR_NOT_FOUND. */
struct people_grants {
    size_t count;
    struct grant *grants;
};
MUST_CHECK enum err people_whom(struct people_grants *out, struct ops *o, const struct people *p, const char *text);
/* Is that one among them? */
bool people_has(const struct people_grants *g, const struct grant *one);

/* Cuts "a;b ; c" (or another separator) into its parts, without the spaces around them; empty parts are left out. The
 * array is NULL-terminated and in the arena. */
MUST_CHECK enum err people_split(const char *const **out, struct ops *o, const char *text, char separator);

#endif
