/* What the rows of a table are matched with: the persons, plans, insatser and functions that can be read here, read
 * once, and the rows of the same table that came before. */
#ifndef APP_OPS_IMPORT_INDEX_H
#define APP_OPS_IMPORT_INDEX_H

#include "app/ops/duplicates.h"
#include "app/ops/ops.h"

struct import_index_pair {
    const char *text; /* a number, a folded name, a person's id, a title */
    struct uuid id;
};
struct import_index_pairs {
    size_t count;
    struct import_index_pair *items; /* by text, then id */
};
struct import_index {
    struct duplicates same;              /* who is one person: joined persons stand under the first of their ids */
    struct import_index_pairs numbers;   /* identity number -> person, by the first id */
    struct import_index_pairs plans;     /* first id of a person -> plan */
    struct import_index_pairs titles;    /* a plan's title -> plan */
    struct import_index_pairs insatser;  /* folded name -> insats */
    struct import_index_pairs functions; /* name -> function */
};
/* In the arena of o. */
MUST_CHECK enum err import_index_load(struct import_index *out, struct ops *o);
/* The first of those with that text, and how many there are. NULL and 0: none. */
const struct import_index_pair *import_index_find(size_t *count, const struct import_index_pairs *pairs,
                                                  const char *text);

/* Which ids have stood on which line. Zero-initialise; import_seen_free. */
struct import_seen {
    size_t count;
    size_t room; /* a power of two */
    struct import_seen_slot *slots;
};
/* Notes that id stands on line (from 1). *earlier is where it stood first, 0 if nowhere; *times how often it has by
 * now, this one included. ERR_MEMORY. */
struct import_seen_before {
    size_t earlier;
    size_t times;
};
MUST_CHECK enum err import_seen_note(struct import_seen_before *out, struct import_seen *seen, const struct uuid *id,
                                     size_t line);
void import_seen_free(struct import_seen *seen);

#endif
