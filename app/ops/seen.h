/* Which changes a member has looked at on this device. It never travels, and says nothing of anybody: for each pair of
 * section and chain (known by a hash alone) the last transaction and how many changes there were up to it.
 *
 * The count is for what becomes readable late: where a key has come since, older transactions hold more than they did.
 * Then all of that pair counts as new again, which tells something twice rather than not at all. */
#ifndef APP_OPS_SEEN_H
#define APP_OPS_SEEN_H

#include "app/ops/ops.h"

struct seen_pair {
    uint64_t pair; /* of a BLAKE2b-256 of section id and chain id */
    uint64_t n;
    uint64_t count;
};
struct seen {
    bool any; /* false: this member has never looked here */
    size_t count;
    struct seen_pair *pairs; /* sorted by pair */
};

struct seen_section {
    const struct view_section *section; /* NULL: not known */
};
/* Everything that can be read, with the section of each change. In the arena. */
struct seen_world {
    struct view_changes changes;
    struct seen_section *sections; /* one for each change */
    uint64_t *pairs;               /* one for each change */
};
MUST_CHECK enum err seen_world(struct seen_world *out, struct ops *o);

/* What has been seen once all of world has. ERR_MEMORY. */
MUST_CHECK enum err seen_all(struct seen *out, struct ops *o, const struct seen_world *world);
/* Takes out of before the pairs of which more is readable now than when it was kept: they count as new. */
void seen_forget_late(struct seen *before, const struct seen_world *world);
/* Was change number i not there when before was kept? */
bool seen_is_new(const struct seen_world *world, size_t i, const struct seen *before);

/* Reads what seen_write wrote. Another member's, an unknown form or a damaged text count as never looked. ERR_MEMORY. */
MUST_CHECK enum err seen_read(struct seen *out, struct ops *o, struct span text);
/* Appends JSON. ERR_MEMORY. */
MUST_CHECK enum err seen_write(struct buf *out, struct ops *o, const struct seen *seen);

#endif
