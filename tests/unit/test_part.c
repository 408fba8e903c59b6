#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/cbor.h"
#include "sync/limits.h"
#include "sync/part.h"
#include "tests/unit/vectors.h"

static const struct part_base base = {.first_dot = 5, .last_dot = 9, .time = 1763800000};

static bool recode(struct buf *again, struct span bytes)
{
    struct arena a = {0};
    struct part p;
    bool accepted = part_decode(&p, &a, bytes, &base) == OK;
    if (accepted && part_encode(again, &p, &base) != OK) {
        fail_msg("decoded but does not encode");
    }
    arena_free(&a);
    return accepted;
}

static void check_vector(const char *name, bool good, struct span content)
{
    struct buf bytes = {0};
    vectors_hex(&bytes, content);
    if (vectors_accepts(recode, span_buf(&bytes)) != good) {
        fail_msg("%s", name);
    }
    if (good) {
        assert_int_equal(vectors_harass(recode, span_buf(&bytes)), 0);
    }
    buf_free(&bytes);
}

static void test_vectors(void **state)
{
    (void)state;
    assert_true(vectors_each("part", check_vector) >= 80);
}

/* More than a cap allows has a verdict of its own. */
static void check_limit(const char *name, bool good, struct span content)
{
    (void)good;
    static const char *const over[] = {"fail_name_long.hex", "fail_topic_long.hex", "fail_parents_too_many.hex"};
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++) {
        if (strcmp(name, over[i]) == 0) {
            struct buf bytes = {0};
            struct arena a = {0};
            struct part p;
            vectors_hex(&bytes, content);
            assert_int_equal(part_decode(&p, &a, span_buf(&bytes), &base), ERR_LIMIT);
            assert_int_equal(p.tx_count, 0);
            arena_free(&a);
            buf_free(&bytes);
        }
    }
}

static void test_limits(void **state)
{
    (void)state;
    (void)vectors_each("part", check_limit);
    static const uint8_t large[LIMIT_BODY + 1];
    struct arena a = {0};
    struct part p;
    assert_int_equal(part_decode(&p, &a, span_of(large, sizeof large), &base), ERR_LIMIT);
    struct buf bytes = {0};
    buf_put_u8(&bytes, 0x82);
    cbor_put_array(&bytes, LIMIT_OBJECTS + 1);
    (void)buf_extend(&bytes, LIMIT_OBJECTS + 1);
    assert_int_equal(part_decode(&p, &a, span_buf(&bytes), &base), ERR_LIMIT);
    buf_cut(&bytes, 0);
    buf_put(&bytes, "\x82\x80", 2);
    cbor_put_array(&bytes, LIMIT_TXS + 1);
    (void)buf_extend(&bytes, LIMIT_TXS + 1);
    assert_int_equal(part_decode(&p, &a, span_buf(&bytes), &base), ERR_LIMIT);
    buf_cut(&bytes, 0);
    buf_put(&bytes, "\x82\x80\x82\x83\x00\x00\x81\x81\x18\x40\x83\x00\x00", 13); /* one operation, then the most */
    cbor_put_array(&bytes, LIMIT_OPS);
    for (unsigned i = 0; i < LIMIT_OPS; i++) {
        buf_put(&bytes, "\x81\x18\x40", 3);
    }
    assert_int_equal(part_decode(&p, &a, span_buf(&bytes), &base), ERR_LIMIT);
    assert_true(a.used < 1000);
    buf_cut(&bytes, 0);
    buf_put(&bytes, "\x82\x80\x81\x83\x00\x00\x81\x82\x18\x40", 10); /* an unknown operation of too many bytes */
    buf_put(&bytes, "\x5a\x00\x01\x00\x00", 5);
    assert_non_null(buf_extend(&bytes, LIMIT_UNKNOWN));
    assert_int_equal(part_decode(&p, &a, span_buf(&bytes), &base), ERR_LIMIT);
    buf_free(&bytes);
    arena_free(&a);
}

/* A part whose only value is this text: encoded with this first byte, and the same again when decoded. */
static void check_value(const char *text, uint8_t first_byte)
{
    struct op op = {.code = OP_SET, .number = 1, .value = text};
    struct part_tx tx = {.n = 5, .clock_ms = 1763800000000, .op_count = 1, .ops = &op};
    struct part p = {.tx_count = 1, .txs = &tx}, got;
    struct buf bytes = {0};
    struct arena a = {0};
    assert_int_equal(part_encode(&bytes, &p, &base), OK);
    assert_int_equal(bytes.ptr[28], first_byte); /* 82 81 50 <16> 81 83 00 00 81 84 01 00 01 */
    assert_int_equal(part_decode(&got, &a, span_buf(&bytes), &base), OK);
    if (text) {
        assert_string_equal(got.txs[0].ops[0].value, text);
    } else {
        assert_null(got.txs[0].ops[0].value);
    }
    arena_free(&a);
    buf_free(&bytes);
}

static void test_values(void **state)
{
    (void)state;
    check_value(NULL, 0xf6);
    check_value("01930000-0000-7000-8000-0000000000aa", 0x50);
    check_value("ffffffff-ffff-ffff-ffff-ffffffffffff", 0x50); /* any version */
    check_value("01930000-0000-7000-8000-0000000000AA", 0x78);
    check_value("01930000-0000-7000-8000-0000000000a", 0x78);
    check_value("1970-01-01", 0x00);
    check_value("1969-12-31", 0x20);
    check_value("1900-01-01", 0x39);
    check_value("2199-12-31", 0x1a);
    check_value("2000-02-29", 0x19);
    check_value("1900-02-29", 0x6a);
    check_value("2100-02-29", 0x6a);
    check_value("2025-06-31", 0x6a);
    check_value("2200-01-01", 0x6a);
    check_value("2025-11-2", 0x69);
    check_value("25%", 0x63);
}

/* Every date of the calendar in turn, by counting. */
static void test_every_date(void **state)
{
    (void)state;
    int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t n = -25567;
    for (int year = 1900; year < 2200; year++) {
        days[1] = (year % 4 == 0 && year % 100 != 0) || year == 2000 ? 29 : 28;
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= days[month - 1]; day++, n++) {
                char text[48];
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                struct buf head = {0};
                cbor_put_int(&head, n);
                check_value(text, head.ptr[0]);
                buf_free(&head);
            }
        }
    }
    assert_int_equal(n, 84006);
}

/* More than LIMIT_PART is not written, and leaves out as it was. */
static void test_too_large(void **state)
{
    (void)state;
    static char text[LIMIT_TEXT + 1];
    static struct op ops[300];
    memset(text, 'x', LIMIT_TEXT);
    for (size_t i = 0; i < 300; i++) {
        ops[i] = (struct op){.code = OP_APPEND, .number = 1, .value = text};
    }
    struct part_tx tx = {.n = 5, .op_count = 300, .ops = ops};
    struct part p = {.tx_count = 1, .txs = &tx};
    struct buf bytes = {0};
    buf_put_str(&bytes, "before");
    assert_int_equal(part_encode(&bytes, &p, &base), ERR_LIMIT);
    assert_int_equal(bytes.len, 6);
    tx.op_count = 200;
    assert_int_equal(part_encode(&bytes, &p, &base), OK);
    buf_free(&bytes);
}

/* Random parts. */

static uint64_t seed;

static uint32_t any(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32) % below;
}

static void any_bytes(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)any(256);
    }
}

static struct uuid any_id(void)
{
    struct uuid id = {{0}};
    id.b[ID_LEN - 1] = (uint8_t)any(12);
    return id;
}

static const char *any_text(struct arena *a, uint32_t least)
{
    static const char *const pieces[] = {"å", "plan ", "x", "\n", "SFI", "25%", "한", "e"};
    struct buf text = {0};
    for (uint32_t n = least + any(9); n > 0; n--) {
        buf_put_str(&text, pieces[any(8)]);
    }
    const char *copy = arena_text(a, span_buf(&text));
    buf_free(&text);
    return copy;
}

static const char *any_value(struct arena *a)
{
    struct uuid id = any_id();
    char text[UUID_TEXT_LEN + 1];
    switch (any(4)) {
    case 0:
        uuid_format(text, &id);
        return arena_text(a, span_str(text));
    case 1:
        return arena_printf(a, "%04u-%02u-%02u", 1890 + any(320), any(14), any(33));
    case 2:
        return arena_printf(a, "%u", any(3000));
    default:
        return any_text(a, 1);
    }
}

static void any_grants(struct op_open *open, struct arena *a)
{
    open->grant_count = any(4);
    struct grant *grants = arena_array(a, open->grant_count, sizeof *grants);
    for (size_t i = 0; i < open->grant_count; i++) {
        grants[i] = (struct grant){.kind = i > 1 ? GRANT_MEMBER : GRANT_PARTY, .id = any_id(), .writes = any(2) == 1};
        grants[i].id.b[0] = (uint8_t)i;
    }
    open->grants = grants;
    open->ground = any_text(a, 0);
}

static void any_open(struct op *o, struct arena *a)
{
    struct op_open *open = &o->u.open;
    any_grants(open, a);
    if (o->code == OP_ADMIT) {
        return;
    }
    open->plan = any_id();
    open->owner = any_id();
    open->topic = any_text(a, 1);
    open->parent_count = any(4);
    struct parent_epoch *parents = arena_array(a, open->parent_count, sizeof *parents);
    for (size_t i = 0; i < open->parent_count; i++) {
        any_bytes(parents[i].key_id.b, ID_LEN);
        parents[i].key_id.b[0] = (uint8_t)i;
        parents[i].has_key = any(2) == 1;
        if (parents[i].has_key) {
            any_bytes(parents[i].key, SECTION_KEY_LEN);
        }
    }
    open->parents = parents;
}

static void any_party(struct op *o, struct arena *a)
{
    struct op_party *party = &o->u.party;
    *party = (struct op_party){.party = any_id(), .name = any_text(a, 1), .kind = any_text(a, 1)};
    if (o->code == OP_APPROVE) {
        return;
    }
    party->approval_count = any(4);
    struct dot *dots = arena_array(a, party->approval_count, sizeof *dots);
    for (size_t i = 0; i < party->approval_count; i++) {
        dots[i].chain.b[0] = (uint8_t)(i / 2);
        dots[i].n = 1 + i % 2 * 1000 + any(900);
    }
    party->approvals = dots;
}

static void any_certify(struct op *o, struct arena *a)
{
    struct op_certify *c = &o->u.certify;
    *c = (struct op_certify){.member = any_id(), .name = any_text(a, 1), .party = any_id(), .role = any_text(a, 1)};
    any_bytes(c->sign.b, SIGN_PUBLIC_LEN);
    any_bytes(c->box.b, BOX_PUBLIC_LEN);
    any_bytes(c->meeting.b, BOX_PUBLIC_LEN);
}

static void any_unknown(struct op *o, struct arena *a)
{
    struct buf raw = {0};
    uint32_t items = any(3);
    cbor_put_array(&raw, 1 + items);
    cbor_put_uint(&raw, any(2) ? 36 + (uint64_t)any(70000) : 18 + any(9));
    for (; items > 0; items--) {
        cbor_put_array(&raw, 2);
        cbor_put_int(&raw, -(int64_t)any(1000));
        cbor_put_text(&raw, span_str("å"));
    }
    o->u.raw = span_of(arena_text(a, span_buf(&raw)), raw.len);
    buf_free(&raw);
}

static void any_splice(struct op *o, struct arena *a)
{
    struct op_splice *splice = &o->u.splice;
    o->object = any_id();
    o->number = any(70000);
    *splice = (struct op_splice){.own_chain = any(2) == 0, .skip = any(LIMIT_TEXT), .drop = any(LIMIT_TEXT)};
    splice->base.n = 1 + any(70000);
    if (!splice->own_chain) {
        any_bytes(splice->base.chain.b, ID_LEN);
    }
    splice->insert = any_text(a, 0);
}

static void any_op(struct op *o, struct arena *a)
{
    static const enum op_code codes[] = {OP_NEW,    OP_SET,     OP_ADD,     OP_DROP,    OP_APPEND,
                                         OP_REMOVE, OP_KEEP,    OP_OPEN,    OP_ADMIT,   OP_GENESIS,
                                         OP_PARTY,  OP_APPROVE, OP_CERTIFY, OP_UNKNOWN, OP_SPLICE};
    *o = (struct op){.code = codes[any(15)]};
    switch (o->code) {
    case OP_SPLICE:
        any_splice(o, a);
        return;
    case OP_OPEN:
    case OP_ADMIT:
        any_open(o, a);
        return;
    case OP_GENESIS:
        o->u.genesis.name = any_text(a, 1);
        o->u.genesis.quorum = any(300);
        return;
    case OP_PARTY:
    case OP_APPROVE:
        any_party(o, a);
        return;
    case OP_CERTIFY:
        any_certify(o, a);
        return;
    case OP_UNKNOWN:
        any_unknown(o, a);
        return;
    default:
        o->object = any_id();
        o->number = any(2) ? any(30) : any(UINT32_MAX);
        o->value = o->code == OP_SET && any(4) == 0 ? NULL : any_value(a);
    }
}

static struct part any_part(struct arena *a)
{
    size_t count = any(5);
    struct part_tx *txs = arena_array(a, count, sizeof *txs);
    for (size_t t = 0; t < count; t++) {
        size_t op_count = any(12);
        struct op *ops = arena_array(a, op_count, sizeof *ops);
        for (size_t i = 0; i < op_count; i++) {
            any_op(&ops[i], a);
        }
        txs[t] = (struct part_tx){.n = 5 + t + (count < 5 ? any(2) * (t + 1 == count) : 0),
                                  .clock_ms = 1763800000000 - 3000 + any(6000),
                                  .op_count = op_count,
                                  .ops = ops};
    }
    return (struct part){.tx_count = count, .txs = txs};
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_same(const struct part *p, const struct part *q)
{
    assert_int_equal(p->tx_count, q->tx_count);
    for (size_t t = 0; t < p->tx_count; t++) {
        const struct part_tx *x = &p->txs[t], *y = &q->txs[t];
        assert_true(x->n == y->n && x->clock_ms == y->clock_ms && x->op_count == y->op_count);
        for (size_t i = 0; i < x->op_count; i++) {
            const struct op *o = &x->ops[i], *r = &y->ops[i];
            assert_int_equal(o->code, r->code);
            assert_memory_equal(o->object.b, r->object.b, ID_LEN);
            if (o->code >= OP_SET && o->code <= OP_APPEND) {
                assert_int_equal(o->number, r->number);
                assert_true(same_text(o->value, r->value));
            } else if (o->code == OP_CERTIFY) {
                assert_memory_equal(&o->u.certify.sign, &r->u.certify.sign, SIGN_PUBLIC_LEN);
                assert_memory_equal(&o->u.certify.box, &r->u.certify.box, BOX_PUBLIC_LEN);
                assert_memory_equal(&o->u.certify.meeting, &r->u.certify.meeting, BOX_PUBLIC_LEN);
                assert_true(same_text(o->u.certify.name, r->u.certify.name));
                assert_true(same_text(o->u.certify.role, r->u.certify.role));
            } else if (o->code == OP_OPEN) {
                assert_int_equal(o->u.open.parent_count, r->u.open.parent_count);
                assert_int_equal(o->u.open.grant_count, r->u.open.grant_count);
                assert_true(same_text(o->u.open.topic, r->u.open.topic));
                assert_true(same_text(o->u.open.ground, r->u.open.ground));
            }
        }
    }
}

static void test_random(void **state)
{
    (void)state;
    for (seed = 1; seed < 3000000000u; seed += 1000003) {
        uint64_t start = seed;
        struct arena a = {0};
        struct part p = any_part(&a), got;
        struct buf bytes = {0};
        assert_int_equal(part_encode(&bytes, &p, &base), OK);
        assert_int_equal(part_decode(&got, &a, span_buf(&bytes), &base), OK);
        check_same(&p, &got);
        assert_true(vectors_accepts(recode, span_buf(&bytes)));
        if (start % 256 == 1) {
            assert_int_equal(vectors_harass(recode, span_buf(&bytes)), 0);
        }
        buf_free(&bytes);
        arena_free(&a);
        seed = start;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),    cmocka_unit_test(test_limits),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_every_date), cmocka_unit_test(test_too_large), cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
