/* Growth: the log's many packs become one, and the replica gives back what it does not use. Nothing is lost whenever it is
 * ended: what was is removed after what is new has been read again (design: records, "Growth"). */
#ifndef SYNC_GC_H
#define SYNC_GC_H

#include "sync/log.h"
#include "sync/site.h"

struct gc_result {
    uint64_t packs_before;
    uint64_t packs_after;
    uint64_t log_bytes_before;
    uint64_t log_bytes_after;
    uint64_t replica_bytes_before;
    uint64_t replica_bytes_after;
};
/* Under the write lock, so that no import runs meanwhile. keep_on may be NULL; false from it: ERR_BUSY, nothing was
 * changed. ERR_STORAGE: something is missing in the log; nothing was changed. */
MUST_CHECK enum err gc_run(struct gc_result *out, struct site *s,
                           bool (*keep_on)(void *ctx, uint64_t done, uint64_t total), void *ctx);
/* If there are many packs (GC_PACKS): the small ones become one. It is done for the next who comes: what goes wrong with
 * it is not told. */
#define GC_PACKS 200
void gc_run_if_due(struct site *s);
/* The same for a place, whose lock is held: else nobody would, and each meeting looks into all of its packs. A repository
 * that has other references than chains' branches is left as it is. */
void gc_place_if_due(struct log *place, struct why *w);
/* Removes all packs of a repository whose objects are elsewhere too. */
void gc_empty(const char *repository);

#endif
