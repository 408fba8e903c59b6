#include "tests/sim/faults.h"

#include <errno.h>

#include "tests/sim/disk.h"
#include "tests/sim/power.h"
#include "tests/sim/story.h"

#define FAULT_ONE_IN 10
#define CALLS_MAX 90

static bool on;
static enum disk_fault armed;

void faults_off(void)
{
    on = false;
}

void faults_on(void)
{
    on = true;
}

bool faults_are_on(void)
{
    return on;
}

void faults_may_come(struct world *w, const struct replica *r, const char *place)
{
    static const int errors[] = {EIO, ENOSPC};
    armed = DISK_WELL;
    bool comes = chance_one_in(&w->chance, FAULT_ONE_IN);
    enum disk_fault kind = chance_one_in(&w->chance, 2) ? DISK_ONE_FAILS : DISK_STOPS;
    bool there = place && chance_one_in(&w->chance, 2);
    size_t after = chance_below(&w->chance, chance_one_in(&w->chance, 2) ? 12 : CALLS_MAX);
    int error = errors[chance_below(&w->chance, 2)];
    if (on && comes) {
        armed = kind;
        disk_arm(kind, after, there ? place : r->dir, error);
    }
}

bool faults_over(struct world *w, struct replica *r, enum err e, bool stay)
{
    bool dies = armed == DISK_STOPS && !chance_one_in(&w->chance, 3);
    bool goes_on = stay && chance_one_in(&w->chance, 2);
    if (armed == DISK_WELL) {
        story_must(r->site, e);
        return true;
    }
    if (dies) {
        world_close(r); /* nothing of this reaches the disk */
    }
    bool met = disk_mend();
    armed = DISK_WELL;
    if (dies && w->has_power_cuts && chance_one_in(&w->chance, 2)) {
        power_cut(r->dir);
        STORY_ADD(power_cuts, 1);
    }
    if (!met && !dies) {
        story_must(r->site, e);
        return true;
    }
    STORY_ADD(disk_faults, met);
    story_tell("  a fault of the disk: %s, error %d", dies ? "the process died" : "it went on", (int)e);
    if (!dies && (met || !goes_on)) {
        world_close(r); /* a handle that the disk has failed does nothing more */
    }
    if (!r->site) {
        world_open(w, r);
    }
    return !met && e == OK;
}
