/* A request or invitation file: as it came, and as content that a device with fixed keys signs, so that mutations get
 * past armor and signature. */
#include <string.h>

#include "crypto/armor.h"
#include "crypto/device_testing.h"
#include "sync/cbor.h"
#include "sync/letter.h"
#include "tests/fuzz/recode.h"

static struct device *fixed_device(void)
{
    uint8_t secrets[1 + 4 * 32 + 4 + 32] = {1};
    secrets[132] = 1; /* one box secret, zeros as all the others */
    struct device *d = NULL;
    if (device_init_library() != OK || device_decode(&d, span_of(secrets, sizeof secrets)) != OK) {
        return NULL;
    }
    return d;
}

static bool is_own(const struct sign_public *key, const struct device *d)
{
    struct sign_public own = device_sign_public(d);
    return memcmp(own.b, key->b, SIGN_PUBLIC_LEN) == 0;
}

/* Only d's own letters can be written again: others' signatures cannot. */
static void try_file(struct span file, const struct device *d)
{
    struct arena a = {0};
    struct letter_request q;
    struct letter_invitation i;
    struct buf again = {0};
    char words[WORDS_LEN];
    if (letter_request_decode(&q, &a, file) == OK) {
        letter_request_words(words, &q);
        if (is_own(&q.sign, d)) {
            if (letter_request_encode(&again, &q, d) != OK) {
                abort();
            }
            recode_check(&again, file);
        }
    }
    if (letter_invitation_decode(&i, &a, file) == OK) {
        letter_invitation_words(words, &i);
        if (is_own(&i.by, d)) {
            if (letter_invitation_encode(&again, &i, d) != OK) {
                abort();
            }
            recode_check(&again, file);
        }
    }
    arena_free(&a);
}

/* items: all of a letter but its signature, without the head of their array. */
static void try_signed(struct span items, bool invitation, const struct device *d)
{
    struct buf covered = {0}, content = {0}, file = {0};
    uint8_t signature[SIGNATURE_LEN];
    buf_put_str(&covered, invitation ? "samplan invitation 1" : "samplan request 1");
    cbor_put_array(&covered, invitation ? 11 : 8);
    buf_put_span(&covered, items);
    device_sign(signature, d, span_buf(&covered));
    cbor_put_array(&content, invitation ? 12 : 9);
    buf_put_span(&content, items);
    cbor_put_fixed(&content, signature, SIGNATURE_LEN);
    armor_encode(&file, invitation ? "SAMPLAN INVITATION" : "SAMPLAN REQUEST", span_buf(&content));
    try_file(span_buf(&file), d);
    buf_free(&covered);
    buf_free(&content);
    buf_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct device *d;
    d = d ? d : fixed_device();
    if (!d) {
        return 0;
    }
    try_file(span_of(data, len), d);
    try_signed(span_of(data, len), false, d);
    try_signed(span_of(data, len), true, d);
    return 0;
}
