/* What was done in a run: every transaction that a replica has acknowledged, with what its writer had before it, and every
 * section, epoch and recipient that came to be. Written down when it happens, at the replica where it happens; what the
 * others must come to have is judged from this alone (model.h). */
#ifndef TESTS_SIM_HISTORY_H
#define TESTS_SIM_HISTORY_H

#include <stdio.h>

#include "sync/core.h"

#define HISTORY_CHAINS 48
#define HISTORY_TXS 6000
#define HISTORY_OPS 40000
#define HISTORY_EPOCHS 1000
#define HISTORY_SECTIONS 400
#define HISTORY_GRANTS 6000
#define HISTORY_PARENTS 16

struct history_op {
    enum op_code code; /* OP_NEW to OP_KEEP; a splice is the set that it stands for */
    int section;
    int epoch;
    struct uuid object;
    uint32_t number; /* OP_NEW: the type; else the field */
    char *value;
};

struct history_tx {
    int chain;
    uint64_t n;
    int64_t clock_ms;
    uint64_t seen[HISTORY_CHAINS]; /* how far its writer had each chain; of its own: n - 1 */
    size_t first;                  /* of its operations */
    size_t count;
};

struct history_section {
    struct section_id id;
    struct uuid plan;
    struct uuid owner;
    char topic[16];
};

struct history_epoch {
    struct key_id id;
    int section;
    int tx;
    int parents[HISTORY_PARENTS];
    size_t parent_count;
};

struct history_grant {
    int epoch;
    int tx;
    struct grant to;
    bool opening;
};

struct history_chain {
    struct chain_id id;
    int replica;
    uint64_t last;
};

struct history {
    struct history_chain chains[HISTORY_CHAINS];
    size_t chain_count;
    struct history_tx *txs;
    size_t tx_count;
    struct history_op *ops;
    size_t op_count;
    struct history_section *sections;
    size_t section_count;
    struct history_epoch *epochs;
    size_t epoch_count;
    struct history_grant *grants;
    size_t grant_count;
};

void history_init(struct history *h);
void history_free(struct history *h);

/* -1: none */
int history_chain(const struct history *h, const struct chain_id *id);
int history_add_chain(struct history *h, const struct chain_id *id, int replica);
int history_tx(const struct history *h, int chain, uint64_t n);
int history_section(const struct history *h, const struct section_id *id);
int history_epoch(const struct history *h, const struct key_id *id);

/* Operations that a save is asked to make, in order. */
struct history_wish {
    struct history_op ops[200];
    size_t count;
};
void history_wish(struct history_wish *w, enum op_code code, const struct uuid *object, uint32_t number,
                  const char *value);
void history_wish_free(struct history_wish *w);

/* Writes down what has come to stand on the site's own chain, which is `chain` here, since the last time; `has` is how far
 * it has each chain. wish: what the next transaction is to hold, NULL: none was asked for. False: the wish did not come
 * to stand. */
bool history_take(struct history *h, struct site *s, int chain, const uint64_t has[HISTORY_CHAINS],
                  const struct history_wish *wish);
/* How far the site has each chain, its own unsealed transactions included. */
void history_reach(uint64_t has[HISTORY_CHAINS], const struct history *h, struct site *s);

/* Is tx `earlier` in the past of `later`, as its writer had it? */
bool history_before(const struct history *h, int earlier, int later);
/* Is `earlier` the epoch `later` or one of those before it? */
bool history_follows(const struct history *h, int later, int earlier);

void history_write_text(FILE *out, const char *text); /* as JSON; NULL: null */
/* All of it, as lines of JSON (check.py reads them). */
void history_write(FILE *out, const struct history *h);

#endif
