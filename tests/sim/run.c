#include "tests/sim/run.h"

#include <string.h>

#include "sync/gc.h"
#include "sync/posix.h"
#include "tests/sim/edits.h"
#include "tests/sim/faults.h"
#include "tests/sim/look.h"
#include "tests/sim/meetings.h"
#include "tests/sim/power.h"
#include "tests/sim/story.h"

/* ---- steps that have no file of their own ---- */

static void reopen(struct world *w, struct replica *r)
{
    world_close(r);
    world_open(w, r);
    STORY_ADD(reopened, 1);
}

static void kill_it(struct world *w, struct replica *r)
{
    world_kill(r);
    world_open(w, r);
    STORY_ADD(kills, 1);
    story_tell("replica %d is killed", r->number);
}

static void cut(struct world *w, struct replica *r)
{
    if (!w->has_power_cuts) {
        return;
    }
    world_kill(r);
    power_cut(r->dir);
    world_open(w, r);
    STORY_ADD(power_cuts, 1);
    story_tell("replica %d loses power", r->number);
}

static void jump(struct world *w, struct replica *r)
{
    static const int64_t days[] = {-20000, -400, -1, 0, 0, 1, 400, 20000};
    int64_t day = days[chance_below(&w->chance, sizeof days / sizeof days[0])];
    world_jump(r, day * 86400000 + (int64_t)chance_below(&w->chance, 1000));
    STORY_ADD(clock_jumps, 1);
    story_tell("the clock of replica %d is %lld days off", r->number, (long long)day);
}

static void seal(struct world *w, struct replica *r)
{
    faults_may_come(w, r, NULL);
    (void)faults_over(w, r, site_seal(r->site), true);
}

static void rebuild(struct world *w, struct replica *r)
{
    faults_may_come(w, r, NULL);
    if (faults_over(w, r, site_rebuild(r->site), true)) {
        STORY_ADD(rebuilt, 1);
        story_tell("replica %d is rebuilt", r->number);
    }
}

static void pack(struct world *w, struct replica *r)
{
    struct gc_result g;
    faults_may_come(w, r, NULL);
    if (faults_over(w, r, gc_run(&g, r->site, NULL, NULL), true)) {
        STORY_ADD(packed, 1);
        story_tell("replica %d packs its log", r->number);
    }
}

/* replica.db is put back from a copy, or a copy is made of it; the log is ahead of it then. Nothing may be unsealed: that
 * would be lost by the people who put it back. */
static void put_back(struct world *w, struct replica *r)
{
    char db[WORLD_PATH + 16];
    char copy[WORLD_PATH + 16];
    char wal[WORLD_PATH + 16];
    (void)snprintf(db, sizeof db, "%s/replica.db", r->dir);
    (void)snprintf(wal, sizeof wal, "%s/replica.db-wal", r->dir);
    (void)snprintf(copy, sizeof copy, "%s/old%d.db", w->dir, r->number);
    story_must(r->site, site_seal(r->site));
    world_close(r);
    if (posix_exists(wal)) {
        story_wrong("a log of changes is left after closing");
    }
    if (posix_exists(copy)) {
        world_copy(copy, db);
        posix_remove_tree(copy);
        r->was_put_back = true;
        STORY_ADD(put_back, 1);
        story_tell("the replica of %d is put back from an old copy", r->number);
    } else {
        world_copy(db, copy);
    }
    world_open(w, r);
}

/* Another process has the same home open, and writes or meets; then the first goes on with what it remembers. */
static void second(struct world *w, struct replica *r)
{
    struct site *first = r->site;
    faults_off();
    world_open(w, r);
    if (site_self(r->site)->stage == SITE_MEMBER && chance_one_in(&w->chance, 2)) {
        edits_save(w, r);
    } else {
        meetings_stick(w, r);
    }
    world_close(r);
    r->site = first;
    faults_on();
    STORY_ADD(second, 1);
    story_tell("that was another process of replica %d", r->number);
}

static void join(struct world *w, struct replica *r)
{
    size_t parties = w->party_count < WORLD_PARTIES ? w->party_count + 1 : w->party_count;
    (void)r;
    (void)world_join(w, (int)chance_below(&w->chance, parties));
}

/* ---- the run ---- */

static const struct kind {
    const char *name;
    void (*take)(struct world *w, struct replica *r);
    unsigned weight;
    bool everybody; /* not only members */
} kinds[] = {
    {"save", edits_save, 44, false},
    {"stick", meetings_stick, 24, true},
    {"bundle", meetings_bundle, 8, true},
    {"mail", meetings_mail, 5, true},
    {"settle", edits_resolve, 7, false},
    {"shown", edits_stale, 3, false},
    {"disclose", edits_disclose, 9, false},
    {"exclude", edits_exclude, 2, false},
    {"second", second, 3, true},
    {"old stick", meetings_old_stick, 2, true},
    {"reopen", reopen, 2, true},
    {"kill", kill_it, 2, true},
    {"power", cut, 4, true},
    {"clock", jump, 2, true},
    {"seal", seal, 2, false},
    {"rebuild", rebuild, 1, true},
    {"pack", pack, 1, true},
    {"put back", put_back, 1, true},
    {"join", join, 1, true},
};

static const struct kind *draw(struct world *w)
{
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        sum += kinds[i].weight;
    }
    size_t at = chance_below(&w->chance, sum);
    const struct kind *k = kinds;
    while (at >= k->weight) {
        at -= k->weight;
        k++;
    }
    return k;
}

#define LOOK_ONE_IN 4
#define LAST_STEP (UINT64_MAX - 1)

static void step(struct world *w, int at)
{
    w->chance = chance_of(w->seed, (uint64_t)at);
    chance_library_step((uint64_t)at);
    struct replica *r = world_any(w);
    const struct kind *k = draw(w);
    story_step(at, k->name);
    if (!k->everybody && site_self(r->site)->stage != SITE_MEMBER) {
        return;
    }
    world_act(r);
    k->take(w, r);
    (void)world_note(w, r, NULL);
    STORY_ADD(steps, 1);
    if (chance_one_in(&w->chance, LOOK_ONE_IN)) {
        look_at(w, r);
    }
}

int run_steps(uint64_t seed)
{
    struct chance c = chance_of(seed, UINT64_MAX);
    return 20 + (int)chance_below(&c, chance_one_in(&c, 4) ? 300 : 100);
}

void run(const struct run_options *o)
{
    struct world w;
    int steps = o->steps > 0 ? o->steps : run_steps(o->seed);
    story_step(0, "beginning");
    world_begin(&w, o->dir, o->seed);
    w.trace = o->trace;
    faults_on();
    for (int i = 1; i <= steps; i++) {
        if (!o->skip[i]) {
            step(&w, i);
        }
    }
    story_step(steps + 1, "end");
    w.chance = chance_of(w.seed, LAST_STEP); /* the same however many steps there were */
    chance_library_step(LAST_STEP);
    if (chance_one_in(&w.chance, 3)) {
        meetings_letters(&w);
    }
    meetings_everybody(&w);
    if (w.trace) {
        history_write(w.trace, &w.history);
    }
    look_at_all(&w);
    world_end(&w);
    STORY_ADD(runs, 1);
}
