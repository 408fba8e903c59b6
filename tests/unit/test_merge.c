/* The laws of merging, on random histories against a naive reading of the same: whatever order the operations come in
 * (never one before its past), heads and life are those that the definition gives. Seeded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/merge.h"

#define OPS 12
#define CHAINS 3
#define EPOCHS 3 /* 1 is the ancestor of 2 and 3, which stand side by side */

struct world {
    bool past[OPS + 1][OPS + 1]; /* [a][b]: b is in the past of a; by op, which here has a transaction each */
    int64_t epoch[OPS + 1];
};

static uint64_t seed;
static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % sides;
}

static bool ancestor(int64_t a, int64_t b)
{
    return a == b || b == 1;
}

static enum err past(bool *out, void *ctx, const struct stand *a, const struct stand *b)
{
    const struct world *w = ctx;
    *out = w->past[a->tx][b->tx];
    return OK;
}

/* Histories: each operation follows its chain's last, and has seen some others and all that those had seen. */
static void invent(struct world *w, struct merge_op *ops, bool set)
{
    static const char *const values[] = {"a", "b", "c"};
    bool seen[OPS + 1][OPS + 1] = {{false}};
    int last[CHAINS] = {0};
    *w = (struct world){.past = {{false}}};
    for (int i = 1; i <= OPS; i++) {
        uint32_t chain = dice(CHAINS);
        for (int k = 1; k < i; k++) {
            if (k == last[chain] || dice(4) == 0) {
                seen[i][k] = true;
                for (int m = 1; m < k; m++) {
                    seen[i][m] = seen[i][m] || seen[k][m];
                }
            }
        }
        last[chain] = i;
        w->epoch[i] = 1 + dice(EPOCHS);
        for (int k = 1; k < i; k++) {
            w->past[i][k] = seen[i][k] && ancestor(w->epoch[i], w->epoch[k]);
        }
        ops[i] = (struct merge_op){.id = i, .code = OP_SET, .value = dice(5) ? values[dice(3)] : NULL};
        if (set) {
            ops[i].code = dice(3) ? OP_ADD : OP_DROP;
            ops[i].value = values[dice(3)];
        }
        ops[i].at =
            (struct stand){.tx = i, .chain = chain, .n = (uint64_t)i, .clock_ms = dice(5), .epoch = w->epoch[i]};
        ops[i].chain.b[0] = (uint8_t)chain;
    }
}

static bool same_value(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* By the definition: no other operation (on the same value, in a set) has it in its past. */
static bool is_head(const struct world *w, const struct merge_op *ops, int i)
{
    bool head = ops[i].code != OP_DROP;
    for (int k = 1; k <= OPS; k++) {
        bool ends = ops[i].code == OP_SET || same_value(ops[k].value, ops[i].value);
        head = head && !(ends && w->past[k][i]);
    }
    return head;
}

/* A random order that puts none before its past. */
static void shuffle(int order[OPS], const struct world *w)
{
    bool placed[OPS + 1] = {false};
    for (int at = 0; at < OPS;) {
        int i = 1 + (int)dice(OPS);
        bool ready = !placed[i];
        for (int k = 1; k <= OPS; k++) {
            ready = ready && (!w->past[i][k] || placed[k]);
        }
        if (ready) {
            placed[i] = true;
            order[at++] = i;
        }
    }
}

static void joined_in_any_order(bool set)
{
    struct world w;
    struct merge_op ops[OPS + 1];
    struct merge_op heads[OPS + 1];
    int order[OPS];
    struct merge_world world = {.past = past, .ctx = &w};
    for (seed = 1; seed < 400000; seed += 977) {
        uint64_t from = seed;
        invent(&w, ops, set);
        for (int round = 0; round < 6; round++) {
            size_t count = 0;
            size_t expected = 0;
            shuffle(order, &w);
            for (int i = 0; i < OPS; i++) {
                assert_int_equal(merge_join(heads, &count, &ops[order[i]], &world), OK);
            }
            for (int i = 1; i <= OPS; i++) {
                expected += is_head(&w, ops, i);
            }
            assert_int_equal(count, expected);
            for (size_t i = 0; i < count; i++) {
                assert_true(is_head(&w, ops, (int)heads[i].id));
            }
        }
        seed = from;
    }
}

static void registers(void **state)
{
    (void)state;
    joined_in_any_order(false);
}

static void sets(void **state)
{
    (void)state;
    joined_in_any_order(true);
}

static void life_in_any_order(void **state)
{
    struct world w;
    struct merge_op ops[OPS + 1];
    struct merge_op list[OPS];
    int order[OPS];
    struct merge_world world = {.past = past, .ctx = &w};
    (void)state;
    for (seed = 1; seed < 400000; seed += 977) {
        uint64_t from = seed;
        size_t tops = 0;
        size_t removals = 0;
        invent(&w, ops, false);
        for (int i = 1; i <= OPS; i++) {
            ops[i].code = dice(3) == 0 ? OP_REMOVE : dice(4) == 0 ? OP_KEEP : OP_SET;
        }
        for (int i = 1; i <= OPS; i++) {
            bool top = true;
            for (int k = 1; k <= OPS; k++) {
                top = top && !w.past[k][i];
            }
            tops += top;
            removals += top && ops[i].code == OP_REMOVE;
        }
        for (int round = 0; round < 6; round++) {
            enum object_life life = LIFE_HERE;
            shuffle(order, &w);
            for (int i = 0; i < OPS; i++) {
                list[i] = ops[order[i]];
            }
            assert_int_equal(merge_life(&life, list, OPS, &world), OK);
            assert_int_equal(life, removals == 0 ? LIFE_HERE : removals == tops ? LIFE_REMOVED : LIFE_DISPUTED);
        }
        seed = from;
    }
}

static enum err never(bool *out, void *ctx, const struct stand *a, const struct stand *b)
{
    (void)ctx;
    (void)a;
    (void)b;
    *out = false;
    return OK;
}

static enum err fails(bool *out, void *ctx, const struct stand *a, const struct stand *b)
{
    (void)out;
    (void)ctx;
    (void)a;
    (void)b;
    return ERR_STORAGE;
}

static void small_cases(void **state)
{
    struct merge_world world = {.past = never};
    struct merge_op heads[4];
    size_t count = 0;
    enum object_life life = LIFE_REMOVED;
    (void)state;
    struct merge_op a = {.id = 1, .code = OP_SET, .value = "x", .at = {.tx = 1, .n = 1, .clock_ms = 5}};
    struct merge_op b = {.id = 2, .code = OP_SET, .value = "x", .at = {.tx = 2, .n = 2, .clock_ms = 5}};
    struct merge_op c = {.id = 3, .code = OP_SET, .value = NULL, .at = {.tx = 2, .n = 2, .clock_ms = 5}};
    assert_int_equal(merge_join(heads, &count, &a, &world), OK);
    assert_int_equal(merge_join(heads, &count, &b, &world), OK);
    assert_int_equal(count, 2);
    assert_false(merge_in_conflict(heads, count)); /* equal values */
    assert_int_equal(merge_join(heads, &count, &c, &world), OK);
    assert_int_equal(count, 2); /* within one transaction the later wins */
    assert_true(merge_in_conflict(heads, count));
    assert_true(merge_before(&b, &a) && !merge_before(&a, &b) && !merge_before(&a, &a));
    assert_true(merge_before(&c, &b));
    b.at.clock_ms = 4;
    assert_true(merge_before(&a, &b));
    b.at.clock_ms = 5;
    b.chain.b[0] = 1;
    assert_true(merge_before(&b, &c));
    assert_false(merge_in_conflict(heads, 0));
    assert_int_equal(merge_life(&life, NULL, 0, &world), OK);
    assert_int_equal(life, LIFE_HERE);
    world.past = fails;
    count = 1;
    heads[0] = a;
    b.at.tx = 9;
    assert_int_equal(merge_join(heads, &count, &b, &world), ERR_STORAGE);
    assert_int_equal(count, 1);
    count = 0;
    struct merge_op entry = {.code = OP_APPEND, .value = "x"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(merge_join(heads, &count, &entry, &world), OK);
    }
    assert_int_equal(count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_cases), cmocka_unit_test(registers),
                                       cmocka_unit_test(sets), cmocka_unit_test(life_in_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
