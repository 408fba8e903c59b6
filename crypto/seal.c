#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define NONCE_DOMAIN "samplan nonce 1"
#define SEAL_DOMAIN "samplan seal 1"
#define DOMAIN_LEN(domain) (sizeof(domain) - 1)
#define AD_LEN (DOMAIN_LEN(SEAL_DOMAIN) + 3 * ID_LEN + 8 + 4)

_Static_assert(SEAL_TAG_LEN == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(SECTION_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");

static unsigned log2_floor(size_t v)
{
    unsigned log = 0;
    while (v >>= 1)
        log++;
    return log;
}

size_t seal_padded_len(size_t len)
{
    if (len <= SEAL_PAD_MIN)
        return SEAL_PAD_MIN;
    /* Padmé (PURBs, section 4): keep as many bits below the top one as it takes to write the top one's place. */
    unsigned exponent = log2_floor(len);
    unsigned kept = log2_floor(exponent) + 1;
    size_t mask = ((size_t)1 << (exponent - kept)) - 1;
    if (len > SIZE_MAX - mask)
        return len;
    return (len + mask) & ~mask;
}

static uint8_t *put(uint8_t *at, const void *ptr, size_t len)
{
    memcpy(at, ptr, len);
    return at + len;
}

static uint8_t *put_be(uint8_t *at, uint64_t v, size_t len)
{
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(v >> (8 * (len - 1 - i)));
    return at + len;
}

static void nonce_make(uint8_t out[NONCE_LEN], const struct seal_place *at)
{
    uint8_t seed[DOMAIN_LEN(NONCE_DOMAIN) + SEAL_SALT_LEN + 4];
    uint8_t *end = put(seed, NONCE_DOMAIN, DOMAIN_LEN(NONCE_DOMAIN));
    end = put(end, at->salt, SEAL_SALT_LEN);
    put_be(end, at->place, 4);
    struct hash h = ids_hash(span_of(seed, sizeof seed));
    memcpy(out, h.b, NONCE_LEN);
}

static void ad_make(uint8_t out[AD_LEN], const struct seal_place *at)
{
    uint8_t *end = put(out, SEAL_DOMAIN, DOMAIN_LEN(SEAL_DOMAIN));
    end = put(end, at->forbund.b, ID_LEN);
    end = put(end, at->chain.b, ID_LEN);
    end = put_be(end, at->first_dot, 8);
    end = put(end, at->key_id.b, ID_LEN);
    put_be(end, at->place, 4);
}

enum err seal_seal(struct buf *out, const struct seal_place *at, const uint8_t key[SECTION_KEY_LEN], struct span plain)
{
    if (plain.len > BUF_MAX)
        return ERR_LIMIT;
    size_t padded = seal_padded_len(plain.len);
    uint8_t *part = buf_extend(out, padded + SEAL_TAG_LEN);
    if (!part)
        return ERR_MEMORY;
    uint8_t nonce[NONCE_LEN], ad[AD_LEN];
    nonce_make(nonce, at);
    ad_make(ad, at);
    if (plain.len > 0)
        memcpy(part, plain.ptr, plain.len);
    /* In place: libsodium allows the two to be the same memory. */
    crypto_aead_xchacha20poly1305_ietf_encrypt(part, NULL, part, padded, ad, sizeof ad, NULL, nonce, key);
    return OK;
}

enum err seal_open(struct buf *out, const struct seal_place *at, const uint8_t key[SECTION_KEY_LEN], struct span sealed)
{
    if (sealed.len < SEAL_PAD_MIN + SEAL_TAG_LEN)
        return ERR_FORGED;
    size_t padded = sealed.len - SEAL_TAG_LEN, start = out->len;
    uint8_t *plain = buf_extend(out, padded);
    if (!plain)
        return ERR_MEMORY;
    uint8_t nonce[NONCE_LEN], ad[AD_LEN];
    nonce_make(nonce, at);
    ad_make(ad, at);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed.ptr, sealed.len, ad, sizeof ad, nonce,
                                                   key) != 0) {
        buf_cut(out, start);
        return ERR_FORGED;
    }
    return OK;
}
