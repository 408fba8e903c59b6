#include "tests/sim/meetings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sync/meet.h"
#include "sync/posix.h"
#include "tests/sim/faults.h"
#include "tests/sim/story.h"

static void add_remote(struct replica *r, const char *name, const char *path)
{
    struct arena a = {0};
    const char *url = NULL;
    world_act(r);
    if (meet_url(&url, &a, r->site, name) == ERR_NOT_FOUND) {
        story_must(r->site, meet_add(r->site, name, path));
    }
    arena_free(&a);
}

static bool is_member(const struct replica *r)
{
    return site_self(r->site)->stage == SITE_MEMBER;
}

/* A meeting that somebody ends after some steps. */
static size_t steps_left;

static bool keep_on(void *ctx, uint64_t done, uint64_t total)
{
    (void)ctx;
    (void)done;
    (void)total;
    return steps_left-- > 0;
}

/* allowed: a verdict that may be told of, or NULL. To whom the approving record has not come yet, nobody is known. */
static enum err sync_with(bool *whole, struct replica *r, const char *name, const char *allowed)
{
    struct arena a = {0};
    struct meet_result m;
    bool knows = is_member(r);
    world_act(r);
    enum err e = meet_sync(&m, &a, r->site, name, *whole ? NULL : keep_on, NULL);
    *whole = e == OK && !m.cancelled;
    for (size_t i = 0; e == OK && i < m.fault_count; i++) {
        story_tell("  replica %d is told at %s: %s, %s", r->number, name, m.faults[i].verdict, m.faults[i].detail);
        if (knows && (!allowed || strcmp(m.faults[i].verdict, allowed) != 0)) {
            story_wrong("replica %d is told of a fault at %s: %s, %s", r->number, name, m.faults[i].verdict,
                        m.faults[i].detail);
        }
    }
    STORY_ADD(meetings, 1);
    if (e == OK) {
        STORY_ADD(transactions_met, m.sent_transactions + m.received_transactions);
    } else {
        STORY_ADD(meetings_failed, 1);
    }
    arena_free(&a);
    return e;
}

/* False: this meeting is ended by somebody after a few steps. */
static bool may_be_ended(struct world *w)
{
    if (!faults_are_on()) {
        return true;
    }
    steps_left = chance_below(&w->chance, 12);
    return !chance_one_in(&w->chance, 12);
}

/* ---- sticks ---- */

static void must_have_met(struct world *w, const struct replica *r, const uint64_t before[HISTORY_CHAINS],
                          uint64_t stick[HISTORY_CHAINS])
{
    for (size_t c = 0; c < w->history.chain_count; c++) {
        uint64_t least = before[c] > stick[c] ? before[c] : stick[c];
        if (r->has[c] < least && is_member(r)) {
            story_wrong("replica %d has met and lacks %zu.%llu", r->number, c, (unsigned long long)least);
        }
        stick[c] = r->has[c] > stick[c] ? r->has[c] : stick[c];
    }
}

static void meet_stick(struct world *w, struct replica *r, size_t stick)
{
    char path[WORLD_PATH];
    char name[20];
    uint64_t before[HISTORY_CHAINS];
    memcpy(before, r->has, sizeof before);
    world_stick(path, w, stick);
    (void)snprintf(name, sizeof name, "stick%zu", stick);
    add_remote(r, name, path);
    if (!posix_exists(path)) { /* somebody lost it: a new one */
        story_must(r->site, meet_remove(r->site, name));
        add_remote(r, name, path);
    }
    bool whole = may_be_ended(w);
    faults_may_come(w, r, path);
    enum err e = sync_with(&whole, r, name, NULL);
    bool well = faults_over(w, r, e, true) && whole;
    (void)world_note(w, r, NULL);
    if (well) {
        must_have_met(w, r, before, w->stick_has[stick]);
    }
    story_tell("replica %d meets at stick %zu%s", r->number, stick, well ? "" : ": failed");
}

void meetings_stick(struct world *w, struct replica *r)
{
    meet_stick(w, r, chance_below(&w->chance, w->stick_count));
}

void meetings_old_stick(struct world *w, struct replica *r)
{
    char path[WORLD_PATH];
    char old[WORLD_PATH + 8];
    size_t stick = chance_below(&w->chance, w->stick_count);
    (void)r;
    world_stick(path, w, stick);
    (void)snprintf(old, sizeof old, "%s.old", path);
    if (!posix_exists(path)) {
        return;
    }
    if (!posix_exists(old)) {
        world_copy(path, old);
        story_tell("stick %zu is copied", stick);
    } else if (chance_one_in(&w->chance, 2)) {
        world_copy(old, path);
        posix_remove_tree(old);
        STORY_ADD(sticks_old, 1);
        memset(w->stick_has[stick], 0, sizeof w->stick_has[stick]);
        story_tell("stick %zu is an old copy now", stick);
    } else {
        posix_remove_tree(path);
        STORY_ADD(sticks_lost, 1);
        memset(w->stick_has[stick], 0, sizeof w->stick_has[stick]);
        story_tell("stick %zu is lost", stick);
    }
}

#define ROUNDS_MAX 10

void meetings_everybody(struct world *w)
{
    char path[WORLD_PATH];
    size_t before;
    bool moved = true;
    uint64_t all[HISTORY_CHAINS] = {0};
    faults_off();
    (void)snprintf(path, sizeof path, "%s/room", w->dir);
    for (int round = 0; moved || round < 2; round++) {
        if (round == ROUNDS_MAX) {
            story_wrong("they do not come to rest in %d rounds", ROUNDS_MAX);
        }
        before = w->history.tx_count;
        moved = false;
        for (size_t i = 0; i < w->replica_count; i++) {
            struct replica *r = &w->replicas[i];
            uint64_t had[HISTORY_CHAINS];
            memcpy(had, r->has, sizeof had);
            add_remote(r, "room", path);
            bool whole = true;
            story_must(r->site, sync_with(&whole, r, "room", NULL));
            (void)world_note(w, r, NULL);
            must_have_met(w, r, had, all);
            moved = moved || memcmp(had, r->has, sizeof had) != 0;
            story_tell("replica %d meets the others%s", r->number, is_member(r) ? "" : ", no member yet");
        }
        moved = moved || before != w->history.tx_count;
    }
    faults_on();
}

/* ---- bundles ---- */

static struct replica *other(struct world *w, const struct replica *r)
{
    size_t at = chance_below(&w->chance, w->replica_count - 1);
    return &w->replicas[at + (at >= (size_t)r->number)];
}

/* What was broken on the way is thrown away. */
static void meet_by_bundle(struct world *w, struct replica *r, const struct replica *to)
{
    char path[WORLD_PATH];
    char name[20];
    world_bundle(path, w, r, to);
    (void)snprintf(name, sizeof name, "mail%d", to->number);
    add_remote(r, name, path);
    bool whole = may_be_ended(w);
    faults_may_come(w, r, path);
    enum err e = sync_with(&whole, r, name, "waits");
    if (e == ERR_TRANSPORT && posix_exists(path)) {
        (void)faults_over(w, r, OK, true);
        (void)unlink(path);
        story_tell("replica %d throws the bundle away", r->number);
    } else if (faults_over(w, r, e, true)) {
        story_tell("replica %d meets by a bundle with %d", r->number, to->number);
    }
    STORY_ADD(bundles, 1);
    (void)world_note(w, r, NULL);
}

void meetings_bundle(struct world *w, struct replica *r)
{
    if (w->replica_count > 1) {
        meet_by_bundle(w, r, other(w, r));
    }
}

static bool have_everything(const struct world *w)
{
    for (size_t i = 0; i < w->replica_count; i++) {
        for (size_t c = 0; c < w->history.chain_count; c++) {
            if (w->replicas[i].has[c] != w->history.chains[c].last) {
                return false;
            }
        }
    }
    return true;
}

/* Three times: what one has not taken in, the other's next file makes up for. */
static void exchange_letters(struct world *w, struct replica *a, struct replica *b)
{
    for (int i = 0; i < 3; i++) {
        meet_by_bundle(w, a, b);
        meet_by_bundle(w, b, a);
    }
}

/* What people are told to do where a letter was lost and the other has nothing to answer (an invited device has not): a
 * place that is added again starts with everything. */
static void begin_anew(struct world *w, struct replica *a, const struct replica *b)
{
    char path[WORLD_PATH];
    char name[20];
    world_bundle(path, w, a, b);
    (void)snprintf(name, sizeof name, "mail%d", b->number);
    world_act(a);
    story_must(a->site, meet_remove(a->site, name));
    (void)unlink(path);
    story_tell("replica %d adds its bundle with %d again", a->number, b->number);
}

void meetings_letters(struct world *w)
{
    faults_off();
    for (int round = 0; round < 3 || !have_everything(w); round++) {
        if (round == ROUNDS_MAX) {
            story_wrong("by letters they do not get everything in %d rounds", ROUNDS_MAX);
        }
        for (size_t i = 0; round == ROUNDS_MAX / 2 && i + 1 < w->replica_count; i++) {
            begin_anew(w, &w->replicas[i], &w->replicas[i + 1]);
            begin_anew(w, &w->replicas[i + 1], &w->replicas[i]);
        }
        for (size_t i = 0; i + 1 < w->replica_count; i++) {
            exchange_letters(w, &w->replicas[i], &w->replicas[i + 1]);
        }
    }
    faults_on();
}

static void break_file(struct world *w, const char *path)
{
    struct buf bytes = {0};
    if (posix_read_file(&bytes, path, BUF_MAX) != OK || bytes.len == 0) {
        story_wrong("%s cannot be read", path);
    }
    if (chance_one_in(&w->chance, 2)) {
        bytes.ptr[chance_below(&w->chance, bytes.len)] ^= (uint8_t)(1u << chance_below(&w->chance, 8));
    } else {
        bytes.len = chance_below(&w->chance, bytes.len);
    }
    if (posix_write_file(path, span_buf(&bytes)) != OK) {
        story_wrong("%s cannot be written", path);
    }
    buf_free(&bytes);
}

void meetings_mail(struct world *w, struct replica *r)
{
    char path[WORLD_PATH];
    char shelf[WORLD_PATH + 8];
    if (w->replica_count < 2) {
        return;
    }
    world_bundle(path, w, r, other(w, r));
    (void)snprintf(shelf, sizeof shelf, "%s.copy%zu", path, chance_below(&w->chance, 2));
    size_t what = chance_below(&w->chance, 8);
    if (posix_exists(shelf) && what < 4) {
        world_copy(shelf, path);
        STORY_ADD(bundles_again, 1);
        story_tell("an old bundle comes again: %s", path + strlen(w->dir));
    } else if (posix_exists(path) && what < 5) {
        world_copy(path, shelf);
    } else if (posix_exists(path) && what < 7) {
        (void)unlink(path);
        STORY_ADD(bundles_lost, 1);
        story_tell("a bundle is lost: %s", path + strlen(w->dir));
    } else if (posix_exists(path)) {
        break_file(w, path);
        STORY_ADD(bundles_broken, 1);
        story_tell("a bundle breaks: %s", path + strlen(w->dir));
    }
}
