/* A round of meetings: place after place, and what each has brought. The command line and the local pages tell of it
 * while it lasts, each in its own way. */
#ifndef APP_OPS_ROUND_H
#define APP_OPS_ROUND_H

#include "app/ops/js.h"
#include "app/ops/ops.h"
#include "sync/meet.h"

struct round_step {
    const char *remote;
    const char *phase; /* constant: fetch, read, take-in, give, push */
    uint64_t done;
    uint64_t total;
    bool new_phase;
};
struct round_met {
    const char *remote;
    const struct meet_result *result;
    size_t new_conflicts;
    size_t new_clashes;
};
struct round_hooks {
    void *ctx;
    /* False: the meeting shall end; what had arrived is kept. Also asked between places. */
    bool (*go_on)(void *ctx, const struct round_step *step);
    void (*met)(void *ctx, const struct round_met *met);
    void (*failed)(void *ctx, const char *remote, enum err e, const struct why *why); /* NULL allowed */
};
struct round_wish {
    size_t count; /* 0: all places that are named here */
    const char *const *remotes;
};
struct round_result {
    size_t places;
    bool look; /* there is something to look at: conflicts, or what was not taken in */
};
/* Every place is tried; the first failure is what the round fails with, after the others have been met. ERR_TRANSPORT
 * also if it was broken off. */
MUST_CHECK enum err round_run(struct round_result *out, struct ops *o, const struct round_wish *wish,
                              const struct round_hooks *hooks);

/* The row that samplan sync prints for a place (contract: cli, "JSON shapes"). */
json_t *round_shape(struct js *j, struct ops *o, const struct round_met *met);

#endif
