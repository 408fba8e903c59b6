/* Deciding that two registered persons are one, or are not. */
#ifndef APP_OPS_DUPLICATES_WRITE_H
#define APP_OPS_DUPLICATES_WRITE_H

#include "app/ops/duplicates.h"

struct duplicates_write_wish {
    const char *a; /* ids as typed */
    const char *b; /* NULL, to split: everybody whom a is joined with */
    bool same;     /* join or split */
};
/* Adds to ed, in each of the two person sections that this member may write; *count is how many pairs it decides. What
 * is decided so already adds nothing. ERR_INPUT: not two persons, or a schema without the type; ERR_NOT_FOUND: no such
 * person that can be read here, or nothing to split; ERR_REFUSED: neither section may be written. */
MUST_CHECK enum err duplicates_write_decide(size_t *count, struct ops *o, struct edit *ed,
                                            const struct duplicates_write_wish *wish);

#endif
