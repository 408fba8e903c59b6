/* The world of a run: replicas of several parties with their homes, the places where they meet, and what was done. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "sync/site.h"
#include "tests/sim/chance.h"
#include "tests/sim/history.h"
#include "tests/sim/model.h"

#define WORLD_REPLICAS 8
#define WORLD_PARTIES 4
#define WORLD_STICKS 3
#define WORLD_DIR 100
#define WORLD_PATH 160

struct replica {
    int number;
    char dir[WORLD_PATH];
    int party;
    struct site *site;
    int64_t clock_off_ms; /* of this machine's clock */
    int chain;
    uint64_t has[HISTORY_CHAINS]; /* as last seen; it never gets less */
    bool was_put_back;            /* keys that it has made may be lost: they are nowhere but in replica.db */
};

struct world {
    char dir[WORLD_DIR];
    uint64_t seed;
    struct chance chance; /* of the step at hand */
    struct replica replicas[WORLD_REPLICAS];
    size_t replica_count;
    size_t party_count;
    size_t stick_count;
    uint64_t stick_has[WORLD_STICKS][HISTORY_CHAINS]; /* what a stick must have; less if it was lost or is an old one */
    size_t plan_count;
    struct uuid plans[32];
    struct history history;
    FILE *trace;         /* NULL: none */
    bool has_power_cuts; /* what is synced is remembered: slower */
    int made;            /* names of files */
};

/* A förbund of some replicas that have met. */
void world_begin(struct world *w, const char *dir, uint64_t seed);
void world_end(struct world *w);

/* One more device, of a party that is there or of a new one; approved by a replica that may. False: nobody could. */
bool world_join(struct world *w, int party);
void world_open(struct world *w, struct replica *r);
void world_close(struct replica *r);
/* As if its process were killed now. */
void world_kill(struct replica *r);
/* The replica whose clock is looked at; every look moves time by some milliseconds. */
void world_act(const struct replica *r);
void world_jump(struct replica *r, int64_t off_ms);

/* What it has now; that nothing was lost, nor taken in without its past; and its new transactions are written down.
 * False: wish (may be NULL) did not come to stand. */
bool world_note(struct world *w, struct replica *r, const struct history_wish *wish);

struct replica *world_any(struct world *w);
void world_stick(char out[WORLD_PATH], const struct world *w, size_t stick);
void world_bundle(char out[WORLD_PATH], const struct world *w, const struct replica *a, const struct replica *b);

/* Copies a file or folder with all that is in it. The target is replaced. */
void world_copy(const char *from, const char *to);

#endif
