#include "tests/sim/history.h"

#include <stdlib.h>
#include <string.h>

#include "sync/tx.h"
#include "tests/sim/story.h"

void history_init(struct history *h)
{
    *h = (struct history){.txs = calloc(HISTORY_TXS, sizeof *h->txs),
                          .ops = calloc(HISTORY_OPS, sizeof *h->ops),
                          .sections = calloc(HISTORY_SECTIONS, sizeof *h->sections),
                          .epochs = calloc(HISTORY_EPOCHS, sizeof *h->epochs),
                          .grants = calloc(HISTORY_GRANTS, sizeof *h->grants)};
    if (!h->txs || !h->ops || !h->sections || !h->epochs || !h->grants) {
        story_wrong("no memory for the history");
    }
}

void history_free(struct history *h)
{
    for (size_t i = 0; i < h->op_count; i++) {
        free(h->ops[i].value);
    }
    free(h->txs);
    free(h->ops);
    free(h->sections);
    free(h->epochs);
    free(h->grants);
    *h = (struct history){0};
}

int history_chain(const struct history *h, const struct chain_id *id)
{
    for (size_t i = 0; i < h->chain_count; i++) {
        if (memcmp(&h->chains[i].id, id, sizeof *id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int history_add_chain(struct history *h, const struct chain_id *id, int replica)
{
    if (h->chain_count == HISTORY_CHAINS) {
        story_wrong("more than %d chains", HISTORY_CHAINS);
    }
    h->chains[h->chain_count] = (struct history_chain){.id = *id, .replica = replica};
    return (int)h->chain_count++;
}

int history_tx(const struct history *h, int chain, uint64_t n)
{
    for (size_t i = 0; i < h->tx_count; i++) {
        if (h->txs[i].chain == chain && h->txs[i].n == n) {
            return (int)i;
        }
    }
    return -1;
}

int history_section(const struct history *h, const struct section_id *id)
{
    for (size_t i = 0; i < h->section_count; i++) {
        if (memcmp(&h->sections[i].id, id, sizeof *id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int history_epoch(const struct history *h, const struct key_id *id)
{
    for (size_t i = 0; i < h->epoch_count; i++) {
        if (memcmp(&h->epochs[i].id, id, sizeof *id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool history_before(const struct history *h, int earlier, int later)
{
    return h->txs[later].seen[h->txs[earlier].chain] >= h->txs[earlier].n;
}

bool history_follows(const struct history *h, int later, int earlier)
{
    bool met[HISTORY_EPOCHS] = {false};
    int todo[HISTORY_EPOCHS];
    size_t count = 0;
    todo[count++] = later;
    met[later] = true;
    while (count > 0) {
        const struct history_epoch *e = &h->epochs[todo[--count]];
        if (e == &h->epochs[earlier]) {
            return true;
        }
        for (size_t i = 0; i < e->parent_count; i++) {
            if (!met[e->parents[i]]) {
                met[e->parents[i]] = true;
                todo[count++] = e->parents[i];
            }
        }
    }
    return false;
}

/* ---- what a save is asked to make ---- */

static char *copy_of(const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy) {
        story_wrong("no memory for a value");
    }
    return copy;
}

void history_wish(struct history_wish *w, enum op_code code, const struct uuid *object, uint32_t number,
                  const char *value)
{
    if (w->count == sizeof w->ops / sizeof w->ops[0]) {
        story_wrong("too many operations in one save");
    }
    w->ops[w->count++] =
        (struct history_op){.code = code, .object = *object, .number = number, .value = copy_of(value)};
}

void history_wish_free(struct history_wish *w)
{
    for (size_t i = 0; i < w->count; i++) {
        free(w->ops[i].value);
    }
    w->count = 0;
}

/* ---- reading what came to stand ---- */

void history_reach(uint64_t has[HISTORY_CHAINS], const struct history *h, struct site *s)
{
    int64_t unsealed = 0;
    int own = history_chain(h, &s->self.chain);
    memset(has, 0, HISTORY_CHAINS * sizeof *has);
    struct db_row *q = db_use(s->db, "SELECT chain, last FROM chain WHERE hash IS NOT NULL");
    while (db_next(q)) {
        struct chain_id id;
        db_col_copy(q, 0, id.b, ID_LEN);
        int chain = history_chain(h, &id);
        if (chain < 0) {
            story_wrong("a chain that nobody has begun");
        }
        has[chain] = (uint64_t)db_col_int(q, 1);
    }
    story_must(s, db_end(q));
    story_must(s, db_get_int(&unsealed, db_use(s->db, "SELECT max(n) FROM journal"), 0));
    if (own >= 0 && (uint64_t)unsealed > has[own]) {
        has[own] = (uint64_t)unsealed;
    }
}

/* What is being written down: a transaction of a site's own. */
struct taking {
    struct history *h;
    struct site *s;
    struct history_tx *tx;
};

/* To the transaction's number. */
static struct db_row *bound(const struct taking *t, struct db_row *q)
{
    struct db_row *r = db_use(t->s->db, "SELECT r.seq, r.first FROM record r JOIN chain c ON c.id = r.chain"
                                        " WHERE c.chain = ? AND r.first <= ? ORDER BY r.first DESC LIMIT 1");
    db_blob(r, 1, t->s->self.chain.b, ID_LEN);
    db_int(r, 2, (int64_t)t->tx->n);
    db_int(q, 1, db_next(r) ? tx_number(db_col_int(r, 0), (uint64_t)db_col_int(r, 1), t->tx->n) : 0);
    story_must(t->s, db_end(r));
    return q;
}

static int section_for(struct history *h, struct db_row *q, int at)
{
    struct history_section new = {.topic = ""};
    db_col_copy(q, at, new.id.b, ID_LEN);
    int known = history_section(h, &new.id);
    if (known >= 0) {
        return known;
    }
    if (h->section_count == HISTORY_SECTIONS) {
        story_wrong("more than %d sections", HISTORY_SECTIONS);
    }
    db_col_copy(q, at + 1, new.plan.b, ID_LEN);
    db_col_copy(q, at + 2, new.owner.b, ID_LEN);
    (void)snprintf(new.topic, sizeof new.topic, "%s", db_col_text(q, at + 3));
    h->sections[h->section_count] = new;
    return (int)h->section_count++;
}

static void take_parents(const struct taking *t, struct history_epoch *e)
{
    struct db_row *q = db_use(t->s->db, "SELECT p.key_id FROM epoch_parent p JOIN epoch e ON e.id = p.epoch"
                                        " WHERE e.key_id = ? ORDER BY p.key_id");
    db_blob(q, 1, e->id.b, ID_LEN);
    while (db_next(q)) {
        struct key_id id;
        db_col_copy(q, 0, id.b, ID_LEN);
        int parent = history_epoch(t->h, &id);
        if (parent < 0 || e->parent_count == HISTORY_PARENTS) {
            story_wrong("an epoch follows one that nobody has opened, or too many");
        }
        e->parents[e->parent_count++] = parent;
    }
    story_must(t->s, db_end(q));
}

static void take_epochs(const struct taking *t)
{
    struct history *h = t->h;
    size_t before = h->epoch_count;
    struct db_row *q = bound(t, db_use(t->s->db, "SELECT e.key_id, s.section_id, s.plan, s.owner, s.topic FROM epoch e"
                                                 " JOIN section s ON s.id = e.section WHERE e.tx = ? ORDER BY e.id"));
    while (db_next(q)) {
        struct history_epoch e = {.tx = (int)(t->tx - h->txs)};
        db_col_copy(q, 0, e.id.b, ID_LEN);
        e.section = section_for(h, q, 1);
        if (h->epoch_count == HISTORY_EPOCHS) {
            story_wrong("more than %d epochs", HISTORY_EPOCHS);
        }
        h->epochs[h->epoch_count++] = e;
    }
    story_must(t->s, db_end(q));
    for (size_t i = before; i < h->epoch_count; i++) {
        take_parents(t, &h->epochs[i]);
    }
}

static void take_grants(const struct taking *t)
{
    struct history *h = t->h;
    struct db_row *q = bound(
        t, db_use(t->s->db, "SELECT e.key_id, g.kind, g.grantee, g.writes, g.opening FROM epoch_grant g"
                            " JOIN epoch e ON e.id = g.epoch WHERE g.tx = ? ORDER BY e.key_id, g.kind, g.grantee"));
    while (db_next(q)) {
        struct history_grant g = {.tx = (int)(t->tx - h->txs), .opening = db_col_int(q, 4) != 0};
        struct key_id id;
        db_col_copy(q, 0, id.b, ID_LEN);
        g.epoch = history_epoch(h, &id);
        g.to.kind = db_col_int(q, 1) == GRANT_PARTY ? GRANT_PARTY : GRANT_MEMBER;
        db_col_copy(q, 2, g.to.id.b, ID_LEN);
        g.to.writes = db_col_int(q, 3) != 0;
        if (g.epoch < 0 || h->grant_count == HISTORY_GRANTS) {
            story_wrong("a recipient of an epoch that nobody has opened, or too many");
        }
        h->grants[h->grant_count++] = g;
    }
    story_must(t->s, db_end(q));
}

static void take_ops(const struct taking *t)
{
    struct history *h = t->h;
    struct db_row *q =
        bound(t, db_use(t->s->db, "SELECT o.code, o.field, o.value, o.clock_ms, e.key_id, b.uuid, o.state FROM op o"
                                  " LEFT JOIN epoch e ON e.id = o.epoch LEFT JOIN object b ON b.id = o.object"
                                  " WHERE o.tx = ? ORDER BY o.id"));
    t->tx->first = h->op_count;
    while (db_next(q)) {
        struct history_op o = {.code = (enum op_code)db_col_int(q, 0), .number = (uint32_t)db_col_int(q, 1)};
        struct key_id id;
        t->tx->clock_ms = db_col_int(q, 3);
        if (db_col_int(q, 6) != OP_STANDS) {
            story_wrong("an own operation does not stand");
        }
        if (o.code >= OP_OPEN) {
            continue;
        }
        o.code = o.code == OP_SPLICE ? OP_SET : o.code;
        db_col_copy(q, 4, id.b, ID_LEN);
        db_col_copy(q, 5, o.object.b, ID_LEN);
        o.epoch = history_epoch(h, &id);
        if (o.epoch < 0 || h->op_count == HISTORY_OPS) {
            story_wrong("an operation in an epoch that nobody has opened, or too many");
        }
        o.section = h->epochs[o.epoch].section;
        o.value = copy_of(db_col_text(q, 2));
        h->ops[h->op_count++] = o;
        t->tx->count++;
    }
    story_must(t->s, db_end(q));
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void compare_wish(const struct taking *t, const struct history_wish *wish)
{
    if (wish->count != t->tx->count) {
        story_wrong("a save of %zu operations has %zu", wish->count, t->tx->count);
    }
    for (size_t i = 0; i < wish->count; i++) {
        const struct history_op *a = &wish->ops[i];
        const struct history_op *b = &t->h->ops[t->tx->first + i];
        bool numbered = a->code != OP_REMOVE && a->code != OP_KEEP;
        if (a->code != b->code || memcmp(&a->object, &b->object, sizeof a->object) != 0 ||
            (numbered && a->number != b->number) || !same_text(a->value, b->value)) {
            story_wrong("operation %zu of a save is not what was asked for: %d %u %s, not %d %u %s", i, b->code,
                        b->number, b->value ? b->value : "-", a->code, a->number, a->value ? a->value : "-");
        }
    }
}

bool history_take(struct history *h, struct site *s, int chain, const uint64_t has[HISTORY_CHAINS],
                  const struct history_wish *wish)
{
    struct history_chain *own = &h->chains[chain];
    bool stands = false;
    if (has[chain] < own->last) {
        story_wrong("transactions %llu to %llu of its own are lost", (unsigned long long)has[chain] + 1,
                    (unsigned long long)own->last);
    }
    while (own->last < has[chain]) {
        if (h->tx_count == HISTORY_TXS) {
            story_wrong("more than %d transactions", HISTORY_TXS);
        }
        struct taking t = {.h = h, .s = s, .tx = &h->txs[h->tx_count++]};
        *t.tx = (struct history_tx){.chain = chain, .n = ++own->last};
        memcpy(t.tx->seen, has, sizeof t.tx->seen);
        t.tx->seen[chain] = t.tx->n - 1;
        take_epochs(&t);
        take_grants(&t);
        take_ops(&t);
        if (wish && !stands) {
            compare_wish(&t, wish);
            stands = true;
        } else if (t.tx->count > 0) {
            story_wrong("a transaction of %zu operations that nobody asked for", t.tx->count);
        }
    }
    return stands || !wish;
}

/* ---- the trace ---- */

static void write_hex(FILE *out, const uint8_t *id)
{
    (void)fputc('"', out);
    for (size_t i = 0; i < ID_LEN; i++) {
        (void)fprintf(out, "%02x", id[i]);
    }
    (void)fputc('"', out);
}

void history_write_text(FILE *out, const char *text)
{
    if (!text) {
        (void)fputs("null", out);
        return;
    }
    (void)fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\' || c < 0x20) {
            (void)fprintf(out, "\\u%04x", c);
        } else {
            (void)fputc(c, out);
        }
    }
    (void)fputc('"', out);
}

static void write_tx(FILE *out, const struct history *h, const struct history_tx *t)
{
    static const char *const kinds[] = {"new", "set", "add", "drop", "append", "remove", "keep"};
    (void)fprintf(out, "{\"tx\": [%d, %llu], \"clock_ms\": %lld, \"seen\": {", t->chain, (unsigned long long)t->n,
                  (long long)t->clock_ms);
    const char *comma = "";
    for (size_t i = 0; i < h->chain_count; i++) {
        if (t->seen[i] > 0 && (int)i != t->chain) {
            (void)fprintf(out, "%s\"%zu\": %llu", comma, i, (unsigned long long)t->seen[i]);
            comma = ", ";
        }
    }
    (void)fputs("}, \"ops\": [", out);
    for (size_t i = 0; i < t->count; i++) {
        const struct history_op *o = &h->ops[t->first + i];
        (void)fprintf(out, "%s[\"%s\", %d, %d, ", i > 0 ? ", " : "", kinds[o->code], o->section, o->epoch);
        write_hex(out, o->object.b);
        (void)fprintf(out, ", %u, ", o->number);
        history_write_text(out, o->value);
        (void)fputc(']', out);
    }
    (void)fputs("]}\n", out);
}

void history_write(FILE *out, const struct history *h)
{
    for (size_t i = 0; i < h->chain_count; i++) {
        (void)fprintf(out, "{\"chain\": %zu, \"replica\": %d, \"id\": ", i, h->chains[i].replica);
        write_hex(out, h->chains[i].id.b);
        (void)fputs("}\n", out);
    }
    for (size_t i = 0; i < h->section_count; i++) {
        (void)fprintf(out, "{\"section\": %zu, \"topic\": \"%s\", \"id\": ", i, h->sections[i].topic);
        write_hex(out, h->sections[i].id.b);
        (void)fputs("}\n", out);
    }
    for (size_t i = 0; i < h->epoch_count; i++) {
        const struct history_epoch *e = &h->epochs[i];
        (void)fprintf(out, "{\"epoch\": %zu, \"section\": %d, \"parents\": [", i, e->section);
        for (size_t p = 0; p < e->parent_count; p++) {
            (void)fprintf(out, "%s%d", p > 0 ? ", " : "", e->parents[p]);
        }
        (void)fputs("], \"id\": ", out);
        write_hex(out, e->id.b);
        (void)fputs("}\n", out);
    }
    for (size_t i = 0; i < h->tx_count; i++) {
        write_tx(out, h, &h->txs[i]);
    }
}
