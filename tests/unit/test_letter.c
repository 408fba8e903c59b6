#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/armor.h"
#include "crypto/verify.h"
#include "sync/cbor.h"
#include "sync/letter.h"
#include "sync/limits.h"
#include "tests/unit/vectors.h"

static struct device *device;

static int setup(void **state)
{
    (void)state;
    return device_init_library() == OK && device_new(&device) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    device_free(device);
    return 0;
}

static struct letter_request request(void)
{
    return (struct letter_request){
        .sign = device_sign_public(device),
        .box = device_box_public(device),
        .meeting = device_meeting_public(device),
        .party = "Öckerö kommun",
        .kind = "kommun",
        .person = "Åsa Ek",
        .role = "handläggare",
    };
}

static struct letter_invitation invitation(void)
{
    return (struct letter_invitation){
        .forbund = {{1}},
        .forbund_name = "Samordning Väst",
        .genesis = {{2}},
        .chain = {{3}},
        .dot = 70000,
        .record = {{4}},
        .invited = {{5}},
        .member = {{6}},
        .party = {{7}},
        .by = device_sign_public(device),
    };
}

static bool recode_request(struct buf *again, struct span file)
{
    struct arena a = {0};
    struct letter_request q;
    bool accepted = letter_request_decode(&q, &a, file) == OK;
    if (accepted && letter_request_encode(again, &q, device) != OK) {
        fail_msg("decoded but does not encode");
    }
    arena_free(&a);
    return accepted;
}

static bool recode_invitation(struct buf *again, struct span file)
{
    struct arena a = {0};
    struct letter_invitation i;
    bool accepted = letter_invitation_decode(&i, &a, file) == OK;
    if (accepted && letter_invitation_encode(again, &i, device) != OK) {
        fail_msg("decoded but does not encode");
    }
    arena_free(&a);
    return accepted;
}

/* No bit of the file may be turned. */
static void check_turned(vectors_codec *codec, struct buf *file)
{
    for (size_t bit = 0; bit < 8 * file->len; bit++) {
        file->ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(vectors_accepts(codec, span_buf(file)));
        file->ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void test_request(void **state)
{
    (void)state;
    struct letter_request q = request(), got;
    struct buf file = {0};
    assert_int_equal(letter_request_encode(&file, &q, device), OK);
    assert_int_equal(vectors_harass(recode_request, span_buf(&file)), 0);
    check_turned(recode_request, &file);
    struct arena a = {0};
    assert_int_equal(letter_request_decode(&got, &a, span_buf(&file)), OK);
    assert_memory_equal(got.sign.b, q.sign.b, SIGN_PUBLIC_LEN);
    assert_memory_equal(got.box.b, q.box.b, BOX_PUBLIC_LEN);
    assert_memory_equal(got.meeting.b, q.meeting.b, BOX_PUBLIC_LEN);
    assert_string_equal(got.party, q.party);
    assert_string_equal(got.kind, q.kind);
    assert_string_equal(got.person, q.person);
    assert_string_equal(got.role, q.role);
    char mine[WORDS_LEN], theirs[WORDS_LEN];
    letter_request_words(mine, &q);
    letter_request_words(theirs, &got);
    assert_string_equal(mine, theirs);
    assert_int_equal(strlen(mine), WORDS_LEN - 1);
    got.role = "revisor";
    letter_request_words(theirs, &got);
    assert_string_not_equal(mine, theirs);
    struct letter_invitation i;
    assert_int_equal(letter_invitation_decode(&i, &a, span_buf(&file)), ERR_INPUT);
    buf_cut(&file, 0);
    q.kind = ""; /* the party exists already */
    assert_int_equal(letter_request_encode(&file, &q, device), OK);
    assert_true(vectors_accepts(recode_request, span_buf(&file)));
    arena_free(&a);
    buf_free(&file);
}

static void test_invitation(void **state)
{
    (void)state;
    struct letter_invitation i = invitation(), got;
    struct buf file = {0};
    assert_int_equal(letter_invitation_encode(&file, &i, device), OK);
    assert_int_equal(vectors_harass(recode_invitation, span_buf(&file)), 0);
    check_turned(recode_invitation, &file);
    struct arena a = {0};
    assert_int_equal(letter_invitation_decode(&got, &a, span_buf(&file)), OK);
    assert_string_equal(got.forbund_name, i.forbund_name);
    assert_int_equal(got.dot, 70000);
    const uint8_t firsts[] = {got.forbund.b[0], got.genesis.b[0], got.chain.b[0], got.record.b[0],
                              got.invited.b[0], got.member.b[0],  got.party.b[0]};
    assert_memory_equal(firsts, ((const uint8_t[]){1, 2, 3, 4, 5, 6, 7}), 7);
    assert_memory_equal(got.by.b, i.by.b, SIGN_PUBLIC_LEN);
    char mine[WORDS_LEN], theirs[WORDS_LEN];
    letter_invitation_words(mine, &i);
    letter_invitation_words(theirs, &got);
    assert_string_equal(mine, theirs);
    got.invited.b[31] ^= 1;
    letter_invitation_words(theirs, &got);
    assert_string_not_equal(mine, theirs);
    arena_free(&a);
    buf_free(&file);
}

/* A request with one thing changed, honestly signed over domain and items. */
struct variant {
    const char *domain;
    uint64_t version;
    const char *party;
    const char *person;
    size_t items;
};

static enum err decode_variant(const struct variant *v)
{
    struct letter_request q = request(), got;
    struct buf content = {0}, covered = {0}, file = {0};
    cbor_put_uint(&content, v->version);
    cbor_put_fixed(&content, q.sign.b, SIGN_PUBLIC_LEN);
    cbor_put_fixed(&content, q.box.b, BOX_PUBLIC_LEN);
    cbor_put_fixed(&content, q.meeting.b, BOX_PUBLIC_LEN);
    cbor_put_text(&content, span_str(v->party));
    cbor_put_text(&content, span_str(q.kind));
    cbor_put_text(&content, span_str(v->person));
    cbor_put_text(&content, span_str(q.role));
    buf_put_str(&covered, v->domain);
    cbor_put_array(&covered, 8);
    buf_put_span(&covered, span_buf(&content));
    uint8_t signature[SIGNATURE_LEN];
    device_sign(signature, device, span_buf(&covered));
    buf_cut(&covered, 0);
    cbor_put_array(&covered, v->items);
    buf_put_span(&covered, span_buf(&content));
    cbor_put_fixed(&covered, signature, SIGNATURE_LEN);
    armor_encode(&file, "SAMPLAN REQUEST", span_buf(&covered));
    struct arena a = {0};
    enum err e = letter_request_decode(&got, &a, span_buf(&file));
    arena_free(&a);
    buf_free(&content);
    buf_free(&covered);
    buf_free(&file);
    return e;
}

static void test_variants(void **state)
{
    (void)state;
    char most[LIMIT_NAME + 2];
    memset(most, 'x', sizeof most);
    most[LIMIT_NAME] = 0;
    const struct variant right = {"samplan request 1", 1, "a", most, 9};
    assert_int_equal(decode_variant(&right), OK);
    struct variant v = right;
    v.domain = "samplan request 2";
    assert_int_equal(decode_variant(&v), ERR_FORGED);
    v = right;
    v.version = 2;
    assert_int_equal(decode_variant(&v), ERR_INPUT);
    v = right;
    v.items = 8;
    assert_int_equal(decode_variant(&v), ERR_INPUT);
    v = right;
    v.party = "";
    assert_int_equal(decode_variant(&v), ERR_INPUT);
    v = right;
    v.party = "A\xcc\x8a"; /* not NFC */
    assert_int_equal(decode_variant(&v), ERR_INPUT);
    most[LIMIT_NAME] = 'x';
    most[LIMIT_NAME + 1] = 0;
    assert_int_equal(decode_variant(&right), ERR_LIMIT);
    static uint8_t large[LIMIT_LETTER + 1];
    struct arena a = {0};
    struct letter_request q;
    assert_int_equal(letter_request_decode(&q, &a, span_of(large, sizeof large)), ERR_LIMIT);
    assert_int_equal(a.used, 0);
}

static bool recode_armor(struct buf *again, struct span text)
{
    struct buf data = {0};
    bool accepted = armor_decode(&data, "X Y", text) == OK;
    if (accepted) {
        armor_encode(again, "X Y", span_buf(&data));
    } else {
        assert_int_equal(data.len, 0);
    }
    buf_free(&data);
    return accepted;
}

static void test_armor(void **state)
{
    (void)state;
    static const uint8_t data[100] = {0xfb, 0xff, 0xbf};
    for (size_t len = 1; len <= sizeof data; len++) {
        struct buf text = {0};
        armor_encode(&text, "X Y", span_of(data, len));
        assert_int_equal(vectors_harass(recode_armor, span_buf(&text)), 0);
        buf_free(&text);
    }
    static const char *const wrong[] = {
        "",
        "-----BEGIN X Y-----\n-----END X Y-----\n",
        "-----BEGIN X Y-----\n\n-----END X Y-----\n",
        "-----BEGIN X Y-----\nYQ\n-----END X Y-----\n",
        "-----BEGIN X Y-----\nYR==\n-----END X Y-----\n",
        "-----BEGIN X Y-----\nYQ==\n-----END X Y-----",
        "-----BEGIN X Y-----\nYQ==\n\n-----END X Y-----\n",
        "-----BEGIN X Y-----\nYW\nJj\n-----END X Y-----\n",
        "-----BEGIN X Y-----\r\nYQ==\r\n-----END X Y-----\r\n",
        "-----BEGIN X Z-----\nYQ==\n-----END X Z-----\n",
        " -----BEGIN X Y-----\nYQ==\n-----END X Y-----\n",
        "-----BEGIN X Y-----\n-_-_\n-----END X Y-----\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (vectors_accepts(recode_armor, span_str(wrong[i]))) {
            fail_msg("accepted armor %zu", i);
        }
    }
    struct buf text = {0};
    armor_encode(&text, "X", span_of("a", 1));
    assert_string_equal(buf_text(&text), "-----BEGIN X-----\nYQ==\n-----END X-----\n");
    buf_free(&text);
}

static void test_verify(void **state)
{
    (void)state;
    struct sign_public key = device_sign_public(device);
    uint8_t signature[SIGNATURE_LEN];
    device_sign(signature, device, span_str("message"));
    assert_int_equal(verify_detached(&key, span_str("message"), signature), OK);
    assert_int_equal(verify_detached(&key, span_str("massage"), signature), ERR_FORGED);
    signature[63] ^= 0x20;
    assert_int_equal(verify_detached(&key, span_str("message"), signature), ERR_FORGED);
    /* the neutral point as key, and a signature that a lax verifier takes for any message */
    struct sign_public neutral = {{1}};
    const uint8_t zero[SIGNATURE_LEN] = {1};
    assert_int_equal(verify_detached(&neutral, span_str("message"), zero), ERR_FORGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request), cmocka_unit_test(test_invitation), cmocka_unit_test(test_variants),
        cmocka_unit_test(test_armor),   cmocka_unit_test(test_verify),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
