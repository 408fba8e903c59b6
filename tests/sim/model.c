#include "tests/sim/model.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/story.h"

/* An operation with the transaction that carries it; its place there is its place in the history. */
struct placed {
    const struct history *h;
    const struct history_tx *tx;
    const struct history_op *op;
};

static bool in_past(const struct placed *b, const struct placed *a)
{
    bool seen =
        a->tx == b->tx ? b->op < a->op : history_before(a->h, (int)(b->tx - a->h->txs), (int)(a->tx - a->h->txs));
    bool could = history_follows(a->h, a->op->epoch, b->op->epoch);
    STORY_ADD(unread_past, seen && !could);
    return seen && could;
}

static bool same_value(const struct placed *a, const struct placed *b)
{
    const char *x = a->op->value;
    const char *y = b->op->value;
    return x && y ? strcmp(x, y) == 0 : x == y;
}

/* ---- what is there ---- */

static int by_object(const void *x, const void *y)
{
    const struct placed *a = x;
    const struct placed *b = y;
    int order = memcmp(&a->h->sections[a->op->section].id, &b->h->sections[b->op->section].id, ID_LEN);
    if (order == 0) {
        order = memcmp(&a->op->object, &b->op->object, ID_LEN);
    }
    if (order == 0) {
        order = a->op < b->op ? -1 : a->op > b->op;
    }
    return order;
}

static struct placed *readable(size_t *count, const struct history *h, const struct model_reader *r)
{
    struct placed *list = calloc(h->op_count + 1, sizeof *list);
    *count = 0;
    if (!list) {
        story_wrong("no memory for the model");
    }
    for (size_t t = 0; t < h->tx_count; t++) {
        const struct history_tx *tx = &h->txs[t];
        for (size_t i = 0; i < tx->count && r->has[tx->chain] >= tx->n; i++) {
            const struct history_op *op = &h->ops[tx->first + i];
            if (r->holds[op->epoch]) {
                list[(*count)++] = (struct placed){.h = h, .tx = tx, .op = op};
            }
        }
    }
    qsort(list, *count, sizeof *list, by_object);
    return list;
}

/* ---- an object ---- */

struct group {
    const struct placed *all;
    size_t count;
};

static bool is_removal(const struct placed *p)
{
    return p->op->code == OP_REMOVE;
}

/* Has one of the others that are (or are not) removals it in its past? */
static bool answered(const struct group *g, const struct placed *b, bool by_removal)
{
    for (size_t i = 0; i < g->count; i++) {
        if (is_removal(&g->all[i]) == by_removal && in_past(b, &g->all[i])) {
            return true;
        }
    }
    return false;
}

static const char *life_of(const struct group *g)
{
    bool removed = false;
    bool all_removed = true;
    bool all_answered = true;
    for (size_t i = 0; i < g->count; i++) {
        const struct placed *p = &g->all[i];
        if (is_removal(p)) {
            removed = true;
            all_answered = all_answered && answered(g, p, false);
        } else {
            all_removed = all_removed && answered(g, p, true);
        }
    }
    return !removed ? "here" : all_removed ? "removed" : all_answered ? "here" : "disputed";
}

static bool writes_field(const struct placed *p, uint32_t field)
{
    return p->op->code >= OP_SET && p->op->code <= OP_APPEND && p->op->number == field;
}

/* Does it still count for its field? */
static bool stands(const struct group *g, const struct placed *b)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct placed *a = &g->all[i];
        bool ends = a->op->code == OP_SET || ((a->op->code == OP_ADD || a->op->code == OP_DROP) && same_value(a, b));
        if (writes_field(a, b->op->number) && ends && in_past(b, a)) {
            return false;
        }
    }
    return b->op->code != OP_DROP;
}

/* Highest clock first, then highest chain, number, place. */
static int shown_first(const void *x, const void *y)
{
    const struct placed *a = *(const struct placed *const *)x;
    const struct placed *b = *(const struct placed *const *)y;
    if (a->tx->clock_ms != b->tx->clock_ms) {
        return a->tx->clock_ms > b->tx->clock_ms ? -1 : 1;
    }
    int order = memcmp(&b->h->chains[b->tx->chain].id, &a->h->chains[a->tx->chain].id, ID_LEN);
    if (order == 0) {
        order = a->tx->n != b->tx->n ? (a->tx->n > b->tx->n ? -1 : 1) : a->op > b->op ? -1 : 1;
    }
    return order;
}

static int by_value(const void *x, const void *y)
{
    const struct placed *a = *(const struct placed *const *)x;
    const struct placed *b = *(const struct placed *const *)y;
    return strcmp(a->op->value ? a->op->value : "", b->op->value ? b->op->value : "");
}

static void put_set(struct buf *out, const struct placed **list, size_t count)
{
    qsort(list, count, sizeof(const struct placed *), by_value);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !same_value(list[i - 1], list[i])) {
            buf_printf(out, " | %s", list[i]->op->value);
        }
    }
}

static void put_heads(struct buf *out, const struct placed **list, size_t count, bool oldest_first)
{
    qsort(list, count, sizeof(const struct placed *), shown_first);
    for (size_t i = 0; i < count; i++) {
        const struct placed *p = list[oldest_first ? count - 1 - i : i];
        buf_printf(out, " | %d.%llu %s", p->tx->chain, (unsigned long long)p->tx->n, p->op->value ? p->op->value : "-");
    }
}

static void put_field(struct buf *out, const struct group *g, uint32_t field)
{
    const struct placed **list = calloc(g->count + 1, sizeof(const struct placed *));
    size_t count = 0;
    bool differ = false;
    enum op_code code = OP_UNKNOWN;
    if (!list) {
        story_wrong("no memory for the model");
    }
    for (size_t i = 0; i < g->count; i++) {
        const struct placed *p = &g->all[i];
        if (writes_field(p, field) && stands(g, p)) {
            differ = differ || (count > 0 && p->op->code == OP_SET && !same_value(list[0], p));
            list[count++] = p;
            code = p->op->code;
        }
    }
    if (count > 0) {
        buf_printf(out, "  %u%s", field, differ ? " conflict" : "");
        if (code == OP_ADD) {
            put_set(out, list, count);
        } else {
            put_heads(out, list, count, code == OP_APPEND);
        }
        buf_put_str(out, "\n");
        STORY_ADD(conflicts, differ);
    }
    free((void *)list);
}

static void put_object(struct buf *out, const struct group *g)
{
    const struct history *h = g->all[0].h;
    const struct history_op *first = g->all[0].op;
    uint32_t type = 0;
    uint32_t highest = 0;
    for (size_t i = 0; i < g->count; i++) {
        const struct history_op *o = g->all[i].op;
        if (o->code == OP_NEW) {
            type = o->number;
        } else if (writes_field(&g->all[i], o->number) && o->number > highest) {
            highest = o->number;
        }
    }
    if (type == 0) {
        return; /* what makes it cannot be read */
    }
    const char *life = life_of(g);
    buf_put_hex(out, span_of(h->sections[first->section].id.b, ID_LEN));
    buf_put_str(out, " ");
    buf_put_hex(out, span_of(first->object.b, ID_LEN));
    buf_printf(out, " %u %s\n", type, life);
    for (uint32_t field = 1; field <= highest && strcmp(life, "removed") != 0; field++) {
        put_field(out, g, field);
    }
}

void model_content(struct buf *out, const struct history *h, const struct model_reader *r)
{
    size_t count = 0;
    struct placed *list = readable(&count, h, r);
    for (size_t i = 0; i < count;) {
        struct group g = {.all = &list[i]};
        while (i + g.count < count && list[i + g.count].op->section == list[i].op->section &&
               memcmp(&list[i + g.count].op->object, &list[i].op->object, ID_LEN) == 0) {
            g.count++;
        }
        put_object(out, &g);
        i += g.count;
    }
    free(list);
    if (!buf_text(out)) {
        story_wrong("no memory for the model");
    }
}

/* ---- keys ---- */

static bool names(const struct grant *g, const struct uuid *party, const struct uuid *member)
{
    return memcmp(&g->id, g->kind == GRANT_PARTY ? party : member, sizeof g->id) == 0;
}

/* Let in by the epoch's opening, later, or to one before it by somebody who did not know of this one. */
static bool let_in(const struct history *h, int epoch, const struct uuid *party, const struct uuid *member)
{
    const struct history_epoch *e = &h->epochs[epoch];
    const struct history_section *s = &h->sections[e->section];
    if (strcmp(s->topic, CORE_FORBUND_TOPIC) == 0 || memcmp(&s->owner, party, sizeof s->owner) == 0) {
        return true;
    }
    for (size_t i = 0; i < h->grant_count; i++) {
        const struct history_grant *g = &h->grants[i];
        bool counts = g->epoch == epoch || (!g->opening && history_follows(h, epoch, g->epoch) &&
                                            !history_before(h, g->tx, e->tx) && g->tx != e->tx);
        if (counts && names(&g->to, party, member)) {
            return true;
        }
    }
    return false;
}

bool model_entitled(const struct history *h, int epoch, const struct uuid *party, const struct uuid *member)
{
    for (size_t i = 0; i < h->epoch_count; i++) {
        if (history_follows(h, (int)i, epoch) && let_in(h, (int)i, party, member)) {
            return true; /* whoever has a key has those of the epochs before it */
        }
    }
    return false;
}
