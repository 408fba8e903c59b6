/* Bulk operations from JSON Lines (design: cli, "apply FILE"). */
#ifndef APP_OPS_APPLY_H
#define APP_OPS_APPLY_H

#include "app/ops/ops.h"

struct apply_refused {
    size_t line; /* from 1 */
    enum err code;
    const char *message; /* in the chosen language */
};
struct apply_result {
    uint64_t transactions; /* saved */
    uint64_t operations;   /* in them */
    size_t refused_count;
    struct apply_refused *refused; /* fresh: apply_free */
    size_t refused_room;
};
/* A bad line refuses its transaction and leaves the others standing. all_or_nothing: every line is tried first, in
 * an edit that is then cancelled; a bad one is an error that names the line, and nothing is saved. ERR_STORAGE,
 * ERR_BUSY, ERR_MEMORY: stopped there; the story says how much was saved. *out is set in every case: apply_free. */
MUST_CHECK enum err apply_run(struct apply_result *out, struct ops *o, struct span lines, bool all_or_nothing);
void apply_free(struct apply_result *r);

#endif
