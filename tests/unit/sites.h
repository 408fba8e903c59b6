/* Sites for the tests of sync: homes in a temporary folder, what honest people do with them, and records forged by a
 * certified device with the real codecs. Everything asserts: a test reads as a story. */
#ifndef TESTS_UNIT_SITES_H
#define TESTS_UNIT_SITES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/plan/model.h"
#include "sync/chains.h"
#include "sync/check.h"
#include "sync/epochs.h"
#include "sync/intake.h"
#include "sync/letter.h"
#include "sync/meet.h"
#include "sync/member.h"
#include "sync/view.h"

/* Of a test that shows a defect not yet mended: skipped, unless the environment asks to see it fail. */
#define SITES_KNOWN_DEFECT(what)                                                                                       \
    do {                                                                                                               \
        if (!getenv("SAMPLAN_SHOW_DEFECTS")) {                                                                         \
            print_message("known defect: %s\n", what);                                                                 \
            skip();                                                                                                    \
        }                                                                                                              \
    } while (0)

#define SITES_PATH 200

struct home {
    char dir[SITES_PATH];
    struct site *site;
    bool slow; /* its clock is an hour behind */
};

/* Group fixtures: a temporary folder for all homes. */
int sites_setup(void **state);
int sites_teardown(void **state);
void sites_path(char out[SITES_PATH], const char *name); /* a fresh path in that folder */
extern uint64_t sites_clock_ms;                          /* every look at the clock moves it by 7 ms */

void sites_must(const struct home *h, enum err e);
struct site_options sites_options(const struct home *h);
void sites_found(struct home *h, uint32_t quorum);
/* Makes a home that asks; the letter is appended. */
void sites_ask(struct home *h, struct buf *letter, const char *party, const char *kind, const char *person,
               const char *role);
/* Asks as an administrator and has admin approve at once. */
void sites_join(struct home *h, struct home *admin, const char *party, const char *kind, const char *person);
void sites_join_as(struct home *h, struct home *admin, const char *party, const char *kind, const char *person,
                   const char *role);
void sites_accept(struct home *h, const struct buf *invitation);
void sites_open(struct home *h); /* one that is closed */
void sites_reopen(struct home *h);
void sites_close(struct home *h);
/* Another handle on the same home, as another process has it. */
void sites_second(struct home *out, const struct home *h);

/* Meets in a folder; no fault is expected, or exactly one of that verdict. */
void sites_meet(struct home *h, const char *folder);
void sites_meet_fault(struct home *h, const char *folder, const char *verdict);
/* At most one fault, of that verdict: somebody may have mended the place. NULL: none. */
void sites_meet_maybe(struct home *h, const char *folder, const char *verdict);
/* What the meeting came to. */
enum err sites_meet_any(struct meet_result *r, struct arena *a, struct home *h, const char *folder);
/* Everybody meets twice. */
void sites_meet_all(struct home *const *homes, size_t count, const char *folder);

struct uuid sites_plan(uint8_t number);
struct edit *sites_edit(struct home *h);
void sites_save(struct home *h, struct edit *e);
const struct schema_field *sites_field(const char *type, const char *field);
struct object_key sites_make(struct home *h, const struct place *p, const char *type, const char *field,
                             const char *value);
/* One save that sets one field; the error of setting it. */
enum err sites_set(struct home *h, const struct uuid *id, const char *type, const char *field, const char *value);
void sites_remove(struct home *h, const struct uuid *id);
void sites_admit(struct home *h, const struct place *p, const struct home *to, bool writes);
void sites_exclude(struct home *h, const struct place *p, const struct home *who);
/* The object of that id as this site has it; count 0: not readable. */
void sites_look(struct view_list *out, struct arena *a, struct home *h, const struct uuid *id);
/* Number of heads (0: no object or never set), and the one shown first. */
size_t sites_heads(struct home *h, const struct uuid *id, const char *field, const char *shown);

void sites_check_ok(struct home *h);
/* Is something with that verdict (and detail, if not NULL) among what check lists? */
bool sites_lists(struct home *h, const char *verdict, const char *detail);
/* Content as text, of the sections that both can read; b NULL: all. */
void sites_digest(struct buf *out, struct home *a, struct home *b);
void sites_same(struct home *a, struct home *b);
/* rebuild changes nothing. */
void sites_rebuild_same(struct home *h);

/* ---- forging ---- */

#define FORGE_PARTS 4
#define FORGE_TXS 4

struct forge_part {
    struct key_id key_id;
    uint8_t key[SECTION_KEY_LEN];
    struct part_tx txs[FORGE_TXS];
    size_t tx_count;
    struct span raw; /* if not empty: the plaintext, or */
    bool packed;     /* … what is sealed, as it is */
};

/* A record in the making. forge_begin fills everything as an honest device would; the test changes what it wants. */
struct forge {
    struct site *site; /* whose device signs */
    struct device *signer;
    struct header header;
    struct seen seen[16];
    bool has_parent;
    struct oid parent;
    struct chain_id branch;
    bool forbund_first;
    size_t part_count;
    struct forge_part parts[FORGE_PARTS];
    struct buf envelopes;
    bool spoil_body;
    struct hash hash; /* after forge_put */
    struct oid oid;
};
void forge_begin(struct forge *f, struct home *h);
/* After forge_put: the next record on the same chain. */
void forge_next(struct forge *f);
/* A part in the newest epoch of that section, as the site holds it; one transaction, the header's first. */
struct forge_part *forge_in(struct forge *f, const struct place *p, const struct op *ops, size_t count);
/* A part under a key of the test's own for that section. */
struct forge_part *forge_under(struct forge *f, const struct place *p, uint8_t fill, const struct op *ops,
                               size_t count);
void forge_envelope(struct forge *f, const struct forge_part *part, const struct place *p, const struct home *to);
/* Signs it and puts it in the folder, moving the branch. */
void forge_put(struct forge *f, const char *folder);
struct place sites_forbund(void);

#endif
