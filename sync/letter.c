#include "sync/letter.h"

#include <assert.h>
#include <string.h>

#include "crypto/armor.h"
#include "crypto/verify.h"
#include "sync/cbor.h"
#include "sync/limits.h"
#include "sync/value.h"

#define LETTER_VERSION 1
#define REQUEST_LABEL "SAMPLAN REQUEST"
#define REQUEST_DOMAIN "samplan request 1"
#define REQUEST_ITEMS 8u /* without the signature */
#define INVITATION_LABEL "SAMPLAN INVITATION"
#define INVITATION_DOMAIN "samplan invitation 1"
#define INVITATION_ITEMS 11u

static void put_name(struct buf *out, const char *name)
{
    value_put_text(out, name, 1, LIMIT_NAME);
}

static void put_request(struct buf *out, const struct letter_request *q)
{
    cbor_put_uint(out, LETTER_VERSION);
    cbor_put_fixed(out, q->sign.b, SIGN_PUBLIC_LEN);
    cbor_put_fixed(out, q->box.b, BOX_PUBLIC_LEN);
    cbor_put_fixed(out, q->meeting.b, BOX_PUBLIC_LEN);
    put_name(out, q->party);
    value_put_text(out, q->kind, 0, LIMIT_NAME);
    put_name(out, q->person);
    put_name(out, q->role);
}

static void put_invitation(struct buf *out, const struct letter_invitation *i)
{
    assert(i->dot >= 1 && i->dot < LIMIT_DOT);
    cbor_put_uint(out, LETTER_VERSION);
    cbor_put_fixed(out, i->forbund.b, ID_LEN);
    put_name(out, i->forbund_name);
    cbor_put_fixed(out, i->genesis.b, HASH_LEN);
    cbor_put_fixed(out, i->chain.b, ID_LEN);
    cbor_put_uint(out, i->dot);
    cbor_put_fixed(out, i->record.b, HASH_LEN);
    cbor_put_fixed(out, i->invited.b, SIGN_PUBLIC_LEN);
    cbor_put_fixed(out, i->member.b, ID_LEN);
    cbor_put_fixed(out, i->party.b, ID_LEN);
    cbor_put_fixed(out, i->by.b, SIGN_PUBLIC_LEN);
}

/* What the signature covers, and what the words are of: domain || content as an array of its own. */
static void put_signed_request(struct buf *out, const struct letter_request *q)
{
    buf_put_str(out, REQUEST_DOMAIN);
    cbor_put_array(out, REQUEST_ITEMS);
    put_request(out, q);
}

static void put_signed_invitation(struct buf *out, const struct letter_invitation *i)
{
    buf_put_str(out, INVITATION_DOMAIN);
    cbor_put_array(out, INVITATION_ITEMS);
    put_invitation(out, i);
}

static bool is_key_of(const struct sign_public *key, const struct device *d)
{
    struct sign_public own = device_sign_public(d);
    return memcmp(own.b, key->b, SIGN_PUBLIC_LEN) == 0;
}

/* Ends the content by the signature over covered, and appends the file. content ends with the last item before it. */
static enum err seal_letter(struct buf *out, const char *label, struct buf *content, const struct buf *covered,
                            const struct device *d)
{
    if (buf_check(content) != OK || buf_check(covered) != OK) {
        return ERR_MEMORY;
    }
    uint8_t signature[SIGNATURE_LEN];
    device_sign(signature, d, span_buf(covered));
    cbor_put_fixed(content, signature, SIGNATURE_LEN);
    if (buf_check(content) != OK) {
        return ERR_MEMORY;
    }
    armor_encode(out, label, span_buf(content));
    return buf_check(out);
}

enum err letter_request_encode(struct buf *out, const struct letter_request *q, const struct device *d)
{
    assert(is_key_of(&q->sign, d));
    struct buf content = {0}, covered = {0};
    cbor_put_array(&content, REQUEST_ITEMS + 1);
    put_request(&content, q);
    put_signed_request(&covered, q);
    enum err e = seal_letter(out, REQUEST_LABEL, &content, &covered, d);
    buf_free(&content);
    buf_free(&covered);
    return e;
}

enum err letter_invitation_encode(struct buf *out, const struct letter_invitation *i, const struct device *d)
{
    assert(is_key_of(&i->by, d));
    struct buf content = {0}, covered = {0};
    cbor_put_array(&content, INVITATION_ITEMS + 1);
    put_invitation(&content, i);
    put_signed_invitation(&covered, i);
    enum err e = seal_letter(out, INVITATION_LABEL, &content, &covered, d);
    buf_free(&content);
    buf_free(&covered);
    return e;
}

static void take_start(struct value_source *v, size_t items)
{
    cbor_items(&v->r, items);
    if (cbor_uint(&v->r, LETTER_VERSION) != LETTER_VERSION) {
        value_fail(v, ERR_INPUT);
    }
}

static const char *take_name(struct value_source *v)
{
    return value_take_text(v, 1, LIMIT_NAME);
}

static void take_request(struct letter_request *q, struct value_source *v)
{
    take_start(v, REQUEST_ITEMS + 1);
    cbor_fixed(&v->r, q->sign.b, SIGN_PUBLIC_LEN);
    cbor_fixed(&v->r, q->box.b, BOX_PUBLIC_LEN);
    cbor_fixed(&v->r, q->meeting.b, BOX_PUBLIC_LEN);
    q->party = take_name(v);
    q->kind = value_take_text(v, 0, LIMIT_NAME);
    q->person = take_name(v);
    q->role = take_name(v);
}

static void take_invitation(struct letter_invitation *i, struct value_source *v)
{
    take_start(v, INVITATION_ITEMS + 1);
    cbor_fixed(&v->r, i->forbund.b, ID_LEN);
    i->forbund_name = take_name(v);
    cbor_fixed(&v->r, i->genesis.b, HASH_LEN);
    cbor_fixed(&v->r, i->chain.b, ID_LEN);
    i->dot = cbor_uint(&v->r, LIMIT_DOT - 1);
    cbor_fixed(&v->r, i->record.b, HASH_LEN);
    cbor_fixed(&v->r, i->invited.b, SIGN_PUBLIC_LEN);
    cbor_fixed(&v->r, i->member.b, ID_LEN);
    cbor_fixed(&v->r, i->party.b, ID_LEN);
    cbor_fixed(&v->r, i->by.b, SIGN_PUBLIC_LEN);
    if (i->dot == 0) {
        value_fail(v, ERR_INPUT);
    }
}

/* The file's bytes, and a source that stands at their start. */
static enum err open_letter(struct value_source *v, struct buf *content, const char *label, struct span file)
{
    if (file.len > LIMIT_LETTER) {
        return ERR_LIMIT;
    }
    enum err e = armor_decode(content, label, file);
    v->r = reader_of(span_buf(content));
    return e;
}

/* Takes the signature that ends the letter, by key over covered. */
static enum err check_letter(struct value_source *v, const struct sign_public *key, const struct buf *covered)
{
    uint8_t signature[SIGNATURE_LEN];
    cbor_fixed(&v->r, signature, SIGNATURE_LEN);
    if (!reader_done(&v->r)) {
        return ERR_INPUT;
    }
    return buf_check(covered) == OK ? verify_detached(key, span_buf(covered), signature) : ERR_MEMORY;
}

enum err letter_request_decode(struct letter_request *q, struct arena *a, struct span file)
{
    *q = (struct letter_request){0};
    struct letter_request got = {0};
    struct buf content = {0}, covered = {0};
    struct value_source v = {.arena = a};
    enum err e = open_letter(&v, &content, REQUEST_LABEL, file);
    if (e == OK) {
        take_request(&got, &v);
        e = value_result(&v);
    }
    if (e == OK) {
        put_signed_request(&covered, &got);
        e = check_letter(&v, &got.sign, &covered);
    }
    if (e == OK) {
        *q = got;
    }
    buf_free(&content);
    buf_free(&covered);
    return e;
}

enum err letter_invitation_decode(struct letter_invitation *i, struct arena *a, struct span file)
{
    *i = (struct letter_invitation){0};
    struct letter_invitation got = {0};
    struct buf content = {0}, covered = {0};
    struct value_source v = {.arena = a};
    enum err e = open_letter(&v, &content, INVITATION_LABEL, file);
    if (e == OK) {
        take_invitation(&got, &v);
        e = value_result(&v);
    }
    if (e == OK) {
        put_signed_invitation(&covered, &got);
        e = check_letter(&v, &got.by, &covered);
    }
    if (e == OK) {
        *i = got;
    }
    buf_free(&content);
    buf_free(&covered);
    return e;
}

/* Without memory there are no words: nothing to compare, so nobody is led to approve. */
static void put_words(char out[WORDS_LEN], struct buf *covered)
{
    out[0] = 0;
    if (buf_check(covered) == OK) {
        struct hash hash = ids_hash(span_buf(covered));
        words_of(out, &hash);
    }
    buf_free(covered);
}

void letter_request_words(char out[WORDS_LEN], const struct letter_request *q)
{
    struct buf covered = {0};
    put_signed_request(&covered, q);
    put_words(out, &covered);
}

void letter_invitation_words(char out[WORDS_LEN], const struct letter_invitation *i)
{
    struct buf covered = {0};
    put_signed_invitation(&covered, i);
    put_words(out, &covered);
}
