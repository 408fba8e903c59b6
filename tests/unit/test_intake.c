/* Records by a certified device that means harm. Each gets the verdict that it should; everything else goes on, and all
 * honest sites hold the same. */
#include "tests/unit/sites.h"

#include "sync/cbor.h"
#include "sync/squeeze.h"

/* The founder and a second honest party, and a third whose device forges. All have met. */
struct scene {
    struct home kommun;
    struct home af;
    struct home bad;
    char folder[SITES_PATH];
    struct place shared; /* kommun's; af and bad may write */
    struct object_key goal;
};

static void set_up(struct scene *s)
{
    *s = (struct scene){.shared = {.plan = sites_plan(1), .topic = "plan"}};
    sites_path(s->folder, "sticka");
    sites_found(&s->kommun, 1);
    sites_join(&s->af, &s->kommun, "AF", "af", "Anna");
    sites_join_as(&s->bad, &s->kommun, "Skurk", "annan", "Mallory", "handläggare");
    struct home *all[] = {&s->kommun, &s->af, &s->bad};
    sites_meet_all(all, 3, s->folder);
    s->goal = sites_make(&s->kommun, &s->shared, "goal", "target_date", "2027-01-01");
    sites_admit(&s->kommun, &s->shared, &s->af, true);
    sites_admit(&s->kommun, &s->shared, &s->bad, true);
    sites_meet_all(all, 3, s->folder);
    sites_must(&s->bad, sites_set(&s->bad, &s->goal.id, "goal", "target_date", "2027-01-02"));
    sites_meet_all(all, 3, s->folder);
    assert_int_equal(sites_heads(&s->af, &s->goal.id, "target_date", "2027-01-02"), 1);
}

/* Whatever came, honest work goes on between the honest, and a replica made anew is the same. */
static void goes_on(struct scene *s, const char *verdict)
{
    if (verdict) {
        sites_meet_fault(&s->kommun, s->folder, verdict);
        assert_true(sites_lists(&s->kommun, verdict, NULL));
    }
    sites_meet_maybe(&s->af, s->folder, verdict);
    sites_meet_maybe(&s->kommun, s->folder, verdict);
    sites_must(&s->kommun, sites_set(&s->kommun, &s->goal.id, "goal", "target_date", "2027-05-05"));
    sites_meet_maybe(&s->kommun, s->folder, verdict);
    sites_meet_maybe(&s->af, s->folder, verdict);
    assert_int_equal(sites_heads(&s->af, &s->goal.id, "target_date", "2027-05-05"), 1);
    sites_same(&s->kommun, &s->af);
    sites_rebuild_same(&s->kommun);
    sites_rebuild_same(&s->af);
    sites_close(&s->kommun);
    sites_close(&s->af);
    sites_close(&s->bad);
}

/* A refused operation: the same at every honest site, listed with its reason, and without effect. */
static void refused(struct scene *s, struct forge *f, const char *verdict, const char *detail)
{
    forge_put(f, s->folder);
    sites_meet(&s->kommun, s->folder);
    sites_meet(&s->af, s->folder);
    assert_true(sites_lists(&s->kommun, verdict, detail));
    assert_true(sites_lists(&s->af, verdict, detail));
    goes_on(s, NULL);
}

static struct op set_date(const struct scene *s, const char *value)
{
    return (struct op){.code = OP_SET, .object = s->goal.id, .number = 3, .value = value};
}

static void an_honest_forgery_is_accepted(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct op op = set_date(&s, "2027-02-02");
    forge_begin(&f, &s.bad);
    forge_in(&f, &s.shared, &op, 1);
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-02-02"), 1);
    sites_check_ok(&s.af);
    sites_meet(&s.bad, s.folder); /* its own records, written behind its back */
    sites_same(&s.bad, &s.af);
    goes_on(&s, NULL);
}

/* ---- the record ---- */

enum fault { PREV, GAP, PARENT, OTHER_CHAIN, SEEN_NONE, SEEN_WRONG, SEEN_NUMBER, BODY, SIGNER, FORBUND, READS };

static void spoil(struct forge *f, enum fault fault, struct device **stranger)
{
    switch (fault) {
    case PREV:
        f->header.prev.b[3] ^= 1;
        break;
    case GAP:
        f->header.first = f->header.last = f->header.last + 1;
        f->parts[0].txs[0].n++;
        break;
    case PARENT:
        f->has_parent = false;
        break;
    case OTHER_CHAIN:
        f->header.chain.b[0] ^= 1;
        break;
    case SEEN_NONE:
        f->seen[0].hash.b[0] ^= 1;
        f->seen[0].dot += 1000;
        break;
    case SEEN_WRONG:
        f->seen[0].hash.b[0] ^= 1;
        break;
    case SEEN_NUMBER:
        f->seen[0].dot++;
        break;
    case BODY:
        f->spoil_body = true;
        break;
    case SIGNER:
        assert_int_equal(device_new(stranger), OK);
        f->signer = *stranger;
        break;
    case FORBUND:
        f->header.forbund.b[5] ^= 1;
        break;
    case READS:
        f->header.kind = HEADER_READS;
        break;
    default:
        break;
    }
}

static void bad_record(enum fault fault, const char *verdict)
{
    struct scene s;
    struct forge f;
    struct device *stranger = NULL;
    set_up(&s);
    struct op op = set_date(&s, "2027-06-06");
    forge_begin(&f, &s.bad);
    forge_in(&f, &s.shared, &op, 1);
    spoil(&f, fault, &stranger);
    forge_put(&f, s.folder);
    goes_on(&s, verdict);
    device_free(stranger);
}

static void records_that_do_not_fit(void **state)
{
    (void)state;
    bad_record(PREV, "link");
    bad_record(GAP, "link");
    bad_record(PARENT, "link");
    bad_record(OTHER_CHAIN, "chain");
    bad_record(SEEN_NONE, "waits");
    bad_record(SEEN_WRONG, "waits");
    bad_record(SEEN_NUMBER, "link");
    bad_record(BODY, "hash");
    bad_record(SIGNER, "signature");
    bad_record(FORBUND, "chain");
    bad_record(READS, "chain");
}

/* Another's record under one's own branch. */
static void a_replay_is_refused(void **state)
{
    struct scene s;
    struct forge f;
    struct why why = {.text = ""};
    struct log *log = NULL;
    struct oid tip;
    struct oid own;
    (void)state;
    set_up(&s);
    struct op op = set_date(&s, "2027-03-03");
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-03-03"));
    forge_begin(&f, &s.bad);
    forge_in(&f, &s.shared, &op, 1);
    sites_meet(&s.kommun, s.folder);
    assert_int_equal(log_open(&log, &why, s.folder), OK);
    assert_int_equal(log_tip(&tip, log, &s.kommun.site->self.chain), OK);
    assert_int_equal(log_tip(&own, log, &f.branch), OK);
    assert_int_equal(log_move(log, &f.branch, &own, &tip), OK);
    log_close(log);
    sites_meet_fault(&s.af, s.folder, "chain");
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-03-03"), 1);
    /* kommun has the record already; nothing lacks on that branch. */
    sites_meet(&s.kommun, s.folder);
    sites_same(&s.kommun, &s.af);
    sites_close(&s.kommun);
    sites_close(&s.af);
    sites_close(&s.bad);
}

/* ---- its parts ---- */

/* An empty transaction, in bytes that part_encode would write unless the shape says otherwise. */
enum shape { UNFLAGGED, FLAGGED, LONG_FORM, TRAILING, UNPACKED, FILLED, TOO_MUCH, STORED };

static void put_raw(struct buf *raw, enum shape shape)
{
    static const uint8_t plain[] = {0x82, 0x80, 0x81, 0x83, 0x00, 0x00, 0x80}; /* [[], [[0, 0, []]]] */
    static const uint8_t longer[] = {0x82, 0x80, 0x81, 0x83, 0x18, 0x00, 0x00, 0x80};
    static const uint8_t stored[] = {1, sizeof plain, 0, (uint8_t) ~sizeof plain,
                                     0xff}; /* a deflate block's beginning */
    struct buf much = {0};
    switch (shape) {
    case LONG_FORM:
        buf_put(raw, longer, sizeof longer);
        break;
    case TRAILING:
        buf_put(raw, plain, sizeof plain);
        buf_put_u8(raw, 1);
        break;
    case UNPACKED:
        buf_put(raw, plain, sizeof plain);
        break;
    case TOO_MUCH:
        assert_non_null(buf_extend(&much, LIMIT_PART));
        assert_int_equal(squeeze_pack(raw, span_buf(&much)), OK);
        break;
    case FILLED:
    case STORED:
        buf_put(raw, stored, sizeof stored);
        buf_put(raw, plain, sizeof plain);
        raw->ptr[0] = shape == STORED ? 1 : 0;
        if (shape == FILLED) { /* a second, empty block, and then something */
            buf_put(raw, "\3\0\1", 3);
        }
        break;
    case UNFLAGGED:
    case FLAGGED:
        break;
    }
    buf_free(&much);
}

static void bad_shape(enum shape shape)
{
    struct scene s;
    struct forge f;
    struct buf raw = {0};
    set_up(&s);
    struct op op = set_date(&s, "2027-06-06");
    struct place forbund = sites_forbund();
    forge_begin(&f, &s.bad);
    struct forge_part *part = forge_in(&f, shape == UNFLAGGED ? &forbund : &s.shared, &op, 1);
    f.forbund_first = shape == FLAGGED;
    put_raw(&raw, shape);
    part->raw = span_buf(&raw);
    part->packed = shape >= UNPACKED;
    if (shape == STORED) { /* packed otherwise than we would, and good all the same */
        forge_put(&f, s.folder);
        goes_on(&s, NULL);
    } else {
        refused(&s, &f, "shape", NULL);
    }
    buf_free(&raw);
}

static void parts_out_of_shape(void **state)
{
    (void)state;
    for (enum shape shape = UNFLAGGED; shape <= STORED; shape++) {
        bad_shape(shape);
    }
}

/* ---- its operations ---- */

static void writing_where_one_may_not(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct place own = {.plan = sites_plan(1), .owner = site_self(s.kommun.site)->party, .topic = "plan"};
    struct object_key activity = sites_make(&s.kommun, &own, "activity", "kind", "praktik");
    sites_admit(&s.kommun, &own, &s.bad, true);
    sites_admit(&s.kommun, &own, &s.af, true);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    sites_meet(&s.bad, s.folder);
    struct grant grants[] = {{.kind = GRANT_PARTY, .id = sites_plan(77), .writes = true}};
    struct op ops[] = {{.code = OP_SET, .object = activity.id, .number = 2, .value = "studier"},
                       {.code = OP_REMOVE, .object = activity.id},
                       {.code = OP_ADMIT, .u.open = {.grants = grants, .grant_count = 1, .ground = ""}}};
    forge_begin(&f, &s.bad);
    forge_in(&f, &own, ops, 3);
    refused(&s, &f, "authority", "only the owner party's members write its section");
}

static void opening_what_one_may_not(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct uuid kommun = site_self(s.kommun.site)->party;
    struct place theirs = {.plan = sites_plan(2), .owner = kommun, .topic = "plan"};
    struct op ops[] = {
        {.code = OP_OPEN,
         .u.open = {.plan = theirs.plan, .owner = kommun, .topic = "plan", .ground = "", .parent_count = 0}},
        {.code = OP_NEW, .object = sites_plan(9), .number = 9}};
    forge_begin(&f, &s.bad);
    struct forge_part *part = forge_under(&f, &theirs, 7, ops, 2);
    forge_envelope(&f, part, &theirs, &s.kommun);
    forge_envelope(&f, part, &theirs, &s.af);
    refused(&s, &f, "authority", "only the owner party opens its section");
}

/* The key commits to another section than the opening names. */
static void opening_with_another_sections_key(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct place held = {.plan = sites_plan(3), .topic = "plan"};
    struct op op = {.code = OP_OPEN, .u.open = {.plan = sites_plan(4), .topic = "plan", .ground = ""}};
    forge_begin(&f, &s.bad);
    struct forge_part *part = forge_under(&f, &held, 7, &op, 1);
    forge_envelope(&f, part, &held, &s.kommun);
    forge_envelope(&f, part, &held, &s.af);
    refused(&s, &f, "authority", "the key belongs to another section");
}

static void in_forbund(const struct op *ops, size_t count, const char *verdict, const char *detail)
{
    struct scene s;
    struct forge f;
    set_up(&s);
    struct place forbund = sites_forbund();
    forge_begin(&f, &s.bad);
    forge_in(&f, &forbund, ops, count);
    refused(&s, &f, verdict, detail);
}

static void membership_by_one_who_may_not(void **state)
{
    (void)state;
    struct op genesis = {.code = OP_GENESIS, .u.genesis = {.name = "Mitt", .quorum = 1}};
    struct op party = {.code = OP_PARTY, .u.party = {.party = sites_plan(50), .name = "Skugga", .kind = "annan"}};
    struct op certify = {.code = OP_CERTIFY,
                         .u.certify = {.sign = {{5}},
                                       .box = {{6}},
                                       .meeting = {{7}},
                                       .member = sites_plan(51),
                                       .name = "Ond",
                                       .party = sites_plan(50),
                                       .role = "administratör"}};
    struct op open = {.code = OP_OPEN, .u.open = {.topic = CORE_FORBUND_TOPIC, .ground = ""}};
    in_forbund(&genesis, 1, "authority", "a förbund is founded once");
    in_forbund(&party, 1, "authority", "the signer was not an administrator");
    in_forbund(&certify, 1, "authority", "the signer was not an administrator");
    in_forbund(&open, 1, "authority", "the epoch is open already");
}

static void what_this_version_does_not_know(void **state)
{
    static const uint8_t raw[] = {0x82, 0x18, 0x63, 0x63, 'n', 'y', 't'}; /* [99, "nyt"] */
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct op ops[] = {{.code = OP_UNKNOWN, .u.raw = {raw, sizeof raw}},
                       {.code = OP_SET, .object = s.goal.id, .number = 999, .value = "något"},
                       {.code = OP_NEW, .object = sites_plan(8), .number = 4000},
                       {.code = OP_SET, .object = sites_plan(8), .number = 1, .value = "x"}};
    forge_begin(&f, &s.bad);
    forge_in(&f, &s.shared, ops, 4);
    /* It travels on: af has never met the one who wrote it. */
    char other[SITES_PATH];
    sites_path(other, "annan");
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.kommun, other);
    sites_meet(&s.af, other);
    assert_true(sites_lists(&s.af, "unknown", NULL));
    assert_true(
        sites_lists(&s.af, "unknown", "written by a newer samplan: it is shown when this one has been updated"));
    goes_on(&s, NULL);
}

static void what_the_schema_forbids(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct op ops[] = {{.code = OP_NEW, .object = sites_plan(8), .number = 10}, /* activity: owned only */
                       {.code = OP_SET, .object = sites_plan(8), .number = 2, .value = "praktik"},
                       {.code = OP_APPEND, .object = s.goal.id, .number = 3, .value = "2027-01-01"},
                       {.code = OP_SET, .object = s.goal.id, .number = 3, .value = "i morgon"}};
    forge_begin(&f, &s.bad);
    forge_in(&f, &s.shared, ops, 4);
    refused(&s, &f, "schema", "objects of that type do not live in such a section");
}

static void a_clock_far_ahead(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct op op = set_date(&s, "2027-09-09");
    forge_begin(&f, &s.bad);
    forge_in(&f, &s.shared, &op, 1)->txs[0].clock_ms = ((int64_t)1 << 40) * 1000 - 1;
    f.header.time = ((int64_t)1 << 40) - 1;
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-10-10"));
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, s.folder);
    assert_int_equal(sites_heads(&s.af, &s.goal.id, "target_date", "2027-10-10"), 1);
    goes_on(&s, NULL);
}

/* ---- holding everybody up ---- */

/* A part flagged as the förbund section's under a key that nobody has: what comes after it must not wait for ever. */
static void a_forbund_part_that_nobody_can_open(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct place forbund = sites_forbund();
    forge_begin(&f, &s.bad);
    forge_under(&f, &forbund, 9, NULL, 0);
    f.forbund_first = true;
    forge_put(&f, s.folder);
    goes_on(&s, NULL);
}

/* What one writes oneself waits behind a shut förbund part exactly as it does at the others. */
static void own_writing_behind_a_shut_forbund_part(void **state)
{
    struct scene s;
    struct forge f;
    (void)state;
    set_up(&s);
    struct place forbund = sites_forbund();
    forge_begin(&f, &s.bad);
    forge_under(&f, &forbund, 9, NULL, 0);
    f.forbund_first = true;
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_must(&s.kommun, sites_set(&s.kommun, &s.goal.id, "goal", "target_date", "2027-05-05"));
    sites_rebuild_same(&s.kommun);
}

/* An envelope that opens for no one must not keep the honest from handing over the key. */
static void an_empty_envelope(void **state)
{
    struct scene s;
    struct forge f;
    struct home late = {0};
    (void)state;
    set_up(&s);
    sites_join(&late, &s.kommun, "Region", "region", "Rut");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&late, s.folder);
    sites_meet(&s.bad, s.folder);
    forge_begin(&f, &s.bad);
    struct forge_part *part = forge_in(&f, &s.shared, NULL, 0);
    struct key_id key = part->key_id;
    forge_envelope(&f, part, &s.shared, &late);
    memset(f.envelopes.ptr + 32, 0xaa, f.envelopes.len - 32);
    assert_memory_equal(f.envelopes.ptr, &key, sizeof key);
    forge_put(&f, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_admit(&s.kommun, &s.shared, &late, true);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&late, s.folder);
    assert_int_equal(sites_heads(&late, &s.goal.id, "target_date", "2027-01-02"), 1);
}

/* Two records that follow one: both sites hold the same in the end (design: trust, "Forks"). */
static void two_records_follow_one(void **state)
{
    struct scene s;
    struct forge one;
    struct forge two;
    char other[SITES_PATH];
    (void)state;
    set_up(&s);
    struct op a = set_date(&s, "2027-02-02");
    struct op b = set_date(&s, "2027-03-03");
    sites_path(other, "annan");
    sites_meet(&s.af, other);
    sites_meet(&s.bad, other);
    forge_begin(&one, &s.bad);
    forge_begin(&two, &s.bad);
    forge_in(&one, &s.shared, &a, 1);
    forge_in(&two, &s.shared, &b, 1);
    forge_put(&one, s.folder);
    forge_put(&two, other);
    sites_meet(&s.kommun, s.folder);
    sites_meet(&s.af, other);
    sites_meet(&s.kommun, other);
    sites_meet(&s.af, s.folder);
    sites_same(&s.kommun, &s.af);
    goes_on(&s, NULL);
}

/* The same where they are a chain's first: a home copied before it sealed anything. */
static void two_first_records(void **state)
{
    struct scene s;
    struct home late = {0};
    struct forge one;
    struct forge two;
    char other[SITES_PATH];
    (void)state;
    set_up(&s);
    sites_join(&late, &s.kommun, "Region", "region", "Rut");
    sites_meet(&s.kommun, s.folder);
    sites_meet(&late, s.folder);
    sites_meet(&s.af, s.folder);
    struct place forbund = sites_forbund();
    forge_begin(&one, &late);
    forge_begin(&two, &late);
    forge_in(&one, &forbund, NULL, 0);
    forge_in(&two, &forbund, NULL, 0);
    two.header.time++;
    two.parts[0].txs[0].clock_ms++;
    forge_put(&one, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_path(other, "annan");
    sites_meet(&s.af, other);
    forge_put(&two, other);
    sites_meet(&s.af, other);
    sites_meet(&s.kommun, other);
    sites_meet(&s.af, s.folder);
    sites_meet(&s.kommun, s.folder);
    sites_same(&s.kommun, &s.af);
    goes_on(&s, NULL);
    sites_close(&late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_honest_forgery_is_accepted),
                                       cmocka_unit_test(records_that_do_not_fit),
                                       cmocka_unit_test(a_replay_is_refused),
                                       cmocka_unit_test(parts_out_of_shape),
                                       cmocka_unit_test(writing_where_one_may_not),
                                       cmocka_unit_test(opening_what_one_may_not),
                                       cmocka_unit_test(opening_with_another_sections_key),
                                       cmocka_unit_test(membership_by_one_who_may_not),
                                       cmocka_unit_test(what_this_version_does_not_know),
                                       cmocka_unit_test(what_the_schema_forbids),
                                       cmocka_unit_test(a_clock_far_ahead),
                                       cmocka_unit_test(a_forbund_part_that_nobody_can_open),
                                       cmocka_unit_test(own_writing_behind_a_shut_forbund_part),
                                       cmocka_unit_test(an_empty_envelope),
                                       cmocka_unit_test(two_records_follow_one),
                                       cmocka_unit_test(two_first_records)};
    return cmocka_run_group_tests(tests, sites_setup, sites_teardown);
}
