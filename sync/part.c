#include "sync/part.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sync/cbor.h"
#include "sync/limits.h"
#include "sync/op.h"

#define CLOCK_END (LIMIT_TIME * 1000)

static bool base_in_shape(const struct part_base *base)
{
    return base->first_dot >= 1 && base->first_dot <= base->last_dot && base->last_dot < LIMIT_DOT && base->time >= 0 &&
           base->time < LIMIT_TIME;
}

/* The table of objects, while encoding: what each operation that names one, counted from 0, has as index. */
struct table {
    uint32_t *index;
    const struct uuid **objects;
    size_t object_count;
};

struct use {
    const struct uuid *id;
    uint32_t n; /* which naming operation */
};

static int compare_ids(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->b, b->b, ID_LEN);
}

static int compare_uses(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    int ids = compare_ids(x->id, y->id);
    if (ids != 0) {
        return ids;
    }
    return x->n < y->n ? -1 : x->n > y->n ? 1 : 0;
}

static size_t count_uses(const struct part *p)
{
    size_t ops = 0, uses = 0;
    for (size_t t = 0; t < p->tx_count; t++) {
        for (size_t i = 0; i < p->txs[t].op_count; i++) {
            uses += op_names_object(&p->txs[t].ops[i]) ? 1 : 0;
        }
        ops += p->txs[t].op_count;
    }
    assert(ops <= LIMIT_OPS);
    return uses;
}

static void list_uses(struct use *uses, const struct part *p)
{
    uint32_t n = 0;
    for (size_t t = 0; t < p->tx_count; t++) {
        for (size_t i = 0; i < p->txs[t].op_count; i++) {
            const struct op *o = &p->txs[t].ops[i];
            if (op_names_object(o)) {
                uses[n] = (struct use){.id = &o->object, .n = n};
                n++;
            }
        }
    }
}

/* By sorting, so that no choice of ids is slow. Everything in t is in the arena. */
static enum err table_make(struct table *t, struct arena *a, const struct part *p)
{
    size_t count = count_uses(p);
    struct use *uses = arena_array(a, count, sizeof *uses);
    t->index = arena_array(a, count, sizeof *t->index);
    t->objects = arena_array(a, count, sizeof *t->objects);
    if (a->failed) {
        return ERR_MEMORY;
    }
    list_uses(uses, p);
    qsort(uses, count, sizeof *uses, compare_uses);
    for (size_t i = 0, first = 0; i < count; i++) {
        first = i > 0 && compare_ids(uses[i - 1].id, uses[i].id) == 0 ? first : i;
        t->index[uses[i].n] = uses[first].n; /* for now: the operation that names it first */
        t->objects[uses[i].n] = uses[i].id;
    }
    for (size_t n = 0; n < count; n++) {
        if (t->index[n] == n) {
            t->objects[t->object_count] = t->objects[n];
            t->index[n] = (uint32_t)t->object_count++;
        } else {
            t->index[n] = t->index[t->index[n]]; /* an earlier one, so an index already */
        }
    }
    return OK;
}

static void put_objects(struct buf *out, const struct table *t)
{
    cbor_put_array(out, t->object_count);
    for (size_t i = 0; i < t->object_count; i++) {
        cbor_put_bytes(out, span_of(t->objects[i]->b, ID_LEN));
    }
}

static void put_transactions(struct buf *out, const struct part *p, const struct part_base *base, const uint32_t *index)
{
    uint64_t expected = base->first_dot;
    int64_t clock = base->time * 1000;
    cbor_put_array(out, p->tx_count);
    for (size_t t = 0; t < p->tx_count; t++) {
        const struct part_tx *tx = &p->txs[t];
        assert(tx->n >= expected && tx->n <= base->last_dot);
        assert(tx->clock_ms >= 0 && tx->clock_ms < CLOCK_END);
        cbor_put_array(out, 3);
        cbor_put_uint(out, tx->n - expected);
        cbor_put_int(out, tx->clock_ms - clock);
        cbor_put_array(out, tx->op_count);
        for (size_t i = 0; i < tx->op_count; i++) {
            op_encode(out, &tx->ops[i], op_names_object(&tx->ops[i]) ? *index++ : 0);
        }
        expected = tx->n + 1;
        clock = tx->clock_ms;
    }
}

enum err part_encode(struct buf *out, const struct part *p, const struct part_base *base)
{
    assert(base_in_shape(base) && p->tx_count <= LIMIT_TXS);
    size_t start = out->len;
    struct arena scratch = {0};
    struct table table = {0};
    enum err e = table_make(&table, &scratch, p);
    if (e != OK) {
        goto out;
    }
    cbor_put_array(out, 2);
    put_objects(out, &table);
    put_transactions(out, p, base, table.index);
    e = buf_check(out);
    if (e == OK && out->len - start > LIMIT_PART) {
        e = ERR_LIMIT;
    }
    if (e != OK) {
        buf_cut(out, start); /* it may hold keys */
    }
out:
    arena_free(&scratch);
    return e;
}

static int compare_id_pointers(const void *a, const void *b)
{
    const struct uuid *const *x = a, *const *y = b;
    return compare_ids(*x, *y);
}

static bool all_different(struct value_source *v, const struct uuid *ids, size_t count)
{
    const struct uuid **sorted = value_room(v, count, sizeof *sorted);
    if (!sorted) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &ids[i];
    }
    qsort(sorted, count, sizeof *sorted, compare_id_pointers);
    for (size_t i = 1; i < count; i++) {
        if (compare_ids(sorted[i - 1], sorted[i]) == 0) {
            return false;
        }
    }
    return true;
}

static void take_objects(struct op_source *s)
{
    size_t count = value_take_count(&s->v, LIMIT_OBJECTS);
    struct uuid *objects = value_room(&s->v, count, sizeof *objects);
    for (size_t i = 0; objects && i < count && !s->v.r.failed; i++) {
        cbor_fixed(&s->v.r, objects[i].b, ID_LEN);
    }
    if (!s->v.r.failed && !all_different(&s->v, objects, count)) {
        value_fail(&s->v, ERR_INPUT);
    }
    s->objects = objects;
    s->object_count = count;
}

static void take_ops(struct part_tx *tx, struct op_source *s, size_t *ops_left)
{
    size_t count = value_take_count(&s->v, *ops_left);
    struct op *ops = value_room(&s->v, count, sizeof *ops);
    for (size_t i = 0; ops && i < count && !s->v.r.failed; i++) {
        op_decode(&ops[i], s);
    }
    *ops_left -= count;
    tx->op_count = count;
    tx->ops = ops;
}

static void take_transactions(struct part *p, struct op_source *s, const struct part_base *base)
{
    struct value_source *v = &s->v;
    size_t count = value_take_count(v, LIMIT_TXS), ops_left = LIMIT_OPS;
    struct part_tx *txs = value_room(v, count, sizeof *txs);
    uint64_t expected = base->first_dot;
    int64_t clock = base->time * 1000;
    for (size_t t = 0; txs && t < count && !v->r.failed; t++) {
        cbor_items(&v->r, 3);
        txs[t].n = expected + cbor_uint(&v->r, LIMIT_DOT);
        txs[t].clock_ms = clock + cbor_int(&v->r, -CLOCK_END, CLOCK_END);
        if (txs[t].n > base->last_dot || txs[t].clock_ms < 0 || txs[t].clock_ms >= CLOCK_END) {
            value_fail(v, ERR_INPUT);
        }
        take_ops(&txs[t], s, &ops_left);
        expected = txs[t].n + 1;
        clock = txs[t].clock_ms;
    }
    p->tx_count = count;
    p->txs = txs;
}

enum err part_decode(struct part *p, struct arena *a, struct span bytes, const struct part_base *base)
{
    assert(base_in_shape(base));
    *p = (struct part){0};
    if (bytes.len > LIMIT_PART) {
        return ERR_LIMIT;
    }
    struct part got = {0};
    struct op_source s = {.v = {.r = reader_of(bytes), .arena = a}};
    cbor_items(&s.v.r, 2);
    take_objects(&s);
    take_transactions(&got, &s, base);
    if (s.objects_used != s.object_count || s.v.r.left > 0) {
        value_fail(&s.v, ERR_INPUT);
    }
    enum err e = value_result(&s.v);
    if (e == OK) {
        *p = got;
    }
    return e;
}
