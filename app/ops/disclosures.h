/* Handing out the own party's sections on a ground, and which sections of a plan are open to whom. */
#ifndef APP_OPS_DISCLOSURES_H
#define APP_OPS_DISCLOSURES_H

#include "app/ops/consents.h"

struct disclosures_wish {
    const char *plan;   /* id as typed */
    const char *topics; /* "plan,halsa"; NULL: those of the consents in force */
    const char *to;     /* "A;B"; NULL: all whom a consent in force names */
    const char *ground; /* a consent's id, or a legal ground as a text; NULL: the consents in force */
};
/* One admission: that section of the own party, to those, on that ground. */
struct disclosures_one {
    const char *topic;
    const char *ground;
    struct people_grants to;
};
struct disclosures_made {
    size_t count;
    struct disclosures_one *items;
};
/* Adds to ed. Only consents for utbyte, in force today, count. ERR_REFUSED: no ground, for any or for one of those
 * named; ERR_INPUT: a topic under which a party has nothing of its own. */
MUST_CHECK enum err disclosures_make(struct disclosures_made *out, struct ops *o, struct edit *ed,
                                     const struct disclosures_wish *wish);

#endif
