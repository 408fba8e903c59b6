#define _XOPEN_SOURCE 700 /* nftw */
#include "tests/sim/world.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/plan/model.h"
#include "sync/letter.h"
#include "sync/meet.h"
#include "sync/member.h"
#include "sync/posix.h"
#include "tests/sim/disk.h"
#include "tests/sim/meetings.h"
#include "tests/sim/power.h"
#include "tests/sim/story.h"

#define EPOCH_MS 1790000000000 /* September 2026 */
#define TICK_MS 7

static const struct replica *acting;
static int64_t time_ms;

static uint64_t look_at_clock(void)
{
    time_ms += TICK_MS;
    int64_t now = time_ms + (acting ? acting->clock_off_ms : 0);
    return now > 1000 ? (uint64_t)now : 1000;
}

void world_act(const struct replica *r)
{
    acting = r;
}

void world_jump(struct replica *r, int64_t off_ms)
{
    r->clock_off_ms = off_ms;
}

static struct site_options options_of(const struct replica *r)
{
    world_act(r);
    return (struct site_options){.dir = r->dir,
                                 .passphrase = span_str("lösenord"),
                                 .schema = model_schema(),
                                 .cost = DEVICE_COST_CHEAP,
                                 .now_ms = look_at_clock};
}

void world_open(struct world *w, struct replica *r)
{
    struct site_options o = options_of(r);
    (void)w;
    story_must(r->site, site_open(&r->site, &o));
}

void world_close(struct replica *r)
{
    world_act(r);
    site_close(r->site);
    r->site = NULL;
}

void world_kill(struct replica *r)
{
    disk_arm(DISK_STOPS, 0, NULL, EIO);
    world_close(r);
    (void)disk_mend();
}

struct replica *world_any(struct world *w)
{
    return &w->replicas[chance_below(&w->chance, w->replica_count)];
}

/* ---- beginning ---- */

static const char *const party_names[] = {"Kommunen", "Regionen", "Arbetsförmedlingen", "Försäkringskassan"};
static const char *const party_kinds[] = {"kommun", "region", "af", "fk"};

static struct replica *next_replica(struct world *w, int party)
{
    struct replica *r = &w->replicas[w->replica_count];
    *r = (struct replica){.number = (int)w->replica_count, .party = party, .chain = -1};
    (void)snprintf(r->dir, sizeof r->dir, "%s/r%d", w->dir, r->number);
    return r;
}

static void found(struct world *w)
{
    struct replica *r = next_replica(w, 0);
    struct site_options o = options_of(r);
    struct site_founding f = {.forbund = "Prov", .party = party_names[0], .kind = party_kinds[0], .person = "Person 0"};
    f.quorum = chance_one_in(&w->chance, 4) ? 2 : 1;
    story_must(r->site, site_found(&r->site, &o, &f));
    r->chain = history_add_chain(&w->history, &r->site->self.chain, 0);
    w->replica_count = w->party_count = 1;
    (void)world_note(w, r, NULL);
}

/* An administrator of the party, or of any party but `not` if the party is new. */
static struct replica *approver(struct world *w, int party, int not )
{
    size_t from = chance_below(&w->chance, w->replica_count);
    for (size_t i = 0; i < w->replica_count; i++) {
        struct replica *r = &w->replicas[(from + i) % w->replica_count];
        const struct site_self *self = site_self(r->site);
        bool may = self->stage == SITE_MEMBER && strcmp(self->role, "administratör") == 0;
        if (may && r->party != not &&((size_t)party >= w->party_count || r->party == party)) {
            return r;
        }
    }
    return NULL;
}

/* True: the approval is complete. */
static bool approve(struct world *w, struct buf *invitation, struct replica *by, const struct buf *letter)
{
    struct member_approval approval;
    world_act(by);
    story_must(by->site, member_approve(&approval, invitation, by->site, span_buf(letter)));
    (void)world_note(w, by, NULL);
    return approval.complete;
}

static void ask(struct world *w, struct replica *r, struct buf *letter)
{
    static const char *const roles[] = {"administratör", "administratör", "administratör",
                                        "samordnare",    "handläggare",   "revisor"};
    char person[32];
    struct site_options o = options_of(r);
    bool new_party = (size_t)r->party == w->party_count;
    size_t role = new_party ? 0 : chance_below(&w->chance, sizeof roles / sizeof roles[0]);
    /* Now and then a second device of somebody. */
    int who = chance_one_in(&w->chance, 4) ? (int)chance_below(&w->chance, w->replica_count) : r->number;
    (void)snprintf(person, sizeof person, "Person %d", who);
    struct letter_request wish = {
        .party = party_names[r->party], .kind = party_kinds[r->party], .person = person, .role = roles[role]};
    story_must(r->site, site_request(&r->site, &o, letter, &wish));
}

bool world_join(struct world *w, int party)
{
    struct replica *by = approver(w, party, -1);
    if (!by || w->replica_count == WORLD_REPLICAS) {
        return false;
    }
    struct buf letter = {0};
    struct buf invitation = {0};
    char words[WORDS_LEN];
    struct replica *r = next_replica(w, party);
    ask(w, r, &letter);
    bool complete = approve(w, &invitation, by, &letter);
    if (!complete) { /* a second party has to know of the first one's approval */
        meetings_everybody(w);
        by = approver(w, party, by->party);
        complete = by && approve(w, &invitation, by, &letter);
    }
    if (complete) {
        world_act(r);
        story_must(r->site, site_accept(r->site, span_buf(&invitation), words));
        r->chain = history_add_chain(&w->history, &r->site->self.chain, r->number);
        w->replica_count++;
        w->party_count += (size_t)party == w->party_count;
        story_tell("replica %d of party %d joins, approved by %d", r->number, party, by->number);
        STORY_ADD(joined, 1);
    } else { /* it was asked for in vain */
        world_close(r);
        posix_remove_tree(r->dir);
    }
    buf_free(&letter);
    buf_free(&invitation);
    return complete;
}

void world_begin(struct world *w, const char *dir, uint64_t seed)
{
    *w = (struct world){.seed = seed};
    (void)snprintf(w->dir, sizeof w->dir, "%s", dir);
    time_ms = EPOCH_MS;
    chance_rule_library(seed);
    w->chance = chance_of(seed, 0);
    history_init(&w->history);
    w->has_power_cuts = chance_one_in(&w->chance, 4);
    power_watch(w->has_power_cuts ? w->dir : NULL);
    w->stick_count = 1 + chance_below(&w->chance, WORLD_STICKS);
    found(w);
    size_t replicas = 2 + chance_below(&w->chance, 4);
    for (size_t i = 1; i < replicas; i++) {
        size_t parties = w->party_count < WORLD_PARTIES ? w->party_count + 1 : w->party_count;
        (void)world_join(w, (int)(i == 1 ? chance_below(&w->chance, 2) : chance_below(&w->chance, parties)));
        meetings_everybody(w);
    }
}

void world_end(struct world *w)
{
    for (size_t i = 0; i < w->replica_count; i++) {
        world_close(&w->replicas[i]);
    }
    history_free(&w->history);
    power_watch(NULL);
}

/* ---- what it has ---- */

static void must_have_past(const struct world *w, const struct replica *r)
{
    for (size_t i = 0; i < w->history.tx_count; i++) {
        const struct history_tx *tx = &w->history.txs[i];
        for (size_t c = 0; c < w->history.chain_count && r->has[tx->chain] >= tx->n; c++) {
            if (tx->seen[c] > r->has[c]) {
                story_wrong("replica %d has %d.%llu without its past, %zu.%llu", r->number, tx->chain,
                            (unsigned long long)tx->n, c, (unsigned long long)tx->seen[c]);
            }
        }
    }
}

/* A replica that was put back goes on as a new chain. */
static void follow_chain(struct world *w, struct replica *r)
{
    const struct chain_id *now = &r->site->self.chain;
    if (r->chain >= 0 && memcmp(now, &w->history.chains[r->chain].id, sizeof *now) != 0) {
        r->chain = history_add_chain(&w->history, now, r->number);
        story_tell("replica %d goes on as chain %d", r->number, r->chain);
    }
}

bool world_note(struct world *w, struct replica *r, const struct history_wish *wish)
{
    uint64_t has[HISTORY_CHAINS];
    follow_chain(w, r);
    history_reach(has, &w->history, r->site);
    for (size_t c = 0; c < HISTORY_CHAINS; c++) {
        if (has[c] < r->has[c]) {
            story_wrong("replica %d has lost %zu.%llu", r->number, c, (unsigned long long)r->has[c]);
        }
    }
    memcpy(r->has, has, sizeof has);
    bool stands = history_take(&w->history, r->site, r->chain, has, wish);
    for (size_t c = 0; c < w->history.chain_count; c++) {
        if (has[c] > w->history.chains[c].last) {
            story_wrong("replica %d has %zu.%llu, which nobody has made", r->number, c, (unsigned long long)has[c]);
        }
    }
    must_have_past(w, r);
    return stands;
}

/* ---- places ---- */

void world_stick(char out[WORLD_PATH], const struct world *w, size_t stick)
{
    (void)snprintf(out, WORLD_PATH, "%s/stick%zu", w->dir, stick);
}

void world_bundle(char out[WORLD_PATH], const struct world *w, const struct replica *a, const struct replica *b)
{
    int low = a->number < b->number ? a->number : b->number;
    int high = a->number < b->number ? b->number : a->number;
    (void)snprintf(out, WORLD_PATH, "%s/mail%d-%d.bundle", w->dir, low, high);
}

static const char *copy_from;
static const char *copy_to;

static int copy_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    char to[2 * WORLD_PATH];
    struct buf bytes = {0};
    (void)st;
    (void)ftw;
    (void)snprintf(to, sizeof to, "%s%s", copy_to, path + strlen(copy_from));
    enum err e = kind == FTW_D ? posix_make_dir(to) : posix_read_file(&bytes, path, BUF_MAX);
    if (e == OK && kind == FTW_F) {
        e = posix_write_file(to, span_buf(&bytes));
    }
    buf_free(&bytes);
    return e == OK ? 0 : -1;
}

void world_copy(const char *from, const char *to)
{
    posix_remove_tree(to);
    copy_from = from;
    copy_to = to;
    if (nftw(from, copy_one, 16, FTW_PHYS) != 0) {
        story_wrong("%s cannot be copied", from);
    }
}
